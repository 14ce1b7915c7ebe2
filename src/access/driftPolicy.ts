import { z } from 'zod';
import { UserError } from '../core/errors.js';
import type { CaseId, Drift, DriftPolicy, PersonId, ServerId } from '../core/model.js';
import { bold } from '../core/text.js';
import type { ServerRow } from '../store/rows.js';
import type { StoredShare } from '../store/shares.js';
import { brake } from './brake.js';
import type { Loss } from './brake.js';
import { decideIn, driftIn } from './decideDrift.js';
import type { CarriedOut, HeldUse } from './heldUse.js';
import type { Parts, Standing } from './parts.js';
import { announce, hold, libraryNames } from './record.js';
import type { Who } from './record.js';
import { settleEdges } from './settleEdges.js';

type Deed = Exclude<DriftPolicy, 'report'>;

/** Whether a policy acts on it: two ripe reads show it, nobody chose to ignore it, and a case has told of it. */
const isSure = (drift: Drift): boolean =>
  drift.confirmedAt !== undefined && drift.ignored !== true && drift.caseId !== undefined;

/**
 * Whether a policy acts on this share at all. Somebody without a share left or declined, or was put out: reverting that
 * would invite them again and again.
 */
const isFor = ({ share }: StoredShare, policy: Deed): boolean =>
  share.managed &&
  share.driftSeen.some(isSure) &&
  share.observed !== null &&
  !share.observed.all &&
  (policy === 'adopt' || share.observed.row !== null);

/** What a policy takes: libraries that a hand added, or grants that Plex does not show any more. */
const takes = (policy: Deed): Drift['kind'] => (policy === 'revert' ? 'added' : 'removed');

async function concerned(parts: Parts, serverId: ServerId, policy: Deed) {
  const all = await parts.store.shares.on(serverId, null);
  return all.filter((stored) => isFor(stored, policy));
}

const lossOf = (server: ServerRow, policy: Deed, shares: readonly StoredShare[]): Loss => ({
  words:
    policy === 'revert'
      ? `take what was given by hand in Plex on ${bold(server.name)}`
      : `end here what was taken by hand in Plex on ${bold(server.name)}`,
  people: shares
    .filter(({ share }) =>
      share.driftSeen.some((drift) => isSure(drift) && drift.kind === takes(policy)),
    )
    .map(({ personId }) => personId),
});

/**
 * Does with sure drift on a server what its guild chose (`reconcile.md` 7): nothing by *report*. The brake holds what takes
 * access from too many people. Gives whom Plex is now to be brought in line for.
 */
export async function keepDriftPolicy(
  parts: Parts,
  server: ServerRow,
): Promise<readonly PersonId[]> {
  const guild = await parts.store.guilds.find(server.guildId);
  if (!guild || guild.leftAt !== null || guild.driftPolicy === 'report') return [];
  const policy = guild.driftPolicy;
  const shares = await concerned(parts, server.id, policy);
  if (shares.length === 0) return [];
  const standing: Standing = { guildId: guild.id, actor: { kind: 'usher' } };
  const loss = lossOf(server, policy, shares);
  const wish = { server: server.id, policy };
  const held = await brake(parts, standing, { kind: 'drift', wish, loss });
  // What takes nothing from anybody need not wait for an Admin.
  const people = shares
    .map(({ personId }) => personId)
    .filter((id) => held === null || !loss.people.includes(id));
  return (await decideAll(parts, standing, { server, policy, people })).people;
}

interface All {
  readonly server: ServerRow;
  readonly policy: Deed;
  readonly people: readonly PersonId[];
}

async function decideAll(
  parts: Parts,
  standing: Standing,
  { server, policy, people }: All,
): Promise<CarriedOut> {
  const names = await libraryNames(parts.store, server.id);
  const caseIds: CaseId[] = [];
  const changed = new Set<PersonId>();
  for (const personId of people) {
    const who = { guildId: server.guildId, serverId: server.id, personId, names };
    // Each message tells what became of its own: one after the other.
    for (;;) {
      const caseId = await decideOne(parts, standing, { who, policy });
      if (caseId === null) break;
      caseIds.push(caseId);
      changed.add(personId);
    }
  }
  return { caseIds, people: [...changed], servers: [server.id] };
}

/** Decides on what one message asks of somebody; null: nothing is left to decide. */
async function decideOne(
  parts: Parts,
  standing: Standing,
  { who, policy }: { readonly who: Who; readonly policy: Deed },
): Promise<CaseId | null> {
  const done = await parts.store.transaction(async (tables) => {
    // Merged into somebody else meanwhile: nothing to hold.
    if ((await tables.shares.on(who.serverId, [who.personId])).length === 0) return null;
    const held = await settleEdges(tables, parts, await hold(tables, who, parts.clock.now()));
    if (!isFor(held.stored, policy)) return null;
    const sure = driftIn(parts, held).filter(isSure);
    const [first] = sure;
    const card = first?.caseId === undefined ? null : await tables.cases.find(first.caseId);
    if (card === null) return null;
    const drift = sure.filter(({ caseId }) => caseId === card.id);
    return decideIn(tables, parts, { standing, held, drift, verdict: policy, card });
  });
  if (done === null) return null;
  announce(parts, done.recorded);
  return done.caseId;
}

const storedWish = z.object({ server: z.string(), policy: z.enum(['revert', 'adopt']) });

/** What the drift policy would take from many at once, held until an Admin agrees. */
export const heldDrift: HeldUse = {
  async weigh(parts, standing, wish) {
    const { server, policy } = await present(parts, standing, wish);
    return lossOf(server, policy, await concerned(parts, server.id, policy));
  },
  async carryOut(parts, standing, { wish, count }) {
    const { server, policy } = await present(parts, standing, wish);
    const shares = await concerned(parts, server.id, policy);
    const { people } = lossOf(server, policy, shares);
    // Fewer than were agreed to may be what a restart left over.
    if (people.length > count) return null;
    return decideAll(parts, standing, { server, policy, people });
  },
};

async function present(parts: Parts, { guildId }: Standing, wish: unknown) {
  const { server: id, policy } = storedWish.parse(wish);
  const server = (await parts.store.servers.ofGuild(guildId)).find((one) => one.id === id);
  const guild = await parts.store.guilds.find(guildId);
  if (!server || guild?.driftPolicy !== policy) {
    throw new UserError(
      'drift-policy-changed',
      'The drift policy is another by now, or that server is no longer connected. Use /settings show to see it.',
    );
  }
  return { server, policy };
}

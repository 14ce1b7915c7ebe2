import type { CaseId, Drift, DriftPolicy, PersonId } from '../core/model.js';
import type { ServerRow } from '../store/rows.js';
import type { StoredShare } from '../store/shares.js';
import { decideIn, driftIn } from './decideDrift.js';
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

/** Of how many people a policy takes something at one look at the most: the larger of 5 people and 10 %. */
const mostLosing = (having: number): number => Math.max(5, Math.floor(having / 10));

const isLosing = ({ share }: StoredShare, policy: Deed): boolean =>
  share.driftSeen.some((drift) => isSure(drift) && drift.kind === takes(policy));

/**
 * Does with sure drift on a server what its guild chose (`reconcile.md` 7): nothing by *report*. What
 * would take something from too many people at once is left to people, whose messages ask about each. Gives whom Plex is now to be brought in line for.
 */
export async function keepDriftPolicy(
  parts: Parts,
  server: ServerRow,
): Promise<readonly PersonId[]> {
  const guild = await parts.store.guilds.find(server.guildId);
  if (!guild || guild.leftAt !== null || guild.driftPolicy === 'report') return [];
  const policy = guild.driftPolicy;
  const all = await parts.store.shares.on(server.id, null);
  const shares = all.filter((stored) => isFor(stored, policy));
  const losing = shares.filter((stored) => isLosing(stored, policy));
  const having = all.filter(({ share }) => (share.observed?.row ?? null) !== null);
  const isTooMany = losing.length > mostLosing(having.length);
  if (isTooMany) {
    const details = { serverId: server.id, policy, people: losing.length };
    parts.log.warn(
      details,
      'the drift policy concerns too many at once, and leaves them to people',
    );
  }
  // What takes nothing from anybody goes on all the same.
  const people = isTooMany ? shares.filter((stored) => !losing.includes(stored)) : shares;
  const standing: Standing = { guildId: guild.id, actor: { kind: 'usher' } };
  return decideAll(parts, standing, {
    server,
    policy,
    people: people.map(({ personId }) => personId),
  });
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
): Promise<readonly PersonId[]> {
  const names = await libraryNames(parts.store, server.id);
  const changed = new Set<PersonId>();
  for (const personId of people) {
    const who = { guildId: server.guildId, serverId: server.id, personId, names };
    // Each message tells what became of its own: one after the other.
    for (;;) {
      const caseId = await decideOne(parts, standing, { who, policy });
      if (caseId === null) break;
      changed.add(personId);
    }
  }
  return [...changed];
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

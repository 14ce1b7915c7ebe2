import { randomUUID } from 'node:crypto';
import { UserError } from '../core/errors.js';
import type { CaseId, PersonId, ServerId } from '../core/model.js';
import { endedAt, removal } from '../core/release.js';
import { bold, counted, listed } from '../core/text.js';
import type { PersonRow, ServerRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';
import { findPerson } from './find.js';
import type { Recorded } from './follow.js';
import { isOfHome, ownsIt } from './grantable.js';
import { giverOf } from './parts.js';
import type { Parts, Standing } from './parts.js';
import { draw } from './portrait.js';
import type { Portrait } from './portrait.js';
import { announce, hold, libraryFacts, libraryNames, openCase, record } from './record.js';
import type { Recorded as Stored } from './record.js';
import { settleEdges } from './settleEdges.js';

/** Who is to be removed from Plex. */
export interface RemoveWish {
  readonly person: string;
  /** Of the portrait that the asker was shown and confirmed; null: none was shown. */
  readonly confirmed: string | null;
}

export type RemoveOutcome =
  | { readonly kind: 'recorded'; readonly recorded: Recorded }
  | {
      readonly kind: 'ask';
      readonly text: string;
      readonly person: PersonId;
      readonly seal: string;
    };

/** Ends everything that a friend has, and the friendship with it; only after all of that was shown. */
export async function removePerson(
  parts: Parts,
  standing: Standing,
  wish: RemoveWish,
): Promise<RemoveOutcome> {
  const { store, clock } = parts;
  const person = await findPerson(store, standing.guildId, wish.person);
  const servers = await store.servers.ofGuild(standing.guildId);
  mustBeRemovable(person, servers);
  const drawn = await draw(store, person, clock.now());
  const on = drawn.servers.filter(({ id }) => hasShare(drawn, id));
  if (on.length === 0) throw nothingThere(person);
  if (wish.confirmed !== drawn.seal) {
    return { kind: 'ask', text: question(drawn, servers), person: person.id, seal: drawn.seal };
  }
  const ids = on.map(({ id }) => id).sort();
  const done = await store.transaction(async (tables) => {
    for (const id of ids) await tables.shares.lock(id, person.id, clock.now());
    const held = await draw(tables, person, clock.now());
    if (held.seal !== wish.confirmed) return held;
    const batch = randomUUID();
    const removed = [];
    for (const serverId of ids) {
      removed.push(await removeOn(tables, parts, { standing, person, serverId, batch }));
    }
    return removed;
  });
  if (!Array.isArray(done)) {
    return { kind: 'ask', text: question(done, servers), person: person.id, seal: done.seal };
  }
  done.forEach(({ stored }) => announce(parts, stored));
  const caseIds = done.map(({ caseId }) => caseId);
  return { kind: 'recorded', recorded: { caseIds, people: [person.id], servers: ids } };
}

function mustBeRemovable(person: PersonRow, servers: readonly ServerRow[]): void {
  const owned = servers.find(({ ownerId }) => ownerId === person.accountId);
  if (owned) throw ownsIt(person.title, owned.name);
  if (!isOfHome(person)) return;
  throw new UserError(
    'home-user',
    `${bold(person.title)} is a member of the owner's Plex Home, and only the owner can change that, in Plex. Use /revoke to take libraries.`,
  );
}

const nothingThere = ({ title }: PersonRow): UserError =>
  new UserError(
    'nothing-to-remove',
    `Plex shares nothing with ${bold(title)}, so there is nothing to end here. Use /sync to read Plex again.`,
  );

const hasShare = ({ libraries, servers }: Portrait, id: ServerId): boolean =>
  libraries.some((one) => one.serverId === id && (one.grant !== null || one.isShown)) ||
  servers.some((server) => server.id === id && server.shown > 0);

/** What removing ends, by server, and what else it ends beside. */
function question(drawn: Portrait, servers: readonly ServerRow[]): string {
  const { title, now } = drawn;
  const who = bold(title);
  const on = drawn.servers.filter(({ id }) => hasShare(drawn, id));
  const lines = on.flatMap(({ id, name, isPending }) => {
    const own = drawn.libraries.filter((one) => one.serverId === id);
    const shown = own.filter((one) => one.isShown).map((one) => one.title);
    const planned = own.filter(({ grant }) => grant !== null && grant.startsAt > now).length;
    return [
      shown.length === 0 ? '' : `On ${bold(name)} it takes ${listed(shown)}.`,
      planned === 0
        ? ''
        : `${counted(planned, 'planned grant', 'planned grants')} on ${bold(name)} will not begin.`,
      isPending ? `The invitation to ${bold(name)} is withdrawn.` : '',
    ];
  });
  const owners = [
    ...new Set(servers.filter(({ id }) => on.some((one) => one.id === id)).map((s) => s.ownerName)),
  ];
  return [
    `This removes ${who} from Plex.`,
    ...lines,
    `It ends the friendship with ${listed(owners)}, and with it everything on all other servers of the same owner. ` +
      'Where something is given there by somebody else, only what stands above ends.',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

interface Removing {
  readonly standing: Standing;
  readonly person: PersonRow;
  readonly serverId: ServerId;
  readonly batch: string;
}

async function removeOn(
  tables: Tables,
  parts: Parts,
  { standing, person, serverId, batch }: Removing,
): Promise<{ readonly caseId: CaseId; readonly stored: Stored }> {
  const names = await libraryNames(tables, serverId);
  const { guildId } = standing;
  const who = { guildId, serverId, personId: person.id, names, batch };
  const held = await settleEdges(tables, parts, await hold(tables, who, parts.clock.now()));
  const now = parts.clock.now();
  const at = new Date(Math.max(+now, +held.stored.share.lookedAt + 1));
  const grants = held.entitlement.grants.map((grant) => endedAt(grant, at));
  const over = { ...held.entitlement, grants };
  const { taken, sections } = removal(held.stored.share, over, at);
  for (const { id, revokedAt } of grants) {
    if (revokedAt) await tables.grants.change(id, { revokedAt });
  }
  await tables.grants.close(
    grants.map(({ id }) => id),
    taken.t,
  );
  const head = { guildId, personId: person.id, serverId, actorId: giverOf(standing), reason: null };
  const facts = { type: 'person.removed', libraries: libraryFacts(names, sections) } as const;
  const caseId = await openCase(tables, { ...head, at: taken.t, batch }, facts);
  const own = { caseId, sections };
  const after = { ...held, entitlement: over };
  const stored = await record(tables, parts, { held: after, step: taken, own, looks: 0 });
  return { caseId, stored };
}

import type { GuildId, PersonId, SectionId, ServerId } from '../core/model.js';
import { mergeGrants, mergeShares } from '../core/merge.js';
import { takeOrders } from '../core/orders.js';
import { setOf } from '../core/sections.js';
import type { Sections } from '../core/sections.js';
import type { OpenGrant } from '../store/grants.js';
import type { Tables } from '../store/store.js';
import type { SamePerson } from './census.js';
import type { Parts } from './parts.js';
import { announce, hold, libraryNames, openCase, record } from './record.js';
import type { Held, Recorded } from './record.js';
import { settleEdges } from './settleEdges.js';

/**
 * Two people who turn out to be one become one, in one transaction: grants, shares, orders, links and cases go to
 * `into`, and a case tells it. Safe to call twice; nothing is sent to Plex here.
 */
export async function merge(parts: Parts, guildId: GuildId, same: SamePerson): Promise<boolean> {
  const done = await parts.store.transaction((tables) => mergeIn(tables, parts, { guildId, same }));
  if (done === null) return false;
  done.forEach((recorded) => announce(parts, recorded));
  parts.knock(guildId);
  parts.log.info({ guildId, into: same.into, from: same.from }, 'two people are one');
  return true;
}

async function mergeIn(
  tables: Tables,
  parts: Parts,
  { guildId, same }: { guildId: GuildId; same: SamePerson },
): Promise<Recorded[] | null> {
  await tables.people.lock([same.into, same.from]);
  const [into, from] = [
    await tables.people.get(guildId, same.into),
    await tables.people.get(guildId, same.from),
  ];
  if (!into || !from || into.id === from.id) return null;
  const pairs: Pair[] = [];
  for (const { serverId } of await tables.shares.ofPerson(from.id)) {
    const who = { guildId, serverId, into: into.id, from: from.id };
    pairs.push(await holdBoth(tables, parts, who));
  }
  const merged: Merged[] = [];
  for (const pair of pairs) merged.push(await mergeShare(tables, parts, pair));
  await tables.people.absorb(into.id, from.id);
  await tables.people.change(from.id, {
    mergedInto: into.id,
    goneAt: parts.clock.now(),
    accountId: null,
    invitedAs: '',
  });
  const invitedAs = into.invitedAs === '' ? from.invitedAs : into.invitedAs;
  await tables.people.change(into.id, { invitedAs, goneAt: null, missingSince: null });
  const recorded: Recorded[] = [];
  for (const one of merged) recorded.push(await record(tables, parts, one));
  const head = { guildId, personId: into.id, serverId: null, actorId: null, reason: null };
  const facts = { type: 'person.merged', was: from.title } as const;
  await openCase(tables, { ...head, at: parts.clock.now() }, facts);
  return recorded;
}

interface Pair {
  readonly into: Held;
  readonly from: Held;
}

interface Both {
  readonly guildId: GuildId;
  readonly serverId: ServerId;
  readonly into: PersonId;
  readonly from: PersonId;
}

/** Both shares, locked in the order of their ids and looked at just now. */
async function holdBoth(tables: Tables, parts: Parts, both: Both): Promise<Pair> {
  const { guildId, serverId } = both;
  const names = await libraryNames(tables, serverId);
  const held = new Map<PersonId, Held>();
  for (const personId of [both.into, both.from].sort()) {
    const who = { guildId, serverId, personId, names };
    held.set(personId, await hold(tables, who, parts.clock.now()));
  }
  const settled = async (personId: PersonId) => {
    const one = held.get(personId);
    if (!one) throw new Error('a share was not held');
    return settleEdges(tables, parts, one);
  };
  return { into: await settled(both.into), from: await settled(both.from) };
}

type Merged = Parameters<typeof record>[2];

const removing = ({ stored }: Held): readonly SectionId[] =>
  stored.share.orders.filter((order) => order.want === 'remove').map((order) => order.section);

async function mergeShare(tables: Tables, parts: Parts, { into, from }: Pair): Promise<Merged> {
  const now = parts.clock.now();
  const away: Sections = setOf([...removing(into), ...removing(from)]);
  const grants = mergeGrants(
    into.entitlement.grants as readonly OpenGrant[],
    from.entitlement.grants as readonly OpenGrant[],
    away,
  );
  for (const { id } of grants.closed) await tables.grants.change(id, { revokedAt: now });
  await tables.grants.close(
    grants.closed.map((grant) => grant.id),
    now,
  );
  for (const { id, startsAt, endsAt } of grants.changed) {
    await tables.grants.change(id, { startsAt, endsAt });
  }
  const entitlement = { ...into.entitlement, grants: grants.grants };
  const joined = mergeShares(into.stored.share, from.stored.share, { entitlement, t: now });
  const taken = takeOrders(joined.share, entitlement, now);
  const step = { ...taken, closed: [...joined.closed, ...taken.closed] };
  // Looked at soon: what the other's row shows belongs to this one from now on.
  return { held: { ...into, entitlement }, step, looks: 0 };
}

import { Outage } from '../core/errors.js';
import { takeOrders } from '../core/orders.js';
import { importShare } from '../core/settle.js';
import type { GuildId, PersonId, ServerId, ShareId } from '../core/model.js';
import type { LibraryRow, PersonRow, ServerRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';
import { countLibraries, countPeople } from './census.js';
import type { Difference } from './census.js';
import { isOfHome } from './grantable.js';
import { isOlder } from './look.js';
import { importGrants } from './importGrants.js';
import { unwatched } from './going.js';
import type { Going } from './going.js';
import { merge } from './merge.js';
import type { Errand, Parts, Priority } from './parts.js';
import { readList, rowsOf } from './readList.js';
import type { ListRead, Sought } from './readList.js';
import { announce, hold, libraryFacts, libraryNames, openCase, record } from './record.js';
import type { CaseHead, LibraryNames } from './record.js';

/** What a sync of one server found. */
export interface Synced {
  readonly server: ServerRow;
  readonly people: Omit<Difference<PersonRow>, 'rows'> & { readonly known: number };
  readonly libraries: Omit<Difference<LibraryRow>, 'rows'> & { readonly known: number };
  /** People whose shares were taken over, and how many libraries they have. */
  readonly imported: { readonly people: number; readonly grants: number };
}

const DEFAULT_TITLE = 'default';

/**
 * Reads people, libraries and shares of a server, and takes over the shares of people whom Usher does not manage yet.
 * Never writes to Plex. Throws an Outage when Plex does not answer; what was read before it stays.
 */
export async function sync(
  parts: Parts,
  serverId: ServerId,
  { priority, going = unwatched }: Errand,
): Promise<Synced> {
  const { store, clock } = parts;
  const server = await store.servers.get(serverId);
  const isFirst = server.syncedAt === null;
  const libraries = await syncLibraries(parts, server, priority);
  const people = await syncPeople(parts, server, priority);
  if (isFirst) await adoptDefault(parts, server);
  const present = await store.people.present(server.guildId);
  const shares = new Map((await store.shares.on(serverId, null)).map((s) => [s.personId, s.share]));
  const sought = present.map((person) => ({ person, share: shares.get(person.id) ?? null }));
  const list = await readList(parts, await store.servers.get(serverId), {
    people: sought,
    priority,
  });
  const imported = await importAll(parts, server, { people: sought, list, going });
  // Who was left out because somebody stopped it is taken over by the next one.
  if (!going.signal.aborted) await store.servers.set(serverId, { syncedAt: clock.now() });
  return { server, people, libraries, imported };
}

/** Reads servers one after the other, for somebody who waits; throws when not one of them answers. */
export async function syncAll(
  parts: Parts,
  servers: readonly ServerRow[],
  going: Going,
): Promise<Synced[]> {
  const done: Synced[] = [];
  const silent: Outage[] = [];
  for (const { id } of servers) {
    if (going.signal.aborted) break;
    try {
      done.push(await sync(parts, id, { priority: 'person', going }));
    } catch (error) {
      if (!(error instanceof Outage)) throw error;
      silent.push(error);
    }
  }
  if (done.length === 0 && silent[0]) throw silent[0];
  return done;
}

async function syncLibraries(parts: Parts, server: ServerRow, priority: Priority) {
  const seen = await parts.plexOf(server.id).libraries(server, priority);
  const known = await parts.store.servers.libraries([server.id]);
  const moment = { now: parts.clock.now(), lagMs: parts.times.lagMs };
  const { rows, ...counts } = countLibraries({ serverId: server.id, known }, seen, moment);
  const ids = new Set(known.map((row) => row.id));
  await parts.store.transaction(async (tables) => {
    for (const row of rows) {
      await (ids.has(row.id)
        ? tables.servers.setLibrary(row.id, row)
        : tables.servers.addLibrary(row));
    }
  });
  return { ...counts, known: seen.length };
}

async function syncPeople(parts: Parts, server: ServerRow, priority: Priority) {
  const { people, pending, isWhole } = await everybody(parts, server, priority);
  const moment = { now: parts.clock.now(), lagMs: parts.times.lagMs };
  const known = await knownPeople(parts.store, server.guildId);
  const { rows: all, same, ...counts } = countPeople(known, { people, pending }, moment);
  const rows = isWhole ? all : all.filter((row) => row.missingSince === null);
  if (rows.length > 0) await parts.store.people.save(rows);
  for (const pair of same) await merge(parts, server.guildId, pair);
  return { ...counts, known: people.length };
}

/** Whom the owner knows, and whom other owners of the guild's servers do: nobody of theirs is missing here. */
async function everybody(parts: Parts, server: ServerRow, priority: Priority) {
  const plex = parts.plexOf(server.id);
  const people = [...(await plex.people(priority))];
  const pending = [...(await plex.pending(priority))];
  const others = (await parts.store.servers.ofGuild(server.guildId)).filter(
    ({ ownerId }) => ownerId !== server.ownerId,
  );
  let isWhole = true;
  for (const { id } of new Map(others.map((other) => [other.ownerId, other])).values()) {
    try {
      const other = parts.plexOf(id);
      const accounts = new Set(people.map((person) => person.accountId));
      people.push(...(await other.people(priority)).filter((p) => !accounts.has(p.accountId)));
      pending.push(...(await other.pending(priority)));
    } catch (error) {
      if (!(error instanceof Outage)) throw error;
      isWhole = false;
    }
  }
  return { people, pending, isWhole };
}

async function knownPeople({ people, servers, shares }: Tables, guildId: GuildId) {
  const ownerOf = new Map<ShareId, PersonId>();
  for (const { id } of await servers.ofGuild(guildId)) {
    for (const { personId, share } of await shares.on(id, null)) {
      for (const row of rowsOf(share)) ownerOf.set(row, personId);
    }
  }
  const known = await people.ofGuild(guildId);
  return { guildId, known, ownerOf, needed: await people.needed(guildId) };
}

const headOf = (guildId: GuildId, serverId: ServerId, at: Date): CaseHead => ({
  guildId,
  serverId,
  personId: null,
  actorId: null,
  reason: null,
  at,
});

/** A library called "Default" is what keeps people on the server: it is adopted at the first sync, and told. */
async function adoptDefault(parts: Parts, server: ServerRow): Promise<void> {
  const now = parts.clock.now();
  const done = await parts.store.transaction(async (tables) => {
    const libraries = await tables.servers.libraries([server.id]);
    const found = libraries.filter((row) => row.title.trim().toLowerCase() === DEFAULT_TITLE);
    const [only] = found;
    if (!only || found.length > 1 || libraries.some((row) => row.isDefault)) return false;
    await tables.servers.setLibrary(only.id, { isDefault: true });
    const names = await libraryNames(tables, server.id);
    await openCase(tables, headOf(server.guildId, server.id, now), {
      type: 'default.adopted',
      libraries: libraryFacts(names, [only.sectionId]),
      server: server.name,
    });
    return true;
  });
  if (done) parts.knock(server.guildId);
}

async function importAll(
  parts: Parts,
  server: ServerRow,
  { people, list, going }: { people: readonly Sought[]; list: ListRead; going: Going },
): Promise<Synced['imported']> {
  const managed = new Set(
    (await parts.store.shares.on(server.id, null))
      .filter(({ share }) => share.managed || share.orders.length > 0)
      .map((stored) => stored.personId),
  );
  const names = await libraryNames(parts.store, server.id);
  const withHome = (await parts.store.guilds.find(server.guildId))?.homeUsers === true;
  const counts = { people: 0, grants: 0 };
  for (const [done, who] of people.entries()) {
    const { person } = who;
    if (going.signal.aborted) break;
    going.tell(done, people.length);
    // Usher leaves the owner's home alone, unless it was told otherwise.
    if (managed.has(person.id) || (isOfHome(person) && !withHome)) continue;
    const grants = await importOne(parts, server, { who, list, names }).catch((error: unknown) => {
      const details = { err: error, serverId: server.id, personId: person.id };
      parts.log.error(details, 'one person could not be taken over');
      return null;
    });
    if (grants === null) continue;
    counts.people += 1;
    counts.grants += grants;
  }
  if (counts.people > 0) {
    const facts = { type: 'people.imported' as const, server: server.name, ...counts };
    await parts.store.transaction((tables) =>
      openCase(tables, headOf(server.guildId, server.id, parts.clock.now()), facts),
    );
    parts.knock(server.guildId);
  }
  return counts;
}

/** Takes over one person's share; null when there is none, or nothing may be concluded from what was read. */
async function importOne(
  parts: Parts,
  server: ServerRow,
  { who: sought, list, names }: { who: Sought; list: ListRead; names: LibraryNames },
): Promise<number | null> {
  const { person } = sought;
  const read = list.of(sought);
  if (read === 'unknown' || read.row === null) return null;
  const who = { guildId: server.guildId, serverId: server.id, personId: person.id, names };
  const done = await parts.store.transaction(async (tables: Tables) => {
    const held = await hold(tables, who, parts.clock.now());
    const { stored, entitlement } = held;
    if (stored.share.managed || isOlder(read, stored.share)) return null;
    const taken = takeOrders(stored.share, entitlement, parts.clock.now());
    const { t } = taken;
    const seen = { ...taken.share, observed: read };
    const done = importShare(seen, read, { entitlement, times: parts.times, t });
    if (done === null) return null;
    const grants = await importGrants(tables, stored, { sections: done.granted, t });
    const closed = [...taken.closed, ...done.closed];
    const step = { ...taken, share: done.share, closed };
    return { grants, recorded: await record(tables, parts, { held, step }) };
  });
  if (done === null) return null;
  announce(parts, done.recorded);
  return done.grants;
}

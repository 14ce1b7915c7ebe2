import { Outage } from '../core/errors.js';
import type { GuildId, PersonId, ServerId, ShareId } from '../core/model.js';
import type { LibraryRow, PersonRow, ServerRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';
import { countLibraries, countPeople } from './census.js';
import type { Difference } from './census.js';
import { ownHead } from './caseHead.js';
import { importAll } from './importAll.js';
import type { Imported } from './importAll.js';
import { unwatched } from './going.js';
import type { Going } from './going.js';
import { merge } from './merge.js';
import type { Errand, Parts, Priority } from './parts.js';
import { readList, rowsOf } from './readList.js';
import { libraryFacts, libraryNames, openCase } from './record.js';

/** What a sync of one server found. */
export interface Synced {
  readonly server: ServerRow;
  readonly people: Omit<Difference<PersonRow>, 'rows'> & { readonly known: number };
  readonly libraries: Omit<Difference<LibraryRow>, 'rows'> & { readonly known: number };
  readonly imported: Imported;
}

const DEFAULT_TITLE = 'default';

/**
 * Reads people, libraries and shares of a server, and takes over the shares of people whom Usher does not manage yet.
 * Never writes to Plex. One at a time: a second joins the first. Throws an Outage when Plex does not answer; what was read before it stays.
 */
export function sync(
  parts: Parts,
  serverId: ServerId,
  { priority, going = unwatched }: Errand,
): Promise<Synced> {
  return parts.works.together(`sync ${serverId}`, going, (together) =>
    syncOnce(parts, serverId, { priority, going: together }),
  );
}

async function syncOnce(
  parts: Parts,
  serverId: ServerId,
  { priority, going }: Required<Errand>,
): Promise<Synced> {
  const { store, clock } = parts;
  const server = await store.servers.get(serverId);
  const isFirst = server.syncedAt === null;
  const libraries = await syncLibraries(parts, server, priority);
  const people = await syncPeople(parts, server, priority);
  // A first read that was stopped is a first one again; what was adopted and undone stays undone.
  const wasAdopted = async () =>
    (await store.cases.ofServer(serverId, ['default.adopted'])).length > 0;
  if (isFirst && !(await wasAdopted())) await adoptDefault(parts, server);
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
    await openCase(tables, ownHead(server.guildId, server.id, now), {
      type: 'default.adopted',
      libraries: libraryFacts(names, [only.sectionId]),
      server: server.name,
      kind: only.type,
    });
    return true;
  });
  if (done) parts.knock(server.guildId);
}

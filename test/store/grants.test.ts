import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aGrant, aHousehold, aLibrary, aPerson, minutesFromNoon, NOON } from './builders.js';
import { openTestStore, type Household, type TestStore } from './builders.js';

let db: TestStore;
let home: Household;

beforeAll(async () => {
  db = await openTestStore();
});
afterAll(() => db.close());
beforeEach(async () => {
  home = await aHousehold(db.store);
});

const grantHere = (own: Partial<Parameters<typeof aGrant>[0]> = {}) =>
  aGrant({ personId: home.personId, libraryId: home.library.id, ...own });

describe('grants', () => {
  test('a second open grant for the same person and library is refused', async () => {
    await db.store.grants.add(grantHere());
    await expect(db.store.grants.add(grantHere({ source: 'panel' }))).rejects.toThrow(/unique/);
  });

  test('of two written at the same time one is refused', async () => {
    const both = [grantHere(), grantHere()].map((row) => db.store.grants.add(row));
    const outcomes = await Promise.allSettled(both);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('a closed one makes room for the next', async () => {
    const first = grantHere();
    await db.store.grants.add(first);
    await db.store.grants.close([first.id], NOON);
    const second = grantHere();
    await db.store.grants.add(second);
    const open = await db.store.grants.open(home.serverId, [home.personId]);
    expect(open.map((grant) => grant.id)).toEqual([second.id]);
  });

  test('come back as they were written, with the library as plex.tv knows it', async () => {
    const row = grantHere({ endsAt: minutesFromNoon(90), reason: 'film night' });
    await db.store.grants.add(row);
    const [read] = await db.store.grants.open(home.serverId, null);
    expect(read).toEqual({ ...row, section: home.library.sectionId, serverId: home.serverId });
  });

  test('can be changed while they are open, and not any more when they are closed', async () => {
    const row = grantHere();
    await db.store.grants.add(row);
    expect(await db.store.grants.change(row.id, { endsAt: minutesFromNoon(5) })).toBe(true);
    await db.store.grants.close([row.id], NOON);
    expect(await db.store.grants.change(row.id, { endsAt: null })).toBe(false);
    const kept = await db.sql('select ends_at from access_grant where id = $1', [row.id]);
    expect(kept).toEqual([{ ends_at: minutesFromNoon(5) }]);
  });

  test('are listed by person and by server', async () => {
    const other = aPerson({ guildId: home.guildId });
    await db.store.people.save([other]);
    const shows = aLibrary({ serverId: home.serverId, title: 'Shows' });
    await db.store.servers.addLibrary(shows);
    const mine = [grantHere(), grantHere({ libraryId: shows.id })];
    const theirs = grantHere({ personId: other.id });
    await db.store.grants.addAll([...mine, theirs]);
    const elsewhere = await aHousehold(db.store);
    const open = async (people: Parameters<typeof db.store.grants.open>[1]) =>
      (await db.store.grants.open(home.serverId, people)).map((grant) => grant.id).sort();
    expect(await open([home.personId])).toEqual(mine.map((grant) => grant.id).sort());
    expect(await open(null)).toEqual([...mine, theirs].map((grant) => grant.id).sort());
    expect(await open([])).toEqual([]);
    expect(await db.store.grants.open(elsewhere.serverId, null)).toEqual([]);
  });

  test('vanished libraries are no defaults', async () => {
    const kept = aLibrary({ serverId: home.serverId, isDefault: true });
    const gone = aLibrary({ serverId: home.serverId, isDefault: true, goneAt: NOON });
    await db.store.servers.addLibrary(kept);
    await db.store.servers.addLibrary(gone);
    expect(await db.store.grants.libraries(home.serverId)).toMatchObject({
      defaults: [kept.sectionId],
      gone: [gone.sectionId],
    });
  });
});

describe('a transaction', () => {
  test('that throws leaves nothing behind', async () => {
    const row = grantHere();
    const failing = db.store.transaction(async (tx) => {
      await tx.grants.add(row);
      throw new Error('after the write');
    });
    await expect(failing).rejects.toThrow('after the write');
    expect(await db.store.grants.open(home.serverId, null)).toEqual([]);
  });

  test('is not seen by others before it commits', async () => {
    await db.store.transaction(async (tx) => {
      await tx.grants.add(grantHere());
      expect(await tx.grants.open(home.serverId, null)).toHaveLength(1);
      expect(await db.store.grants.open(home.serverId, null)).toEqual([]);
    });
    expect(await db.store.grants.open(home.serverId, null)).toHaveLength(1);
  });
});

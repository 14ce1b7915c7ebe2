import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DiscordUserId, RoleId } from '../../src/core/model.js';
import { aHousehold, aLibrary, aPerson, aServer, aToldCase, NOON } from './builders.js';
import { aChannel, openTestStore, type Household, type TestStore } from './builders.js';

let db: TestStore;
let ours: Household;
let theirs: Household;

beforeAll(async () => {
  db = await openTestStore();
});
afterAll(() => db.close());
beforeEach(async () => {
  ours = await aHousehold(db.store);
  theirs = await aHousehold(db.store);
});

const role = (n: number) => `30000000000000000${n}` as RoleId;

describe('one guild never sees another’s', () => {
  test('people, by id, by list or by what was typed', async () => {
    const { people } = db.store;
    expect(await people.get(ours.guildId, theirs.personId)).toBeNull();
    for (const list of [
      await people.present(ours.guildId),
      await people.ofGuild(ours.guildId),
      await people.called(ours.guildId, 'MARA'),
      await people.like(ours.guildId, 'mar', 25),
    ]) {
      expect(list.map((person) => person.id)).toEqual([ours.personId]);
    }
  });

  test('links: the same Discord user is another person there', async () => {
    const userId = '200000000000000005' as DiscordUserId;
    for (const { guildId, personId } of [ours, theirs]) {
      const values = [guildId, userId, personId];
      await db.sql('insert into link (guild_id, user_id, person_id) values ($1, $2, $3)', values);
    }
    expect((await db.store.people.linkedTo(ours.guildId, userId))?.id).toBe(ours.personId);
    expect((await db.store.people.linkedTo(theirs.guildId, userId))?.id).toBe(theirs.personId);
  });

  test('a person of another guild is not given by a link that names them', async () => {
    const userId = '200000000000000006' as DiscordUserId;
    const values = [ours.guildId, userId, theirs.personId];
    await db.sql('insert into link (guild_id, user_id, person_id) values ($1, $2, $3)', values);
    expect(await db.store.people.linkedTo(ours.guildId, userId)).toBeNull();
  });

  test('servers and libraries', async () => {
    const { servers } = db.store;
    expect((await servers.ofGuild(ours.guildId)).map((server) => server.id)).toEqual([
      ours.serverId,
    ]);
    const libraries = await servers.librariesOfGuild(ours.guildId);
    expect(libraries).toEqual([{ ...ours.library, serverName: 'Attic' }]);
  });

  test('cases, also when the person is named', async () => {
    await aToldCase(db.store, { guildId: theirs.guildId, personId: theirs.personId });
    expect(await db.store.cases.about(ours.guildId, theirs.personId, 10)).toEqual([]);
  });

  test('notices', async () => {
    await aToldCase(db.store, { guildId: theirs.guildId });
    expect(await db.store.notices.waiting(ours.guildId, NOON, 10)).toEqual([]);
  });

  test('roles', async () => {
    await db.store.guilds.bind(theirs.guildId, 'admin', [role(1)]);
    expect(await db.store.guilds.bindings(ours.guildId)).toEqual([]);
  });
});

describe('a guild', () => {
  test('that comes back keeps what was set, and is not gone any more', async () => {
    const { guilds } = db.store;
    const auditChannelId = aChannel();
    await guilds.set(ours.guildId, { timeZone: 'Europe/Berlin', auditChannelId, leftAt: NOON });
    await guilds.welcome(ours.guildId);
    expect(await guilds.find(ours.guildId)).toMatchObject({
      timeZone: 'Europe/Berlin',
      auditChannelId,
      leftAt: null,
    });
  });

  test('binds a power to just the roles named last, and leaves the other powers alone', async () => {
    const { guilds } = db.store;
    await guilds.bind(ours.guildId, 'admin', [role(1), role(2)]);
    await guilds.bind(ours.guildId, 'auditor', [role(3)]);
    await guilds.bind(ours.guildId, 'admin', [role(4)]);
    const bound = (await guilds.bindings(ours.guildId)).map((b) => `${b.power} ${b.roleId}`);
    expect(bound.sort()).toEqual([`admin ${role(4)}`, `auditor ${role(3)}`]);
  });

  test('can bind a power to no role at all', async () => {
    const { guilds } = db.store;
    await guilds.bind(ours.guildId, 'admin', [role(1)]);
    await guilds.bind(ours.guildId, 'admin', []);
    expect(await guilds.bindings(ours.guildId)).toEqual([]);
  });

  test('whose role is bound to a second power, or named twice, does not fail', async () => {
    const { guilds } = db.store;
    await guilds.bind(ours.guildId, 'admin', [role(1)]);
    await guilds.bind(ours.guildId, 'moderator', [role(1), role(2), role(2)]);
    const bound = (await guilds.bindings(ours.guildId)).map((b) => `${b.power} ${b.roleId}`);
    expect(bound).toContain(`moderator ${role(2)}`);
  });

  test('offers its libraries by title, without those that are gone', async () => {
    const { servers } = db.store;
    const cellar = aServer({ guildId: ours.guildId, name: 'Cellar' });
    await servers.add(cellar);
    await servers.addLibrary(aLibrary({ serverId: cellar.id, title: 'anime' }));
    await servers.addLibrary(aLibrary({ serverId: cellar.id, title: 'Old', goneAt: NOON }));
    const offered = await servers.librariesOfGuild(ours.guildId);
    expect(offered.map((l) => `${l.title} on ${l.serverName}`)).toEqual([
      'anime on Cellar',
      'Films on Attic',
    ]);
  });
});

test('settings are kept, and replaced by the next', async () => {
  const { guilds } = db.store;
  expect(await guilds.setting('client-identifier')).toBeNull();
  await guilds.remember('client-identifier', 'one');
  await guilds.remember('client-identifier', 'two');
  expect(await guilds.setting('client-identifier')).toBe('two');
});

describe('people', () => {
  const add = async (...titles: string[]) => {
    const rows = titles.map((title) => aPerson({ guildId: ours.guildId, title, username: title }));
    await db.store.people.save(rows);
  };
  const like = async (typed: string) =>
    (await db.store.people.like(ours.guildId, typed, 25)).map((person) => person.title);

  test('that begin with what was typed come before those that only contain it', async () => {
    await add('Tamara', 'Marius');
    expect(await like('mar')).toEqual(['Mara', 'Marius', 'Tamara']);
  });

  test.each(['%', '_', '\\'])('are not all found by a typed %s', async (typed) => {
    await add(`a${typed}b`);
    expect(await like(typed)).toEqual([`a${typed}b`]);
  });

  test('that are gone are not found', async () => {
    await db.store.people.save([
      aPerson({ guildId: ours.guildId, id: ours.personId, title: 'Mara', goneAt: NOON }),
    ]);
    expect(await like('mar')).toEqual([]);
    expect(await db.store.people.present(ours.guildId)).toEqual([]);
    expect(await db.store.people.ofGuild(ours.guildId)).toHaveLength(1);
  });

  test('are called by title, username or address, whatever the case', async () => {
    for (const typed of ['mara', 'MARA', 'Mara@Example.org']) {
      const called = await db.store.people.called(ours.guildId, typed);
      expect(called.map((person) => person.id)).toEqual([ours.personId]);
    }
    expect(await db.store.people.called(ours.guildId, 'mar')).toEqual([]);
  });
});

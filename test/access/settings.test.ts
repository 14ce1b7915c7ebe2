import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noteFixed } from '../../src/access/environment.js';
import type { Access } from '../../src/access/access.js';
import { GUILD, House, lastOf } from './house.js';

let house: House;
let admin: Access;

beforeAll(async () => {
  house = await House.open();
  await house.begin();
  admin = house.as('admin');
});
afterAll(() => house.close());

const guild = () => house.db.store.guilds.find(GUILD);
const lastCase = async () => (await house.told()).at(-1) ?? '';
const give = async (person: string, library: string) => {
  const wish = { person, library, from: null, until: null, reason: null, confirmed: null };
  const outcome = await admin.grant(wish);
  if (outcome.kind !== 'recorded') throw new Error(`not recorded: ${outcome.kind}`);
  return lastOf(admin.follow(outcome.recorded));
};

describe('the time zone', () => {
  test('is kept as the world writes it, with a case', async () => {
    const told = await admin.setTimeZone(' europe/berlin ');
    expect(told.text).toMatch(/Time zone: Europe\/Berlin\. Before: UTC, because nobody had chosen/);
    expect(await guild()).toMatchObject({ timeZone: 'Europe/Berlin' });
    expect(await lastCase()).toContain('Time zone: Europe/Berlin.');
  });

  test.each(['Berlin', '+02:00', '', '**@everyone**', 'UTC+2'])(
    'is not taken from "%s"',
    async (typed) => {
      await expect(admin.setTimeZone(typed)).rejects.toMatchObject({ code: 'unknown-zone' });
    },
  );

  test('that it has already is said to be so', async () => {
    // Chosen from the list, it must be found there again.
    expect((await admin.setTimeZone('Asia/Kolkata')).text).toContain('Asia/Kolkata');
    await admin.setTimeZone('Europe/Berlin');
    await expect(admin.setTimeZone('Europe/Berlin')).rejects.toMatchObject({ code: 'set-already' });
  });

  test('of the environment is changed there', async () => {
    const roles = { admin: null, moderator: null, auditor: null };
    const config = { discord: { auditChannelId: null, roles }, plex: { server: null } };
    const fixed = { ...config, timeZone: 'UTC' } as Parameters<typeof noteFixed>[1];
    await noteFixed(house.db.store, fixed, GUILD);
    await expect(admin.setTimeZone('Asia/Tokyo')).rejects.toThrow(/TIME_ZONE/);
    await noteFixed(house.db.store, { ...fixed, timeZone: null }, GUILD);
  });
});

test('direct messages are switched off and on, each with a case', async () => {
  expect((await admin.conduct.setDms(false)).text).toMatch(/people concerned: off\. Before: on\./);
  expect(await guild()).toMatchObject({ dms: false });
  await expect(admin.conduct.setDms(false)).rejects.toMatchObject({ code: 'set-already' });
  await admin.conduct.setDms(true);
  expect(await guild()).toMatchObject({ dms: true });
});

describe('the end policy', () => {
  const set = (policy: 'keep-default' | 'unshare' | 'remove', confirmed = false) =>
    admin.setEndPolicy({ server: 'attic', policy, confirmed });
  const policy = async () => (await house.db.store.servers.get(house.serverId)).endPolicy;

  test('keeps a default at first, and says so', async () => {
    expect(await policy()).toBe('keep-default');
    await expect(set('keep-default')).rejects.toThrow(/keep the default library/);
  });

  test('to remove people is asked for with all that it ends', async () => {
    const outcome = await set('remove');
    expect(outcome).toMatchObject({ kind: 'ask' });
    if (outcome.kind === 'ask') expect(outcome.text).toMatch(/friendship.*other servers/);
    expect(await policy()).toBe('keep-default');
  });

  test('is changed once that was seen, with a case', async () => {
    expect(await set('remove', true)).toMatchObject({ kind: 'done' });
    expect(await policy()).toBe('remove');
    expect(await lastCase()).toMatch(
      /\*\*Attic\*\* ends: they are removed.*Before: they keep the def/,
    );
    expect(await set('keep-default')).toMatchObject({ kind: 'done' });
  });

  test('of a server that is not there is refused', async () => {
    const wish = { server: 'Barn', policy: 'unshare', confirmed: false } as const;
    await expect(admin.setEndPolicy(wish)).rejects.toMatchObject({ code: 'unknown-server' });
  });
});

describe('members of the home', () => {
  const shares = async (accountId: number) =>
    (await house.world()).shares.filter((share) => share.accountId === accountId);
  const HOMER = 4_410_032;

  test('are given nothing until they are switched on', async () => {
    await expect(give('Homer', 'Films')).rejects.toThrow(/\/settings show/);
    await expect(give('Kid', 'Films')).rejects.toMatchObject({ code: 'home-user' });
    expect(await shares(HOMER)).toEqual([]);
  });

  test('are switched on with a case', async () => {
    expect((await admin.conduct.setHomeUsers(true)).text).toMatch(/Plex Home: on\. Before: off\./);
    expect(await guild()).toMatchObject({ homeUsers: true });
  });

  test('get what they are given, and the default with it, by their account', async () => {
    const told = await give('Homer', 'Films');
    expect(told.text).toMatch(/Homer.*can watch.*Films/);
    const [share] = await shares(HOMER);
    expect(share?.sectionIds).toHaveLength(2);
    await give('Kid', 'Films');
    const { entries } = (await house.sim.get('/log?after=0')) as {
      entries: { method: string; path: string; body: { shared_server?: object } | null }[];
    };
    const created = entries.filter((e) => e.method === 'POST' && /shared_servers/.test(e.path));
    expect(created.map((entry) => entry.body?.shared_server)).toEqual([
      expect.objectContaining({ invited_id: HOMER }),
      expect.objectContaining({ invited_id: 4_410_031 }),
    ]);
  });

  test('keep the default when all else ends, whatever the policy', async () => {
    await admin.setEndPolicy({ server: 'Attic', policy: 'remove', confirmed: true });
    const wish = { person: 'Homer', library: 'Films', server: null, reason: null, confirmed: null };
    const outcome = await admin.revoke(wish);
    if (outcome.kind !== 'recorded') throw new Error('not recorded');
    await lastOf(admin.follow(outcome.recorded));
    const [share] = await shares(HOMER);
    expect(share?.sectionIds).toHaveLength(1);
    await admin.setEndPolicy({ server: 'Attic', policy: 'keep-default', confirmed: false });
  });

  test('are given nothing where they would have no default to keep', async () => {
    const { serverId, db } = house;
    await db.sql('update library set is_default = false where server_id = $1', [serverId]);
    await expect(give('Homer', 'Shows')).rejects.toMatchObject({ code: 'home-needs-default' });
  });
});

test('the owner can be neither given anything nor lose it', async () => {
  await expect(give('Owner', 'Films')).rejects.toMatchObject({ code: 'owner' });
  const wish = { person: 'owner', library: 'all', server: null, reason: null, confirmed: null };
  await expect(admin.revoke(wish)).rejects.toThrow(/\*\*owner\*\* owns \*\*Attic\*\*/);
});

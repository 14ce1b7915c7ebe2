import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reconcile } from '../../src/access/reconcile.js';
import { sync } from '../../src/access/sync.js';
import { ATTIC, MARA } from '../plex/target.js';
import { House, lastOf } from './house.js';

let house: House;

beforeAll(async () => {
  house = await House.open();
});
beforeEach(() => house.begin());
afterAll(() => house.close());

const has = async () => {
  const { shares, servers } = await house.world();
  const share = shares.find((one) => one.accountId === MARA);
  if (!share) return null;
  const libraries = (
    servers as unknown as { libraries: { sectionId: number; title: string }[] }[]
  ).flatMap((server) => server.libraries);
  return (share as unknown as { sectionIds: number[] }).sectionIds
    .map((id) => libraries.find((one) => one.sectionId === id)?.title ?? String(id))
    .sort();
};
const inAnHour = () => new Date(+house.clock.now() + 3_600_000);
async function give(library: string, until: Date | null = null) {
  const wish = { person: 'mara', library, from: null, until, reason: null, confirmed: null };
  const outcome = await house.as().grant(wish);
  if (outcome.kind !== 'recorded') throw new Error(`it was ${outcome.kind}`);
  await lastOf(house.as().follow(outcome.recorded));
}
const hands = (managed: boolean) => house.as().people.setHands({ person: 'mara', managed });
const look = () => reconcile(house.parts, house.serverId, { people: null, priority: 'timer' });
const writes = async () =>
  ((await house.sim.log()).entries as readonly { method: string; path: string }[]).filter(
    ({ method, path }) => method !== 'GET' && path.includes('shared_servers'),
  ).length;
const openGrants = () =>
  house.db.sql<{ title: string }>(
    `select l.title from access_grant g join library l on l.id = g.library_id
       join person p on p.id = g.person_id
      where g.closed_at is null and p.title = 'Mara' order by 1`,
  );

describe('hands off', () => {
  test('leaves Plex as it is, ends what was given here, and no end comes any more', async () => {
    await give('Kids', inAnHour());
    const before = await writes();
    const told = await hands(false);
    expect(told.text).toMatch(/Hands off \*\*Mara\*\*.*nothing was changed in Plex/);
    expect(told.text).toMatch(/\*\*Films\*\* and \*\*Kids\*\* stay as Plex has it/);
    expect(await openGrants()).toEqual([]);
    house.pass(2 * 3_600);
    await house.lookAtDue();
    await look();
    house.settle();
    await look();
    expect(await writes()).toBe(before);
    expect(await has()).toEqual(['Films', 'Kids']);
  });

  test('is kept by every sync, until somebody looks after them again', async () => {
    await hands(false);
    await sync(house.parts, house.serverId, { priority: 'person' });
    expect(await openGrants()).toEqual([]);
    const told = await hands(true);
    expect(told.text).toMatch(/looks after \*\*Mara\*\* again/);
    expect((await openGrants()).map(({ title }) => title)).toEqual(['Films']);
    expect(await writes()).toBe(0);
    expect((await house.told()).at(-1)).toMatch(/1 person with 1 library/);
  });

  test('lets a removal that was on order be carried out', async () => {
    await give('Kids');
    const wish = { person: 'mara', library: 'Kids', server: null, reason: null, confirmed: null };
    const revoked = await house.as().revoke(wish);
    expect(revoked.kind).toBe('recorded');
    await hands(false);
    await look();
    expect(await has()).toEqual(['Films']);
  });

  test('ends with the next grant, and says no twice', async () => {
    await hands(false);
    await expect(hands(false)).rejects.toThrow(/keeps its hands off \*\*Mara\*\* already/);
    house.pass(10);
    await give('Kids');
    house.settle();
    await look();
    expect((await openGrants()).map(({ title }) => title)).toEqual(['Films', 'Kids']);
    await expect(hands(true)).rejects.toThrow(/looks after \*\*Mara\*\* already/);
  });
});

describe('removing somebody', () => {
  const remove = (confirmed: string | null) =>
    house.as('admin').people.remove({ person: 'mara', confirmed });
  async function asked() {
    const outcome = await remove(null);
    if (outcome.kind !== 'ask') throw new Error('it was not asked back');
    return outcome;
  }
  const isFriend = async () => (await house.world()).accounts.find(({ id }) => id === MARA)?.friend;

  test('names what it ends, then ends all of it and the friendship', async () => {
    await give('Kids', inAnHour());
    const { text, seal } = await asked();
    expect(text).toMatch(/removes \*\*Mara\*\* from Plex/);
    expect(text).toMatch(/On \*\*Attic\*\* it takes \*\*Films\*\* and \*\*Kids\*\*/);
    expect(text).toMatch(/ends the friendship with .*all other servers of the same owner/);
    const outcome = await remove(seal);
    if (outcome.kind !== 'recorded') throw new Error('it was asked twice');
    const last = await lastOf(house.as().follow(outcome.recorded));
    expect(last.text).toMatch(/\*\*Mara\*\* is removed from Plex.*Gone from Plex/s);
    expect(await has()).toBeNull();
    expect(await isFriend()).toBe(false);
    expect(await openGrants()).toEqual([]);
    house.settle();
    await look();
    await sync(house.parts, house.serverId, { priority: 'person' });
    expect(await openGrants()).toEqual([]);
  });

  test('is asked again when something changed since it was shown', async () => {
    const { seal } = await asked();
    await give('Kids');
    const again = await remove(seal);
    expect(again).toMatchObject({ kind: 'ask' });
    expect(await has()).toEqual(['Films', 'Kids']);
  });

  test('takes also what a hand gave since it was shown', async () => {
    const { seal } = await asked();
    const sectionIds = (await house.world()).shares.find(
      (one) => one.accountId === MARA,
    )?.sectionIds;
    const [kids] = await house.db.sql<{ id: string }>(
      `select section_id as id from library where title = 'Kids'`,
    );
    await house.sim.act('setShare', {
      machineId: ATTIC,
      accountId: MARA,
      sectionIds: [...(sectionIds ?? []), Number(kids?.id)],
    });
    const outcome = await remove(seal);
    if (outcome.kind !== 'recorded') throw new Error('it was asked twice');
    await lastOf(house.as().follow(outcome.recorded));
    expect(await has()).toBeNull();
    expect(await isFriend()).toBe(false);
  });

  test('is not possible for a member of the home, nor where nothing is shared', async () => {
    const ask = (person: string) => house.as('admin').people.remove({ person, confirmed: null });
    await expect(ask('homer')).rejects.toThrow(/Plex Home/);
    await expect(ask('jonas')).rejects.toThrow(/shares nothing with \*\*Jonas\*\*/);
  });
});

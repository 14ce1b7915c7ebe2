import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reconcile } from '../../src/access/reconcile.js';
import { sync } from '../../src/access/sync.js';
import { ATTIC, JONAS } from '../plex/target.js';
import { House, lastOf } from './house.js';

let house: House;

beforeAll(async () => {
  house = await House.open();
  await house.begin();
  await house.sim.act('setShare', { machineId: ATTIC, accountId: JONAS, allLibraries: true });
  await sync(house.parts, house.serverId, { priority: 'person' });
});
afterAll(() => house.close());

const hasAll = async () =>
  (await house.world()).shares.find((share) => share.accountId === JONAS)?.allLibraries;
const inAnHour = () => new Date(house.clock.now().getTime() + 3_600_000);
const LOST = /everything.*also libraries to come.*for good/s;

describe('somebody who has everything in Plex, also libraries to come', () => {
  test('is taken over with all that is there, and keeps that', async () => {
    expect((await house.told()).at(-1)).toMatch(/given in Plex before/);
    await reconcile(house.parts, house.serverId, { people: null, priority: 'timer' });
    expect(await hasAll()).toBe(true);
  });

  test('is given an end to a library only after both facts were shown', async () => {
    const wish = {
      person: 'jonas',
      library: 'Kids',
      from: null,
      until: inAnHour(),
      reason: null,
    };
    const first = await house.as().grant({ ...wish, confirmed: null });
    if (first.kind !== 'ask') throw new Error(`it was ${first.kind}`);
    expect(first.text).toMatch(/Shorten it/);
    expect(first.text).toMatch(LOST);
    const unwarned = await house.as().grant({ ...wish, confirmed: first.before });
    expect(unwarned.kind).toBe('ask');
    const second = { ...wish, confirmed: first.before, isWarned: first.isWarned };
    expect((await house.as().grant(second)).kind).toBe('recorded');
    expect(await hasAll()).toBe(true);
  });

  test('is asked about when a library made since is given', async () => {
    const movie = { machineId: ATTIC, title: 'Concerts', type: 'movie' };
    await house.sim.act('addLibrary', movie);
    await sync(house.parts, house.serverId, { priority: 'person' });
    const wish = { person: 'jonas', library: 'Concerts', from: null, until: null, reason: null };
    const first = await house.as().grant({ ...wish, confirmed: null });
    expect(first).toMatchObject({ kind: 'ask', before: null, isWarned: true });
    const second = await house.as().grant({ ...wish, confirmed: null, isWarned: true });
    if (second.kind !== 'recorded') throw new Error(`it was ${second.kind}`);
    await lastOf(house.as().follow(second.recorded));
    expect(await hasAll()).toBe(true);
  });

  test('loses it with the first library taken, after a question that says so', async () => {
    const wish = { person: 'jonas', library: 'Films', server: null, reason: null };
    const first = await house.as().revoke({ ...wish, confirmed: null });
    if (first.kind !== 'ask') throw new Error('it was not asked back');
    expect(first.text).toMatch(LOST);
    const second = await house.as().revoke({ ...wish, confirmed: first.sections });
    if (second.kind !== 'recorded') throw new Error('it was asked twice');
    await lastOf(house.as().follow(second.recorded));
    expect(await hasAll()).toBe(false);
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RhythmWish } from '../../src/access/conduct.js';
import type { Outbox } from '../../src/access/outbox.js';
import { Rounds } from '../../src/access/rounds.js';
import { sweep } from '../../src/access/sweep.js';
import { GUILD, House } from './house.js';

let house: House;
let rounds: Rounds;

beforeEach(async () => {
  house = await House.open();
  await house.begin();
  // Its timers are never started: only what is due is looked for.
  rounds = new Rounds(house.parts, undefined as unknown as Outbox, () => undefined);
});
afterEach(() => house.close());

const set = (wish: Partial<RhythmWish>) =>
  house.as('admin').conduct.setRhythm({ every: null, daily: null, sync: null, ...wish });
const guild = () => house.db.store.guilds.find(GUILD);
const server = () => house.db.store.servers.get(house.serverId);
const nextSweep = async () => {
  const [only] = (await house.as().people.overview()).servers;
  return only?.nextSweepAt ?? null;
};
const minutes = (from: Date | null, n: number) => from && new Date(+from + n * 60_000);

describe('the scheduler', () => {
  test.each([
    [{ every: '4' }, 'no-minutes'],
    [{ every: '1441' }, 'no-minutes'],
    [{ every: '15.5' }, 'no-minutes'],
    [{ every: 'hourly' }, 'no-minutes'],
    [{ sync: '0' }, 'no-minutes'],
    [{ daily: '24:00' }, 'no-time-of-day'],
    [{ daily: '4' }, 'no-time-of-day'],
    [{ daily: '04:60' }, 'no-time-of-day'],
    [{ every: '30', daily: '04:30' }, 'every-or-daily'],
    [{ every: '30', sync: 'now' }, 'no-minutes'],
    [{}, 'no-rhythm'],
    [{ every: '15' }, 'set-already'],
  ])('refuses %j, and stores nothing', async (wish, code) => {
    const before = await guild();
    await expect(set(wish)).rejects.toMatchObject({ code });
    expect(await guild()).toEqual(before);
  });

  test('stores an interval with a case, and the dashboard tells the next sweep by it', async () => {
    const { syncedAt } = await server();
    expect(await nextSweep()).toEqual(minutes(syncedAt, 15));
    expect((await set({ every: '360' })).text).toMatch(/Sweep: every 6 hours\. Before: every 15 m/);
    expect(await nextSweep()).toEqual(minutes(syncedAt, 360));
    expect((await house.told()).at(-1)).toContain('Sweep: every 6 hours.');
  });

  test('stores a time of day, which is read in the zone of the guild', async () => {
    await house.as('admin').setTimeZone('Europe/Berlin');
    expect((await set({ daily: '4:30' })).text).toContain('every day at 04:30 in Europe/Berlin');
    const at = await nextSweep();
    const clock = { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' } as const;
    expect(at?.toLocaleTimeString('en-GB', clock)).toBe('04:30');
    await set({ every: '20' });
    expect(await guild()).toMatchObject({ sweepEvery: 20, sweepAt: null });
  });

  test('stores sweep and sync together, each with its case', async () => {
    const { text } = await set({ every: '30', sync: '120' });
    expect(text).toMatch(/Sweep: every 30 minutes[^]*Sync: every 2 hours/);
    expect(await guild()).toMatchObject({ sweepEvery: 30, syncEvery: 120 });
  });
});

describe('what is due by itself', () => {
  test('is looked at when the interval is over and not before', async () => {
    house.pass(14 * 60);
    await rounds.sweepDue();
    expect((await server()).sweptAt).toBeNull();
    house.pass(61);
    await rounds.sweepDue();
    const { sweptAt } = await server();
    expect(sweptAt).not.toBeNull();
    expect(await nextSweep()).toEqual(minutes(sweptAt, 15));
  });

  test('follows a shorter interval at once', async () => {
    await set({ every: '5' });
    for (const n of [1, 2]) {
      house.pass(5 * 60 + 1);
      const before = house.clock.now();
      await rounds.sweepDue();
      expect(+((await server()).sweptAt ?? 0), `sweep ${n}`).toBeGreaterThanOrEqual(+before);
    }
  });

  test('is not asked of a silent Plex at every round', async () => {
    await house.sim.fault({ path: '.*' }, { status: 503, body: '' }, 0);
    const reads = async () => (await house.sim.log(0)).entries.length;
    house.pass(16 * 60);
    await rounds.sweepDue();
    const once = await reads();
    expect(once).toBeGreaterThan(0);
    house.pass(15);
    await rounds.sweepDue();
    expect(await reads()).toBe(once);
    await house.sim.admin('DELETE', '/faults');
    house.pass(15 * 60);
    await rounds.sweepDue();
    expect((await server()).sweptAt).not.toBeNull();
  });

  test('is read again by the interval of the sync', async () => {
    const { syncedAt } = await server();
    await set({ sync: '30' });
    house.pass(29 * 60);
    await rounds.syncDue();
    expect((await server()).syncedAt).toEqual(syncedAt);
    house.pass(61);
    await rounds.syncDue();
    expect(+((await server()).syncedAt ?? 0)).toBeGreaterThan(+(syncedAt ?? 0));
  });

  test('of a guild that Usher left is swept, for ends are carried out there, and read no more', async () => {
    const { syncedAt } = await server();
    await house.db.store.guilds.set(GUILD, { leftAt: house.clock.now() });
    house.pass(2 * 60 * 60);
    await rounds.syncDue();
    await rounds.sweepDue();
    const after = await server();
    expect(after.syncedAt).toEqual(syncedAt);
    expect(after.sweptAt).not.toBeNull();
  });
});

describe('a sweep that is asked for while one is going on', () => {
  test('is the same one: everybody is read once, and both hear what came of it', async () => {
    await house.sim.fault({ path: '/shared_servers' }, { delayMs: 800 }, 0);
    const told: number[] = [];
    const going = {
      tell: (_: number, total: number) => told.push(total),
      signal: new AbortController().signal,
    };
    const [first, second] = await Promise.all([
      sweep(house.parts, house.serverId, { priority: 'sweep' }),
      sweep(house.parts, house.serverId, { priority: 'person', going }),
    ]);
    expect(second).toEqual(first);
    expect(told.length).toBeGreaterThan(0);
    const { entries } = await house.sim.log(0);
    const lists = entries.filter(({ path }) => /\/api\/servers\/[^/]+\/shared_servers/.test(path));
    expect(lists).toHaveLength(1);
  });
});

describe('streams of what was taken', () => {
  test('are stopped by choice, with a case', async () => {
    const told = await house.as('admin').conduct.setStreams('stop');
    expect(told.text).toMatch(/are stopped once Plex shows the library gone\. Before: go on/);
    expect(await guild()).toMatchObject({ streams: 'stop' });
    const again = house.as('admin').conduct.setStreams('stop');
    await expect(again).rejects.toMatchObject({ code: 'set-already' });
  });
});

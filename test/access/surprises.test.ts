import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reconcile } from '../../src/access/reconcile.js';
import { lookAtDue } from '../../src/access/watch.js';
import { sectionsOf } from '../../sim/tour/checks.js';
import type { Json } from '../../sim/tour/drive.js';
import { ATTIC, FILMS, JONAS, KIDS, MARA } from '../plex/target.js';
import { House, lastOf } from './house.js';

let house: House;

beforeEach(async () => {
  house = await House.open();
  await house.begin();
});
afterEach(() => house.close());

const look = () => reconcile(house.parts, house.serverId, { people: null, priority: 'timer' });
const wish = { from: null, until: null, reason: null, confirmed: null };

async function give(person: string, library: string) {
  const outcome = await house.as().grant({ ...wish, person, library });
  if (outcome.kind !== 'recorded') throw new Error(`not recorded: ${outcome.kind}`);
  return lastOf(house.as().follow(outcome.recorded));
}

async function take(person: string, library: string) {
  const asked = { person, library, server: null, reason: null, confirmed: null };
  const outcome = await house.as().revoke(asked);
  if (outcome.kind !== 'recorded') throw new Error('it was asked back');
  return lastOf(house.as().follow(outcome.recorded));
}

const shareOf = async (accountId: number) =>
  (await house.world()).shares.find((share) => share.accountId === accountId);

const writes = async () => (await house.sim.log(0)).entries.filter((e) => e.method !== 'GET');
const told = async (pattern: RegExp) => (await house.told()).filter((text) => pattern.test(text));

describe('a lone library that is deleted while its grant is on its way', () => {
  test('gives everything for a moment, which is taken back in the same run and told', async () => {
    await house.db.sql('update library set is_default = false');
    await house.sim.fault({ method: 'POST', path: '/shared_servers' }, { delayMs: 1_500 });
    await house.as().grant({ ...wish, person: 'jonas', library: 'Films' });
    const run = look();
    await sleep(700);
    await house.sim.act('removeLibrary', { machineId: ATTIC, sectionId: FILMS });
    expect(await run).toMatchObject({ written: 2, outage: null });
    expect((await writes()).map((entry) => entry.method)).toEqual(['POST', 'DELETE']);
    expect(await shareOf(JONAS)).toBeUndefined();
    const [alarm, ...more] = await told(/everything, because \*\*Films\*\* was gone/);
    expect(alarm).toMatch(/\*\*Jonas\*\* everything.* I took .*\*\*Shows\*\*.* back\./);
    expect(alarm).toMatch(/Gone from Plex/);
    expect(more).toEqual([]);
  });
});

describe('a last library that cannot end for want of a default', () => {
  test('stays, and is told once until it is otherwise', async () => {
    await take('mara', 'Films');
    house.settle();
    await look();
    await give('mara', 'Kids');
    house.settle();
    await look();
    const { libraries } = (await house.world()).servers[0] ?? { libraries: [] };
    const lobby = libraries.find((library) => library.title === 'Default')?.sectionId ?? 0;
    await house.sim.act('removeLibrary', { machineId: ATTIC, sectionId: lobby });
    const asked = { person: 'mara', library: 'Kids', server: null, reason: null, confirmed: null };
    await house.as().revoke(asked);
    for (const seconds of [10, 20, 40]) {
      house.pass(seconds);
      await look();
    }
    expect((await shareOf(MARA))?.sectionIds).toEqual([KIDS]);
    expect(await told(/keeps .*Kids.* for now/)).toHaveLength(1);
  });
});

describe('a library that was taken and shows again', () => {
  const backByHand = async (hours: number) => {
    await give('mara', 'Kids');
    await take('mara', 'Kids');
    house.settle();
    await look();
    house.pass(hours * 3_600);
    await house.sim.act('setShare', {
      machineId: ATTIC,
      accountId: MARA,
      sectionIds: [FILMS, KIDS, ...((await shareOf(MARA))?.sectionIds ?? [])],
    });
    await look();
  };

  test('within a day came back after a revoke, in red', async () => {
    await backByHand(20);
    expect(await told(/\*\*Kids\*\* came back after a revoke/)).toHaveLength(1);
    expect(await told(/nobody gave it here/)).toEqual([]);
  });

  test('later than that was given by somebody', async () => {
    await backByHand(30);
    expect(await told(/came back/)).toEqual([]);
    expect(await told(/has \*\*Kids\*\* in Plex, and nobody gave it here/)).toHaveLength(1);
  });
});

describe('filters and sharing settings', () => {
  test('are byte for byte the same after all that Usher writes, and never sent', async () => {
    const filters = {
      filterMovies: 'contentRating=PG%2CPG-13|label=Kids',
      filterTelevision: 'label!=A&B',
    };
    const settings = { allowSync: true, allowTuners: 2 };
    const state = await house.sim.state<{ accounts: Json[] }>();
    const accounts = state.accounts.map((account) => ({ ...account, filters, settings }));
    await house.sim.admin('PUT', '/state', { ...state, accounts });
    const kept = async () => (await house.sim.state<{ accounts: Json[] }>()).accounts;
    const before = await kept();
    expect(before[0]).toMatchObject({ filters, settings });
    await house.db.sql('update library set is_default = false');
    await house.db.store.servers.set(house.serverId, { endPolicy: 'unshare' });
    await give('jonas', 'Films');
    await give('jonas', 'Shows');
    await take('jonas', 'Shows');
    await take('jonas', 'Films');
    await give('jonas', 'Films');
    await give('mara', 'Kids');
    expect(await kept()).toEqual(before);
    const sent = await writes();
    expect(new Set(sent.map((entry) => entry.method))).toEqual(new Set(['POST', 'PUT', 'DELETE']));
    expect(JSON.stringify(sent)).not.toMatch(/filter|setting|allow/i);
  });
});

describe('a server that misses what comes too fast', () => {
  const ofTheServer = async (accountId: number) => {
    const share = await shareOf(accountId);
    const headers = { accept: 'application/json', 'x-plex-token': `guest-token-${share?.id ?? 0}` };
    const response = await fetch(`${house.sim.url}/library/sections`, { headers });
    if (!response.ok) return null;
    const body = (await response.json()) as { MediaContainer: { Directory?: { title: string }[] } };
    return (body.MediaContainer.Directory ?? []).map(({ title }) => title).sort();
  };

  test('hears of the last write by a nudge, and of nothing after it', async () => {
    await house.sim.knobs({ pmsLag: true });
    await give('mara', 'Kids');
    await give('jonas', 'Films');
    expect(await ofTheServer(JONAS)).toBeNull();
    const before = await writes();
    await sleep(6_200);
    house.pass(5);
    await lookAtDue(house.parts, null);
    const after = await writes();
    expect(after.slice(before.length).map((entry) => entry.method)).toEqual(['PUT']);
    const lists = [before.at(-1), after.at(-1)].map((entry) => entry && sectionsOf(entry));
    expect(lists[1]).toEqual(lists[0]);
    expect(await ofTheServer(JONAS)).toContain('Films');
    expect(await ofTheServer(MARA)).toContain('Kids');
    house.pass(20);
    await lookAtDue(house.parts, null);
    expect(await writes()).toHaveLength(after.length);
    expect((await house.told()).at(-1)).toMatch(/Seen in Plex/);
  });

  test('is not nudged when somebody changed that share by hand meanwhile', async () => {
    await give('mara', 'Kids');
    await give('jonas', 'Films');
    const before = await writes();
    await house.sim.act('setShare', { machineId: ATTIC, accountId: JONAS, sectionIds: [KIDS] });
    house.pass(11);
    await lookAtDue(house.parts, null);
    expect(await writes()).toHaveLength(before.length);
    expect((await shareOf(JONAS))?.sectionIds).toEqual([KIDS]);
  });

  test('is not nudged after a single write', async () => {
    await give('mara', 'Kids');
    const before = await writes();
    house.pass(11);
    await lookAtDue(house.parts, null);
    expect(await writes()).toHaveLength(before.length);
  });
});

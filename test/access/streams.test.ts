import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reconcile } from '../../src/access/reconcile.js';
import { StreamStops } from '../../src/access/streamStops.js';
import { ATTIC, FILMS, JONAS, KIDS, MARA } from '../plex/target.js';
import { House, lastOf } from './house.js';

let house: House;
let stops: StreamStops;

beforeEach(async () => {
  house = await House.open();
  await house.begin();
  stops = new StreamStops(house.parts);
  await give('mara', 'Kids');
  await give('jonas', 'Films');
  house.settle();
  await look();
});
afterEach(() => house.close());

const look = () => reconcile(house.parts, house.serverId, { people: null, priority: 'timer' });

async function give(person: string, library: string) {
  const wish = { person, library, from: null, until: null, reason: null, confirmed: null };
  const outcome = await house.as().grant(wish);
  if (outcome.kind !== 'recorded') throw new Error(`not recorded: ${outcome.kind}`);
  return lastOf(house.as().follow(outcome.recorded));
}

/** Records a revoke, without waiting for Plex. */
async function take(person: string, library: string) {
  const asked = { person, library, server: null, reason: null, confirmed: null };
  const outcome = await house.as().revoke(asked);
  if (outcome.kind !== 'recorded') throw new Error('it was asked back');
  return outcome.recorded;
}

/** Somebody watches something; gives the key that the server has for that library. */
async function plays(accountId: number, sectionId: number) {
  const { libraries } = (await house.world()).servers[0] ?? { libraries: [] };
  const sectionKey = libraries.find((one) => one.sectionId === sectionId)?.key;
  const title = `${accountId} ${sectionId}`;
  await house.sim.act('play', { accountId, machineId: ATTIC, sectionKey, title });
}

const playing = async () =>
  (await house.sim.state<{ sessions: { title: string }[] }>()).sessions.map(({ title }) => title);
const called = async (path: RegExp) =>
  (await house.sim.log(0)).entries.filter((entry) => path.test(entry.path)).length;
const chosen = (streams: 'finish' | 'stop') => house.as('admin').conduct.setStreams(streams);

describe('a stream of a library that was taken', () => {
  test('goes on to its end, and nobody asks what runs, until an Admin chose otherwise', async () => {
    await plays(MARA, KIDS);
    await lastOf(house.as().follow(await take('mara', 'Kids')));
    await stops.round();
    expect(await playing()).toEqual([`${MARA} ${KIDS}`]);
    expect(await called(/sessions/)).toBe(0);
  });

  test('is stopped once Plex shows the library gone, and no other of that person or of others', async () => {
    await chosen('stop');
    for (const [account, section] of [
      [MARA, KIDS],
      [MARA, FILMS],
      [JONAS, FILMS],
      [JONAS, KIDS],
    ] as const) {
      await plays(account, section);
    }
    await lastOf(house.as().follow(await take('mara', 'Kids')));
    await stops.round();
    expect(await playing()).toEqual([`${MARA} ${FILMS}`, `${JONAS} ${FILMS}`, `${JONAS} ${KIDS}`]);
  });

  test('is not stopped before Plex has shown it gone', async () => {
    await chosen('stop');
    await plays(MARA, KIDS);
    await house.sim.fault({ method: 'PUT', path: '.*' }, { status: 503, body: '' }, 0);
    await lastOf(house.as().follow(await take('mara', 'Kids')), 2);
    await stops.round();
    expect(await playing()).toEqual([`${MARA} ${KIDS}`]);
    expect(await called(/sessions/)).toBe(0);
    await house.sim.admin('DELETE', '/faults');
    house.pass(30);
    await look();
    await stops.round();
    expect(await playing()).toEqual([]);
  });

  test('goes on when the library was given again meanwhile', async () => {
    await chosen('stop');
    await lastOf(house.as().follow(await take('mara', 'Kids')));
    await give('mara', 'Kids');
    await plays(MARA, KIDS);
    await stops.round();
    expect(await playing()).toEqual([`${MARA} ${KIDS}`]);
  });

  test('is found also when a player began again, for a minute and a half', async () => {
    await chosen('stop');
    await lastOf(house.as().follow(await take('mara', 'Kids')));
    await stops.round();
    await plays(MARA, KIDS);
    house.pass(60);
    await stops.round();
    expect(await playing()).toEqual([]);
    await plays(MARA, KIDS);
    house.pass(60);
    await stops.round();
    expect(await playing()).toEqual([`${MARA} ${KIDS}`]);
  });

  test('is stopped as soon as a server that did not answer does, within an hour', async () => {
    await chosen('stop');
    await plays(MARA, KIDS);
    await house.sim.fault({ path: '/status/sessions' }, { status: 503, body: '' }, 0);
    await lastOf(house.as().follow(await take('mara', 'Kids')));
    await stops.round();
    house.pass(600);
    await stops.round();
    expect(await playing()).toEqual([`${MARA} ${KIDS}`]);
    await house.sim.admin('DELETE', '/faults');
    house.pass(600);
    await stops.round();
    expect(await playing()).toEqual([]);
  });

  test('is not stopped by a server without Plex Pass, which is no trouble with the token', async () => {
    await chosen('stop');
    await house.sim.knobs({ plexPass: false });
    await plays(MARA, KIDS);
    await lastOf(house.as().follow(await take('mara', 'Kids')));
    await stops.round();
    expect(await playing()).toEqual([`${MARA} ${KIDS}`]);
    expect(await house.db.store.troubles.standing(house.guildId)).toEqual([]);
  });

  test('of the owner is nobody else’s, whatever their number on the server', async () => {
    await chosen('stop');
    const { owner } = await house.sim.state<{ owner: { id: number } }>();
    await plays(owner.id, KIDS);
    await lastOf(house.as().follow(await take('mara', 'Kids')));
    await stops.round();
    expect(await playing()).toEqual([`${owner.id} ${KIDS}`]);
  });
});

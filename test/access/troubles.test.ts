import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { judgeClock } from '../../src/access/clockTrouble.js';
import { Overdue } from '../../src/access/overdue.js';
import { reconcile } from '../../src/access/reconcile.js';
import { openTrouble } from '../../src/access/troubles.js';
import { tellTrouble } from '../../src/core/troubles.js';
import { GUILD, House } from './house.js';

let house: House;

beforeEach(async () => {
  house = await House.open();
  await house.begin();
});
afterEach(() => house.close());

const look = () => reconcile(house.parts, house.serverId, { people: null, priority: 'timer' });

/** What stands wrong now, as it is told. */
async function standing(): Promise<readonly string[]> {
  const { store } = house.db;
  const rows = await store.troubles.standing(GUILD);
  return Promise.all(rows.map(async (row) => tellTrouble(await openTrouble(store, row)).text));
}

const answers = (status: number) => house.sim.fault({ path: '.*' }, { status, body: '' }, 0);
const heals = () => house.sim.admin('DELETE', '/faults');

describe('a clock that is off', () => {
  test('by more than two seconds is told, and over when it is right again', async () => {
    await judgeClock(house.parts, 1_900);
    expect(await standing()).toEqual([]);
    await judgeClock(house.parts, -7_000);
    expect(await standing()).toEqual([expect.stringMatching(/clock.*7 s/s)]);
    await judgeClock(house.parts, 3);
    expect(await standing()).toEqual([]);
  });
});

describe('a sweep that is overdue', () => {
  const THREE = 46 * 60;

  test('is told after three rounds in which Plex did not answer, and over when it does', async () => {
    const overdue = new Overdue(house.parts);
    await answers(503);
    house.pass(44 * 60);
    await overdue.check();
    expect(await standing()).toEqual([]);
    house.pass(2 * 60);
    expect(await overdue.any()).toBe(true);
    await overdue.check();
    expect(await standing()).toContainEqual(expect.stringMatching(/\*\*Attic\*\*/));
    const kinds = await house.db.store.troubles.standing(GUILD);
    expect(kinds.map(({ kind }) => kind)).toContain('sweep-overdue');
    await heals();
    await swept();
    await overdue.check();
    expect(await overdue.any()).toBe(false);
    const after = await house.db.store.troubles.standing(GUILD);
    expect(after.map(({ kind }) => kind)).not.toContain('sweep-overdue');
  });

  const swept = async () => {
    for await (const step of house.as().sweep(null)) if (step.kind === 'done') return;
  };

  test('is none where a look helps: a machine slept', async () => {
    const overdue = new Overdue(house.parts);
    house.pass(THREE);
    await overdue.check();
    expect(await standing()).toEqual([]);
    expect(await overdue.any()).toBe(false);
  });

  test('is none yet where the guild sweeps once a day', async () => {
    const overdue = new Overdue(house.parts);
    await house.as('admin').conduct.setRhythm({ every: null, daily: '04:30', sync: null });
    house.pass(70 * 60 * 60);
    expect(await overdue.any()).toBe(false);
    house.pass(3 * 60 * 60);
    expect(await overdue.any()).toBe(true);
  });
});

describe.each([
  [403, 'plex-forbidden'],
  [410, 'plex-retired'],
] as const)('a Plex that answers %i', (status, kind) => {
  test('is told once as what it is, and over when it answers again', async () => {
    await answers(status);
    await look();
    await look();
    const [only, ...more] = await house.db.store.troubles.standing(GUILD);
    expect(only?.kind).toBe(kind);
    expect(more).toEqual([]);
    expect((await standing())[0]).not.toMatch(new RegExp(String(status)));
    await heals();
    await look();
    expect(await standing()).toEqual([]);
  });
});

describe('a Plex that is silent', () => {
  test('is told after an hour and not before, and over when it answers', async () => {
    const told = async () =>
      (await house.db.store.troubles.told(house.clock.now())).map((trouble) => trouble.kind);
    await answers(503);
    await look();
    expect(await told()).toEqual([]);
    house.pass(59 * 60);
    await look();
    expect(await told()).toEqual([]);
    house.pass(2 * 60);
    await look();
    expect(await told()).toEqual(['plex-unreachable']);
    await heals();
    await look();
    expect(await told()).toEqual([]);
  });
});

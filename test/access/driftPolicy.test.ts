import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sweep } from '../../src/access/sweep.js';
import { sync } from '../../src/access/sync.js';
import type { CaseId, DriftPolicy } from '../../src/core/model.js';
import { ATTIC, FILMS, JONAS, KIDS, MARA } from '../plex/target.js';
import { House, lastOf } from './house.js';

let house: House;

beforeEach(async () => {
  house = await House.open();
  await house.begin();
});
afterEach(() => house.close());

/** More than plex.tv's lists may lag behind. */
const LAG = 101;
const look = () => sweep(house.parts, house.serverId, { priority: 'sweep' });
const choose = (policy: DriftPolicy) =>
  house.as('admin').conduct.setDriftPolicy({ policy, confirmed: true });

async function give(person: string, library: string, until: Date | null = null) {
  const wish = { person, library, from: null, until, reason: null, confirmed: null };
  const outcome = await house.as().grant(wish);
  if (outcome.kind !== 'recorded') throw new Error(`not recorded: ${outcome.kind}`);
  await lastOf(house.as().follow(outcome.recorded));
  house.settle();
  await look();
}

const shared = async (accountId: number) =>
  (await house.world()).shares.find((share) => share.accountId === accountId)?.sectionIds ?? [];
const byHand = (accountId: number, sectionIds: readonly number[]) =>
  house.sim.act('setShare', { machineId: ATTIC, accountId, sectionIds: [...sectionIds] });
const adds = async (accountId: number, section: number) =>
  byHand(accountId, [...(await shared(accountId)), section]);
const takes = async (accountId: number, section: number) =>
  byHand(
    accountId,
    (await shared(accountId)).filter((one) => one !== section),
  );
const writes = async () => (await house.sim.log(0)).entries.filter((e) => e.method !== 'GET');
const count = async (type: string) =>
  (await house.db.sql<{ id: CaseId }>('select id from "case" where type = $1', [type])).length;
const grants = () =>
  house.db.sql<{ title: string; endsAt: Date | null }>(
    `select l.title, g.ends_at as "endsAt" from access_grant g
       join library l on l.id = g.library_id join person p on p.id = g.person_id
      where g.closed_at is null and p.username = 'mara' order by l.title`,
  );

/** Two looks that are further apart than lists may lag. */
async function twoLooks(): Promise<void> {
  await look();
  house.pass(LAG);
  await look();
}

test('a policy is chosen after what it begins with was shown, with a case', async () => {
  await adds(MARA, KIDS);
  await look();
  const wish = { policy: 'revert', confirmed: false } as const;
  const asked = await house.as('admin').conduct.setDriftPolicy(wish);
  expect(asked).toMatchObject({ kind: 'ask' });
  expect(asked.kind === 'ask' && asked.text).toContain('1 person for whom something is otherwise');
  await choose('revert');
  expect((await house.told()).at(-1)).toMatch(/changed back to what was given here/);
  await expect(choose('revert')).rejects.toMatchObject({ code: 'set-already' });
});

describe('revert', () => {
  beforeEach(() => choose('revert'));

  test('takes what a hand added, once two looks show it that are far enough apart', async () => {
    await adds(MARA, KIDS);
    await look();
    house.pass(LAG - 10);
    await look();
    expect(await shared(MARA)).toContain(KIDS);
    house.pass(20);
    expect(await look()).toMatchObject({ written: 1 });
    expect(await shared(MARA)).not.toContain(KIDS);
    expect((await house.told()).at(-1)).toMatch(/no longer has \*\*Kids\*\*.*The drift policy/s);
  });

  test('leaves alone what was gone again at the second look', async () => {
    await adds(MARA, KIDS);
    await look();
    await takes(MARA, KIDS);
    house.pass(LAG);
    await look();
    expect(await writes()).toEqual([]);
    expect(await count('drift.reverted')).toBe(0);
  });

  test('gives again what a hand took, to the end it had', async () => {
    const until = new Date(house.clock.now().getTime() + 5 * 86_400_000);
    await give('mara', 'Kids', until);
    await takes(MARA, KIDS);
    await twoLooks();
    expect(await shared(MARA)).toContain(KIDS);
    expect(await grants()).toContainEqual({ title: 'Kids', endsAt: until });
  });

  test('does not invite again whoever left', async () => {
    await give('jonas', 'Films');
    const share = (await house.world()).shares.find(({ accountId }) => accountId === JONAS);
    await house.sim.act('leave', { shareId: share?.id ?? 0 });
    const before = await writes();
    await twoLooks();
    await twoLooks();
    expect(await writes()).toEqual(before);
  });

  test('leaves alone whoever has everything, and what somebody chose to ignore', async () => {
    await house.sim.act('setShare', { machineId: ATTIC, accountId: MARA, allLibraries: true });
    await twoLooks();
    expect(await writes()).toEqual([]);
    await byHand(MARA, [FILMS, KIDS]);
    await look();
    const [row] = await house.db.sql<{ id: string }>(
      `select id from "case" where type = 'drift.found' order by number desc limit 1`,
    );
    const ignored = { case: row?.id ?? '', verdict: 'ignore' } as const;
    await house.as().people.decideDrift(ignored);
    house.pass(LAG);
    await twoLooks();
    expect(await writes()).toEqual([]);
    expect(await shared(MARA)).toContain(KIDS);
  });

  /** So many friends whom a hand gave Kids beside what they had. */
  async function crowd(n: number): Promise<void> {
    await house.changeWorld((world) => {
      const { accounts } = world as unknown as { accounts: { id: number }[] };
      const [first] = accounts;
      const ids = Array.from({ length: n }, (_, i) => 5_000_000 + i);
      return {
        ...world,
        accounts: [
          ...accounts,
          ...ids.map((id) => ({
            ...first,
            id,
            username: `friend${id}`,
            title: `Friend ${id}`,
            email: `friend${id}@example.org`,
          })),
        ],
        shares: [
          ...world.shares,
          ...ids.map((accountId, i) => ({
            ...world.shares.find((share) => share.accountId === MARA),
            id: 40_000 + i,
            accountId,
            email: `friend${accountId}@example.org`,
            sectionIds: [FILMS],
          })),
        ],
      };
    });
    await sync(house.parts, house.serverId, { priority: 'person' });
    await house.changeWorld((world) => ({
      ...world,
      shares: world.shares.map((share) =>
        (share.accountId ?? 0) < 5_000_000 ? share : { ...share, sectionIds: [FILMS, KIDS] },
      ),
    }));
  }

  test('of five people is done', async () => {
    await crowd(5);
    await twoLooks();
    expect(await count('drift.reverted')).toBe(5);
    expect(await shared(5_000_004)).toEqual([FILMS]);
  });

  test('of more than that waits for an Admin, and still gives again what a hand took', async () => {
    await crowd(6);
    await give('mara', 'Kids');
    await takes(MARA, KIDS);
    await twoLooks();
    await twoLooks();
    expect(await shared(5_000_000)).toEqual([FILMS, KIDS]);
    expect(await shared(MARA)).toContain(KIDS);
    expect(await count('drift.reverted')).toBe(1);
    const held = await house.db.sql<{ id: string; seal: string; count: number }>(
      `select id, seal, count from held where kind = 'drift'`,
    );
    expect(held).toMatchObject([{ count: 6 }]);
    const [wish] = held;
    if (!wish) throw new Error('nothing is held');
    const { id, ...seen } = wish;
    const outcome = await house.as('admin').brake.agree({ held: id, seen, typed: null });
    if (outcome.kind !== 'go') throw new Error(`it was ${outcome.kind}`);
    for await (const step of outcome.steps) expect(step).toBeDefined();
    expect(await count('drift.reverted')).toBe(7);
    await look();
    expect(await shared(5_000_000)).toEqual([FILMS]);
  });
});

describe('adopt', () => {
  beforeEach(() => choose('adopt'));

  test('grants what a hand added without end, and writes nothing', async () => {
    await adds(MARA, KIDS);
    await twoLooks();
    expect(await grants()).toContainEqual({ title: 'Kids', endsAt: null });
    expect(await writes()).toEqual([]);
    await twoLooks();
    expect(await count('drift.found')).toBe(1);
  });

  test('ends what a hand took, and goes on to the old end when it is back within a day', async () => {
    const until = new Date(house.clock.now().getTime() + 5 * 86_400_000);
    await give('mara', 'Kids', until);
    await takes(MARA, KIDS);
    await twoLooks();
    expect((await grants()).map(({ title }) => title)).not.toContain('Kids');
    const before = await writes();
    await adds(MARA, KIDS);
    await twoLooks();
    expect(await grants()).toContainEqual({ title: 'Kids', endsAt: until });
    expect(await writes()).toEqual(before);
  });
});

test('report does nothing by itself, however often it is seen', async () => {
  await adds(MARA, KIDS);
  await twoLooks();
  await twoLooks();
  expect(await writes()).toEqual([]);
  expect(await shared(MARA)).toContain(KIDS);
});

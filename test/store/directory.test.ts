import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anybody, draw } from '../../src/access/portrait.js';
import type { PersonId } from '../../src/core/model.js';
import { PEOPLE_STATES } from '../../src/core/peopleStates.js';
import type { ListedPerson, PageEdge } from '../../src/store/directory.js';
import type { Store } from '../../src/store/store.js';
import { minutesFromNoon, NOON, openTestStore, type TestStore } from './builders.js';
import { buildCity, CITY } from './city.js';
import { plansOf } from './planOf.js';

const PEOPLE = 5_000;
const SLOW = { timeout: 120_000 };
let db: TestStore;

beforeAll(async () => {
  db = await openTestStore();
  await buildCity(db);
}, 120_000);
afterAll(() => db.close());

const asked = { guildId: CITY, state: 'everybody', search: '', now: NOON } as const;
const edgeAt = (way: PageEdge['way'], row: ListedPerson | undefined): PageEdge => {
  if (!row) throw new Error('there is no such line');
  return { way, sortedBy: row.sortedBy, id: row.id };
};
const page = (store: Store, more: object = {}, edge: PageEdge | null = null) =>
  store.byIndex((tables) => tables.directory.page({ ...asked, ...more }, edge, 10));

describe('the list of 5,000 people', () => {
  test('has everybody once, in the order of their titles, forwards and back', SLOW, async () => {
    const seen: ListedPerson[] = [];
    let edge: PageEdge | null = null;
    for (;;) {
      const rows = await page(db.store, {}, edge);
      if (rows.length === 0) break;
      seen.push(...rows);
      edge = edgeAt('after', rows.at(-1));
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(PEOPLE);
    expect(seen.map(({ title }) => title)).toEqual(seen.map(({ title }) => title).sort());
    const back = await page(db.store, {}, edgeAt('before', seen[40]));
    expect(back.map(({ id }) => id)).toEqual(seen.slice(30, 40).map(({ id }) => id));
  });

  test('says what somebody has, and when that next changes', async () => {
    const [one] = await page(db.store, { search: 'person 0007' });
    expect(one).toMatchObject({ active: 20, scheduled: 0, shown: 4, open: 0, pending: false });
    expect(one?.titles).toHaveLength(2);
    expect(one?.nextEnd).toEqual(minutesFromNoon(7));
    expect(one?.nextStart).toBeNull();
  });

  test('finds who is looked for by a part of title or username, whatever the case', async () => {
    const titles = async (search: string) =>
      (await page(db.store, { search })).map(({ title }) => title);
    expect(await titles('SON 499')).toHaveLength(10);
    expect(await titles('p4321')).toEqual(['Person 4321']);
    expect(await titles('%')).toEqual([]);
    expect(await titles('_')).toEqual([]);
  });

  test('counts each state as its pages show it', async () => {
    const counts = await db.store.directory.count(asked);
    const ending = Math.floor(PEOPLE / 7);
    const week = Math.floor((7 * 24 * 60) / 7);
    expect(counts).toEqual({
      everybody: PEOPLE,
      active: PEOPLE,
      scheduled: 0,
      ending: Math.min(ending, week),
      pending: PEOPLE / 100,
      drifted: 0,
      without: 0,
      gone: 0,
    });
    for (const state of PEOPLE_STATES) {
      const rows = await page(db.store, { state });
      expect(rows.length > 0, state).toBe(counts[state] > 0);
    }
    expect(await page(db.store, { state: 'pending' })).toHaveLength(10);
    const found = await db.store.directory.count({ ...asked, search: 'person 000' });
    expect(found.everybody).toBe(9);
  });
});

const NOBODY = '00000000-0000-4000-8000-000000000000' as PersonId;
const near = (way: PageEdge['way']): PageEdge => ({ way, sortedBy: 'person 2500', id: NOBODY });
type Lookup = [string, (store: Store) => Promise<unknown>];

const lookups: Lookup[] = [
  ...PEOPLE_STATES.map((state): Lookup => [
    `a page of ${state}`,
    (store) => page(store, { state }),
  ]),
  ['a page of a search', (store) => page(store, { search: 'son 12' })],
  ['a later page', (store) => page(store, {}, near('after'))],
  ['an earlier page', (store) => page(store, {}, near('before'))],
  ['everything about one person', portrayed],
  ['autocomplete', (store) => store.byIndex((tables) => tables.people.like(CITY, 'son 1', 25))],
  [
    'autocomplete before anything is typed',
    (store) => store.byIndex((tables) => tables.people.like(CITY, '', 25)),
  ],
];

async function portrayed(store: Store): Promise<void> {
  const [one] = await page(db.store, { search: 'person 0007' });
  await store.byIndex(async (tables) => {
    const drawn = await draw(tables, await anybody(tables, CITY, one?.id ?? ''), NOON);
    expect(drawn.libraries.filter(({ grant }) => grant !== null)).toHaveLength(20);
  });
}

test.each(lookups)('%s reads neither people, grants nor cases as a whole', async (_, ask) => {
  const plans = await plansOf(db.url, ask);
  expect(plans.length).toBeGreaterThan(0);
  for (const { query, plan } of plans) {
    expect(plan, query).toMatch(/Index/);
    expect(plan, query).not.toMatch(/Seq Scan/);
  }
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LibraryId, PersonId } from '../../src/core/model.js';
import type { ScheduleAsked, ScheduledRow, ScheduleEdge } from '../../src/store/schedule.js';
import type { Store } from '../../src/store/store.js';
import { minutesFromNoon, NOON, openTestStore, type TestStore } from './builders.js';
import { buildCity, CITY } from './city.js';
import { plansOf } from './planOf.js';

const SLOW = { timeout: 120_000 };
/** In the city one in seven has 20 grants that end n minutes after noon, n being their number. */
const ENDING = Math.floor(5_000 / 7);
let db: TestStore;
let personId: PersonId;
let libraryId: LibraryId;

beforeAll(async () => {
  db = await openTestStore();
  await buildCity(db);
  const [row] = await db.sql<{ person: PersonId; library: LibraryId }>(
    `select p.id as person, g.library_id as library from person p
       join access_grant g on g.person_id = p.id where p.account_id = 7 limit 1`,
  );
  if (!row) throw new Error('the city is empty');
  personId = row.person;
  libraryId = row.library;
}, 120_000);
afterAll(() => db.close());

const asked: ScheduleAsked = {
  guildId: CITY,
  personId: null,
  libraryId: null,
  from: NOON,
  to: minutesFromNoon(30 * 24 * 60),
  as: 'changes',
};
const edgeAt = (way: ScheduleEdge['way'], row: ScheduledRow | undefined): ScheduleEdge => {
  if (!row) throw new Error('there is no such line');
  return { way, at: row.at.toISOString(), id: row.id };
};
const page = (store: Store, more: object = {}, edge: ScheduleEdge | null = null) =>
  store.byIndex((tables) => {
    const { limit, ...own } = { limit: 10, ...more };
    return tables.schedule.page({ ...asked, ...own }, edge, limit);
  });

describe('the schedule of 100,000 grants', () => {
  test('has every end once, in the order of time, forwards and back', SLOW, async () => {
    const seen: ScheduledRow[] = [];
    let edge: ScheduleEdge | null = null;
    for (;;) {
      const rows = await page(db.store, { limit: 1_000 }, edge);
      if (rows.length === 0) break;
      seen.push(...rows);
      edge = edgeAt('after', rows.at(-1));
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(ENDING * 20);
    expect(await db.store.schedule.count(asked)).toBe(ENDING * 20);
    const times = seen.map(({ at }) => at.getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const back = await page(db.store, {}, edgeAt('before', seen[40]));
    expect(back.map(({ id }) => id)).toEqual(seen.slice(30, 40).map(({ id }) => id));
  });

  test('has a start and an end of what begins and ends in that time', async () => {
    await db.sql(
      'update access_grant set starts_at = $1 where person_id = $2 and library_id = $3',
      [minutesFromNoon(5), personId, libraryId],
    );
    const one = { personId, libraryId };
    const rows = await page(db.store, one);
    expect(rows.map(({ what, at }) => [what, at])).toEqual([
      ['begins', minutesFromNoon(5)],
      ['ends', minutesFromNoon(7)],
    ]);
    const grants = await page(db.store, { ...one, as: 'grants' });
    expect(grants.map(({ what }) => what)).toEqual(['begins']);
  });

  test('of one person has as a picture everything that they have, what has no end last', async () => {
    const [other] = await db.sql<{ id: PersonId }>('select id from person where account_id = 8');
    await db.sql(
      `update access_grant set ends_at = $1 where person_id = $2
          and id = (select id from access_grant where person_id = $2 limit 1)`,
      [minutesFromNoon(60), other?.id],
    );
    const of = { personId: other?.id ?? null, as: 'grants' };
    const rows = await page(db.store, { ...of, limit: 25 });
    expect(rows).toHaveLength(20);
    expect(rows.map(({ endsAt }) => endsAt !== null).lastIndexOf(true)).toBe(0);
    const rest = await page(db.store, { ...of, limit: 25 }, edgeAt('after', rows[14]));
    expect(rest.map(({ id }) => id)).toEqual(rows.slice(15).map(({ id }) => id));
    expect(await page(db.store, { personId: other?.id ?? null })).toHaveLength(1);
  });

  test('shows nothing of another guild', async () => {
    expect(await page(db.store, { guildId: '100000000000000009' })).toEqual([]);
  });
});

const later: ScheduleEdge = {
  way: 'after',
  at: minutesFromNoon(60).toISOString(),
  id: '00000000-0000-4000-8000-000000000000',
};
type Lookup = [string, (store: Store) => Promise<unknown>];
const lookups: Lookup[] = (['changes', 'grants'] as const).flatMap((as): Lookup[] => [
  [`a page of ${as}`, (store) => page(store, { as })],
  [`a later page of ${as}`, (store) => page(store, { as }, later)],
  [`an earlier page of ${as}`, (store) => page(store, { as }, { ...later, way: 'before' })],
  [`the ${as} of a person`, (store) => page(store, { as, personId })],
  [`the ${as} of a library`, (store) => page(store, { as, libraryId })],
  [`the ${as} of a library to a person`, (store) => page(store, { as, personId, libraryId })],
]);

test.each(lookups)('%s is read without reading grants or people as a whole', async (_, ask) => {
  const plans = await plansOf(db.url, ask);
  expect(plans.length).toBeGreaterThan(0);
  for (const { query, plan } of plans) {
    expect(plan, query).toMatch(/Index/);
    expect(plan, query).not.toMatch(/Seq Scan/);
  }
});

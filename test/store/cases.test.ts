import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { GuildId } from '../../src/core/model.js';
import { aCase, aHousehold, aToldCase, NOON } from './builders.js';
import { openTestStore, type Household, type TestStore } from './builders.js';

let db: TestStore;
let home: Household;

beforeAll(async () => {
  db = await openTestStore();
});
afterAll(() => db.close());
beforeEach(async () => {
  home = await aHousehold(db.store);
});

const numbersOf = async (guildId: GuildId): Promise<number[]> => {
  const rows = await db.sql<{ number: number }>(
    'select number from "case" where guild_id = $1 order by number',
    [guildId],
  );
  return rows.map((row) => row.number);
};
const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

describe('cases', () => {
  test('are numbered from one without a gap, however many are written at once', async () => {
    const other = await aHousehold(db.store);
    const writers = upTo(15).flatMap(() =>
      [home, other].map(({ guildId }) => aToldCase(db.store, { guildId })),
    );
    await Promise.all(writers);
    expect(await numbersOf(home.guildId)).toEqual(upTo(15));
    expect(await numbersOf(other.guildId)).toEqual(upTo(15));
  });

  test('of transactions that fail leave no hole in the numbers', async () => {
    const writers = upTo(12).map((n) =>
      db.store.transaction(async (tx) => {
        const noticeId = randomUUID();
        await tx.notices.owe(noticeId, home.guildId, NOON);
        await tx.cases.append(aCase({ guildId: home.guildId, noticeId }));
        if (n % 3 === 0) throw new Error('after the number was taken');
      }),
    );
    const outcomes = await Promise.allSettled(writers);
    expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(4);
    expect(await numbersOf(home.guildId)).toEqual(upTo(8));
  });

  test('of a guild that is not known are refused', async () => {
    const { noticeId } = await aToldCase(db.store, { guildId: home.guildId });
    const stranger = '199999999999999999' as GuildId;
    await expect(db.store.cases.append(aCase({ guildId: stranger, noticeId }))).rejects.toThrow(
      'is not known',
    );
  });

  test('come back as they were appended, and are found by id and by notice', async () => {
    const facts = { library: 'Films', until: null };
    const told = await aToldCase(db.store, { guildId: home.guildId, reason: 'birthday', facts });
    expect(told.row.number).toBe(1);
    expect(await db.store.cases.find(told.row.id)).toEqual(told.row);
    expect(await db.store.cases.ofNotice(told.noticeId)).toEqual([told.row]);
  });

  test('about a person are the newest, newest first', async () => {
    const { guildId, personId } = home;
    for (let n = 1; n <= 4; n += 1) await aToldCase(db.store, { guildId, personId });
    await aToldCase(db.store, { guildId });
    const about = await db.store.cases.about(guildId, personId, 3);
    expect(about.map((row) => row.number)).toEqual([4, 3, 2]);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GuildId } from '../../src/core/model.js';
import type { AskRow } from '../../src/store/rows.js';
import { minutesFromNoon, NOON, openTestStore, type TestStore } from './builders.js';

let db: TestStore;

beforeAll(async () => {
  db = await openTestStore();
});
afterAll(() => db.close());

const anAsk = (own: Partial<AskRow> = {}): AskRow => ({
  id: randomUUID(),
  guildId: '100000000000000001' as GuildId,
  userId: null,
  button: 'revoke',
  payload: { grants: ['a', 'b'] },
  expiresAt: minutesFromNoon(15),
  ...own,
});

describe('a question with buttons', () => {
  test('comes back as it was saved', async () => {
    const ask = anAsk();
    await db.store.asks.save(ask, NOON);
    expect(await db.store.asks.load(ask.id)).toEqual(ask);
  });

  test('is answered once, by the first of two', async () => {
    const ask = anAsk();
    await db.store.asks.save(ask, NOON);
    const taken = await Promise.all([db.store.asks.take(ask.id), db.store.asks.take(ask.id)]);
    expect(taken.sort()).toEqual([false, true]);
    expect(await db.store.asks.load(ask.id)).toBeNull();
  });

  test('is asked again when the answer’s transaction fails', async () => {
    const ask = anAsk();
    await db.store.asks.save(ask, NOON);
    const failing = db.store.transaction(async (tx) => {
      expect(await tx.asks.take(ask.id)).toBe(true);
      throw new Error('the answer could not be carried out');
    });
    await expect(failing).rejects.toThrow();
    expect(await db.store.asks.take(ask.id)).toBe(true);
  });

  test('is forgotten when it has expired and the next one is asked', async () => {
    const [old, forever] = [anAsk({ expiresAt: minutesFromNoon(1) }), anAsk({ expiresAt: null })];
    await db.store.asks.save(old, NOON);
    await db.store.asks.save(forever, NOON);
    await db.store.asks.save(anAsk(), minutesFromNoon(2));
    expect(await db.store.asks.load(old.id)).toBeNull();
    expect(await db.store.asks.load(forever.id)).not.toBeNull();
  });
});

import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { fuzz } from '../../sim/fuzz/fuzz.js';
import { fieldNames, partNames } from '../../sim/fuzz/names.js';
import { World } from '../../sim/tour/world.js';
import { buttons } from '../../src/commands/registry.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

/** A thousand more, other ones each time: `npm run -s fuzz -- --n 2000`. */
const SEED = 5;
const WITHIN = { timeout: 120_000 };

const open: { world?: World; database?: TestDatabase } = {};
afterEach(async () => {
  await open.world?.stop();
  await open.database?.drop();
});

async function startFuzz(n: number, breaks?: string) {
  open.database = await createTestDatabase();
  open.world = await World.start({
    breaks,
    settleSeconds: 8,
    env: {
      DATABASE_URL: open.database.url,
      MONGODB_URI: undefined,
      SECRET_KEY: randomBytes(32).toString('base64'),
      PLEX_WRITES_PER_SECOND: '0',
    },
  });
  return fuzz(open.world, { n, seed: SEED });
}

test('every part of a message that the bot knows is forged', () => {
  expect(partNames()).toEqual(buttons.map(({ name }) => name).sort());
  expect(fieldNames()).toEqual(expect.arrayContaining(['from', 'until', 'reason', 'search']));
});

describe('hostile input from anybody, everywhere', () => {
  test(
    'fault 29: is answered each time, shown as harmless words, and the bot lives',
    WITHIN,
    async () => {
      const { failures, passed } = await startFuzz(150);
      expect(failures).toEqual([]);
      expect(passed).toBeGreaterThan(100);
    },
  );

  test('is noticed when it is shown as it came', WITHIN, async () => {
    const { failures } = await startFuzz(60, 'unescaped');
    expect(failures.join('\n')).toMatch(/(?:mentions|shows|is formatted|hides a link)/);
  });
});

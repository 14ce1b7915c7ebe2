import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { mongoForTests } from '../support/mongo.js';

const mongo = await mongoForTests();
afterAll(() => mongo?.stop());

const root = fileURLToPath(new URL('../../', import.meta.url));
const TOUR_WITHIN = { timeout: 300_000 };

/** Runs the tour as the README says, and gives what it printed and how it ended. */
async function tour(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'sim/demo.ts', '--tour', ...args], {
    cwd: root,
    env: { ...process.env, MONGODB_URI: undefined, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  child.stdout.on('data', (text: Buffer) => {
    printed += text.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { printed, code, last: printed.trim().split('\n').at(-1) };
}

describe('the tour', () => {
  test('passes', TOUR_WITHIN, async () => {
    const { printed, code, last } = await tour([]);
    expect(printed).not.toMatch(/^not ok/m);
    expect(last).toMatch(/^tour: \d+ passed, 0 failed, \d+ s$/);
    expect(code).toBe(0);
  });

  // On the stand-in one alarm in some twenty-five rings at the next scan, 1.3 s late: then it is told once more.
  const onMongo = { ...TOUR_WITHIN, retry: 1 };
  test.skipIf(!mongo)('passes with alarms in MongoDB', onMongo, async () => {
    const { printed, code } = await tour([], { MONGODB_URI: mongo?.url });
    expect(printed).not.toMatch(/^not ok/m);
    expect(code).toBe(0);
  });

  test.each([
    ['readback', 'expiry-two-seconds'],
    ['fence', 'revoke-while-grant-is-stalled'],
    ['lost-write', 'lost-write-redone'],
  ])('notices the fault %s', TOUR_WITHIN, async (name, step) => {
    const { printed, code } = await tour(['--break', name, '--bail']);
    expect(printed).toMatch(new RegExp(`^not ok \\d+ ${step} `, 'm'));
    expect(code).toBe(1);
  });
});

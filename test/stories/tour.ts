import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { aDatabaseOn, dropDatabase } from '../support/mongo.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const TOUR_WITHIN = { timeout: 300_000 };

/** Runs the tour as the README says, and gives what it printed and how it ended. */
export async function runTour(args: readonly string[]) {
  const server = inject('mongoUrl');
  const mongoUrl = server === undefined ? undefined : aDatabaseOn(server);
  const child = spawn(process.execPath, ['--import', 'tsx', 'sim/demo.ts', '--tour', ...args], {
    cwd: root,
    env: { ...process.env, MONGODB_URI: mongoUrl },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  child.stdout.on('data', (text: Buffer) => {
    printed += text.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (mongoUrl !== undefined) await dropDatabase(mongoUrl);
  return { printed, code, last: printed.trim().split('\n').at(-1) };
}

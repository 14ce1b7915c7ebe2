import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startWorld, type TestWorld } from '../support/world.js';
import { read } from '../shipped/files.js';
import { isRunning } from '../store/folders.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The compiler may run, the machine may be busy. */
const READY = { timeout: 60_000, interval: 50 };
const ENDED = { timeout: 12_000, interval: 50 };

let story: TestWorld;
const left = new Set<number>();

beforeAll(async () => {
  story = await startWorld();
}, 60_000);
afterEach(() => {
  for (const pid of [...left].filter(isRunning)) process.kill(pid, 'SIGKILL');
  left.clear();
});
afterAll(() => story.stop());

const parentOf = (pid: number): number =>
  Number(spawnSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }).stdout);

/** `npm start` as a person types it, until the bot is ready. */
function npmStart() {
  const npm = spawn('npm', ['start'], {
    cwd: root,
    env: story.world.environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (npm.pid !== undefined) left.add(npm.pid);
  const bots: number[] = [];
  for (const stream of [npm.stdout, npm.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      const [, pid] = /"pid":(\d+).*"msg":"ready"/.exec(line) ?? [];
      if (pid === undefined) return;
      bots.push(Number(pid));
      left.add(Number(pid));
    });
  }
  const ended = once(npm, 'exit').then(([code]) => code as number | null);
  const bot = async (life: number): Promise<number> => {
    await expect.poll(() => bots.length, READY).toBe(life);
    return bots[life - 1] ?? 0;
  };
  return { npm, ended, bot };
}

describe('npm start', () => {
  test('faults 28 and 35: starts a bot as the README has it, again when it was killed, and ends with npm', async () => {
    expect(read('README.md')).toContain('`npm ci && npm start`');
    const { npm, ended, bot } = npmStart();
    const first = await bot(1);
    process.kill(first, 'SIGKILL');
    const second = await bot(2);
    expect(second).not.toBe(first);
    npm.kill('SIGTERM');
    await ended;
    await expect.poll(() => isRunning(second), ENDED).toBe(false);
  }, 120_000);

  test('leaves no bot behind when the supervisor is killed', async () => {
    const { bot } = npmStart();
    const pid = await bot(1);
    const supervisor = parentOf(pid);
    left.add(supervisor);
    process.kill(supervisor, 'SIGKILL');
    await expect.poll(() => isRunning(pid), ENDED).toBe(false);
  }, 120_000);
});

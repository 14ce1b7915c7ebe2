import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Patience } from '../src/supervisor.js';

const supervisor = new URL('../dist/src/supervisor.js', import.meta.url).href;
const IN_TIME = { timeout: 15_000, interval: 20 };
/** Waits that a test would not survive: what comes in time did not wait. */
const LONG = 60_000;
const PATIENCE: Patience = {
  firstMs: LONG,
  longestMs: LONG,
  wellAfterMs: LONG,
  hangsAfterMs: LONG,
};

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'usher-supervised-'))));
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
  rmSync(folder, { recursive: true, force: true });
});

/** Each life of the program notes itself, then does the next thing of its plan. */
const lives = () => {
  const path = join(folder, 'lives');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  return lines.map((line) => JSON.parse(line) as { pid: number; at: number });
};

/** A supervisor, a process of its own, and the plan of its program: one piece of JavaScript a life. */
function supervise(plan: readonly string[], patience: Partial<Patience> = {}) {
  const program = `
    const fs = require('node:fs');
    const path = ${JSON.stringify(join(folder, 'lives'))};
    fs.appendFileSync(path, JSON.stringify({ pid: process.pid, at: Date.now() }) + '\\n');
    const life = fs.readFileSync(path, 'utf8').trim().split('\\n').length;
    eval(${JSON.stringify(plan)}[life - 1]);`;
  const script = `
    import { supervise } from ${JSON.stringify(supervisor)};
    const patience = ${JSON.stringify({ ...PATIENCE, ...patience })};
    const say = (sentence) => console.error(sentence);
    process.exitCode = await supervise(['-e', ${JSON.stringify(program)}], say, patience);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  ends.push(() => child.kill('SIGKILL'));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, ended, sentences: () => said.trim().split('\n') };
}

const STAYS = 'setInterval(() => {}, 1000)';
const lived = (count: number) => expect.poll(() => lives().length, IN_TIME).toBe(count);

describe('the supervisor', () => {
  test.each([0, 78])('ends with %i when its program does', async (code) => {
    const { ended } = supervise([`process.exit(${code})`]);
    expect(await ended).toBe(code);
    expect(lives()).toHaveLength(1);
  });

  test('starts a program that ends with 75 again at once, without a word', async () => {
    const { ended, sentences } = supervise(['process.exit(75)', 'process.exit(75)', '']);
    expect(await ended).toBe(0);
    expect(lives()).toHaveLength(3);
    expect(sentences()).toEqual(['']);
  });

  test('waits longer after each crash, up to a limit, and says so', async () => {
    const plan = ['process.exit(1)', 'process.exit(2)', "process.kill(process.pid, 'SIGKILL')", ''];
    const { ended, sentences } = supervise(plan, { firstMs: 200, longestMs: 300 });
    expect(await ended).toBe(0);
    expect(sentences()).toEqual([
      'Usher ended (1). It starts again in 0.2 s.',
      'Usher ended (2). It starts again in 0.3 s.',
      'Usher ended (SIGKILL). It starts again in 0.3 s.',
    ]);
    const at = lives().map((life) => life.at);
    const gaps = at.slice(1).map((time, i) => time - (at[i] ?? 0));
    for (const [i, least] of [200, 300, 300].entries()) {
      expect(gaps[i]).toBeGreaterThanOrEqual(least);
    }
  });

  test('begins with the first wait again after the program ran well for a while', async () => {
    const late = 'setTimeout(() => process.exit(1), 1500)';
    const plan = ['process.exit(1)', 'process.exit(1)', late, ''];
    const { ended, sentences } = supervise(plan, { firstMs: 100, wellAfterMs: 1_500 });
    expect(await ended).toBe(0);
    expect(sentences().map((sentence) => /[\d.]+ s/.exec(sentence)?.[0])).toEqual([
      '0.1 s',
      '0.2 s',
      '0.1 s',
    ]);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'passes %s on, waits for the program, and does not start it again',
    async (signal) => {
      const drained = join(folder, 'drained');
      const drain = `process.on('${signal}', () => setTimeout(() => {
        fs.writeFileSync(${JSON.stringify(drained)}, ''); process.exit(0); }, 300)); ${STAYS};
        fs.writeFileSync(${JSON.stringify(join(folder, 'listens'))}, '')`;
      const { child, ended } = supervise([drain]);
      await expect.poll(() => existsSync(join(folder, 'listens')), IN_TIME).toBe(true);
      child.kill(signal);
      expect(await ended).toBe(0);
      expect(existsSync(drained)).toBe(true);
      expect(lives()).toHaveLength(1);
    },
  );

  test('that is asked to end while it waits ends at once', async () => {
    const { child, ended, sentences } = supervise(['process.exit(1)']);
    await expect.poll(sentences, IN_TIME).toHaveLength(1);
    await expect.poll(() => sentences()[0], IN_TIME).toMatch(/starts again/);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(lives()).toHaveLength(1);
  });

  test('kills a program that was asked to end and hangs', async () => {
    const listens = join(folder, 'listens');
    const hang = `process.on('SIGTERM', () => {}); ${STAYS};
      fs.writeFileSync(${JSON.stringify(listens)}, '')`;
    const { child, ended } = supervise([hang], { hangsAfterMs: 300 });
    await expect.poll(() => existsSync(listens), IN_TIME).toBe(true);
    child.kill('SIGTERM');
    expect(await ended).toBe(1);
    expect(() => process.kill(lives()[0]?.pid ?? 0, 0)).toThrow();
  });

  test('that is killed lets its program know by cutting it off', async () => {
    const cut = join(folder, 'cut');
    const watch = `process.on('disconnect', () => {
      fs.writeFileSync(${JSON.stringify(cut)}, ''); process.exit(0); }); ${STAYS}`;
    const { child } = supervise([watch]);
    await lived(1);
    await sleep(200);
    child.kill('SIGKILL');
    await expect.poll(() => existsSync(cut), IN_TIME).toBe(true);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startEmbedded } from '../src/store/embedded.js';
import { openStore } from '../src/store/open.js';
import { takeLease } from '../src/store/lease.js';
import type { GuildId } from '../src/core/model.js';
import { secretKeyIn } from '../src/store/secretKey.js';
import { createTestDatabase, type TestDatabase } from './support/postgres.js';

const GUILD = '100000000000000001' as GuildId;
let folder: string;
const databases: TestDatabase[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-operator-'));
  await chmod(folder, 0o700);
});
afterEach(async () => {
  for (const database of databases.splice(0)) await database.drop();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

/** Runs a command of the operator as it was built, in a folder and an environment of its own. */
async function run(
  script: 'backup' | 'restore',
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
) {
  const program = fileURLToPath(new URL(`../dist/src/${script}.js`, import.meta.url));
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, complained] = [text(child.stdout), text(child.stderr)];
  const [code] = (await once(child, 'close')) as [number];
  return { code, said: (await said).trim(), complained: (await complained).trim() };
}

async function aDatabase({ withGuild }: { withGuild: boolean }): Promise<string> {
  const database = await createTestDatabase();
  databases.push(database);
  if (withGuild) await fillIn(database.url);
  return database.url;
}

async function fillIn(url: string): Promise<void> {
  const { store, close } = await openStore(url);
  await store.guilds.welcome(GUILD);
  await close();
}

async function guildsIn(url: string): Promise<number> {
  const { store, close } = await openStore(url);
  const guilds = await store.guilds.all();
  await close();
  return guilds.length;
}

describe('npm run backup and npm run restore', () => {
  test('need nothing but the database, and say what they did and what is not in it', async () => {
    const from = await aDatabase({ withGuild: true });
    const done = await run('backup', ['one'], { DATABASE_URL: from });
    expect(done).toMatchObject({ code: 0, complained: '' });
    expect(done.said).toMatch(/\/one holds 1 row of \d+ tables \(\d+ kB\)\.\nSECRET_KEY is not/);
    const to = await aDatabase({ withGuild: false });
    const back = await run('restore', [at('one')], { DATABASE_URL: to });
    expect(back).toMatchObject({ code: 0, complained: '' });
    expect(back.said).toMatch(
      /^The database holds 1 row again, as it was at \d{4}-.*Z\.\nSECRET_KEY was not in the backup/,
    );
    expect(await guildsIn(to)).toBe(1);
  });

  test('on the embedded PostgreSQL start it for as long as they take, and say where the key is', async () => {
    const first = at('first');
    const embedded = await startEmbedded(first);
    await fillIn(embedded.url);
    await secretKeyIn(first);
    const quiet = { onWaiting: () => undefined, onLost: () => undefined };
    const usher = await takeLease(embedded.url, 'usher token', quiet);
    const shared = await run('backup', ['shared'], { DATA_DIR: first });
    expect(shared.code).toBe(0);
    expect(shared.said).toContain(join(first, 'secret-key'));
    expect(await guildsIn(embedded.url)).toBe(1);
    await usher.release();
    // Now it runs for nobody, as after an Usher that was killed.
    expect(await run('backup', ['alone'], { DATA_DIR: first })).toMatchObject({ code: 0 });
    const second = at('second');
    expect(await run('restore', ['alone'], { DATA_DIR: second })).toMatchObject({ code: 0 });
    for (const home of [first, second]) {
      expect(await readdir(join(home, 'postgres', 'data'))).not.toContain('postmaster.pid');
    }
    const again = await run('restore', ['alone'], { DATA_DIR: second });
    expect(again.code).toBe(1);
    expect(again.complained).toMatch(/not empty.*Stop Usher, move .*second\/postgres away/);
  }, 120_000);

  test('make no database where there was none to back up', async () => {
    const done = await run('backup', ['none'], { DATA_DIR: at('typo') });
    expect(done.code).toBe(1);
    expect(done.complained).toMatch(/^There is no database in .*typo/);
    expect(await readdir(folder)).not.toContain('typo');
  });

  test('make no database for a file that is none', async () => {
    const done = await run('restore', ['none'], { DATA_DIR: at('new') });
    expect(done.complained).toMatch(/none is not there/);
    expect(await readdir(folder)).not.toContain('new');
  });

  test.each<['backup' | 'restore', string[], RegExp]>([
    ['backup', [], /^Usage: npm run backup -- FILE/],
    ['backup', ['a', 'b'], /^Usage/],
    ['backup', ['--fast', 'a'], /^Usage/],
    ['restore', [], /^Usage: npm run restore -- FILE/],
    ['restore', ['--force', 'a'], /^Usage/],
    ['restore', ['none'], /none is not there\. Is the path right\?$/],
    ['restore', ['.'], /is a folder\. Name a file\.$/],
  ])('%s %j says what is wrong in a sentence, and ends with 1', async (script, args, words) => {
    const url = await aDatabase({ withGuild: false });
    const done = await run(script, args, { DATABASE_URL: url });
    expect(done.code).toBe(1);
    expect(done.complained).toMatch(words);
    expect(done.complained).not.toMatch(/\n\s+at /);
  });

  test('say when PostgreSQL does not answer, without a stack and without the password', async () => {
    await writeFile(at('any'), 'usher backup 1\n');
    const url = 'postgres://usher:hunter2@127.0.0.1:1/usher';
    const done = await run('backup', ['other'], { DATABASE_URL: url });
    expect(done).toMatchObject({ code: 1, said: '' });
    expect(done.complained).toBe(
      'PostgreSQL does not answer. Does it run, and is DATABASE_URL right?',
    );
    expect(await readdir(folder)).not.toContain('other.part');
  });

  test('say what is wrong with the environment, and end with 78', async () => {
    const done = await run('backup', ['other'], { DATABASE_URL: 'mysql://somewhere' });
    expect(done.code).toBe(78);
    expect(done.complained).toContain('DATABASE_URL: expected an address');
  });

  test('leave a file that is there, and replace it when told to', async () => {
    const url = await aDatabase({ withGuild: true });
    await writeFile(at('mine'), 'mine');
    const done = await run('backup', ['mine'], { DATABASE_URL: url });
    expect(done).toMatchObject({ code: 1, said: '' });
    expect(done.complained).toMatch(/mine is there already\. .*--force/);
    expect(await readFile(at('mine'), 'utf8')).toBe('mine');
    expect(await run('backup', ['--force', 'mine'], { DATABASE_URL: url })).toMatchObject({
      code: 0,
    });
    expect((await stat(at('mine'))).mode & 0o777).toBe(0o600);
  });
});

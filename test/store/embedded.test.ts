import { once } from 'node:events';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CannotRun } from '../../src/store/binaries.js';
import { startEmbedded } from '../../src/store/embedded.js';
import { aDeadPid, ask, Folder, isRunning, kill } from './folders.js';

/** One folder for all: each test leaves it stopped, and as it was. */
const folder = await Folder.make();
const pids = new Set<number>();

beforeAll(async () => {
  const embedded = await folder.start();
  await ask(embedded.url, 'create table kept as select 42 as n');
  await embedded.stop();
});
afterEach(async () => {
  pids.add(folder.serverPid());
  await folder.reset();
});
afterAll(async () => {
  await folder.remove();
  expect([...pids].filter(isRunning)).toEqual([]);
});

const kept = (url: string) => ask(url, 'select n from kept');
/** PostgreSQL takes its pid file away a moment before it ends. */
const isGone = (pid: number) => expect.poll(() => isRunning(pid), { timeout: 5_000 }).toBe(false);
const KEPT = [{ n: 42 }];
/** Some process that has nothing to do with PostgreSQL. */
const aStranger = () => folder.run(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);

describe('a fresh folder', () => {
  test('below one that only its owner may enter gets a PostgreSQL, gone when it is stopped', async () => {
    const fresh = await Folder.make();
    try {
      const embedded = await fresh.start();
      const pid = fresh.serverPid();
      expect(embedded.adopted).toBe(false);
      expect(await ask(embedded.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      await embedded.stop();
      await isGone(pid);
      await expect(ask(embedded.url, 'select 1')).rejects.toThrow();
    } finally {
      await fresh.remove();
    }
  });

  test('in which an earlier start was cut off half-way is made anew', async () => {
    const fresh = await Folder.make();
    try {
      for (const half of ['data', 'data.new']) {
        await mkdir(fresh.file(half), { recursive: true });
        await writeFile(fresh.file(`${half}/half`), '');
      }
      const embedded = await fresh.start();
      expect(await ask(embedded.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    } finally {
      await fresh.remove();
    }
  });

  test('keeps its data and its password to its owner', async () => {
    const modes = await Promise.all(
      ['', 'data', 'password', 'postgres.log'].map(
        async (name) => (await stat(folder.file(name))).mode,
      ),
    );
    expect(modes.map((mode) => mode & 0o077)).toEqual([0, 0, 0, 0]);
  });

  test('that lies where no server can be made says why', async () => {
    await writeFile(`${folder.path}-file`, '');
    await expect(startEmbedded(`${folder.path}-file`)).rejects.toThrow('data-file');
  });
});

describe('a folder that was used before', () => {
  test('is started again with its data, and only on this machine’s own address', async () => {
    const embedded = await folder.start();
    expect(embedded.adopted).toBe(false);
    expect(await kept(embedded.url)).toEqual(KEPT);
    expect(new URL(embedded.url).hostname).toBe('127.0.0.1');
    expect(await ask(embedded.url, 'show listen_addresses')).toEqual([
      { listen_addresses: '127.0.0.1' },
    ]);
  });

  test('wants the password', async () => {
    const { url } = await folder.start();
    const guess = new URL(url);
    guess.password = 'guess';
    await expect(ask(guess.href, 'select 1')).rejects.toThrow(/password/);
  });

  test('started by two at once has one server', async () => {
    const both = await Promise.all([folder.start(), folder.start()]);
    expect(new Set(both.map(({ url }) => url)).size).toBe(1);
    expect(both.map(({ adopted }) => adopted).sort()).toEqual([false, true]);
  });

  test('is adopted by a second process while the first lives: there is still one server', async () => {
    const first = await folder.startElsewhere();
    const pid = folder.serverPid();
    const second = await folder.start();
    expect(second).toMatchObject({ adopted: true, url: first.url });
    expect(folder.serverPid()).toBe(pid);
    expect(await kept(first.url)).toEqual(KEPT);
  });

  test('does not grow by its log for ever', async () => {
    await writeFile(folder.file('postgres.log'), 'x'.repeat(1_100_000));
    const { url } = await folder.start();
    expect((await stat(folder.file('postgres.log'))).size).toBeLessThan(10_000);
    expect((await stat(folder.file('postgres.log.old'))).size).toBe(1_100_000);
    const before = await readFile(folder.file('postgres.log'), 'utf8');
    await ask(url, 'checkpoint');
    expect(await readFile(folder.file('postgres.log'), 'utf8')).toBe(before);
  });

  test('tells the end of PostgreSQL’s log when it cannot start', async () => {
    await folder.configure('no_such_setting = 7');
    await expect(folder.start()).rejects.toThrow(
      /did not start[\s\S]*unrecognized configuration parameter "no_such_setting"/,
    );
    await isGone(folder.serverPid());
  });
});

describe('a folder of another major version', () => {
  test.each([
    ['19', /made by PostgreSQL 19, and this Usher brings PostgreSQL 18\. Start the newer Usher/],
    [
      '17',
      /made by PostgreSQL 17, and this Usher brings PostgreSQL 18\. Make a backup with the older/,
    ],
  ])('(%s) is refused for good with the way out, and left as it is', async (version, sentence) => {
    const path = folder.file('data/PG_VERSION');
    const ours = await readFile(path, 'utf8');
    try {
      await writeFile(path, `${version}\n`);
      const refused = folder.start();
      await expect(refused).rejects.toThrow(CannotRun);
      await expect(refused).rejects.toThrow(sentence);
      expect(await readFile(path, 'utf8')).toBe(`${version}\n`);
    } finally {
      await writeFile(path, ours);
    }
    expect(await kept((await folder.start()).url)).toEqual(KEPT);
  });
});

describe('after the starting process was killed', () => {
  test('its server is adopted, with the data', async () => {
    const first = await folder.startElsewhere();
    expect(first.adopted).toBe(false);
    await ask(first.url, 'create table made_before as select 43 as n');
    const pid = folder.serverPid();
    await kill(first.child);
    expect(isRunning(pid)).toBe(true);
    const second = await folder.start();
    expect(second).toMatchObject({ adopted: true, url: first.url });
    expect(folder.serverPid()).toBe(pid);
    expect(await ask(second.url, 'select n from made_before')).toEqual([{ n: 43 }]);
    await second.stop();
    await isGone(pid);
  });

  test('a server that lives and does not answer is stopped, and another one started', async () => {
    // Two connections are all it has, and somebody holds them.
    await folder.configure(
      'max_connections = 2',
      'superuser_reserved_connections = 0',
      'max_wal_senders = 0',
    );
    const first = await folder.start();
    const pid = folder.serverPid();
    const holders = [1, 2].map(() => new pg.Client({ connectionString: first.url }));
    for (const holder of holders) holder.on('error', () => undefined);
    await Promise.all(holders.map((holder) => holder.connect()));
    const second = await folder.start();
    expect(second.adopted).toBe(false);
    expect(folder.serverPid()).not.toBe(pid);
    await isGone(pid);
    expect(await kept(second.url)).toEqual(KEPT);
    await Promise.all(holders.map((holder) => holder.end().catch(() => undefined)));
  });

  test('a server that died without tidying up is started again', async () => {
    await folder.start();
    const pid = folder.serverPid();
    process.kill(pid, 'SIGKILL');
    await isGone(pid);
    const second = await folder.start();
    expect(second.adopted).toBe(false);
    expect(await kept(second.url)).toEqual(KEPT);
  });

  test('a pid file of a process that is gone does not hinder the start', async () => {
    await folder.editPidFile(0, await aDeadPid());
    const embedded = await folder.start();
    expect(embedded.adopted).toBe(false);
    expect(await kept(embedded.url)).toEqual(KEPT);
  });

  test('a pid file whose pid another program got neither hinders the start nor harms that program', async () => {
    const stranger = aStranger();
    await folder.editPidFile(0, stranger.pid ?? 0);
    const outcome = await folder.start().catch((error: unknown) => error);
    expect(isRunning(stranger.pid ?? 0)).toBe(true);
    expect(outcome).toMatchObject({ adopted: false });
  });

  test('a pid file whose port another program got is not adopted', async () => {
    const stranger = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    await folder.editPidFile(0, await aDeadPid());
    await folder.editPidFile(3, (stranger.address() as AddressInfo).port);
    const embedded = await folder.start();
    expect(embedded.adopted).toBe(false);
    stranger.close();
  });

  test('the lock of a starter that is gone does not hinder the start', async () => {
    await writeFile(folder.file('starting.lock'), String(await aDeadPid()));
    expect(await kept((await folder.start()).url)).toEqual(KEPT);
  });

  test('the lock of a starter whose pid another program got does not hinder the start', async () => {
    const stranger = aStranger();
    await writeFile(folder.file('starting.lock'), String(stranger.pid));
    const inTime = new Promise<string>((resolve) => setTimeout(() => resolve('waits'), 4_000));
    const starting = folder.start().then(() => 'started');
    const outcome = await Promise.race([starting, inTime]);
    await kill(stranger);
    await starting;
    expect(outcome).toBe('started');
  });
});

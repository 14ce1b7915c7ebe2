import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { serveHealth, type Check } from '../../src/console/health.js';
import { watchLoop } from '../../src/console/loop.js';
import { Metrics } from '../../src/console/metrics.js';
import { openStore } from '../../src/store/open.js';
import { aGateTo } from '../jobs/gate.js';
import { createTestDatabase } from '../support/postgres.js';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function takenPort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  ends.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function served(checks: Record<string, Check>, metrics = new Metrics()) {
  const { port } = await aGateTo({ host: '127.0.0.1', port: 1 }); // free, for nobody opens it
  const health = await serveHealth(port, { checks, metrics });
  ends.push(() => health.close());
  return async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, text: await response.text() };
  };
}

const needed = (ask: Check['ask']): Check => ({ ask, isNeeded: true });
const never = () => new Promise<never>(() => undefined);

describe('whether Usher is ready', () => {
  test('follows PostgreSQL, and is told in time while it hangs', async () => {
    const database = await createTestDatabase();
    ends.push(() => database.drop());
    const gate = await aGateTo({ host: '127.0.0.1', port: Number(new URL(database.url).port) });
    await gate.open();
    ends.push(() => gate.shut());
    const url = new URL(database.url);
    url.port = String(gate.port);
    const { store, close, isCurrent } = await openStore(url.href);
    ends.push(close);
    const ask = await served({
      postgres: needed(() => store.now().then(() => true)),
      migrations: needed(isCurrent),
    });
    const all = (isWell: boolean) => ({
      status: isWell ? 200 : 503,
      text: `${JSON.stringify({ postgres: isWell, migrations: isWell })}\n`,
    });
    expect(await ask('/readyz')).toEqual(all(true));
    await gate.shut();
    expect(await ask('/readyz')).toEqual(all(false));
    await gate.open();
    await expect.poll(() => ask('/readyz'), { timeout: 10_000 }).toEqual(all(true));
    gate.freeze();
    const before = performance.now();
    expect(await ask('/readyz')).toEqual(all(false));
    expect(performance.now() - before).toBeLessThan(3_500);
    gate.thaw();
    await expect.poll(() => ask('/readyz'), { timeout: 10_000 }).toEqual(all(true));
    await store.guilds.remember('any', 'row');
  });

  test('is not refused for what is only shown, and asks what hangs only once', async () => {
    let asked = 0;
    const hangs = () => ((asked += 1), never());
    const ask = await served({
      jobStore: { ask: hangs, isNeeded: false },
      gateway: needed(() => true),
    });
    const answers = await Promise.all([ask('/readyz'), ask('/readyz'), ask('/readyz')]);
    const expected = { status: 200, text: '{"jobStore":false,"gateway":true}\n' };
    expect(answers).toEqual([expected, expected, expected]);
    expect(asked).toBe(1);
  });
});

test('tables that a newer Usher changed meanwhile are told', async () => {
  const database = await createTestDatabase();
  ends.push(() => database.drop());
  const { close, isCurrent } = await openStore(database.url);
  ends.push(close);
  expect(await isCurrent()).toBe(true);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`insert into migrations (timestamp, name) values (1, 'Tomorrow1')`);
  await client.end();
  expect(await isCurrent()).toBe(false);
});

test('a figure that cannot be known is NaN, and holds up no other', async () => {
  const metrics = new Metrics();
  metrics.gauge('hangs', 'Never known', never);
  metrics.gauge('fails', 'Fails', () => Promise.reject(new Error('no')));
  metrics.gauge('known', 'Known', () => 7);
  const ask = await served({}, metrics);
  const { status, text } = await ask('/metrics');
  expect(status).toBe(200);
  for (const line of ['usher_hangs Nan', 'usher_fails Nan', 'usher_known 7'])
    expect(text.split('\n')).toContain(line);
});

test('a port that another program uses is named, and Usher is not to be started again', async () => {
  const port = await takenPort();
  const database = await createTestDatabase();
  ends.push(() => database.drop());
  const { status, stdout } = spawnSync(process.execPath, ['dist/src/main.js'], {
    encoding: 'utf8',
    timeout: 20_000,
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: database.url,
      SECRET_KEY: 'a key that only this test knows, long enough',
      DISCORD_TOKEN: 'not-used',
      DISCORD_API_URL: 'http://127.0.0.1:1/api',
      HEALTH_PORT: String(port),
    },
  });
  expect(stdout).toContain(`HEALTH_PORT is ${port}, and another program listens there`);
  expect(status).toBe(78);
});

test('an event loop whose turns stay long is not well, and is again when they are short', async () => {
  const loop = watchLoop(500);
  ends.push(() => loop.stop());
  await sleep(700);
  expect(loop.isWell()).toBe(true);
  const halt = new Int32Array(new SharedArrayBuffer(4));
  for (let turn = 0; turn < 2; turn += 1) {
    Atomics.wait(halt, 0, 0, 1_500);
    await sleep(1);
  }
  expect(loop.isWell()).toBe(false);
  await expect.poll(() => loop.isWell(), { timeout: 3_000 }).toBe(true);
});

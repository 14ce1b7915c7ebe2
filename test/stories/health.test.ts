import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import { aGateTo, type Gate } from '../jobs/gate.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { startWorld, type TestWorld } from '../support/world.js';

const DAY_MS = 86_400_000;
const healthcheck = fileURLToPath(new URL('../../scripts/healthcheck.js', import.meta.url));
let story: TestWorld;
let folder: string;
let port: number;
let database: TestDatabase;
let postgres: Gate;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-health-'));
  database = await createTestDatabase();
  const url = new URL(database.url);
  postgres = await aGateTo({ host: '127.0.0.1', port: Number(url.port) });
  await postgres.open();
  url.port = String(postgres.port);
  ({ port } = await aGateTo({ host: '127.0.0.1', port: 1 })); // free, for nobody opens it
  story = await startWorld({
    DATABASE_URL: url.href,
    HEALTH_PORT: String(port),
    TEST_CLOCK_FILE: join(folder, 'clock'),
  });
  expect(await exitOfHealthcheck()).toBe(1);
  await story.world.startBot();
});
afterAll(async () => {
  postgres.thaw();
  await story.stop();
  await postgres.shut();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const get = async (path: string) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, text: await response.text() };
};

async function exitOfHealthcheck(): Promise<unknown> {
  const child = spawn(process.execPath, [healthcheck], {
    env: { PATH: process.env.PATH, HEALTH_PORT: String(port) },
  });
  return (await once(child, 'exit'))[0];
}

test('a bot whose PostgreSQL hangs says so in time, and is ready again when it answers', async () => {
  const checks = ['started', 'gateway', 'postgres', 'migrations', 'jobStore', 'lastSweep'];
  const well = Object.fromEntries(checks.map((name) => [name, true]));
  const ready = async () => JSON.parse((await get('/readyz')).text) as unknown;
  expect(await ready()).toEqual(well);
  expect(await exitOfHealthcheck()).toBe(0);
  postgres.freeze();
  expect(await ready()).toEqual({
    ...well,
    postgres: false,
    migrations: false,
    jobStore: false,
    lastSweep: false,
  });
  expect((await get('/readyz')).status).toBe(503);
  expect((await get('/healthz')).status).toBe(200);
  expect(await exitOfHealthcheck()).toBe(1);
  postgres.thaw();
  await eventually('it is ready', async () => (await get('/readyz')).status === 200, 15_000);
  expect(await ready()).toEqual(well);
});

test('the figures agree with what Plex was asked, and give nobody away', async () => {
  const { world, checks } = story;
  const options = { person: 'mara', library: 'Kids', until: '30d' };
  await checks.command({ user: ids.moderator, name: 'grant', options });
  await checks.untilShared('mara', ['Films', 'Kids']);
  await writeFile(join(folder, 'clock'), String(31 * DAY_MS));
  await checks.untilTold(0, [/Kids/, /Gone from Plex/]);
  await eventually('the calls agree', async () => {
    const { entries } = await world.plex.log(0);
    const asked = counted(entries.map(({ method, status }) => [`${method} ${status}`, 1]));
    const { text } = await get('/metrics');
    return JSON.stringify(counted(callsIn(text))) === JSON.stringify(asked);
  });
  const { text } = await get('/metrics');
  for (const line of [
    'usher_end_written_seconds_count 1',
    'usher_end_gone_seconds_count 1',
    'usher_interaction_answer_seconds_count{kind="command",name="grant"} 1',
    'usher_plex_queue_calls 0',
  ])
    expect(text.split('\n')).toContain(line);
  expect(text).toMatch(/^usher_orders_open [01]$/m);
  expect(text).toMatch(/^usher_notices_owed \d+$/m);
  expect(text).toMatch(/^process_cpu_seconds_total /m);
  const { accounts, servers } = await checks.plexState();
  const titles = servers.flatMap(({ libraries }) => libraries.map(({ title }) => title));
  const places = servers.flatMap(({ name, machineId }) => [name, machineId]);
  const people = accounts.flatMap(({ id, username }) => [`"${id}"`, username]);
  const secrets = ['demo-discord-token', 'demo-plex-token', '@', 'http', ...Object.values(ids)];
  const words = [...people, ...places, ...titles, ...secrets].filter((word) => word !== '');
  const labels = [...text.matchAll(/\{.*\}/g)].map(([label]) => label.toLowerCase()).join('\n');
  expect(words.filter((word) => labels.includes(word.toLowerCase()))).toEqual([]);
});

/** Method and status of each count of calls. */
const callsIn = (text: string): [string, number][] =>
  [...text.matchAll(/^usher_plex_calls_total\{method="(\w+)",.*status="(\w+)"\} (\d+)$/gm)].map(
    ([, method, status, n]) => [`${method} ${status}`, Number(n)],
  );

function counted(counts: readonly (readonly [string, number])[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const [name, n] of counts) sums.set(name, (sums.get(name) ?? 0) + n);
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
}

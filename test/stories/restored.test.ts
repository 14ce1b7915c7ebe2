import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ids } from '../../sim/tour/world.js';
import { startWorld, type TestWorld } from '../support/world.js';
import { sql } from './outbox.js';

const HOUR_MS = 3_600_000;
let story: TestWorld;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-restored-'));
  story = await startWorld({ TEST_CLOCK_FILE: join(folder, 'clock') });
});
afterEach(async () => {
  await story.stop();
  await rm(folder, { recursive: true, force: true });
});

const grant = (person: string, library: string, until?: string) =>
  story.checks.command({
    user: ids.moderator,
    name: 'grant',
    options: { person, library, ...(until !== undefined && { until }) },
  });

async function run(script: 'backup' | 'restore'): Promise<number> {
  const program = fileURLToPath(new URL(`../../dist/src/${script}.js`, import.meta.url));
  const child = spawn(process.execPath, [program, join(folder, 'dump')], {
    env: { ...process.env, DATABASE_URL: story.databaseUrl },
    cwd: folder,
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'exit')) as [number];
  return code;
}

test('a bot on a restored backup ends what it knows of, and leaves what came after it as it is', async () => {
  const { world, checks } = story;
  await world.startBot();
  await grant('mara', 'Kids', '2h');
  await checks.untilShared('mara', ['Films', 'Kids']);
  expect(await run('backup')).toBe(0);
  await grant('mara', 'Shows');
  await checks.untilShared('mara', ['Films', 'Kids', 'Shows']);
  const told = (await checks.audit()).length;
  expect(await run('restore'), 'the bot runs').toBe(1);
  await world.stopBot();
  expect(await run('restore'), 'the database is not empty').toBe(1);
  await sql(story, 'drop schema public cascade; create schema public');
  expect(await run('restore')).toBe(0);
  await world.startBot();
  await writeFile(join(folder, 'clock'), String(3 * HOUR_MS));
  await checks.untilShared('mara', ['Films', 'Shows']);
  await checks.untilTold(told, [/Kids/, /Gone from Plex/], 20_000);
  await checks.untilTold(told, [/Shows/, /nobody gave it here/], 20_000);
}, 120_000);

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import { lockedAlarms } from '../support/alarms.js';
import { startWorld, type TestWorld } from '../support/world.js';
import { freePort } from '../../src/store/embedded.js';

const DAY_MS = 86_400_000;
let story: TestWorld;
let folder: string;
let healthPort: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-lives-'));
  healthPort = await freePort();
  story = await startWorld({
    HEALTH_PORT: String(healthPort),
    TEST_CLOCK_FILE: join(folder, 'clock'),
  });
});
afterEach(async () => {
  await story.stop();
  await rm(folder, { recursive: true, force: true });
});

const ask = (name: string, options: Record<string, string> = {}) =>
  story.checks.command({ user: ids.moderator, name, options });

const health = async (path: string, port = healthPort) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => null);
  return response?.status ?? null;
};

/** Another one that waits until the first ends. */
async function waiting(env: NodeJS.ProcessEnv = {}) {
  const spare = story.world.another(env);
  const started = spare.startBot();
  const waits = () => spare.botsLastWords().includes('another Usher serves this bot');
  await eventually('the second one waits', () => Promise.resolve(waits()), 20_000);
  return { spare, started };
}

describe('a bot', () => {
  test('is healthy and ready once it says so', async () => {
    await story.world.startBot();
    expect(await health('/healthz')).toBe(200);
    expect(await health('/readyz')).toBe(200);
    expect(await health('/other')).toBe(404);
  });

  test('that starts while Plex is down serves, says so, and reads Plex when it is back', async () => {
    const { world, checks } = story;
    await world.plex.fault({ method: 'GET', path: '.*' }, { status: 503 }, 0);
    await world.startBot();
    await checks.untilSaid(
      await ask('grant', { person: 'mara', library: 'Kids' }),
      /Plex has not been read yet/,
    );
    await checks.untilSaid(await ask('sync'), /Plex has not been read yet/);
    await world.plex.healed();
    await eventually(
      'Mara is known',
      async () => {
        const answer = await ask('access show', { person: 'mara' });
        return /Films/.test(await checks.words(answer));
      },
      15_000,
    );
    expect((await checks.calls(0)).writes).toEqual([]);
  });

  test('that is asked to stop ends well, within seconds, and leaves no job locked', async () => {
    await story.world.startBot();
    await ask('grant', { person: 'mara', library: 'Kids', until: '1h' });
    const before = Date.now();
    expect(await story.world.stopBot()).toBe(0);
    expect(Date.now() - before).toBeLessThan(5_000);
    expect(await lockedAlarms(story)).toBe(0);
  });

  test('waits while another serves the same Discord bot, and takes over when it ends', async () => {
    const { world, checks } = story;
    await world.startBot();
    const { spare, started } = await waiting();
    await world.stopBot();
    await started;
    await checks.untilSaid(await ask('sweep now'), /Looked at \d+/);
    expect(await health('/readyz')).toBe(200);
    await spare.stopBot();
  });

  test('that waits is well and not ready, and says why', async () => {
    await story.world.startBot();
    const port = await freePort();
    const { spare, started } = await waiting({ HEALTH_PORT: String(port) });
    await eventually('it is well', async () => (await health('/healthz', port)) === 200, 5_000);
    const response = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      started: false,
      why: 'Another Usher serves this bot; this one takes over when it ends.',
    });
    await story.world.stopBot();
    await started;
    expect(await health('/readyz', port)).toBe(200);
    await spare.stopBot();
  });

  test('ends what is due when time has moved on', async () => {
    const { world, checks } = story;
    await world.startBot();
    await ask('grant', { person: 'mara', library: 'Kids', until: '30d' });
    await checks.untilShared('mara', ['Films', 'Kids']);
    await writeFile(join(folder, 'clock'), String(31 * DAY_MS));
    await checks.untilShared('mara', ['Films']);
    await checks.untilTold(0, [/Kids/, /Gone from Plex/]);
  });

  test('forgets nothing that ended while it was away', async () => {
    const { world, checks } = story;
    await world.startBot();
    await ask('grant', { person: 'mara', library: 'Kids', until: '30d' });
    await checks.untilShared('mara', ['Films', 'Kids']);
    await world.stopBot();
    await writeFile(join(folder, 'clock'), String(40 * DAY_MS));
    await world.startBot();
    await checks.untilShared('mara', ['Films']);
  });
});

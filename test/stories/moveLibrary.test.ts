import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ids } from '../../sim/tour/world.js';
import { Panel } from '../support/panel.js';
import { startWorld, type TestWorld } from '../support/world.js';

let story: TestWorld;

beforeAll(async () => {
  story = await startWorld();
  await story.world.startBot();
});
afterAll(() => story.stop());

const panel = (user: string = ids.admin) => new Panel(story, user);
/** Above the lag that is believed of plex.tv: two reads so far apart that lack a library agree that it is gone. */
const APART_MS = 8_000;

test('a library deleted and made anew keeps its dates', { timeout: 90_000 }, async () => {
  const { checks, world } = story;
  const options = { person: 'mara', library: 'Kids', until: '7d' };
  await checks.command({ user: ids.moderator, name: 'grant', options });
  await checks.untilShared('mara', ['Films', 'Kids']);
  const machineId = (await checks.serverNow()).machineId;
  const sectionId = await checks.sectionOf('Kids');
  await world.plex.act('recreateLibrary', { machineId, sectionId });
  await checks.untilShared('mara', ['Films']);
  await (await panel().open('sync')).says(/Attic/);
  await sleep(APART_MS);
  const read = await panel().open('sync');
  await read.says(/\bgone\b/);

  const list = await panel().open('library list');
  await list.says(/\*\*Kids\*\* · deleted in Plex · 1 person/);
  const asked = await panel().open('library move', { from: 'Kids', to: 'Kids' });
  await asked.says(/1 person gets it now, and nobody loses anything/);
  expect(asked.isPrivate).toBe(true);
  expect(await checks.shared('mara')).toEqual(['Films']);
  await asked.press('Move for 1 person');
  await asked.says(/1 person got it\.[^]*Seen in Plex/, 20_000);
  await checks.untilShared('mara', ['Films', 'Kids']);
  await checks.untilTold(0, [/What people had of \*\*Kids\*\*, deleted in Plex/, /Seen in Plex/]);
  const shown = await panel().open('people show', { person: 'mara' });
  await shown.says(/\*\*Kids\*\* · until <t:\d+:d>/);
});

test('only an Admin moves what people have', async () => {
  const refused = await panel(ids.moderator).open('library move', { from: 'Kids', to: 'Kids' });
  await refused.says(/You need Admin/);
});

import { loadImage } from '@napi-rs/canvas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import { Panel } from '../support/panel.js';
import { startWorld, type TestWorld } from '../support/world.js';

let story: TestWorld;

beforeAll(async () => {
  story = await startWorld();
  await story.world.startBot();
  const give = async (person: string, library: string, options: Json): Promise<void> => {
    const given = { person, library, ...options };
    await story.checks.command({ user: ids.moderator, name: 'grant', options: given });
  };
  await give('mara', 'Kids', { until: '3d' });
  await give('mara', 'Shows', { from: '2d', until: '9d' });
  await give('jonas', 'Kids', { until: '60d' });
});
afterAll(() => story.stop());

const panel = (user: string = ids.auditor) => new Panel(story, user);

describe('an Auditor', () => {
  test('sees by day what begins and what ends', async () => {
    const opened = await panel().open('schedule');
    const words = await opened.says(/3 changes/);
    expect(opened.isPrivate).toBe(true);
    const lines = words.split('\n').filter((line) => /begins|ends/.test(line));
    expect(lines.map((line) => line.replace(/<t:\d+:t> /, ''))).toEqual([
      '**Mara** · Shows begins',
      '**Mara** · Kids ends',
      '**Mara** · Shows ends',
    ]);
    expect(words).toMatch(/\*\*<t:\d+:D>\*\*/);
  });

  test('sees only what was asked for, and what to do where there is nothing', async () => {
    const one = await panel().open('schedule', { person: 'mara', library: 'Kids' });
    expect(await one.says(/1 change\b/)).toMatch(/\*\*Kids\*\* ends/);
    const none = await panel().open('schedule', { person: 'jonas' });
    await none.says(/Nothing of \*\*Jonas\*\* begins or ends/);
  });

  test('sees it as a picture with its words, and goes back to the list', async () => {
    const opened = await panel().open('schedule', { person: 'mara', picture: 'yes' });
    // Films, which she had before Usher, has no end, and is drawn all the same.
    const words = await opened.says(/3 lines/);
    expect(words).toMatch(/Mara, Films: no end\./);
    expect(words).toMatch(/Timeline of the next 30 days, times in UTC\./);
    const image = await loadImage(await opened.file());
    expect(image.width).toBe(1200);
    await opened.press('Show in words');
    const list = await opened.says(/3 changes/);
    expect(list).not.toContain('Timeline');
    await opened.press('Show a picture');
    await opened.says(/Timeline/);
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import { startWorld, type TestWorld } from '../support/world.js';
import { dmsTo, sql } from './outbox.js';

const DAY_MS = 86_400_000;
let story: TestWorld;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-dms-'));
  story = await startWorld({ TEST_CLOCK_FILE: join(folder, 'clock') });
  await story.world.startBot();
  await ask('people link', { person: 'mara', member: ids.member });
});
afterEach(async () => {
  await story.stop();
  await rm(folder, { recursive: true, force: true });
});

const ask = (name: string, options: Record<string, string> = {}) =>
  story.checks.command({ user: ids.moderator, name, options });
const passDays = (days: number) => writeFile(join(folder, 'clock'), String(days * DAY_MS));
const untilTold = (n: number, withinMs = 30_000) =>
  eventually(
    `${n} direct messages`,
    async () => {
      const all = await dmsTo(story, ids.member);
      return all.length >= n && all;
    },
    withinMs,
  );

describe('the person concerned', () => {
  test(
    'fault 34: is told once each that access began, ends within a day, and ended',
    { timeout: 150_000 },
    async () => {
      await ask('grant', { person: 'mara', library: 'Kids', until: '30d' });
      const [began] = await untilTold(1);
      expect(began).toMatch(/✅ You can watch \*\*Kids\*\* on \*\*Attic\*\* until <t:\d+:f>/);
      await passDays(29.5);
      const [, ending] = await untilTold(2);
      expect(ending).toMatch(
        /Your access to \*\*Kids\*\* on \*\*Attic\*\* ends <t:\d+:f> \(<t:\d+:R>\)\. Ask <@\d+>/,
      );
      await passDays(30.5);
      const all = await untilTold(3);
      expect(all[2]).toMatch(
        /➖ Your access to \*\*Kids\*\* on \*\*Attic\*\* ended <t:\d+:f>\. Ask <@/,
      );
      expect(all).toHaveLength(3);
    },
  );

  test('reads several within a minute in one message', { timeout: 90_000 }, async () => {
    await ask('grant', { person: 'mara', library: 'Kids' });
    await untilTold(1);
    await ask('grant', { person: 'mara', library: 'Shows' });
    await eventually(
      'the message names both',
      async () => {
        const [only] = await dmsTo(story, ids.member);
        return /\*\*Kids\*\* and \*\*Shows\*\*/.test(only ?? '');
      },
      20_000,
    );
    expect(await dmsTo(story, ids.member)).toHaveLength(1);
  });

  test(
    'who takes none is not bothered again, and moderators see it',
    { timeout: 90_000 },
    async () => {
      story.forgive(/discord refused with 50007/);
      await story.world.discord.act('closeDm', { user: ids.member });
      await ask('grant', { person: 'mara', library: 'Kids' });
      await eventually(
        'it is noted',
        async () => (await sql(story, `select 1 from dm where outcome = 'closed'`)).length === 1,
        20_000,
      );
      const shown = await ask('access show', { person: 'mara' });
      await story.checks.untilSaid(shown, /Linked to <@\d+>\. DMs are closed\./);
      const { entries } = await story.world.discord.log();
      expect(entries.filter(({ status }) => status === 403)).toHaveLength(1);
    },
  );

  test('hears nothing while the guild does not want it', { timeout: 90_000 }, async () => {
    await sql(story, 'update guild set dms = false');
    await ask('grant', { person: 'mara', library: 'Kids' });
    await story.checks.untilShared('mara', ['Films', 'Kids']);
    expect(await sql(story, 'select 1 from dm')).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import { startWorld, type TestWorld } from '../support/world.js';
import { Mortal } from './kill.js';
import { deny, makeCases, numbersIn, posts, sql } from './outbox.js';

/** View Channel and Send Messages. */
const CLOSED = String(1024 + 2048);
const PAIRS = 6;

const everyNumberOnce = (numbers: readonly number[]) =>
  expect([...numbers].sort((a, b) => a - b)).toEqual(numbers.map((_, i) => i + 1));

describe('an audit channel', () => {
  let story: TestWorld;

  beforeEach(async () => {
    story = await startWorld();
    await story.world.startBot();
    await eventually('the first notices', async () => (await posts(story)).length === 2, 20_000);
  });
  afterEach(() => story.stop());

  const triedPosts = async (channel: string = ids.audit): Promise<number> => {
    const { entries } = await story.world.discord.log();
    const path = `/api/v10/channels/${channel}/messages`;
    return entries.filter((one) => one.method === 'POST' && one.path === path).length;
  };
  const adminsAnswer = async (pattern: RegExp) =>
    story.checks.untilSaid(
      await story.checks.command({ user: ids.admin, name: 'roles show' }),
      pattern,
      15_000,
    );

  test('is told what comes after a message that Discord calls malformed', async () => {
    const { world, checks } = story;
    const before = { told: (await posts(story)).length, tried: await triedPosts() };
    const path = `/channels/${ids.audit}/messages`;
    const body = { code: 50035, message: 'Invalid Form Body' };
    await world.discord.fault({ method: 'POST', path }, { status: 400, body });
    const { member, moderator: user } = ids;
    await checks.command({ user, name: 'people link', options: { member, person: 'mara' } });
    await eventually('the refused post', async () => (await triedPosts()) > before.tried);
    await checks.command({ user, name: 'people unlink', options: { member } });
    await checks.untilTold(before.told, [/is no longer \*\*Mara\*\* in Plex/], 15_000);
    expect(await posts(story)).toHaveLength(before.told + 1);
  });

  test(
    'that is forbidden is left alone, told to Admins, and gets all at once when it is allowed',
    { timeout: 120_000 },
    async () => {
      story.forgive(/discord refused with 5000?1/);
      const tries = await triedPosts();
      await deny(story, CLOSED);
      await makeCases(story, PAIRS);
      await adminsAnswer(/⚠️ I am not allowed to write in <#\d+>\..*Allow me View Channel/);
      expect((await triedPosts()) - tries).toBeLessThanOrEqual(2);
      await deny(story, '0');
      const found = await eventually(
        'all of it is told',
        async () => {
          const all = await posts(story);
          return all.some(({ text }) => /can be written to again/.test(text)) && all;
        },
        30_000,
      );
      expect(found.length).toBeLessThanOrEqual(5);
      const numbers = found.flatMap(numbersIn);
      expect(numbers).toHaveLength(2 + 2 * PAIRS);
      everyNumberOnce(numbers);
      await adminsAnswer(/^(?![^]*not allowed to write)/);
    },
  );

  test(
    'that was deleted is replaced by the next one chosen, which gets what was owed',
    { timeout: 120_000 },
    async () => {
      story.forgive(/discord refused with 10003/);
      await story.world.discord.act('deleteChannel', { channel: ids.audit });
      await makeCases(story, PAIRS);
      await adminsAnswer(/⚠️ The audit channel was deleted\..*AUDIT_CHANNEL_ID/);
      await sql(story, 'update guild set audit_channel_id = $1', [ids.general]);
      await makeCases(story, 1);
      const found = await eventually(
        'all of it is told',
        async () => {
          const all = await posts(story, ids.general);
          return all.flatMap(numbersIn).length === 2 * (PAIRS + 1) && all;
        },
        30_000,
      );
      expect(found.length).toBeLessThanOrEqual(4);
      expect(await sql(story, 'select 1 from trouble where until is null')).toEqual([]);
    },
  );
});

describe('a bot killed after it posted what had waited, before it stored that', () => {
  test('tells every case once', { timeout: 120_000 }, async () => {
    const mortal = await Mortal.start({ moment: 'before', step: 'a post is stored', nth: 1 });
    try {
      const { test: story } = mortal;
      story.forgive(/discord refused with 5000?1/);
      await deny(story, CLOSED);
      await makeCases(story, PAIRS);
      await mortal.arm();
      await deny(story, '0');
      await mortal.reborn();
      const found = await eventually(
        'all of it is told',
        async () => {
          const all = await posts(story);
          return all.flatMap(numbersIn).length >= 2 + 2 * PAIRS && all;
        },
        40_000,
      );
      everyNumberOnce(found.flatMap(numbersIn));
    } finally {
      await mortal.stop();
    }
  });
});

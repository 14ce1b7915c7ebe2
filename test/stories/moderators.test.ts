import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, type Interaction } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import { startWorld, type TestWorld } from '../support/world.js';

let story: TestWorld;
const ATTIC = 'a1'.repeat(20);
const MARA = 4410021;

beforeAll(async () => {
  story = await startWorld();
  await story.world.startBot();
});
afterAll(() => story.stop());

const use = (name: string, options: Record<string, string>, user: string = ids.moderator) =>
  story.checks.command({ user, name, options });

/** Presses the first button under an answer. */
async function press(answer: Interaction): Promise<Interaction> {
  const { message } = await story.world.discord.interaction(answer.id);
  const customId = /"custom_id":"([^"]+)"/.exec(JSON.stringify(message))?.[1];
  return story.world.discord.interact({
    kind: 'button',
    guild: ids.guild,
    channel: ids.general,
    user: ids.moderator,
    message: message?.id,
    customId,
  });
}

const sharedByHand = async (...titles: string[]) => {
  const sectionIds = await Promise.all(titles.map((title) => story.checks.sectionOf(title)));
  await story.world.plex.act('setShare', { machineId: ATTIC, accountId: MARA, sectionIds });
  await use('sweep now', {});
};

describe('moderators', () => {
  test('see nobody in suggestions without power, not even for /access show', async () => {
    for (const user of [ids.stranger, ids.member]) {
      const { choices } = await story.checks.suggestions(user, 'access show', { person: 'm' });
      expect(choices).toEqual([]);
    }
    const { choices } = await story.checks.suggestions(ids.auditor, 'access show', { person: 'm' });
    expect(choices?.map(({ name }) => name)).toContain('Mara (mara)');
  });

  test('take what was given by hand although a grant on it is planned', async () => {
    await use('grant', { person: 'mara', library: 'Kids', from: '7d', until: '9d' });
    await sharedByHand('Films', 'Kids');
    const plan = await use('revoke', { person: 'mara', library: 'Kids' });
    await story.checks.untilSaid(plan, /Kids.* was given in Plex by hand/);
    await press(plan);
    await story.checks.untilShared('mara', ['Films']);
  });

  test('take what they were shown, and are shown again what changed meanwhile', async () => {
    const plan = await use('revoke', { person: 'mara', library: 'all' });
    await story.checks.untilSaid(plan, /This takes \*\*Films\*\* from/);
    await use('grant', { person: 'mara', library: 'Shows' });
    await story.checks.untilShared('mara', ['Films', 'Shows']);
    const again = await press(plan);
    await story.checks.untilSaid(again, /This takes \*\*Films\*\* and \*\*Shows\*\* from/);
    await press(again);
    await story.checks.untilShared('mara', ['Default']);
  });

  test('extend what is planned without starting it', async () => {
    await use('grant', { person: 'mara', library: 'Kids', from: '7d', until: '9d' });
    const answer = await use('extend', { person: 'mara', library: 'Kids', by: '2d' });
    await story.checks.untilSaid(answer, /has \*\*Kids\*\* from <t:/);
    expect(await story.checks.shared('mara')).toEqual(['Default']);
  });

  test('give again what somebody took away by hand', async () => {
    await use('grant', { person: 'mara', library: 'Shows' });
    await story.checks.untilShared('mara', ['Default', 'Shows']);
    await new Promise((resolve) => setTimeout(resolve, 9_000)); // until the write has settled
    await sharedByHand('Default');
    const answer = await use('grant', { person: 'mara', library: 'Shows' });
    await story.checks.untilSaid(answer, /again/);
    await story.checks.untilShared('mara', ['Default', 'Shows']);
  });

  test('leave the home of the owner alone', async () => {
    await story.checks.untilSaid(
      await use('revoke', { person: 'homer', library: 'all' }),
      /member of the owner's Plex Home/,
    );
  });

  test('see whom a person is here, and that somebody left, which changes no access', async () => {
    const { discord } = story.world;
    story.forgive(/discord refused with 10007 \(GET \S+\/members\/\d+\)/);
    await story.checks.untilSaid(
      await use('people link', { member: ids.member, person: 'mara' }),
      /is \*\*Mara\*\* in Plex/,
    );
    const before = await story.checks.shared('mara');
    const shown = async () => story.checks.words(await use('access show', { person: 'mara' }));
    expect(await shown()).toContain(`Linked to <@${ids.member}>.`);
    const world = await discord.state<{ guilds: { members: { user: { id: string } }[] }[] }>();
    const guilds = world.guilds.map((guild) => ({
      ...guild,
      members: guild.members.filter(({ user }) => user.id !== ids.member),
    }));
    await discord.put({ ...world, guilds });
    expect(await shown()).toContain(`Linked to <@${ids.member}>, who has left this Discord server`);
    expect(await story.checks.shared('mara')).toEqual(before);
    await discord.put(world);
  });

  test('hear what is theirs to do, with commands to click', async () => {
    const answer = await use('help', {});
    const text = await eventually('the help', () => story.checks.words(answer));
    expect(text).toMatch(/You are Moderator here/);
    expect(text).toMatch(/<\/grant:\d+>/);
    expect(text).not.toMatch(/roles bind/);
  });
});

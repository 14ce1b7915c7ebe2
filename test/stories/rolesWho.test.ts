import { afterAll, beforeAll, expect, test } from 'vitest';
import { ids } from '../../sim/tour/world.js';
import { startWorld, type TestWorld } from '../support/world.js';

let story: TestWorld;

beforeAll(async () => {
  story = await startWorld();
  story.forgive(/discord refused with 10007 \(GET .*\/members\//); // who left is asked for
  await story.world.startBot();
});
afterAll(() => story.stop());

async function who(member: string | null, user: string = ids.auditor): Promise<string> {
  const options = member === null ? {} : { member };
  const answer = await story.checks.command({ user, name: 'roles who', options });
  expect(answer.answer?.ephemeral).toBe(true);
  return story.checks.untilSaid(answer, /<@|You need/);
}

test('an Auditor sees what each member may do, and by which role', async () => {
  const words = await who(ids.moderator);
  expect(words).toContain(`<@${ids.moderator}> is **Moderator** here.`);
  expect(words).toContain(`<@&${ids.moderatorRole}> gives Moderator`);
  expect(await who(ids.admin)).toContain('is **Admin** here');
  expect(await who(ids.member)).toMatch(/has no power here: none of their roles is bound/);
});

test('the owner is Admin whatever the roles, and leaving it out means yourself', async () => {
  expect(await who(ids.owner)).toMatch(/is \*\*Admin\*\* here\.[^]*whatever the roles/);
  expect(await who(null)).toContain(`<@${ids.auditor}> is **Auditor** here.`);
});

test('a role that was taken away counts no more, and who left can do nothing', async () => {
  const { discord } = story.world;
  await discord.act('setRoles', { guild: ids.guild, user: ids.moderator, roles: [] });
  expect(await who(ids.moderator)).toContain('has no power here');
  await discord.act('removeMember', { guild: ids.guild, user: ids.moderator });
  expect(await who(ids.moderator)).toContain('is not in this Discord server');
});

test('a member is told that it takes Auditor', async () => {
  expect(await who(ids.owner, ids.member)).toContain(
    'You need Auditor to see what a member may do',
  );
});

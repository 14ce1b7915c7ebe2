import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import type { PlexWorld } from '../../sim/plex/world.js';
import { withFriends } from '../support/crowd.js';
import { Panel } from '../support/panel.js';
import { startWorld, type TestWorld } from '../support/world.js';
import { sql } from './outbox.js';

const PEOPLE = 8;
const TAKE = 'Take from 8 people';
let story: TestWorld;

beforeAll(async () => {
  story = await startWorld({ PLEX_WRITES_PER_SECOND: '0' });
  const world = await story.world.plex.state<PlexWorld>();
  await story.world.plex.put(withFriends(world, PEOPLE, ['Films', 'Default', 'Kids']));
  await story.world.startBot();
  // As if they had got it as a default, not by hand before Usher came.
  await sql(
    story,
    `delete from access_grant where library_id in (select id from library where title = 'Default')`,
  );
  await sql(story, `update library set is_default = true where title = 'Shows'`);
  // Another Admin is there.
  await panel(ids.owner).open('roles show');
}, 60_000);
afterAll(() => story.stop());

const panel = (user: string) => new Panel(story, user);

/** Wants nobody to keep the default any more; gives the answer, and the message of the audit channel. */
async function want(user: string) {
  const answer = await panel(user).open('library default remove', { library: 'Default' });
  await answer.says(/8 people lose it/);
  const { seq } = await story.checks.mark();
  await answer.press(TAKE);
  const words = await answer.says(/That takes access from \*\*8 of \d+ people\*\*/);
  const { id } = await story.checks.untilTold(0, [
    new RegExp(`<@${user}> wants to stop keeping \\*\\*Default\\*\\*`),
  ]);
  return { answer, words, id, seq };
}

const have = async (title: string) => {
  const all = await Promise.all([0, 7].map((i) => story.checks.shared(`person${i}`)));
  return all.map((titles) => titles?.includes(title) === true);
};

describe('what takes access from many people', () => {
  test('is refused to its author and to a Moderator, and left by another Admin', async () => {
    const { words, id, answer } = await want(ids.admin);
    expect(words).toContain('Another Admin must agree until');
    expect(await panel(ids.admin).buttonsOn(id)).toEqual([TAKE, 'Leave it']);
    await (await panel(ids.admin).pressOn(id, TAKE)).says(/cannot agree to it/);
    await (await panel(ids.moderator).pressOn(id, TAKE)).says(/You need Admin/);
    await (await panel(ids.moderator).pressOn(id, 'Leave it')).says(/You need Admin to leave/);
    const left = await panel(ids.owner).pressOn(id, 'Leave it');
    await left.says(new RegExp(`<@${ids.owner}> left it as it is. Nothing was changed`));
    expect(left.isPrivate).toBe(true);
    await answer.says(/left it as it is/);
    await eventually('no button', async () => (await left.buttonsOn(id)).length === 0);
    expect(await have('Default')).toEqual([true, true]);
  });

  test('is carried out once another Admin agrees, also after a restart', async () => {
    const { id } = await want(ids.admin);
    await story.world.stopBot();
    await story.world.startBot();
    const agreed = await panel(ids.owner).pressOn(id, TAKE);
    await agreed.says(/no longer a default library/);
    await eventually(
      'that it is gone',
      async () => !(await have('Default')).includes(true),
      20_000,
    );
    const post = await story.checks.untilTold(0, [/8 people lost it/], 20_000);
    expect(post.text).toContain(`By <@${ids.admin}>`);
    await story.checks.untilTold(0, [new RegExp(`<@${ids.owner}> agreed`)], 20_000);
    await (await panel(ids.admin).open('library list')).says(/\*\*Default\*\*/);
  });
});

test('an Admin chooses from how many people it takes two', async () => {
  const settings = await panel(ids.admin).open('settings show');
  await settings.says(/more than 5 people, and more than 10 % of those who have something/);
  await settings.fill('Second Admin', { people: '20', percent: 'ten' });
  await settings.says(/"ten" is no whole number from 0 to 100/);
  const again = await panel(ids.admin).open('settings show');
  await again.fill('Second Admin', { people: '20', percent: '15' });
  await story.checks.untilTold(0, [/more than 20 people, and more than 15 %/]);
});

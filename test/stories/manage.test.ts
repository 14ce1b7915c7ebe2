import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sectionsOf } from '../../sim/tour/checks.js';
import { ids } from '../../sim/tour/world.js';
import { Panel } from '../support/panel.js';
import { ATTIC, MARA } from '../plex/target.js';
import { startWorld, type TestWorld } from '../support/world.js';

let story: TestWorld;

beforeAll(async () => {
  story = await startWorld();
  await story.world.startBot();
});
afterAll(() => story.stop());

const section = (title: string) => story.checks.sectionOf(title);

/** The panel of a person, with the ids of the libraries by title. */
async function open(person: string, user: string = ids.moderator) {
  const panel = await new Panel(story, user).open('access manage', { person });
  await panel.says(/Manage access/);
  const options = await panel.options('Choose libraries');
  const idsOf = (...titles: string[]) =>
    titles.map((title) => options.find(({ label }) => label === title)?.value ?? title);
  return { panel, idsOf };
}

describe('a Moderator', () => {
  test('sees every library with how the person stands to it', async () => {
    const { panel } = await open('mara');
    const words = await panel.says(/Manage access/);
    expect(panel.isPrivate).toBe(true);
    expect(words).toContain('**Films** · no end');
    expect(words).toContain('**Kids** · not given');
    expect(words).toContain('**Default** · default, goes without it');
  });

  test('sees what was shared by hand in Plex as such, and can end that too', async () => {
    const sectionIds = [await section('Films'), await section('Shows')];
    await story.world.plex.act('setShare', { machineId: ATTIC, accountId: MARA, sectionIds });
    await story.checks.command({ user: ids.moderator, name: 'sweep now' });
    const { panel, idsOf } = await open('mara');
    await panel.says(/\*\*Shows\*\* · by hand in Plex/);
    await panel.choose('Choose libraries', idsOf('Shows'));
    await panel.press('End now');
    await panel.says(/removes \*\*Shows\*\*/);
    await panel.press('Save 1 change');
    await panel.says(/was given in Plex by hand[^]*Gone from Plex/, 20_000);
    await story.checks.untilShared('mara', ['Films']);
  });

  test('gives several at once: shown before, one write, one case each', async () => {
    const { panel, idsOf } = await open('mara');
    await panel.choose('Choose libraries', idsOf('Kids', 'Shows'));
    await panel.says(/2 chosen/);
    await panel.fill('Set time', { from: '', until: '7d', reason: 'a visit' });
    const words = await panel.says(/To be saved/);
    expect(words).toMatch(/\*\*Kids\*\*: not given → until <t:\d+:d>/);
    expect(words).toMatch(/In Plex on \*\*Attic\*\*: .*adds \*\*Kids\*\* and \*\*Shows\*\*/);
    expect(words).toContain('When a last library ends there');
    const { seq } = await story.checks.mark();
    expect(await story.checks.shared('mara')).not.toContain('Kids');
    await panel.press('Save 2 changes');
    await panel.says(/Seen in Plex[^]*Seen in Plex/, 20_000);
    expect(await story.checks.shared('mara')).toEqual(
      expect.arrayContaining(['Films', 'Kids', 'Shows']),
    );
    expect((await story.checks.calls(seq)).writes.map(sectionsOf)).toHaveLength(1);
    const post = await story.checks.untilTold(0, [/Kids/, /Shows/, /Why: a visit/]);
    expect(post.text.match(/Case \d+/g)).toHaveLength(2);
    await panel.press('Manage again');
    await panel.says(/\*\*Kids\*\* · until/);
  });

  test('makes one permanent and ends another in one go', async () => {
    const { panel, idsOf } = await open('mara');
    await panel.choose('Choose libraries', idsOf('Kids'));
    await panel.press('Make permanent');
    await panel.says(/\*\*Kids\*\*: until .* → no end/);
    await panel.choose('Choose libraries', idsOf('Shows'));
    await panel.press('End now');
    await panel.says(/removes \*\*Shows\*\*/);
    await panel.press('Save 2 changes');
    await panel.says(/Gone from Plex/, 20_000);
    await story.checks.untilShared('mara', ['Films', 'Kids']);
  });

  test('is refused when somebody else was quicker, and sees how it is now', async () => {
    const { panel, idsOf } = await open('mara');
    await panel.choose('Choose libraries', idsOf('Kids'));
    await panel.press('End now');
    await panel.says(/removes \*\*Kids\*\*/);
    const options = { person: 'mara', library: 'Shows', until: '3d' };
    const other = await story.checks.command({ user: ids.admin, name: 'grant', options });
    await story.checks.untilSaid(other, /Case \d+/);
    await panel.press('Save 1 change');
    const words = await panel.says(/\*\*Mara\*\* was changed meanwhile/);
    expect(words).toMatch(/\*\*Shows\*\* · until/);
    expect(words).not.toContain('To be saved');
    await story.checks.untilShared('mara', ['Films', 'Kids', 'Shows']);
  });

  test('hears why a time cannot be, and can go on', async () => {
    const { panel, idsOf } = await open('mara');
    await panel.choose('Choose libraries', idsOf('Kids'));
    await panel.says(/1 chosen/);
    await panel.fill('Set time', { from: 'in 3 days', until: 'tomorrow', reason: '' });
    const words = await panel.says(/before it starts/);
    expect(words).toContain('1 chosen');
    await panel.press('Make permanent');
  });

  test('gives a first library with the default beside it, which then cannot be ended', async () => {
    const { panel, idsOf } = await open('jonas');
    await panel.choose('Choose libraries', idsOf('Films'));
    await panel.press('Make permanent');
    await panel.says(/a share is made; adds \*\*Default\*\* and \*\*Films\*\*/);
    await panel.press('Save 1 change');
    await story.checks.untilShared('jonas', ['Default', 'Films']);
    const again = await open('jonas');
    expect(await again.panel.says(/Manage access/)).toContain('**Default** · default, kept');
    await again.panel.choose('Choose libraries', idsOf('Default'));
    await again.panel.press('End now');
    await again.panel.says(/was not given \*\*Default\*\*.*Default libraries stay/);
  });

  test('opens it from the menu of a member who is linked', async () => {
    const on = (target: string) =>
      story.world.discord.interact({
        kind: 'user',
        guild: ids.guild,
        channel: ids.general,
        user: ids.moderator,
        name: 'Manage access',
        target,
      });
    await story.checks.untilSaid(await on(ids.member), /not linked to a person in Plex yet/);
    const options = { member: ids.member, person: 'mara' };
    const linked = { user: ids.moderator, name: 'people link', options };
    await story.checks.untilSaid(await story.checks.command(linked), /is \*\*Mara\*\*/);
    const words = await story.checks.untilSaid(await on(ids.member), /Manage access/);
    expect(words).toContain(`is <@${ids.member}>`);
  });
});

test.each(['auditor', 'member'] as const)('a %s is told that it takes Moderator', async (who) => {
  const options = { person: 'mara' };
  const answer = await story.checks.command({ user: ids[who], name: 'access manage', options });
  expect(await story.checks.untilSaid(answer, /You need/)).toContain(
    'You need Moderator to change all that a person has',
  );
});

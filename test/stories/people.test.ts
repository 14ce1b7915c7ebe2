import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ids } from '../../sim/tour/world.js';
import { Panel } from '../support/panel.js';
import { startWorld, type TestWorld } from '../support/world.js';

let story: TestWorld;

beforeAll(async () => {
  story = await startWorld();
  await story.world.startBot();
});
afterAll(() => story.stop());

const panel = (user: string = ids.auditor) => new Panel(story, user);

describe('an Auditor', () => {
  test('sees at one glance how everything stands, and who has what', async () => {
    const opened = await panel().open('dashboard');
    const words = await opened.says(/Dashboard/);
    expect(opened.isPrivate).toBe(true);
    expect(words).toMatch(/\d+ people · \d+ end within 7 days · 0 need you/);
    expect(words).toMatch(/Active \*\*\d+\*\* · scheduled \*\*0\*\*/);
    expect(words).toMatch(/Work: nothing is open/);
    expect(words).toMatch(/\*\*Attic\*\*: last sync <t:\d+:R>/);
    expect(words).toContain('**Mara** · Films');
    expect(words).not.toContain('@example.org');
  });

  test('looks for somebody, opens them, and comes back', async () => {
    const list = await panel().open('people list');
    await list.says(/\*\*People\*\*/);
    await list.fill('Search', { search: 'MAR' });
    expect(await list.says(/called "MAR"/)).toMatch(/\*\*1 person\*\*/);
    const id = (await list.options('Open a person'))[0]?.value ?? '';
    await list.choose('Open a person', [id]);
    const words = await list.says(/On \*\*Attic\*\*/);
    expect(words).toMatch(/friend · not linked/);
    expect(words).toMatch(/\*\*Films\*\* · no end/);
    expect(words).toContain('had it before Usher');
    await list.press('Back to list');
    await list.says(/called "MAR"/);
    await list.press('Show everybody');
    await list.says(/\*\*Jonas\*\*/);
  });

  test('filters by state, and hears what to do where there is nobody', async () => {
    const list = await panel().open('people list', { state: 'scheduled' });
    await list.says(/Nothing begins later/);
    await list.choose('Show which people', ['without']);
    await list.says(/nothing given/);
    const none = await panel().open('people list', { search: 'xyzzy' });
    await none.says(/Nobody here has "xyzzy" in their name/);
  });

  test('sees a change after Refresh', async () => {
    const shown = await panel().open('people show', { person: 'mara' });
    await shown.says(/\*\*Films\*\* · no end/);
    await story.checks.command({
      user: ids.moderator,
      name: 'grant',
      options: { person: 'mara', library: 'Kids', until: '7d', reason: 'a birthday' },
    });
    await story.checks.untilTold(0, [/Kids/]);
    await shown.press('Refresh');
    const words = await shown.says(/\*\*Kids\*\* · until <t:\d+:d>/);
    expect(words).toContain('a birthday');
    expect(words).toMatch(/next change <t:\d+:d>/);
  });
});

test('an Admin sees the address of a person, in private', async () => {
  const shown = await panel(ids.admin).open('people show', { person: 'mara' });
  expect(await shown.says(/Mara/)).toContain('mara@example.org');
  expect(shown.isPrivate).toBe(true);
});

describe('hands off and removal', () => {
  test('a Moderator lets go of somebody and takes them back, and Plex is not touched', async () => {
    const { seq } = await story.checks.mark();
    const options = { person: 'mara', managed: 'no' };
    const off = await story.checks.command({ user: ids.moderator, name: 'people manage', options });
    await story.checks.untilSaid(off, /Hands off \*\*Mara\*\*.*nothing was changed in Plex/);
    await story.checks.untilTold(0, [/Hands off \*\*Mara\*\*/]);
    const shown = await panel(ids.moderator).open('people show', { person: 'mara' });
    await shown.says(/hands off/);
    expect(await shown.buttons()).not.toContain('Remove person');
    await shown.press('Look after');
    await shown.says(/looks after \*\*Mara\*\* again[^]*Manage access/);
    expect((await story.checks.calls(seq)).writes).toEqual([]);
  });

  test('an Admin removes somebody after reading what that ends', async () => {
    const shown = await panel(ids.admin).open('people show', { person: 'mara' });
    await shown.press('Remove person');
    await shown.says(/it takes .*\*\*Films\*\*[^]*ends the friendship/);
    await shown.press('Cancel');
    expect(await story.checks.shared('mara')).toContain('Films');
    const asked = await panel(ids.admin).open('people remove', { person: 'mara' });
    await asked.says(/This removes \*\*Mara\*\* from Plex/);
    await asked.press('Remove 1 person');
    await asked.says(/is removed from Plex[^]*Gone from Plex/, 20_000);
    await story.checks.untilShared('mara', null);
    await story.checks.untilTold(0, [/\*\*Mara\*\* is removed from Plex/, /Gone from Plex/]);
  });

  test('a Moderator cannot remove anybody', async () => {
    const options = { person: 'jonas' };
    const use = { user: ids.moderator, name: 'people remove', options };
    await story.checks.untilSaid(await story.checks.command(use), /You need Admin to remove/);
  });
});

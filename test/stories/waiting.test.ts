import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, type Interaction } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import { startWorld, type TestWorld } from '../support/world.js';

let story: TestWorld;

beforeAll(async () => {
  story = await startWorld({ PLEX_WRITES_PER_SECOND: '0' });
  await story.world.startBot();
});
afterAll(() => story.stop());

const use = (user: string, name: string, options: Record<string, string>) =>
  story.checks.command({ user, name, options, waitMs: 500 });

const slowWrites = (delayMs: number) =>
  story.world.plex.fault({ method: 'PUT', path: '^/api/servers/' }, { delayMs }, 0);

/** Presses the button with this label on what an answer shows now. */
async function press(answer: Interaction, user: string, label: string): Promise<Interaction> {
  const message = await eventually(`a button ${label}`, async () => {
    const { message: shown } = await story.world.discord.interaction(answer.id);
    return JSON.stringify(shown).includes(`"label":"${label}`) && shown;
  });
  const button = new RegExp(`\\{[^{}]*"label":"${label}[^{}]*\\}`).exec(JSON.stringify(message));
  const customId = /"custom_id":"([^"]+)"/.exec(button?.[0] ?? '')?.[1];
  return story.world.discord.interact({
    kind: 'button',
    guild: ids.guild,
    channel: ids.general,
    user,
    message: message.id,
    customId,
  });
}

describe('whoever waits', () => {
  test('for Plex while the bot is killed and started again reads the end of it', async () => {
    const { world, checks } = story;
    await slowWrites(3_000);
    const answer = await use(ids.moderator, 'grant', { person: 'mara', library: 'Kids' });
    await checks.untilSaid(answer, /Waiting for Plex/);
    await world.stopBot('SIGKILL');
    await world.plex.healed();
    await world.startBot();
    await checks.untilSaid(answer, /can watch \*\*Kids\*\*[^]*Seen in Plex/, 25_000);
    await checks.untilShared('mara', ['Films', 'Kids']);
  });

  test('for a default to reach everybody can take it back on the way', async () => {
    const { world, checks } = story;
    await slowWrites(2_500);
    const asked = await use(ids.admin, 'library default add', { library: 'Shows' });
    const going = await press(asked, ids.admin, 'Give to');
    await checks.untilSaid(going, /Waiting for Plex|▱ \d of \d/);
    const back = await press(going, ids.admin, 'Cancel');
    await world.plex.healed();
    await checks.untilSaid(going, /A later case took its place/, 20_000);
    await checks.untilSaid(back, /is no longer a default library[^]*Gone from Plex/, 20_000);
    await checks.untilShared('mara', ['Films', 'Kids'], 25_000);
    expect(await checks.words(going)).not.toContain('Cancel');
  });
});

test('a sync that a restart broke off says so where it was asked for', async () => {
  const { world, checks } = story;
  await world.plex.fault({ method: 'GET', path: '^/api/users' }, { delayMs: 6_000 });
  const answer = await use(ids.moderator, 'sync', {});
  await checks.untilSaid(answer, /Reading Plex/);
  await world.stopBot('SIGKILL');
  await world.plex.healed();
  await world.startBot();
  await checks.untilSaid(answer, /A restart of Usher broke it off/, 15_000);
});

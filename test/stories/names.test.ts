import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostileNames, hostilePlex } from '../../sim/fuzz/hostile.js';
import { wrongWords } from '../../sim/fuzz/judge.js';
import type { PlexWorld } from '../../sim/plex/world.js';
import type { Interaction, Json } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import { startWorld, type TestWorld } from '../support/world.js';

const WITHIN = { timeout: 90_000 };
let story: TestWorld;
let world: PlexWorld;

const named = (title: string, id: number): PlexWorld['accounts'][number] => ({
  id,
  username: `twin${id}`,
  email: `twin${id}@example.org`,
  title,
  home: false,
  restricted: false,
  friend: true,
});

beforeAll(async () => {
  story = await startWorld({ PLEX_WRITES_PER_SECOND: '0' });
  const { plex } = story.world;
  const hostile = hostilePlex(await plex.state<PlexWorld>());
  const twins = [named('*Twin*', 6_900_001), named('*Twin*', 6_900_002)];
  await plex.put({ ...hostile, accounts: [...hostile.accounts, ...twins] });
  world = await plex.state<PlexWorld>();
  await story.world.startBot();
  // The second server joins the same guild in a second life.
  await story.world.stopBot();
  await story.world.startBot({ pms: `/pms/${cellar().machineId}` });
});
afterAll(() => story.stop());

function cellar(): PlexWorld['servers'][number] {
  const found = world.servers.find(({ name }) => name === 'Cellar');
  if (!found) throw new Error('the world has no Cellar');
  return found;
}

const use = (name: string, options: Record<string, string>, user: string = ids.moderator) =>
  story.checks.command({ user, name, options });

const said = async (answer: Interaction, pattern: RegExp): Promise<string> => {
  const text = await story.checks.untilSaid(answer, pattern, 15_000);
  const { message, followups } = await story.world.discord.interaction(answer.id);
  expect(wrongWords([message, followups])).toEqual([]);
  return text;
};

const suggest = async (name: string, focused: string, typed: string) => {
  const { choices } = await story.world.discord.interact({
    kind: 'autocomplete',
    guild: ids.guild,
    channel: ids.general,
    user: ids.moderator,
    name,
    focused,
    options: { [focused]: typed },
  });
  expect(wrongWords(choices)).toEqual([]);
  return choices ?? [];
};

/** Presses the first button under an answer. */
async function press(answer: Interaction): Promise<Interaction> {
  const { message } = await story.world.discord.interaction(answer.id);
  const customId = /"custom_id":"([^"]+)"/.exec(JSON.stringify(message))?.[1];
  const use = { kind: 'button', guild: ids.guild, channel: ids.general, user: ids.moderator };
  return story.world.discord.interact({ ...use, message: message?.id, customId });
}

/** Titles that an account has on both servers. */
async function shared(accountId: number): Promise<readonly string[]> {
  const state = await story.world.plex.state<PlexWorld>();
  const has = state.shares.filter((share) => share.accountId === accountId);
  return state.servers.flatMap(({ machineId, libraries }) =>
    libraries
      .filter(({ sectionId }) =>
        has.some((one) => one.machineId === machineId && one.sectionIds.includes(sectionId)),
      )
      .map(({ title }) => title),
  );
}

/** People and libraries whose names would format, mention, link, reorder or overflow. */
const strange = hostileNames
  .map((title, i) => ({ title, username: `strange${i}`, i }))
  .filter(({ i }) => i % 6 === 1);

describe('names as nobody should have them', () => {
  test(
    'of people and libraries can be granted, shown and taken, and do nothing',
    WITHIN,
    async () => {
      for (const { username, i } of strange) {
        const account = world.accounts.find((one) => one.username === username);
        const library = hostileNames[(i * 7) % 20] ?? '';
        const choices = await suggest('grant', 'person', username);
        const choice = choices.find(({ name }) => name.endsWith(`(${username})`)) ?? choices[0];
        const given = await use('grant', { person: choice?.value ?? '', library, reason: library });
        await said(given, /Seen in Plex|already/);
        const titles = await shared(account?.id ?? 0);
        expect(titles).toContain(library);
        await said(await use('access show', { person: username }, ids.auditor), /Plex shows/);
        const plan = await use('revoke', { person: username, library: 'all' });
        await said(plan, /This takes/);
        await said(await press(plan), /Gone from Plex/);
        expect(await shared(account?.id ?? 0)).not.toContain(library);
      }
    },
  );

  test('say in a refusal what was typed, and no more than that', WITHIN, async () => {
    for (const typed of [
      '@everyone *x* <@299999999999999999>',
      'x'.repeat(5_000),
      '\u202e',
      '# a',
    ]) {
      await said(await use('grant', { person: typed, library: 'Kids' }), /Nobody here is called/);
      await said(await use('grant', { person: 'mara', library: typed }), /There is no library/);
    }
  });

  test('that are blank mean nobody: not the one person without a username', async () => {
    await said(await use('grant', { person: ' ', library: 'Kids' }), /Nobody here is called/);
  });

  test('are told to the audit channel as harmless words', async () => {
    const messages = await story.world.discord.messages(ids.audit);
    expect(messages.length).toBeGreaterThan(10);
    expect(wrongWords(messages.map((message: Json) => message.components))).toEqual([]);
  });

  test('of two people alike are told apart by their usernames', async () => {
    const answer = await use('grant', { person: '*twin*', library: 'Kids' });
    const text = await said(answer, /could be/);
    expect(text).toMatch(/twin6900001.*twin6900002|twin6900002.*twin6900001/);
  });
});

describe('two libraries of the same name on two servers', () => {
  test('are refused by their title alone, with both full names', async () => {
    const text = await said(
      await use('grant', { person: 'mara', library: 'Films' }),
      /the name of several libraries/,
    );
    expect(text).toContain('**Films (Attic)**');
    expect(text).toContain('**Films (Cellar)**');
  });

  test('are suggested with their servers, and taken so when typed', async () => {
    const names = (await suggest('grant', 'library', 'films')).map(({ name }) => name);
    expect(names).toEqual(['Films (Attic)', 'Films (Cellar)']);
    await said(await use('grant', { person: 'jonas', library: 'films (cellar)' }), /Seen in Plex/);
    const jonas = world.accounts.find(({ username }) => username === 'jonas');
    const state = await story.world.plex.state<PlexWorld>();
    const share = state.shares.find(({ accountId }) => accountId === jonas?.id);
    expect(share?.machineId).toBe(cellar().machineId);
  });

  test('are both named in the plan that takes everything', async () => {
    await said(await use('grant', { person: 'jonas', library: 'Films (Attic)' }), /Seen in Plex/);
    const plan = await use('revoke', { person: 'jonas', library: 'all' });
    await said(plan, /Attic[^]*Cellar|Cellar[^]*Attic/);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, type Interaction, type Json } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import { startWorld, type TestWorld } from '../support/world.js';

let story: TestWorld;

beforeAll(async () => {
  story = await startWorld();
  await story.world.startBot();
});
afterAll(() => story.stop());

const open = (user: string = ids.admin) => story.checks.command({ user, name: 'settings show' });

interface Part {
  readonly custom_id?: string;
  readonly label?: string;
  readonly placeholder?: string;
  readonly components?: readonly Part[];
}

const partsOf = (part: Part): readonly Part[] => [
  part,
  ...(part.components ?? []).flatMap((inner) => partsOf(inner)),
];

/** Uses what carries these words on the message that an answer shows now. */
async function use(answer: Interaction, words: RegExp, more: Json): Promise<Interaction> {
  const { message } = await story.world.discord.interaction(answer.id);
  const part = partsOf(message as Part).find((one) =>
    words.test(one.label ?? one.placeholder ?? ''),
  );
  return story.world.discord.interact({
    guild: ids.guild,
    channel: ids.general,
    user: ids.admin,
    message: message?.id,
    customId: part?.custom_id,
    ...more,
  });
}

const press = (answer: Interaction, label: RegExp) => use(answer, label, { kind: 'button' });
const choose = (answer: Interaction, placeholder: RegExp, value: string) =>
  use(answer, placeholder, { kind: 'select', values: [value] });
const said = (answer: Interaction, pattern: RegExp) => story.checks.untilSaid(answer, pattern);
const told = (pattern: RegExp) => story.checks.untilTold(0, [pattern]);

interface PlexState {
  readonly accounts: readonly { id: number; username: string }[];
  readonly servers: readonly {
    machineId: string;
    libraries: readonly { title: string; key: string }[];
  }[];
  readonly sessions: readonly { title: string }[];
}

/** Somebody begins to watch something of the first server. */
async function watches(username: string, library: string): Promise<void> {
  const { plex } = story.world;
  const { accounts, servers } = await plex.state<PlexState>();
  const [server] = servers;
  await plex.act('play', {
    accountId: accounts.find((account) => account.username === username)?.id,
    machineId: server?.machineId,
    sectionKey: server?.libraries.find(({ title }) => title === library)?.key,
    title: `${username} watches ${library}`,
  });
}

const watched = async () =>
  (await story.world.plex.state<PlexState>()).sessions.map(({ title }) => title);

describe('an Admin', () => {
  test('sees how Usher behaves here', async () => {
    const words = await said(await open(), /Settings/);
    expect(words).toContain('When somebody’s last library on **Attic** ends: they keep');
    expect(words).toContain('Everybody keeps **Default**.');
    expect(words).toContain('Plex Home: left alone');
    expect(words).toContain('Messages to the people concerned: on');
    expect(words).toContain('Time zone: **UTC**, because nobody has chosen one');
    expect(words).toMatch(/Audit channel: <#\d+> · set by environment/);
    expect(words).toMatch(
      /Plex: \*\*Attic\*\* of \*\*.+\*\* · connected · read <t:\d+:R> · next sweep/,
    );
    expect(words).toContain('Looks at everybody every 15 minutes');
    expect(words).toContain('Reads Plex every hour');
    expect(words).toContain('Streams of what was taken go on to their end');
  });

  test('chooses when Usher looks at everybody, by command or in the panel', async () => {
    const options = { daily: '4:30' };
    const answer = await story.checks.command({
      user: ids.admin,
      name: 'settings scheduler',
      options,
    });
    await said(answer, /Sweep: every day at 04:30 in UTC.*Before: every 15 minutes/);
    const panel = await open();
    await said(panel, /Looks at everybody every day at 04:30/);
    const form = await press(panel, /Sweep and sync/);
    await story.world.discord.interact({
      kind: 'modal',
      guild: ids.guild,
      channel: ids.general,
      user: ids.admin,
      message: panel.message?.id,
      customId: form.modal?.custom_id,
      fields: { every: '30', daily: '', sync: '120' },
    });
    await said(panel, /Sweep: every 30 minutes/);
    await told(/Sync: every 2 hours\. Before: every hour/);
    await press(panel, /Back to settings/);
    await said(panel, /Looks at everybody every 30 minutes/);
  });

  test('has what is otherwise in Plex reverted by itself, after reading what that means', async () => {
    const panel = await open();
    await said(panel, /What is otherwise in Plex is told, and left until somebody decides/);
    await choose(panel, /What is otherwise in Plex/, 'revert');
    await said(panel, /is then changed back to what was given here, once two looks show it/);
    await press(panel, /Revert it/);
    await told(/What is otherwise in Plex: changed back to what was given here\. Before: told/);
    await press(panel, /Back to settings/);
    await choose(panel, /What is otherwise in Plex/, 'report');
    await said(panel, /What is otherwise in Plex: told, and left until somebody decides/);
  });

  test('has streams of what was taken stopped, and lets them finish again', async () => {
    const panel = await open();
    await press(panel, /Stop streams/);
    await said(panel, /Streams of what was taken: are stopped once Plex shows the library gone/);
    await press(panel, /Back to settings/);
    await said(panel, /Streams of what was taken are stopped/);
    await watches('mara', 'Films');
    await watches('mara', 'Shows');
    const options = { person: 'mara', library: 'Films' };
    const answer = await story.checks.command({ user: ids.moderator, name: 'revoke', options });
    await said(answer, /Gone from Plex/);
    await eventually(
      'the stream of Films is stopped, that of Shows is not',
      async () => (await watched()).join() === 'mara watches Shows',
      15_000,
    );
    await press(panel, /Let streams finish/);
    await told(/Streams of what was taken: go on to their end/);
  });

  test('switches messages off, which is a case', async () => {
    const panel = await open();
    await press(panel, /Messages off/);
    await said(panel, /Messages to the people concerned: off/);
    await told(/Direct messages to the people concerned: off. Before: on/);
  });

  test('lets the home of the owner in', async () => {
    const panel = await open();
    await press(panel, /Plex Home on/);
    await said(panel, /Plex Home: can be given libraries/);
  });

  test('types a time zone, and hears which words are none', async () => {
    const panel = await open();
    const form = await press(panel, /Time zone/);
    const submit = (zone: string) =>
      story.world.discord.interact({
        kind: 'modal',
        guild: ids.guild,
        channel: ids.general,
        user: ids.admin,
        message: panel.message?.id,
        customId: form.modal?.custom_id,
        fields: { zone },
      });
    await said(await submit('Middle Earth'), /"Middle Earth" is/);
    const again = await press(panel, /Time zone/);
    expect(again.modal?.title).toBe('Time zone');
    await submit('europe/berlin');
    await said(panel, /Time zone: \*\*Europe\/Berlin\*\*/);
  });

  test('has people removed only after reading what that ends beside', async () => {
    const panel = await open();
    await choose(panel, /Attic/, 'remove');
    await said(panel, /ends the friendship/);
    await press(panel, /Cancel/);
    await said(panel, /Settings/);
    await choose(panel, /Attic/, 'remove');
    await said(panel, /ends the friendship/);
    await press(panel, /Remove people/);
    await said(panel, /they are removed from the friends of the owner/);
    await told(/When the last library of somebody on \*\*Attic\*\* ends: they are removed/);
  });
});

test.each(['moderator', 'auditor', 'member'] as const)('a %s does not', async (who) => {
  const answer = await open(ids[who]);
  const words = await eventually('a refusal', () => story.checks.words(answer));
  expect(words).toContain('You need Admin to see how Usher behaves here');
  expect(words).not.toContain('Attic');
});

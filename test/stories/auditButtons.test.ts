import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, type Interaction } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import { startWorld, type TestWorld } from '../support/world.js';

const MARA = 4_410_021;

interface Part {
  readonly custom_id?: string;
  readonly label?: string;
  readonly components?: readonly Part[];
}

const partsOf = (part: Part): readonly Part[] => [
  part,
  ...(part.components ?? []).flatMap((inner) => partsOf(inner)),
];

let story: TestWorld;

beforeAll(async () => {
  story = await startWorld();
  await story.world.startBot();
});
afterAll(() => story.stop());

const told = (pattern: RegExp) => story.checks.untilTold(0, [pattern], 15_000);
const said = (answer: Interaction, pattern: RegExp) =>
  story.checks.untilSaid(answer, pattern, 15_000);

/** Buttons on an audit message as it stands now. */
async function buttonsOn(messageId: string): Promise<readonly Part[]> {
  const found = (await story.world.discord.messages(ids.audit)).find(({ id }) => id === messageId);
  return partsOf(found as Part).filter(({ label }) => label !== undefined);
}

/** Uses a button of a message: of one in the audit channel, or of an answer. */
async function press(
  { message, parts }: { message: unknown; parts: readonly Part[] },
  label: string,
  user: string,
): Promise<Interaction> {
  const customId = parts.find((part) => part.label === label)?.custom_id;
  const at = { guild: ids.guild, channel: ids.audit, user, waitMs: 2_000 };
  return story.world.discord.interact({ ...at, kind: 'button', message, customId });
}

const pressTold = async (id: string, label: string, user: string) =>
  press({ message: id, parts: await buttonsOn(id) }, label, user);

async function pressSaid(answer: Interaction, label: string, user: string) {
  const { message } = await story.world.discord.interaction(answer.id);
  return press({ message: message?.id, parts: partsOf(message as Part) }, label, user);
}

const untilBare = (id: string) =>
  eventually(
    'a message without buttons',
    async () => (await buttonsOn(id)).length === 0,
    15_000,
  ).then(() => true);

describe('a library that somebody gave in Plex by hand', () => {
  const ASKED = /\*\*Mara\*\* has \*\*Kids\*\* in Plex, and nobody gave it here/;

  /** Somebody edits Mara's share in Plex, and Usher looks. */
  async function byHand(titles: readonly string[]): Promise<void> {
    const { plex } = story.world;
    const { shares, servers } = await plex.state<{
      shares: { accountId: number | null; machineId: string }[];
      servers: { machineId: string; libraries: { title: string; sectionId: number }[] }[];
    }>();
    const machineId = shares.find(({ accountId }) => accountId === MARA)?.machineId;
    const of = servers.find((server) => server.machineId === machineId);
    const chosen = of?.libraries.filter(({ title }) => titles.includes(title));
    const sectionIds = chosen?.map(({ sectionId }) => sectionId);
    await plex.act('setShare', { machineId, accountId: MARA, sectionIds });
    await story.checks.command({ user: ids.moderator, name: 'sweep now' });
  }

  afterAll(() => byHand(['Films']));

  test('is not decided on by an Auditor', async () => {
    await byHand(['Films', 'Kids']);
    const { id } = await told(ASKED);
    const answer = await pressTold(id, 'Revert', ids.auditor);
    await said(answer, /You need Moderator to use this button/);
    expect(await story.checks.shared('mara')).toEqual(['Films', 'Kids']);
  });

  test('asks the same where somebody opens the person, of those who may decide', async () => {
    const labelsFor = async (user: string) => {
      const options = { person: 'mara' };
      const shown = await story.checks.command({ user, name: 'people show', options });
      await said(shown, /⚠️ Nobody gave \*\*Kids\*\* here/);
      const { message } = await story.world.discord.interaction(shown.id);
      return partsOf(message as Part).flatMap(({ label }) => label ?? []);
    };
    expect(await labelsFor(ids.moderator)).toEqual(
      expect.arrayContaining(['Adopt', 'Revert', 'Ignore']),
    );
    expect(await labelsFor(ids.auditor)).not.toContain('Revert');
  });

  test('is decided on by one of two who press different buttons, and the other is told', async () => {
    const { id } = await told(ASKED);
    const pressed = await Promise.all([
      pressTold(id, 'Revert', ids.moderator),
      pressTold(id, 'Ignore', ids.admin),
    ]);
    const words = await eventually(
      'both are answered',
      async () => {
        const all = await Promise.all(pressed.map((one) => story.checks.words(one)));
        return all.some((one) => /that already/.test(one)) && all;
      },
      15_000,
    );
    const isReverted = words.some((one) => /Kids.*nobody gave here/s.test(one));
    const refused = words.find((one) => /that already/.test(one));
    const winner = isReverted ? ids.moderator : ids.admin;
    expect(refused).toContain(`<@${winner}> has ${isReverted ? 'reverted' : 'ignored'} that`);
    await story.checks.untilShared('mara', isReverted ? ['Films'] : ['Films', 'Kids'], 15_000);
    expect(await untilBare(id)).toBe(true);
    const card = await told(ASKED);
    expect(card.id).toBe(id);
    expect(card.text).toContain(`By <@${winner}>`);
  });
});

describe('a default that people were taken over without', () => {
  test('is not given to them by a Moderator', async () => {
    const { id } = await told(/2 of them came without \*\*Default\*\*/);
    const answer = await pressTold(id, 'Give it to them too', ids.moderator);
    await said(answer, /You need Admin to use this button/);
    expect(await story.checks.shared('mara')).toEqual(['Films']);
  });

  test('is given by an Admin, in an answer of their own, and the button goes', async () => {
    const { id } = await told(/2 of them came without \*\*Default\*\*/);
    const answer = await pressTold(id, 'Give it to them too', ids.admin);
    await said(answer, /2 people on \*\*Attic\*\* who came without \*\*Default\*\*/);
    expect(answer.answer?.ephemeral).toBe(true);
    await story.checks.untilShared('mara', ['Default', 'Films'], 15_000);
    await told(/2 people on \*\*Attic\*\* who came without \*\*Default\*\*[^]*Seen in Plex/);
    expect(await untilBare(id)).toBe(true);
  });
});

describe('a library that was adopted as default', () => {
  const ADOPTED = /\*\*Default\*\*, a library of films, is now the default library/;

  test('stays one when a Moderator presses Undo', async () => {
    const { id } = await told(ADOPTED);
    await said(await pressTold(id, 'Undo', ids.moderator), /You need Admin to use this button/);
    expect(await buttonsOn(id)).toHaveLength(1);
  });

  test('is none any more once an Admin has seen what that means', async () => {
    const { id } = await told(ADOPTED);
    const asked = await pressTold(id, 'Undo', ids.admin);
    await said(asked, /2 people lose it.*leaves the server from then on/s);
    await pressSaid(asked, 'Take from 2 people', ids.admin);
    await told(/\*\*Default\*\* is no longer a default library of \*\*Attic\*\*/);
    await story.checks.untilShared('mara', ['Films'], 15_000);
    expect(await untilBare(id)).toBe(true);
  });
});

import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buttonsOver, commandsOver, text, type Asker } from '../../src/commands/command.js';
import type { Reply } from '../../src/commands/reply.js';
import { Outage, UserError } from '../../src/core/errors.js';
import type { Discord } from '../../src/discord/client.js';
import type { OpenAnswer } from '../../src/discord/steps.js';
import {
  collectLog,
  GUILD,
  memoryAsks,
  memoryOpenAnswers,
  said,
  serve,
  startSimulator,
  USERS,
  type Outcome,
  type Simulator,
} from './simulator.js';

interface Access {
  readonly actor: Asker;
}
const define = commandsOver<Access>();
const reply = (tone: Reply['tone'], words: string): Reply => ({ tone, text: words });
const soon = (tone: Reply['tone'], words: string) => Promise.resolve(reply(tone, words));
const open = { allow: 'everyone', private: true, options: {} } as const;

/** Lets a slow command finish when the test says so. */
let finishSlow: () => void = () => undefined;
let stillOpen: readonly OpenAnswer[] = [];
let presses = 0;
let refusePress = false;
/** Holds the note back that Admins are told. */
let noteLookedUp: Promise<void> = Promise.resolve();
/** Holds a press back until the test lets it go. */
let gate: Promise<void> = Promise.resolve();

const askToTake = () =>
  Promise.resolve({
    ...reply('attention', 'Sure?'),
    buttons: [
      {
        label: 'Take 3 libraries',
        style: 'danger' as const,
        press: { button: 'take', payload: { n: 3 } },
      },
    ],
  });

const COMMANDS = [
  define({ ...open, name: 'now', description: 'Answer', run: () => soon('done', 'Here') }),
  define({
    ...open,
    name: 'shout',
    description: 'Answer all',
    private: false,
    run: () => soon('done', 'All'),
  }),
  define({
    ...open,
    name: 'slow',
    description: 'Answer late',
    run: async () => {
      await new Promise<void>((resolve) => (finishSlow = resolve));
      return reply('done', 'At last');
    },
  }),
  define({
    ...open,
    name: 'steps',
    description: 'Answer twice',
    run: async function* () {
      yield { ...reply('waiting', 'Recorded'), follows: { caseIds: ['c1'] } };
      stillOpen = [...openAnswers.kept.values()];
      yield await soon('done', 'Seen in Plex');
    },
  }),
  define({
    ...open,
    name: 'access show',
    description: 'Show the access of a person',
    allow: 'moderator',
    options: {
      person: text('Who', {
        suggest: ({ typed, access }) =>
          Array.from({ length: 30 }, (_, n) => ({
            name: `${typed}${n} ${access.actor.power}`,
            value: `p${n}`,
          })),
      }),
    },
    run: ({ values, actor }) => soon('neutral', `${values.person} for ${actor.power}`),
  }),
  define({ ...open, name: 'confirm', description: 'Ask', run: askToTake }),
  define({ ...open, name: 'confirm-aloud', description: 'Ask', private: false, run: askToTake }),
  define({
    ...open,
    name: 'refuse',
    description: 'Refuse',
    run: () => Promise.reject(new UserError('no', 'Nobody here is called “marra”.')),
  }),
  define({
    ...open,
    name: 'outage',
    description: 'Fail',
    run: () => Promise.reject(new Outage('down')),
  }),
  define({
    ...open,
    name: 'fault',
    description: 'Break',
    run: () => Promise.reject(new TypeError('secret')),
  }),
];
const BUTTONS = [
  buttonsOver<Access>()({
    name: 'take',
    allow: 'everyone',
    run: async ({ payload }) => {
      presses += 1;
      await gate;
      if (refusePress) throw new UserError('changed', 'Mara has it longer now.');
      return soon('gone', `Took ${JSON.stringify(payload)}`);
    },
  }),
];

let sim: Simulator;
let discord: Discord;
let now: Date;
const log = collectLog();
const asks = memoryAsks();
const openAnswers = memoryOpenAnswers();
let trouble: string | null = null;

beforeAll(async () => {
  sim = await startSimulator();
  discord = await serve<Access>(sim.url, {
    commands: COMMANDS,
    buttons: BUTTONS,
    accessFor: ({ actor }) => ({ actor }),
    asks,
    openAnswers,
    noteFor: async ({ actor }) => {
      await noteLookedUp;
      return actor.power === 'admin' ? trouble : null;
    },
    now: () => now,
    log,
  });
});
afterAll(async () => {
  await discord.close();
  await sim.stop();
});
beforeEach(() => {
  now = new Date('2026-11-22T14:00Z');
  log.lines.length = 0;
  presses = 0;
  refusePress = false;
});

const use = (name: string, user: keyof typeof USERS = 'stranger', more = {}): Promise<Outcome> =>
  sim.interact({ kind: 'command', user: USERS[user], name, ...more });
const press = async (asked: Outcome, user: keyof typeof USERS, more = {}): Promise<Outcome> => {
  const customId = /v1:take:\w+/.exec(said(asked.message))?.[0];
  return sim.interact({
    kind: 'button',
    user: USERS[user],
    message: asked.message?.id,
    customId,
    ...more,
  });
};

describe('a command', () => {
  test('that is quick is answered directly, to the asker alone', async () => {
    const { answer, message, edits } = await use('now');
    expect(answer).toMatchObject({ type: 4, ephemeral: true });
    expect(message?.components[0]?.accent_color).toBe(0x3ba55d);
    expect(said(message)).toContain('✅ Here');
    expect(edits).toBe(0);
  });

  test('that is not private is answered to all', async () => {
    expect((await use('shout')).answer).toMatchObject({ type: 4, ephemeral: false });
  });

  test('that is slow is deferred and then edited', async () => {
    const { id } = await use('slow', 'stranger', { waitMs: 0 });
    const read = () => sim.send('GET', `interactions/${id}`) as Promise<Outcome>;
    await expect
      .poll(async () => (await read()).answer, { timeout: 5000 })
      .toMatchObject({ type: 5, ephemeral: true });
    finishSlow();
    await expect.poll(async () => said((await read()).message)).toContain('✅ At last');
  });

  test('that yields again edits its first answer', async () => {
    const { answer, message, edits } = await use('steps');
    expect(answer?.type).toBe(4);
    expect(edits).toBe(1);
    expect(said(message)).toContain('✅ Seen in Plex');
  });

  test('that goes on is kept until it is told, so that a next life can go on telling it', async () => {
    const { id } = await use('steps');
    expect(stillOpen).toMatchObject([{ id, guildId: GUILD, follows: { caseIds: ['c1'] } }]);
    expect(openAnswers.kept.size).toBe(0);
  });

  test('tells Admins what is wrong beside the answer, and nobody else', async () => {
    trouble = 'Plex does not accept the token.';
    expect(said((await use('now', 'admin')).message)).toContain('-# ⚠️ Plex does not accept');
    expect(said((await use('now', 'moderator')).message)).not.toContain('accept');
    trouble = null;
  });

  test('gets what was typed and the power of the roles sent with it', async () => {
    const outcome = await use('access show', 'moderator', { options: { person: ' mara ' } });
    expect(said(outcome.message)).toContain('mara for moderator');
  });

  test.each([
    ['admin', 'admin'],
    ['owner', 'admin'],
  ] as const)('can be used by the %s as %s', async (user, power) => {
    const outcome = await use('access show', user, { options: { person: 'mara' } });
    expect(said(outcome.message)).toContain(`mara for ${power}`);
  });

  test.each(['stranger', 'auditor'] as const)(
    'is refused to a %s, naming the power and who has it',
    async (user) => {
      const { answer, message } = await use('access show', user, { options: { person: 'mara' } });
      expect(answer).toMatchObject({ type: 4, ephemeral: true });
      expect(said(message)).toContain(
        '🚫 You need Moderator to show the access of a person. Ask someone with <@&300000000000000002>',
      );
      expect(log.lines).toContainEqual(
        expect.objectContaining({ level: 'info', code: 'power', userId: USERS[user] }),
      );
    },
  );

  test('shows a refusal as it is', async () => {
    expect(said((await use('refuse')).message)).toContain('🚫 Nobody here is called “marra”.');
    expect(log.lines).toMatchObject([{ level: 'info', code: 'no' }]);
  });

  test('that is refused before its note is looked up does not end the process', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    noteLookedUp = new Promise((resolve) => setTimeout(resolve, 50));
    const { message } = await use('refuse');
    process.off('unhandledRejection', note);
    expect(said(message)).toContain('Nobody here is called');
    expect(unhandled).toEqual([]);
  });

  test('says when something outside does not answer', async () => {
    expect(said((await use('outage')).message)).toContain('⚠️ Plex is not answering right now.');
    expect(log.lines).toMatchObject([{ level: 'warn' }]);
  });

  test('with a fault shows a reference that the log has too, and the bot lives on', async () => {
    const shown = said((await use('fault')).message);
    const reference = /Reference (\w{6})/.exec(shown)?.[1];
    expect(shown).not.toContain('secret');
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', reference, err: expect.any(TypeError) as unknown }),
    );
    expect(said((await use('now')).message)).toContain('Here');
  });

  test('that Discord has given up is logged quietly', async () => {
    const match = { method: 'POST', path: '/interactions/' };
    const body = { code: 10062, message: 'Unknown interaction' };
    await sim.send('POST', 'faults', { match, do: { status: 404, body } });
    await use('now', 'stranger', { waitMs: 500 });
    expect(log.lines).toMatchObject([
      { level: 'info', message: 'answer came too late for Discord' },
    ]);
    expect(JSON.stringify(log.lines)).not.toContain('callback'); // its address holds a token
  });
});

describe('suggestions', () => {
  const typing = (user: keyof typeof USERS) =>
    sim.interact({
      kind: 'autocomplete',
      user: USERS[user],
      name: 'access show',
      options: { person: 'ma' },
      focused: 'person',
    });

  test('are 25 at most for whoever has the power', async () => {
    const { choices } = await typing('moderator');
    expect(choices).toHaveLength(25);
    expect(choices?.[0]).toMatchObject({ name: 'ma0 moderator', value: 'p0' });
  });

  test('tell nothing to whoever has not', async () => {
    expect((await typing('stranger')).choices).toEqual([]);
  });
});

describe('a button', () => {
  test('carries out what it was made for and replaces its message', async () => {
    const outcome = await press(await use('confirm'), 'stranger');
    expect(outcome.answer?.type).toBe(7);
    expect(said(outcome.message)).toContain('➖ Took');
    expect(said(outcome.message)).not.toContain('Take 3 libraries');
  });

  test('pressed by somebody else is refused, and still works for whom it was meant', async () => {
    const asked = await use('confirm-aloud');
    const other = await press(asked, 'moderator');
    expect(other.answer).toMatchObject({ type: 4, ephemeral: true });
    expect(said(other.message)).toContain(`🚫 This button is for <@${USERS.stranger}>`);
    expect(presses).toBe(0);
    await press(asked, 'stranger');
    expect(presses).toBe(1);
  });

  test('pressed after ten minutes says to open it again', async () => {
    const asked = await use('confirm');
    now = new Date(+now + 10 * 60_000);
    const late = await press(asked, 'stranger');
    expect(late.answer).toMatchObject({ type: 4, ephemeral: true });
    expect(said(late.message)).toContain('Open it again');
    expect(presses).toBe(0);
  });

  test('that is refused leaves its message and tells the presser alone', async () => {
    refusePress = true;
    const asked = await use('confirm');
    const refused = await press(asked, 'stranger');
    expect(refused.answer).toMatchObject({ type: 4, ephemeral: true });
    expect(said(refused.message)).toContain('🚫 Mara has it longer now.');
    refusePress = false;
    expect(said((await press(asked, 'stranger')).message)).toContain('➖ Took');
  });

  test.each([true, false])(
    'that is slow keeps its message meanwhile (refused: %s)',
    async (isRefused) => {
      refusePress = isRefused;
      let release: () => void = () => undefined;
      gate = new Promise((resolve) => (release = resolve));
      const { id } = await press(await use('confirm'), 'stranger', { waitMs: 0 });
      const read = () => sim.send('GET', `interactions/${id}`) as Promise<Outcome>;
      await expect.poll(async () => (await read()).answer?.type, { timeout: 4000 }).toBe(6);
      expect(said((await read()).message)).toContain('Sure?');
      release();
      const isDone = async () => {
        const { message, followups } = await read();
        return isRefused ? said(followups[0]) : said(message);
      };
      await expect.poll(isDone).toContain(isRefused ? 'Mara has it longer now.' : '➖ Took');
    },
  );

  test('pressed twice at once runs once', async () => {
    const asked = await use('confirm');
    await Promise.all([press(asked, 'stranger'), press(asked, 'stranger')]);
    expect(presses).toBe(1);
  });
});

test('while the guild is unavailable everything is politely refused, and works again after', async () => {
  const gone = once(discord.client, 'guildUnavailable');
  await sim.send('POST', 'act', { act: 'guildUnavailable', guild: GUILD });
  await gone;
  expect(said((await use('now')).message)).toContain('🚫 Discord does not tell me roles right now');
  const back = once(discord.client, 'guildAvailable');
  await sim.send('POST', 'act', { act: 'guildAvailable', guild: GUILD });
  await back;
  expect(said((await use('now')).message)).toContain('Here');
});

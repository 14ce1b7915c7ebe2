import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buttonsOver, commandsOver, type Asker, type Pressed } from '../../src/commands/command.js';
import type { Reply } from '../../src/commands/reply.js';
import { UserError } from '../../src/core/errors.js';
import type { Discord } from '../../src/discord/client.js';
import {
  AUDIT,
  BINDINGS,
  collectLog,
  GENERAL,
  GUILD,
  memoryAsks,
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
type Use = Pick<Pressed<Access>, 'payload' | 'chosen' | 'fields' | 'lacks'>;

/** What the last press came with. */
let used: Use | null = null;
let refuses = false;
const keep = ({ payload, chosen, fields, lacks }: Use): Promise<Reply> => {
  used = { payload, chosen, fields, lacks };
  if (refuses) throw new UserError('no', 'That zone does not exist.');
  return Promise.resolve({ tone: 'done', text: 'Stored' });
};

const define = buttonsOver<Access>();
const BUTTONS = [
  define({ name: 'zone', allow: 'moderator', run: keep }),
  define({
    name: 'other-zone',
    allow: 'moderator',
    modal: ({ payload }) => ({
      title: 'Time zone',
      fields: { zone: { label: 'Zone', value: JSON.stringify(payload), maxLength: 50 } },
    }),
    run: keep,
  }),
];

const panel: Reply = {
  tone: 'neutral',
  text: '**Settings**',
  lives: 'panel',
  menus: [
    {
      kind: 'words',
      placeholder: 'Time zone',
      options: [
        { label: 'UTC', value: 'UTC', isChosen: true },
        { label: 'Berlin', value: 'Europe/Berlin', description: 'now 20:00' },
      ],
      press: { button: 'zone', payload: 'words' },
    },
    {
      kind: 'channel',
      placeholder: 'Audit channel',
      chosen: [GENERAL],
      press: { button: 'zone', payload: 'channel' },
    },
    {
      kind: 'role',
      placeholder: 'Moderators',
      least: 0,
      most: 5,
      press: { button: 'zone', payload: 'role' },
    },
  ],
  links: [{ label: 'Open Plex', url: 'https://app.plex.tv/auth' }],
  buttons: [
    { label: 'Other zone', style: 'secondary', press: { button: 'other-zone', payload: 7 } },
  ],
};

const COMMANDS = [
  commandsOver<Access>()({
    name: 'panel',
    description: 'Open the panel',
    allow: 'moderator',
    private: true,
    options: {},
    run: () => Promise.resolve(panel),
  }),
];

let sim: Simulator;
let discord: Discord;
let now = new Date('2026-11-22T14:00Z');
const asks = memoryAsks();

beforeAll(async () => {
  sim = await startSimulator();
  discord = await serve<Access>(sim.url, {
    commands: COMMANDS,
    buttons: BUTTONS,
    accessFor: ({ actor }) => ({ actor }),
    asks,
    now: () => now,
    log: collectLog(),
  });
});
afterAll(async () => {
  await discord.close();
  await sim.stop();
});
beforeEach(() => {
  used = null;
  refuses = false;
});

const open = (): Promise<Outcome> =>
  sim.interact({ kind: 'command', user: USERS.moderator, name: 'panel' });

/** The ids of what can be used on a message, in their order. */
const idsOn = (message: Outcome['message']): string[] =>
  [...said(message).matchAll(/"custom_id":"([^"]+)"/g)].map(([, id]) => id ?? '');

const act = async (at: number, more: object, user: keyof typeof USERS = 'moderator') => {
  const { message } = await open();
  return sim.interact({
    user: USERS[user],
    message: message?.id,
    customId: idsOn(message)[at],
    ...more,
  });
};

describe('a menu', () => {
  test('of words gives the values that were chosen, and replaces its message', async () => {
    const outcome = await act(0, { kind: 'select', values: ['Europe/Berlin'] });
    expect(outcome.answer?.type).toBe(7);
    expect(used).toEqual({ payload: 'words', chosen: ['Europe/Berlin'], fields: {}, lacks: {} });
  });

  test('of channels tells what is missing to post there', async () => {
    await act(1, { kind: 'select', values: [AUDIT] });
    expect(used).toMatchObject({ chosen: [AUDIT], lacks: { [AUDIT]: [] } });
    const { id: bot } = discord.client.user ?? { id: '' };
    await sim.send('POST', 'act', {
      act: 'setChannelPermissions',
      channel: AUDIT,
      id: bot,
      type: 1,
      allow: '0',
      deny: String(1 << 11),
    });
    await act(1, { kind: 'select', values: [AUDIT] });
    expect(used).toMatchObject({ lacks: { [AUDIT]: ['Send Messages'] } });
  });

  test('of roles may be emptied', async () => {
    await act(2, { kind: 'select', values: [] });
    expect(used).toMatchObject({ payload: 'role', chosen: [] });
  });

  test('of somebody without the power is refused', async () => {
    const { message } = await open();
    await sim.send('POST', 'act', {
      act: 'setRoles',
      guild: GUILD,
      user: USERS.moderator,
      roles: [],
    });
    const outcome = await sim.interact({
      kind: 'select',
      user: USERS.moderator,
      message: message?.id,
      customId: idsOn(message)[0],
      values: ['UTC'],
    });
    expect(said(outcome.message)).toContain('You need Moderator');
    expect(used).toBeNull();
    const roles = BINDINGS.moderator;
    await sim.send('POST', 'act', { act: 'setRoles', guild: GUILD, user: USERS.moderator, roles });
  });
});

describe('a form', () => {
  const submit = async (fields: object) => {
    const { message } = await open();
    const customId = idsOn(message)[3];
    const user = USERS.moderator;
    const opened = await sim.interact({ kind: 'button', user, message: message?.id, customId });
    const sent = await sim.interact({
      kind: 'modal',
      user,
      message: message?.id,
      customId: opened.modal?.custom_id,
      fields,
    });
    return { opened, sent, message, customId };
  };

  test('opens with what stands there already, and gives its fields', async () => {
    const { opened, sent } = await submit({ zone: ' Asia/Tokyo ' });
    expect(opened.answer?.type).toBe(9);
    expect(JSON.stringify(opened.modal)).toContain('"value":"7"');
    expect(used).toEqual({ payload: 7, chosen: [], fields: { zone: 'Asia/Tokyo' }, lacks: {} });
    expect(sent.answer?.type).toBe(7);
    expect(said(sent.message)).toContain('Stored');
  });

  test('that was closed can be opened again', async () => {
    const { message } = await open();
    const press = () =>
      sim.interact({
        kind: 'button',
        user: USERS.moderator,
        message: message?.id,
        customId: idsOn(message)[3],
      });
    await press();
    expect((await press()).modal?.title).toBe('Time zone');
  });

  test('with something wrong in it tells so, and leaves the panel', async () => {
    refuses = true;
    const { sent } = await submit({ zone: 'Mars' });
    expect(sent.answer).toMatchObject({ type: 4, ephemeral: true });
    expect(said(sent.message)).toContain('That zone does not exist.');
  });

  test('of a panel older than 15 minutes says to open it again', async () => {
    const { message } = await open();
    now = new Date(+now + 15 * 60_000);
    const late = await sim.interact({
      kind: 'button',
      user: USERS.moderator,
      message: message?.id,
      customId: idsOn(message)[3],
    });
    expect(late.modal).toBeNull();
    expect(said(late.message)).toContain('Open it again');
  });
});

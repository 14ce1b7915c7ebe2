import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Outage } from '../../src/core/errors.js';
import type { ChannelId, MessageId } from '../../src/core/model.js';
import type { Discord } from '../../src/discord/client.js';
import { createPoster, type Poster } from '../../src/discord/post.js';
import {
  AUDIT,
  connectTo,
  GUILD,
  memoryAsks,
  said,
  startSimulator,
  type SeenMessage,
  type Simulator,
} from './simulator.js';

const channelId = AUDIT as ChannelId;
const to = { channelId, guildId: GUILD };
const recorded = { tone: 'waiting', text: '**Mara** gets **Films**. Case 41 · Recorded' } as const;
const seen = {
  tone: 'done',
  text: '**Mara** can watch **Films**. Case 41 · Seen in Plex',
} as const;
/** Permission bits of Discord. */
const VIEW_CHANNEL = '1024';
const READ_MESSAGE_HISTORY = '65536';

let sim: Simulator;
let discord: Discord;
let poster: Poster;
const asks = memoryAsks();

beforeEach(async () => {
  sim = await startSimulator();
  discord = connectTo(sim.url);
  await discord.ready;
  poster = createPoster({ client: discord.client, asks });
});
afterEach(async () => {
  await discord.close();
  await sim.stop();
});

const posted = () => sim.send('GET', `messages?channel=${AUDIT}`) as Promise<SeenMessage[]>;
const act = async (what: object, event: string): Promise<void> => {
  const told = once(discord.client, event);
  await sim.send('POST', 'act', what);
  await told;
};
const deny = (bits: string): Promise<void> =>
  act(
    { act: 'setChannelPermissions', channel: AUDIT, id: GUILD, type: 0, allow: '0', deny: bits },
    'channelUpdate',
  );

describe('an audit message', () => {
  test('posted twice with one nonce stands once', async () => {
    const first = await poster.post(to, recorded, 'case-41');
    expect(await poster.post(to, recorded, 'case-41')).toBe(first);
    expect(await posted()).toHaveLength(1);
  });

  test('is edited in place', async () => {
    const id = await poster.post(to, recorded, 'case-41');
    await poster.edit(to, id, seen);
    const [message] = await posted();
    expect(message?.id).toBe(id);
    expect(said(message)).toContain('✅ **Mara** can watch **Films**. Case 41 · Seen in Plex');
  });

  test('carries a file and buttons that anyone with the power may press, for ever', async () => {
    const press = { button: 'adopt', payload: 7 };
    const files = [{ name: 'cases.csv', content: Buffer.from('case\n41\n') }];
    const buttons = [{ label: 'Keep it', style: 'primary', press }] as const;
    await poster.post(to, { ...recorded, buttons, files }, 'case-42');
    const [message] = await posted();
    const id = /v1:adopt:(\w+)/.exec(said(message))?.[1] ?? '';
    expect(asks.kept.get(id)).toEqual({ ...press, userId: null, guildId: GUILD, expiresAt: null });
    expect(said(message)).toContain('cases.csv');
  });

  test('is found again among the newest of its channel', async () => {
    const id = await poster.post(to, recorded, 'case-41');
    expect(await poster.recentOwn(channelId, 50)).toMatchObject([
      { id, text: '⏳ **Mara** gets **Films**. Case 41 · Recorded' },
    ]);
  });

  test('that was deleted cannot be edited', async () => {
    const gone = '500000000000000099' as MessageId;
    await expect(poster.edit(to, gone, seen)).resolves.toBe(false);
  });
});

describe('a channel', () => {
  test('that was deleted is closed', async () => {
    await act({ act: 'deleteChannel', channel: AUDIT }, 'channelDelete');
    await expect(poster.post(to, recorded, 'n')).rejects.toMatchObject({ why: 'gone', channelId });
  });

  test('that the bot may not see is closed', async () => {
    await deny(VIEW_CHANNEL);
    await expect(poster.post(to, recorded, 'n')).rejects.toMatchObject({ why: 'forbidden' });
  });

  test('whose history the bot may not read refuses the look-back, and never looks empty', async () => {
    await deny(READ_MESSAGE_HISTORY);
    await expect(poster.recentOwn(channelId, 50)).rejects.toMatchObject({ why: 'history' });
  });

  test('of a Discord that fails is an outage', async () => {
    const match = { method: 'POST', path: '/channels/' };
    await sim.send('POST', 'faults', { match, times: 0, do: { status: 503, body: {} } });
    await expect(poster.post(to, recorded, 'n')).rejects.toThrow(Outage);
  });
});

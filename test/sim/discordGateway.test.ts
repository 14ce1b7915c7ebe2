import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Json } from '../../sim/tour/drive.js';
import { Bot, identify } from './bot.js';
import { DiscordSide } from './discordSide.js';
import { BOT, GUILD, USERS } from './probes.js';
import { TOKEN } from './start.js';

const side = DiscordSide.forFile();
/** Bits of intents. */
const GUILDS = 1;
const GUILD_MEMBERS = 2;
/** Of an application: the members intent is switched on. */
const MEMBERS_ALLOWED = 1 << 14;

let others: Bot[] = [];
afterEach(async () => {
  for (const one of others) await one.leave();
  others = [];
});
const connect = async (hello?: { op: number; d: unknown }) => {
  const made = await Bot.connect(side.sim.url, hello);
  others.push(made);
  return made;
};
const closed = async (hello: { op: number; d: unknown }) => (await connect(hello)).ended();
const beat = async (bot: Bot) => {
  bot.say({ op: 1, d: null });
  await expect.poll(() => bot.packets.map(({ op }) => op)).toContain(11);
};
const makeRole = () => side.act({ act: 'createRole', guild: GUILD, name: 'new' });
const allowMembers = () => {
  const application = { ...(side.world.application as Json), flags: MEMBERS_ALLOWED };
  return side.sim.admin('PUT', '/state', { ...side.world, application });
};

describe('a connection', () => {
  test.each([
    [4001, { op: 99, d: null }],
    [4003, { op: 3, d: {} }],
    [4003, { op: 8, d: {} }],
    [4002, identify({ shard: 'first' })],
    [4002, identify({ properties: { os: 'x'.repeat(5_000) } })],
    [4010, identify({ shard: [2, 2] })],
    [4013, identify({ intents: 1 << 30 })],
    [4013, identify({ intents: 'all' })],
  ])('is closed with %i', async (code, hello) => {
    expect(await closed(hello)).toBe(code);
  });

  test('that identifies twice is closed with 4005', async () => {
    side.bot.say(identify());
    expect(await side.bot.ended()).toBe(4005);
  });

  test('that resumes after what was never sent is closed with 4007', async () => {
    const { session_id } = await side.bot.heard('READY');
    expect(await closed({ op: 6, d: { token: TOKEN, session_id, seq: 9_999 } })).toBe(4007);
  });

  test('that says more than 120 things a minute is closed with 4008', async () => {
    for (let i = 0; i < 121; i += 1) side.bot.say({ op: 1, d: null });
    expect(await side.bot.ended()).toBe(4008);
  });

  test('whose heartbeats stay away is closed with 4009, and can be resumed', async () => {
    await side.sim.knobs({ heartbeatMs: 60 });
    const quiet = await connect();
    const { session_id } = await quiet.heard('READY');
    expect(await quiet.ended()).toBe(4009);
    await side.sim.knobs({ heartbeatMs: 41_250 });
    const again = await connect({ op: 6, d: { token: TOKEN, session_id, seq: 2 } });
    await again.heard('RESUMED');
  });

  test('of another version is closed with 4012', async () => {
    const socket = new WebSocket(`${side.sim.url.replace('http', 'ws')}/?v=6`);
    const code = await new Promise((resolve) => socket.on('close', resolve));
    expect(code).toBe(4012);
  });
});

describe('sessions', () => {
  const left = async () => {
    const { json } = await side.bot.rest('GET', '/gateway/bot');
    return (json as { session_start_limit: { remaining: number } }).session_start_limit.remaining;
  };

  test('are counted down with every IDENTIFY', async () => {
    const before = await left();
    await (await connect()).heard('READY');
    expect(await left()).toBe(before - 1);
  });

  test('that are used up let nobody in any more', async () => {
    await side.sim.knobs({ sessionStarts: 0 });
    expect(await left()).toBe(0);
    expect(await closed(identify())).toBe(4004);
  });

  test('that begin too quickly are told to wait', async () => {
    await side.sim.knobs({ identifyMs: 60_000 });
    const early = await connect();
    await expect.poll(() => early.packets.map(({ op }) => op)).toEqual([10, 9]);
  });
});

describe('shards', () => {
  /** The shard of two that the guild belongs to. */
  const own = Number((BigInt(GUILD) >> 22n) % 2n);

  test('hear only of their guilds', async () => {
    const [right, wrong] = [
      await connect(identify({ shard: [own, 2] })),
      await connect(identify({ shard: [1 - own, 2] })),
    ];
    expect(await right.heard('READY')).toMatchObject({ guilds: [{ id: GUILD }], shard: [own, 2] });
    expect(await wrong.heard('READY')).toMatchObject({ guilds: [] });
    await makeRole();
    await right.heard('GUILD_ROLE_CREATE');
    await beat(wrong);
    expect(wrong.all('GUILD_ROLE_CREATE')).toEqual([]);
  });

  test('that are asked for and not used close the connection with 4011', async () => {
    await side.sim.knobs({ shards: 2 });
    expect((await side.bot.rest('GET', '/gateway/bot')).json).toMatchObject({ shards: 2 });
    expect(await closed(identify())).toBe(4011);
  });
});

describe('intents', () => {
  test('without guilds bring no guild and no role', async () => {
    const deaf = await connect(identify({ intents: 0 }));
    await deaf.heard('READY');
    await makeRole();
    await beat(deaf);
    expect([...deaf.all('GUILD_CREATE'), ...deaf.all('GUILD_ROLE_CREATE')]).toEqual([]);
  });

  test('with members, switched on, bring everybody and every change of them', async () => {
    await allowMembers();
    const curious = await connect(identify({ intents: GUILDS | GUILD_MEMBERS }));
    const { members } = (await curious.heard('GUILD_CREATE')) as { members: unknown[] };
    expect(members).toHaveLength(7);
    const roles = ['300000000000000003'];
    await side.act({ act: 'setRoles', guild: GUILD, user: USERS.member, roles });
    expect(await curious.heard('GUILD_MEMBER_UPDATE')).toMatchObject({ roles });
    await side.act({ act: 'removeMember', guild: GUILD, user: USERS.member });
    expect(await curious.heard('GUILD_MEMBER_REMOVE')).toMatchObject({
      user: { id: USERS.member },
    });
    await side.act({ act: 'addMember', guild: GUILD, user: USERS.member });
    expect(await curious.heard('GUILD_MEMBER_ADD')).toMatchObject({ user: { id: USERS.member } });
    await beat(side.bot);
    expect(side.bot.packets.filter(({ t }) => t?.startsWith('GUILD_MEMBER') === true)).toEqual([]);
  });
});

describe('members on request', () => {
  const ask = (d: Json) => side.bot.say({ op: 8, d: { guild_id: GUILD, ...d } });

  test('are found by id and by the beginning of a name', async () => {
    ask({ user_ids: [USERS.admin, '9'], nonce: 'n' });
    expect(await side.bot.heard('GUILD_MEMBERS_CHUNK')).toMatchObject({
      members: [{ user: { id: USERS.admin } }],
      not_found: ['9'],
      nonce: 'n',
    });
    ask({ query: 'mod', limit: 5 });
    expect(await side.bot.heard('GUILD_MEMBERS_CHUNK', 2)).toMatchObject({
      members: [{ user: { username: 'moderator' } }],
    });
  });

  test('are never all of them without the intent', async () => {
    ask({ query: '', limit: 0 });
    await beat(side.bot);
    expect(side.bot.all('GUILD_MEMBERS_CHUNK')).toEqual([]);
  });
});

describe('the bot itself', () => {
  test('hears of a time-out of its own, and may then only look', async () => {
    await side.act({ act: 'timeOut', guild: GUILD, user: BOT, ms: 60_000 });
    await side.bot.heard('GUILD_MEMBER_UPDATE');
    expect((await side.post({ content: 'x' })).status).toBe(403);
    expect((await side.bot.rest('GET', '/channels/400000000000000001/messages')).status).toBe(200);
  });
});

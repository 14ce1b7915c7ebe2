import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../sim/tour/drive.js';
import type { Json } from '../../sim/tour/drive.js';
import { AUDIT, BOT, GENERAL, GUILD, USERS } from './probes.js';
import { Bot, identify } from './bot.js';
import { start, TOKEN } from './start.js';
import type { Running } from './start.js';

let sim: Running;
let world: Json;
let knobs: Json;
let bot: Bot;
let others: Bot[];

beforeAll(async () => {
  sim = await start('discord', { token: TOKEN });
  world = await sim.state<Json>();
  knobs = (await sim.get('/knobs')) as Json;
});
afterAll(() => sim.stop());
beforeEach(async () => {
  others = [];
  await sim.reset(world, knobs);
  await sim.admin('POST', '/gateway', { do: 'invalidate' }); // forgets earlier sessions
  bot = await Bot.connect(sim.url);
  await bot.heard('GUILD_CREATE');
});
afterEach(async () => {
  for (const one of [bot, ...others]) await one.leave();
  await sim.saysOnlyWhatDiscordWould();
});

const connect = async (hello?: { op: number; d: unknown }) => {
  const made = await Bot.connect(sim.url, hello);
  others.push(made);
  return made;
};
const misbehave = (what: Json) => sim.admin('POST', '/gateway', what);
const act = (what: Json) => sim.admin('POST', '/act', what);
const makeRole = (name: string) => act({ act: 'createRole', guild: GUILD, name });
const op = (wanted: number) => bot.packets.filter((packet) => packet.op === wanted);
const resume = async () => {
  const { session_id } = await bot.heard('READY');
  const seq = bot.packets.findLast((packet) => packet.s !== null)?.s;
  return connect({ op: 6, d: { token: TOKEN, session_id, seq } });
};
const roleNames = (one: Bot) =>
  one.all('GUILD_ROLE_CREATE').map((event) => (event as { role: Json }).role.name);
const guildOf = async () => {
  const { guilds } = await sim.state<{ guilds: Record<string, Json[]>[] }>();
  return guilds[0];
};

describe('a connection', () => {
  test('begins with hello, READY and the guild, of whose members only the bot is told', async () => {
    expect(bot.packets.map(({ op: code, t, s }) => [code, t, s])).toEqual([
      [10, null, null],
      [0, 'READY', 1],
      [0, 'GUILD_CREATE', 2],
    ]);
    expect(await bot.heard('READY')).toMatchObject({ user: { id: BOT }, guilds: [{ id: GUILD }] });
    const { members } = (await bot.heard('GUILD_CREATE')) as { members: { user: Json }[] };
    expect(members.map((member) => member.user.id)).toEqual([BOT]);
  });

  test('gets its heartbeats acknowledged', async () => {
    bot.say({ op: 1, d: null });
    await expect.poll(() => op(11)).toHaveLength(1);
  });

  test.each([
    ['a wrong token', { token: 'x' }, 4004],
    ['an intent that is privileged', { intents: 2 }, 4014],
  ])('with %s is closed', async (_, how, code) => {
    expect(await (await connect(identify(how))).ended()).toBe(code);
  });

  test('that is lost can be resumed, and hears what it missed', async () => {
    await misbehave({ do: 'drop' });
    await bot.ended();
    await makeRole('missed');
    const again = await resume();
    await again.heard('RESUMED');
    expect(roleNames(again)).toEqual(['missed']);
    expect(again.all('READY')).toEqual([]);
  });

  test('that the bot ended itself cannot', async () => {
    await bot.leave();
    const again = await resume();
    await expect.poll(() => again.packets.map((packet) => packet.op)).toContain(9);
  });
});

describe('POST /_sim/gateway', () => {
  test('drop ends the connection without a word', async () => {
    await misbehave({ do: 'drop' });
    expect(await bot.ended()).toBe(1006);
  });

  test('drop with silentMs lets nobody in for so long', async () => {
    await misbehave({ do: 'drop', silentMs: 800 });
    await bot.ended();
    await expect(connect()).rejects.toThrow();
    const again = await eventually('a new connection', () => connect().catch(() => null));
    await again.heard('READY');
  });

  test('close ends it with a code', async () => {
    await misbehave({ do: 'close', code: 4013 });
    expect(await bot.ended()).toBe(4013);
  });

  test('reconnect asks to come again', async () => {
    await misbehave({ do: 'reconnect' });
    await expect.poll(() => op(7)).toHaveLength(1);
  });

  test('invalidate ends the session', async () => {
    await misbehave({ do: 'invalidate' });
    await expect.poll(() => op(9)).toEqual([{ op: 9, d: false, s: null, t: null }]);
    const again = await resume();
    await expect.poll(() => again.packets.map((packet) => packet.op)).toContain(9);
  });

  test('noAck leaves heartbeats without an answer until the next connection', async () => {
    await misbehave({ do: 'noAck' });
    bot.say({ op: 1, d: null });
    const again = await resume();
    await again.heard('RESUMED');
    again.say({ op: 1, d: null });
    await expect.poll(() => again.packets.map((packet) => packet.op)).toContain(11);
    expect(op(11)).toEqual([]);
  });

  test('delayNext holds up one event, duplicateNext sends one twice', async () => {
    await misbehave({ do: 'delayNext', silentMs: 600 });
    await makeRole('late');
    await makeRole('in time');
    await expect.poll(() => roleNames(bot)).toEqual(['in time', 'late']);
    await misbehave({ do: 'duplicateNext' });
    await makeRole('twice');
    await makeRole('once');
    await expect.poll(() => roleNames(bot).slice(2)).toEqual(['twice', 'twice', 'once']);
  });

  test.each([{ do: 'explode' }, { do: 'drop', when: 'now' }, {}])('refuses %j', async (what) => {
    expect((await misbehave(what)).status).toBe(400);
  });
});

describe('acts change the state, and are told', () => {
  test('an outage of the guild, its end, and leaving and joining', async () => {
    await act({ act: 'guildUnavailable', guild: GUILD });
    expect(await bot.heard('GUILD_DELETE')).toMatchObject({ id: GUILD, unavailable: true });
    const late = await connect();
    await late.heard('READY');
    await act({ act: 'guildAvailable', guild: GUILD });
    expect(await late.heard('GUILD_CREATE')).toMatchObject({ id: GUILD, unavailable: false });
    const guild = await guildOf();
    await act({ act: 'leaveGuild', guild: GUILD });
    expect(await bot.heard('GUILD_DELETE', 2)).toEqual({ id: GUILD });
    expect(await guildOf()).toBeUndefined();
    await act({ act: 'joinGuild', guild });
    expect(await bot.heard('GUILD_CREATE', 3)).toMatchObject({ id: GUILD });
    expect(await guildOf()).toEqual(guild);
  });

  test('an outage at the start leaves the guild a stub', async () => {
    await act({ act: 'guildUnavailable', guild: GUILD });
    const late = await connect();
    expect(await late.heard('READY')).toMatchObject({ guilds: [{ id: GUILD, unavailable: true }] });
    late.say({ op: 1, d: null });
    await expect.poll(() => late.packets.map((packet) => packet.op)).toContain(11);
    expect(late.all('GUILD_CREATE')).toEqual([]);
  });

  test('roles are made, given and deleted', async () => {
    const { json } = await act({ act: 'createRole', guild: GUILD, name: 'Crew', permissions: '8' });
    const { id } = json as { id: string };
    expect(await bot.heard('GUILD_ROLE_CREATE')).toMatchObject({ role: { id, permissions: '8' } });
    await act({ act: 'setRoles', guild: GUILD, user: USERS.member, roles: [id] });
    const rolesOf = async () =>
      (await guildOf())?.members?.find(({ user }) => (user as Json).id === USERS.member)?.roles;
    expect(await rolesOf()).toEqual([id]);
    await act({ act: 'deleteRole', guild: GUILD, role: id });
    expect(await bot.heard('GUILD_ROLE_DELETE')).toEqual({ guild_id: GUILD, role_id: id });
    expect(await rolesOf()).toEqual([]);
  });

  test('of members, only a change of the bot itself is told', async () => {
    const roles = ['300000000000000003'];
    await act({ act: 'setRoles', guild: GUILD, user: USERS.stranger, roles });
    await act({ act: 'setRoles', guild: GUILD, user: BOT, roles });
    expect(await bot.heard('GUILD_MEMBER_UPDATE')).toMatchObject({ user: { id: BOT }, roles });
    expect(bot.all('GUILD_MEMBER_UPDATE')).toHaveLength(1);
  });

  test('channels change their permissions and go', async () => {
    const overwrite = { id: GUILD, type: 0, allow: '0', deny: '2048' };
    await act({ act: 'setChannelPermissions', channel: AUDIT, ...overwrite });
    expect(await bot.heard('CHANNEL_UPDATE')).toMatchObject({ permission_overwrites: [overwrite] });
    await act({ act: 'deleteChannel', channel: AUDIT });
    expect(await bot.heard('CHANNEL_DELETE')).toMatchObject({ id: AUDIT, guild_id: GUILD });
    expect((await guildOf())?.channels?.map((channel) => channel.id)).toEqual([GENERAL]);
  });

  test('doors of people open and close', async () => {
    const closed = async () => (await sim.state<Json>()).dmClosed;
    await act({ act: 'closeDm', user: USERS.member });
    expect(await closed()).toEqual([USERS.member]);
    await act({ act: 'openDm', user: USERS.member });
    expect(await closed()).toEqual([]);
  });

  test.each([
    { act: 'guildUnavailable', guild: '9' },
    { act: 'leaveGuild', guild: '9' },
    { act: 'setRoles', guild: GUILD, user: '9', roles: [] },
    { act: 'setRoles', guild: GUILD, user: USERS.member, roles: ['9'] },
    { act: 'deleteRole', guild: GUILD, role: '9' },
    { act: 'deleteChannel', channel: '9' },
    { act: 'closeDm', user: '9' },
  ])('%j is 404 and changes nothing', async (what) => {
    expect((await act(what)).status).toBe(404);
    expect(await sim.state()).toEqual(world);
  });
});

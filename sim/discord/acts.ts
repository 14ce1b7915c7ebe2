import { z } from 'zod';
import type { Answer } from '../common/server.js';
import type { Hub } from './hub.js';
import { Refused } from './refused.js';
import { guildCreate } from './told.js';
import { guildSchema, memberOf, roleOf, threadOf } from './world.js';
import type { Guild } from './world.js';

const id = z.string();
const act = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('guildUnavailable'), guild: id }),
  z.strictObject({ act: z.literal('guildAvailable'), guild: id }),
  z.strictObject({ act: z.literal('leaveGuild'), guild: id }),
  z.strictObject({ act: z.literal('joinGuild'), guild: guildSchema }),
  z.strictObject({ act: z.literal('setRoles'), guild: id, user: id, roles: z.array(id) }),
  z.strictObject({
    act: z.literal('createRole'),
    guild: id,
    name: z.string(),
    permissions: z.string().default('0'),
  }),
  z.strictObject({ act: z.literal('deleteRole'), guild: id, role: id }),
  z.strictObject({ act: z.literal('deleteChannel'), channel: id }),
  z.strictObject({
    act: z.literal('setChannelPermissions'),
    channel: id,
    id,
    type: z.number().int(),
    allow: z.string().default('0'),
    deny: z.string().default('0'),
  }),
  z.strictObject({ act: z.literal('createThread'), channel: id, name: z.string() }),
  z.strictObject({
    act: z.literal('archiveThread'),
    thread: id,
    locked: z.boolean().default(false),
  }),
  z.strictObject({ act: z.literal('timeOut'), guild: id, user: id, ms: z.number().min(0) }),
  z.strictObject({ act: z.literal('addMember'), guild: id, user: id }),
  z.strictObject({ act: z.literal('removeMember'), guild: id, user: id }),
  z.strictObject({
    act: z.literal('setCommandPermissions'),
    guild: id,
    command: id,
    permissions: z.array(
      z.strictObject({ id, type: z.literal([1, 2, 3]), permission: z.boolean() }),
    ),
  }),
  z.strictObject({ act: z.literal('closeDm'), user: id }),
  z.strictObject({ act: z.literal('openDm'), user: id }),
]);

type Act = z.infer<typeof act>;

/** What happens in a guild without the bot: state and gateway event together. */
export function perform(hub: Hub, body: unknown): Answer {
  const parsed = act.parse(body);
  try {
    hub.remember();
    return { status: 200, body: change(hub, parsed) ?? {} };
  } catch (error) {
    if (error instanceof Refused) return { status: 404, body: { error: error.message } };
    throw error;
  }
}

function change(hub: Hub, one: Act): object | undefined {
  const { world } = hub;
  switch (one.act) {
    case 'guildUnavailable':
      hub.guild(one.guild).unavailable = true;
      hub.dispatch('GUILD_DELETE', { id: one.guild, unavailable: true }, one.guild);
      return undefined;
    case 'guildAvailable':
      delete hub.guild(one.guild).unavailable;
      hub.dispatch('GUILD_CREATE', guildCreate(hub, one.guild), one.guild);
      return undefined;
    case 'leaveGuild':
      hub.guild(one.guild);
      world.guilds = world.guilds.filter((guild) => guild.id !== one.guild);
      hub.dispatch('GUILD_DELETE', { id: one.guild }, one.guild);
      return undefined;
    case 'joinGuild':
      world.guilds = [...world.guilds.filter((guild) => guild.id !== one.guild.id), one.guild];
      hub.dispatch('GUILD_CREATE', guildCreate(hub, one.guild.id), one.guild.id);
      return one.guild;
    case 'closeDm':
    case 'openDm':
      hub.user(one.user);
      world.dmClosed = world.dmClosed.filter((user) => user !== one.user);
      if (one.act === 'closeDm') world.dmClosed.push(one.user);
      return undefined;
    case 'createRole':
    case 'deleteRole':
      return changeRoles(hub, one);
    case 'setRoles':
    case 'timeOut':
    case 'addMember':
    case 'removeMember':
      return changeMember(hub, one);
    case 'createThread':
    case 'archiveThread':
      return changeThread(hub, one);
    case 'deleteChannel':
    case 'setChannelPermissions':
      return changeChannel(hub, one);
    case 'setCommandPermissions':
      return permit(hub, one);
  }
}

function changeRoles(hub: Hub, one: Extract<Act, { act: 'createRole' | 'deleteRole' }>): object {
  const guild = hub.guild(one.guild);
  if (one.act === 'createRole') {
    const { name, permissions } = one;
    const role = roleOf({ id: hub.nextId(), name, permissions, position: guild.roles.length });
    guild.roles.push(role);
    hub.dispatch('GUILD_ROLE_CREATE', { guild_id: guild.id, role }, guild.id);
    return role;
  }
  mustHave(guild, [one.role]);
  guild.roles = guild.roles.filter((role) => role.id !== one.role);
  for (const member of guild.members)
    member.roles = member.roles.filter((role) => role !== one.role);
  hub.dispatch('GUILD_ROLE_DELETE', { guild_id: guild.id, role_id: one.role }, guild.id);
  return {};
}

function changeMember(
  hub: Hub,
  one: Extract<Act, { act: `${string}Member` | 'setRoles' | 'timeOut' }>,
): object {
  const guild = hub.guild(one.guild);
  const tell = (event: string) => {
    const member = hub.member(guild, one.user);
    // Only bots with the members intent hear of others; of itself a bot always does.
    hub.dispatch(event, { ...member, guild_id: guild.id }, guild.id);
    return member;
  };
  if (one.act === 'addMember') {
    const { id, username } = hub.user(one.user);
    const others = guild.members.filter((member) => member.user.id !== id);
    guild.members = [...others, memberOf({ user: { id, username }, roles: [] })];
    return tell('GUILD_MEMBER_ADD');
  }
  const member = guild.members.find((found) => found.user.id === one.user);
  if (!member) throw new Refused(404, 10007, 'Unknown Member');
  if (one.act === 'removeMember') {
    guild.members = guild.members.filter((found) => found !== member);
    const gone = { guild_id: guild.id, user: hub.user(one.user) };
    hub.dispatch('GUILD_MEMBER_REMOVE', gone, guild.id);
    return {};
  }
  if (one.act === 'setRoles') {
    mustHave(guild, one.roles);
    member.roles = one.roles;
  } else {
    const until = new Date(Date.now() + one.ms).toISOString();
    member.communication_disabled_until = one.ms === 0 ? null : until;
  }
  return tell('GUILD_MEMBER_UPDATE');
}

function changeThread(hub: Hub, one: Extract<Act, { act: `${string}Thread` }>): object {
  const { channel, guild } = hub.channel(one.act === 'createThread' ? one.channel : one.thread);
  if (!guild) throw new Refused(404, 10003, 'Unknown Channel');
  if (one.act === 'createThread') {
    const owner_id = guild.owner_id;
    const made = threadOf({ id: hub.nextId(), name: one.name, parent_id: channel.id, owner_id });
    guild.threads.push(made);
    hub.dispatch('THREAD_CREATE', { ...made, guild_id: guild.id }, guild.id);
    return made;
  }
  const thread = guild.threads.find((found) => found === channel);
  if (!thread) throw new Refused(404, 10003, 'Unknown Channel');
  thread.thread_metadata.archived = true;
  thread.thread_metadata.locked = one.locked;
  hub.dispatch('THREAD_UPDATE', { ...thread, guild_id: guild.id }, guild.id);
  return thread;
}

/** What a server admin sets in the guild's settings; a bot can only read it. */
function permit(hub: Hub, one: Extract<Act, { act: 'setCommandPermissions' }>): object {
  const { guild, command, permissions } = one;
  const { id: application_id } = hub.world.application;
  hub.guild(guild);
  const known = [hub.commands.get(guild) ?? [], hub.commands.get('global') ?? []].flat();
  if (command !== application_id && !known.some((found) => found.id === command)) {
    throw new Refused(404, 10063, 'Unknown application command');
  }
  hub.permissions.set(`${guild} ${command}`, permissions);
  const told = { id: command, application_id, guild_id: guild, permissions };
  hub.dispatch('APPLICATION_COMMAND_PERMISSIONS_UPDATE', told, guild);
  return told;
}

function mustHave(guild: Guild, roles: readonly string[]): void {
  const isKnown = (id: string) => guild.roles.some((role) => role.id === id);
  if (!roles.every(isKnown)) throw new Refused(404, 10011, 'Unknown Role');
}

function changeChannel(
  hub: Hub,
  one: Extract<Act, { act: 'deleteChannel' | 'setChannelPermissions' }>,
): object {
  const { guild, parent: channel } = hub.channel(one.channel);
  if (!guild || channel?.id !== one.channel) throw new Refused(404, 10003, 'Unknown Channel');
  if (one.act === 'deleteChannel') {
    guild.channels = guild.channels.filter((found) => found !== channel);
    guild.threads = guild.threads.filter((thread) => thread.parent_id !== channel.id);
    hub.dispatch('CHANNEL_DELETE', { ...channel, guild_id: guild.id }, guild.id);
    return channel;
  }
  const others = channel.permission_overwrites.filter((overwrite) => overwrite.id !== one.id);
  channel.permission_overwrites = [
    ...others,
    { id: one.id, type: one.type, allow: one.allow, deny: one.deny },
  ];
  hub.dispatch('CHANNEL_UPDATE', { ...channel, guild_id: guild.id }, guild.id);
  return channel;
}

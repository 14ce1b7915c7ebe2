import { z } from 'zod';
import type { Answer, Request } from '../common/server.js';
import { guildCreate } from './gateway.js';
import { Refused } from './hub.js';
import type { Hub, Json } from './hub.js';
import { componentsOf } from './interactions.js';
import { inChannel } from './messages.js';
import { guildSchema } from './world.js';
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
  z.strictObject({ act: z.literal('closeDm'), user: id }),
  z.strictObject({ act: z.literal('openDm'), user: id }),
]);

type Act = z.infer<typeof act>;

/** What happens in a guild without the bot: state and gateway event together. */
export function perform(hub: Hub, body: unknown): Answer {
  const parsed = act.parse(body);
  try {
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
      hub.dispatch('GUILD_DELETE', { id: one.guild, unavailable: true });
      return undefined;
    case 'guildAvailable':
      delete hub.guild(one.guild).unavailable;
      hub.dispatch('GUILD_CREATE', guildCreate(hub, one.guild));
      return undefined;
    case 'leaveGuild':
      hub.guild(one.guild);
      world.guilds = world.guilds.filter((guild) => guild.id !== one.guild);
      hub.dispatch('GUILD_DELETE', { id: one.guild });
      return undefined;
    case 'joinGuild':
      world.guilds = [...world.guilds.filter((guild) => guild.id !== one.guild.id), one.guild];
      hub.dispatch('GUILD_CREATE', guildCreate(hub, one.guild.id));
      return one.guild;
    case 'closeDm':
    case 'openDm':
      hub.user(one.user);
      world.dmClosed = world.dmClosed.filter((user) => user !== one.user);
      if (one.act === 'closeDm') world.dmClosed.push(one.user);
      return undefined;
    case 'setRoles':
    case 'createRole':
    case 'deleteRole':
      return changeRoles(hub, one);
    case 'deleteChannel':
    case 'setChannelPermissions':
      return changeChannel(hub, one);
  }
}

function changeRoles(hub: Hub, one: Extract<Act, { act: `${string}Role` | 'setRoles' }>): object {
  const guild = hub.guild(one.guild);
  if (one.act === 'createRole') {
    const role = {
      ...guild.roles[0],
      id: hub.nextId(),
      name: one.name,
      permissions: one.permissions,
      position: guild.roles.length,
    };
    guild.roles.push(role);
    hub.dispatch('GUILD_ROLE_CREATE', { guild_id: guild.id, role });
    return role;
  }
  if (one.act === 'deleteRole') {
    mustHave(guild, [one.role]);
    guild.roles = guild.roles.filter((role) => role.id !== one.role);
    for (const member of guild.members)
      member.roles = member.roles.filter((role) => role !== one.role);
    hub.dispatch('GUILD_ROLE_DELETE', { guild_id: guild.id, role_id: one.role });
    return {};
  }
  const member = guild.members.find((found) => found.user.id === one.user);
  if (!member) throw new Refused(404, 10007, 'Unknown Member');
  mustHave(guild, one.roles);
  member.roles = one.roles;
  // Others' changes are told only to bots with the members intent; one's own always.
  if (one.user === hub.world.bot.id) {
    hub.dispatch('GUILD_MEMBER_UPDATE', { ...member, guild_id: guild.id });
  }
  return member;
}

function mustHave(guild: Guild, roles: readonly string[]): void {
  const isKnown = (id: string) => guild.roles.some((role) => role.id === id);
  if (!roles.every(isKnown)) throw new Refused(404, 10011, 'Unknown Role');
}

function changeChannel(hub: Hub, one: Extract<Act, { channel: string }>): object {
  const { channel, guild } = hub.channel(one.channel);
  if (!guild) throw new Refused(404, 10003, 'Unknown Channel');
  if (one.act === 'deleteChannel') {
    guild.channels = guild.channels.filter((found) => found !== channel);
    hub.dispatch('CHANNEL_DELETE', { ...channel, guild_id: guild.id });
    return channel;
  }
  const others = channel.permission_overwrites.filter((overwrite) => overwrite.id !== one.id);
  channel.permission_overwrites = [
    ...others,
    { id: one.id, type: one.type, allow: one.allow, deny: one.deny },
  ];
  hub.dispatch('CHANNEL_UPDATE', { ...channel, guild_id: guild.id });
  return channel;
}

/** `GET /_sim/messages`: a channel's or a DM's, oldest first. */
export function messages(hub: Hub, { query }: Request): Answer {
  const dm = query.get('dm');
  const channel = dm === null ? query.get('channel') : hub.dms.get(dm);
  return { status: 200, body: inChannel(hub, channel ?? '') };
}

/** `GET /_sim/text`: every text, label and file name of a message, a line each. */
export function text(hub: Hub, { query }: Request): Answer {
  const message = hub.messages.get(query.get('message') ?? '');
  if (!message) return { status: 404, body: { error: 'there is no such message' } };
  const embeds = (message.embeds as Json[]).flatMap((embed) => [
    (embed.author as Json | undefined)?.name,
    embed.title,
    embed.description,
    ...((embed.fields ?? []) as Json[]).flatMap((field) => [field.name, field.value]),
    (embed.footer as Json | undefined)?.text,
  ]);
  const components = componentsOf(message.components).flatMap((component) => [
    component.content,
    component.label,
    component.placeholder,
    component.description,
    ...((component.options ?? []) as Json[]).flatMap((option) => [
      option.label,
      option.description,
    ]),
    ...((component.items ?? []) as Json[]).map((item) => item.description),
  ]);
  const files = message.attachments.map((attachment) => attachment.filename);
  const lines = [message.content, ...embeds, ...components, ...files];
  return {
    status: 200,
    body: { text: lines.filter((line) => typeof line === 'string' && line !== '').join('\n') },
  };
}

import type { Hub, Json } from './hub.js';
import type { SchemaName } from './spec.js';
import { fullGuild } from './world.js';

/** Parts of events for which Discord's document has a schema. */
const PARTS: Readonly<Record<string, Readonly<Record<string, SchemaName>>>> = {
  INTERACTION_CREATE: {
    member: 'PrivateGuildMemberResponse',
    user: 'UserResponse',
    channel: 'ChannelResponse',
    message: 'MessageResponse',
    'data.resolved': 'ResolvedObjectsResponse',
  },
  GUILD_CREATE: {
    '': 'GuildResponse',
    channels: 'ChannelResponse[]',
    threads: 'ChannelResponse[]',
    members: 'GuildMemberResponse[]',
  },
  GUILD_ROLE_CREATE: { role: 'GuildRoleResponse' },
  GUILD_ROLE_UPDATE: { role: 'GuildRoleResponse' },
  GUILD_MEMBER_ADD: { '': 'GuildMemberResponse' },
  GUILD_MEMBER_UPDATE: { '': 'GuildMemberResponse' },
  CHANNEL_CREATE: { '': 'ChannelResponse' },
  CHANNEL_UPDATE: { '': 'ChannelResponse' },
  THREAD_CREATE: { '': 'ChannelResponse' },
  THREAD_UPDATE: { '': 'ChannelResponse' },
};

/** Holds an event against the schemas of its parts. */
export function holdEvent(hub: Hub, event: string, data: Json): void {
  for (const [path, schema] of Object.entries(PARTS[event] ?? {})) {
    const keys = path === '' ? [] : path.split('.');
    const part = keys.reduce<unknown>((at, key) => (at as Json | undefined)?.[key], data);
    if (part !== undefined) hub.holdTo(schema, part, { seq: 0, dir: 'out' });
  }
}

/** A guild as GUILD_CREATE tells it; of members only the bot, unless the members intent is on. */
export function guildCreate(hub: Hub, guildId: string, { withMembers = false } = {}): Json {
  const guild = hub.guild(guildId);
  const inGuild = <T extends object>(list: readonly T[]) =>
    list.map((one) => ({ ...one, guild_id: guild.id }));
  return {
    ...fullGuild(guild),
    channels: inGuild(guild.channels),
    threads: inGuild(guild.threads.filter((one) => !one.thread_metadata.archived)),
    unavailable: false,
    member_count: guild.members.length,
    members: guild.members
      .filter((one) => withMembers || one.user.id === hub.world.bot.id)
      .map((one) => hub.member(guild, one.user.id)),
    large: false,
    joined_at: '2026-01-01T00:00:00.000000+00:00',
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

import { z } from 'zod';

const JOINED = '2026-01-01T00:00:00.000000+00:00';

// What a script leaves out is filled in, so that the bot gets whole objects of Discord.
const nil = z.null().or(z.string()).default(null);

const user = z.looseObject({
  id: z.string(),
  username: z.string(),
  discriminator: z.string().default('0'),
  global_name: nil,
  avatar: nil,
  public_flags: z.number().default(0),
  flags: z.number().default(0),
  primary_guild: z.unknown().default(null),
});
const role = z.looseObject({
  id: z.string(),
  name: z.string(),
  permissions: z.string(),
  position: z.number().default(0),
  color: z.number().default(0),
  colors: z.unknown().default({ primary_color: 0, secondary_color: null, tertiary_color: null }),
  hoist: z.boolean().default(false),
  managed: z.boolean().default(false),
  mentionable: z.boolean().default(false),
  icon: nil,
  unicode_emoji: nil,
  flags: z.number().default(0),
});
const overwrite = z.object({
  id: z.string(),
  type: z.number(),
  allow: z.string(),
  deny: z.string(),
});
const channel = z.looseObject({
  id: z.string(),
  type: z.number(),
  name: z.string().optional(),
  position: z.number().default(0),
  flags: z.number().default(0),
  parent_id: nil,
  permission_overwrites: z.array(overwrite).default([]),
});
const thread = z.looseObject({
  id: z.string(),
  type: z.number().default(11),
  name: z.string(),
  parent_id: z.string(),
  owner_id: z.string(),
  flags: z.number().default(0),
  message_count: z.number().default(0),
  member_count: z.number().default(1),
  total_message_sent: z.number().default(0),
  thread_metadata: z.looseObject({ archived: z.boolean(), locked: z.boolean() }).default({
    archived: false,
    locked: false,
    archive_timestamp: JOINED,
    auto_archive_duration: 1440,
  }),
});
const member = z.looseObject({
  user: z.looseObject({ id: z.string() }),
  roles: z.array(z.string()),
  nick: nil,
  avatar: nil,
  banner: nil,
  joined_at: z.string().default(JOINED),
  premium_since: nil,
  communication_disabled_until: nil,
  pending: z.boolean().default(false),
  deaf: z.boolean().default(false),
  mute: z.boolean().default(false),
  flags: z.number().default(0),
});
const guild = z.looseObject({
  id: z.string(),
  name: z.string().default('A guild'),
  owner_id: z.string(),
  roles: z.array(role),
  channels: z.array(channel),
  threads: z.array(thread).default([]),
  members: z.array(member),
  preferred_locale: z.string().default('en-US'),
});
const application = z.looseObject({ id: z.string(), flags: z.number().default(0) });

/** Everything Discord knows, as `GET /_sim/state` shows it; the parts are Discord's own objects. */
export const worldSchema = z.strictObject({
  application,
  bot: user,
  guilds: z.array(guild),
  users: z.array(user),
  dmClosed: z.array(z.string()).default([]),
});

export type DiscordWorld = z.infer<typeof worldSchema>;
export type Guild = z.infer<typeof guild>;
export type Channel = z.infer<typeof channel>;
export type Thread = z.infer<typeof thread>;
export type Member = z.infer<typeof member>;
export type User = z.infer<typeof user>;
type Role = z.infer<typeof role>;

export const guildSchema = guild;
/** Whole objects of Discord, from what is known of them. */
export const roleOf = (known: z.input<typeof role>): Role => role.parse(known);
export const memberOf = (known: z.input<typeof member>): Member => member.parse(known);
export const threadOf = (known: z.input<typeof thread>): Thread => thread.parse(known);

/** Bits of Discord's permissions that matter here. */
export const bits = {
  administrator: 1n << 3n,
  manageGuild: 1n << 5n,
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  embedLinks: 1n << 14n,
  attachFiles: 1n << 15n,
  readHistory: 1n << 16n,
  useCommands: 1n << 31n,
  sendInThreads: 1n << 38n,
} as const;
export const everything = (1n << 53n) - 1n;

const EVERYONE =
  bits.viewChannel |
  bits.sendMessages |
  bits.embedLinks |
  bits.attachFiles |
  bits.readHistory |
  bits.useCommands |
  bits.sendInThreads;
const GUILD = '100000000000000001';
const userId = (n: number): string => `20000000000000000${n}`;
const roleId = (n: number): string => `30000000000000000${n}`;
const aRole = (id: string, name: string, { position = 0, permissions = 0n }): Role =>
  roleOf({ id, name, position, permissions: String(permissions) });

const aChannel = (id: string, name: string, position: number): Channel =>
  channel.parse({ id, type: 0, name, position, guild_id: GUILD, topic: null, nsfw: false });

const aUser = (id: string, username: string, more: object = {}): User =>
  user.parse({ id, username, ...more });

const aMember = ({ id, username }: User, roles: readonly string[]): Member =>
  memberOf({ user: { id, username }, roles: [...roles] });

const GUILD_DEFAULTS = {
  icon: null,
  description: null,
  home_header: null,
  splash: null,
  discovery_splash: null,
  features: [],
  banner: null,
  application_id: null,
  region: 'deprecated',
  afk_channel_id: null,
  afk_timeout: 300,
  system_channel_id: null,
  system_channel_flags: 0,
  widget_enabled: false,
  widget_channel_id: null,
  verification_level: 0,
  default_message_notifications: 1,
  mfa_level: 0,
  explicit_content_filter: 0,
  max_presences: null,
  max_members: 500_000,
  max_stage_video_channel_users: 50,
  max_video_channel_users: 25,
  vanity_url_code: null,
  premium_tier: 0,
  premium_subscription_count: 0,
  rules_channel_id: null,
  safety_alerts_channel_id: null,
  public_updates_channel_id: null,
  premium_progress_bar_enabled: false,
  nsfw: false,
  nsfw_level: 0,
  emojis: [],
  stickers: [],
  incidents_data: null,
} as const;

const base = () => ({
  application: application.parse({ id: '500000000000000001' }),
  bot: aUser('500000000000000001', 'Usher', { bot: true }),
});

/** One guild, its owner, #general. */
export function emptyWorld(): DiscordWorld {
  const { application, bot } = base();
  const owner = aUser(userId(1), 'owner');
  return {
    application,
    bot,
    users: [owner],
    dmClosed: [],
    guilds: [
      {
        id: GUILD,
        name: 'Home cinema',
        owner_id: owner.id,
        preferred_locale: 'en-US',
        features: [],
        emojis: [],
        threads: [],
        roles: [aRole(GUILD, '@everyone', { permissions: EVERYONE })],
        channels: [aChannel('400000000000000001', 'general', 0)],
        members: [aMember(bot, []), aMember(owner, [])],
      },
    ],
  };
}

/** The same with #audit, three roles without any permission, and one member for each power. */
export function demoWorld(): DiscordWorld {
  const world = emptyWorld();
  const [guild_] = world.guilds;
  if (!guild_) throw new Error('the empty world has one guild');
  const names = ['admin', 'moderator', 'auditor', 'member', 'stranger'];
  const users = names.map((name, i) => aUser(userId(i + 2), name));
  const rolesOf: readonly (readonly string[])[] = [[roleId(1)], [roleId(2)], [roleId(3)], [], []];
  return {
    ...world,
    users: [...world.users, ...users],
    guilds: [
      {
        ...guild_,
        roles: [
          ...guild_.roles,
          aRole(roleId(1), 'Plex Admin', { position: 3 }),
          aRole(roleId(2), 'Moderator', { position: 2 }),
          aRole(roleId(3), 'Auditor', { position: 1 }),
        ],
        channels: [...guild_.channels, aChannel('400000000000000002', 'audit', 1)],
        members: [...guild_.members, ...users.map((one, i) => aMember(one, rolesOf[i] ?? []))],
      },
    ],
  };
}

/** What somebody may do in a channel, computed as Discord does. */
export function permissionsIn(guild_: Guild, channel_: Channel | undefined, who: string): bigint {
  if (guild_.owner_id === who) return everything;
  const roles = guild_.members.find((one) => one.user.id === who)?.roles ?? [];
  const own = guild_.roles.filter((one) => one.id === guild_.id || roles.includes(one.id));
  let allowed = own.reduce((all, one) => all | BigInt(one.permissions), 0n);
  if (allowed & bits.administrator) return everything;
  const overwrites = channel_?.permission_overwrites ?? [];
  const apply = (list: typeof overwrites) => {
    const deny = list.reduce((all, one) => all | BigInt(one.deny), 0n);
    const allow = list.reduce((all, one) => all | BigInt(one.allow), 0n);
    allowed = (allowed & ~deny) | allow;
  };
  apply(overwrites.filter((one) => one.id === guild_.id));
  apply(overwrites.filter((one) => one.type === 0 && roles.includes(one.id)));
  apply(overwrites.filter((one) => one.type === 1 && one.id === who));
  return isTimedOut(guild_, who) ? allowed & (bits.viewChannel | bits.readHistory) : allowed;
}

/** Somebody in a time-out keeps seeing and reading, and may do nothing else. */
export function isTimedOut(guild_: Guild, who: string): boolean {
  const until = guild_.members.find((one) => one.user.id === who)?.communication_disabled_until;
  return typeof until === 'string' && Date.parse(until) > Date.now();
}

/** A guild as REST tells it: without what GUILD_CREATE adds. */
export function fullGuild(guild_: Guild): Record<string, unknown> {
  const added = ['channels', 'threads', 'members', 'unavailable'];
  const own = Object.entries(guild_).filter(([key]) => !added.includes(key));
  return { ...GUILD_DEFAULTS, ...Object.fromEntries(own) };
}

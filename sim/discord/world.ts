import { z } from 'zod';

const user = z.looseObject({ id: z.string(), username: z.string() });
const role = z.looseObject({ id: z.string(), name: z.string(), permissions: z.string() });
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
  permission_overwrites: z.array(overwrite).default([]),
});
const member = z.looseObject({
  user: z.looseObject({ id: z.string() }),
  roles: z.array(z.string()),
});
const guild = z.looseObject({
  id: z.string(),
  name: z.string().default('A guild'),
  owner_id: z.string(),
  roles: z.array(role),
  channels: z.array(channel),
  members: z.array(member),
  preferred_locale: z.string().default('en-US'),
});

/** Everything Discord knows, as `GET /_sim/state` shows it; the parts are Discord's own objects. */
export const worldSchema = z.strictObject({
  application: z.looseObject({ id: z.string() }),
  bot: user,
  guilds: z.array(guild),
  users: z.array(user),
  dmClosed: z.array(z.string()).default([]),
});

export type DiscordWorld = z.infer<typeof worldSchema>;
export type Guild = z.infer<typeof guild>;
export type Channel = z.infer<typeof channel>;
export type Member = z.infer<typeof member>;
export type User = z.infer<typeof user>;

export const guildSchema = guild;

/** Bits of Discord's permissions that matter here. */
export const bits = {
  administrator: 1n << 3n,
  manageGuild: 1n << 5n,
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  attachFiles: 1n << 15n,
  readHistory: 1n << 16n,
  useCommands: 1n << 31n,
} as const;
export const everything = (1n << 53n) - 1n;

const EVERYONE =
  bits.viewChannel | bits.sendMessages | bits.attachFiles | bits.readHistory | bits.useCommands;
const GUILD = '100000000000000001';
const userId = (n: number): string => `20000000000000000${n}`;
const roleId = (n: number): string => `30000000000000000${n}`;
const JOINED = '2026-01-01T00:00:00.000000+00:00';

const aRole = (id: string, name: string, { position = 0, permissions = 0n }) => ({
  id,
  name,
  position,
  permissions: String(permissions),
  color: 0,
  colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
  hoist: false,
  managed: false,
  mentionable: false,
  flags: 0,
  icon: null,
  unicode_emoji: null,
});

const aChannel = (id: string, name: string, position: number): Channel => ({
  id,
  type: 0,
  name,
  position,
  guild_id: GUILD,
  topic: null,
  nsfw: false,
  parent_id: null,
  permission_overwrites: [],
});

const aUser = (id: string, username: string, more: object = {}): User => ({
  id,
  username,
  discriminator: '0',
  global_name: null,
  avatar: null,
  ...more,
});

const aMember = (who: User, roles: readonly string[]): Member => ({
  user: who,
  roles: [...roles],
  nick: null,
  joined_at: JOINED,
  deaf: false,
  mute: false,
  flags: 0,
});

const base = () => ({
  application: { id: '500000000000000001', flags: 0 },
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
  return allowed;
}

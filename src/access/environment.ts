import type { Config } from '../config.js';
import type { BoundPower } from '../core/cases.js';
import { UserError } from '../core/errors.js';
import type { GuildId } from '../core/model.js';
import type { Store, Tables } from '../store/store.js';

const BOUND = 'environment-guild';

/**
 * Which guild the variables of the environment are for: `GUILD_ID`, else the one they were first applied to, else the
 * only guild the bot is in. null: there is no such one, and none is needed. The guilds the bot is in, and those it was in,
 * are in the store by now.
 */
export async function environmentGuild(
  store: Store,
  { discord, plex }: Config,
  joined: readonly GuildId[],
): Promise<GuildId | null> {
  // With those it was removed from: what ends there still ends.
  const known = new Set<string>((await store.guilds.all()).map(({ id }) => id));
  if (discord.guildId !== null) {
    if (known.has(discord.guildId)) return discord.guildId;
    throw new Error(
      'The bot is not in the Discord server that GUILD_ID names. Invite it there, as the README says, or correct GUILD_ID.',
    );
  }
  const isNeeded =
    plex.server !== null ||
    discord.auditChannelId !== null ||
    Object.values(discord.roles).some((roles) => roles !== null);
  if (!isNeeded) return null;
  const bound = await store.guilds.setting(BOUND);
  if (bound !== null && known.has(bound)) return bound as GuildId;
  const [only] = joined;
  if (only === undefined || joined.length > 1) {
    throw new Error(
      `AUDIT_CHANNEL_ID, *_ROLE_IDS and PLEX_* need GUILD_ID: the bot is in ${joined.length} Discord servers.`,
    );
  }
  await store.guilds.remember(BOUND, only);
  return only;
}

const FIXED = 'fixed-by-environment';

/** What the environment sets wins at every start, and nobody can change it in Discord. */
export type Fixed = 'audit-channel' | 'time-zone' | 'plex' | BoundPower;

/** What of a guild the environment sets. */
export async function fixedOf(tables: Tables, guildId: GuildId): Promise<ReadonlySet<Fixed>> {
  const stored = await tables.guilds.setting(FIXED);
  const { guild, fixed } = JSON.parse(stored ?? '{}') as { guild?: GuildId; fixed?: Fixed[] };
  return new Set(guild === guildId ? fixed : []);
}

const VARIABLES: Readonly<Record<Fixed, { what: string; variables: string }>> = {
  'audit-channel': { what: 'The audit channel is', variables: 'AUDIT_CHANNEL_ID' },
  'time-zone': { what: 'The time zone is', variables: 'TIME_ZONE' },
  plex: { what: 'Plex is', variables: 'PLEX_URL and PLEX_TOKEN' },
  admin: { what: 'The roles of Admin are', variables: 'ADMIN_ROLE_IDS' },
  moderator: { what: 'The roles of Moderator are', variables: 'MODERATOR_ROLE_IDS' },
  auditor: { what: 'The roles of Auditor are', variables: 'AUDITOR_ROLE_IDS' },
};

/** Refuses to change what the environment sets. */
export async function mustBeFree(tables: Tables, guildId: GuildId, fixed: Fixed): Promise<void> {
  if (!(await fixedOf(tables, guildId)).has(fixed)) return;
  const { what, variables } = VARIABLES[fixed];
  throw new UserError(
    'set-by-environment',
    `${what} set by environment: ${variables}. Change it there, and start Usher again.`,
  );
}

/** Notes what the environment sets, for this run of Usher. null: nothing. */
export async function noteFixed(
  store: Store,
  { discord, plex, timeZone }: Config,
  guild: GuildId | null,
): Promise<void> {
  const powers = (['admin', 'moderator', 'auditor'] as const).filter((p) => discord.roles[p]);
  const fixed: Fixed[] = [
    ...powers,
    ...(discord.auditChannelId === null ? [] : (['audit-channel'] as const)),
    ...(timeZone === null ? [] : (['time-zone'] as const)),
    ...(plex.server === null ? [] : (['plex'] as const)),
  ];
  await store.guilds.remember(FIXED, JSON.stringify({ guild, fixed }));
}

/** Sets what the environment says, in the guild it is for. */
export async function applyEnvironment(
  store: Store,
  config: Config,
  guildId: GuildId,
): Promise<void> {
  const { auditChannelId, roles } = config.discord;
  await store.transaction(async (tables) => {
    const change = {
      ...(auditChannelId === null ? {} : { auditChannelId }),
      ...(config.timeZone === null ? {} : { timeZone: config.timeZone }),
    };
    if (Object.keys(change).length > 0) await tables.guilds.set(guildId, change);
    // Upwards, so that a role named for two powers gives the higher one.
    for (const power of ['auditor', 'moderator', 'admin'] as const) {
      const bound = roles[power];
      if (bound !== null) await tables.guilds.bind(guildId, power, bound);
    }
  });
}

import type { BrakeSetting } from '../core/brake.js';
import type { ChannelId, DriftPolicy, EndPolicy, ServerId } from '../core/model.js';
import { KEEPS_ENDS } from '../core/troubles.js';
import type { GuildRow } from '../store/rows.js';
import { wordsOf } from './conduct.js';
import { fixedOf } from './environment.js';
import type { Fixed } from './environment.js';
import type { Parts, Standing } from './parts.js';
import { nextSweep } from './timetable.js';

/** What of a guild can be chosen, as it is now. */
export interface Settings {
  readonly servers: readonly {
    readonly id: ServerId;
    readonly name: string;
    readonly endPolicy: EndPolicy;
    /** Titles of the libraries that everybody managed keeps. */
    readonly defaults: readonly string[];
    /** The Plex account that it belongs to. */
    readonly owner: string;
    readonly syncedAt: Date | null;
    readonly nextSweepAt: Date | null;
    /** Plex does not let Usher in, or does not answer. */
    readonly isTroubled: boolean;
  }[];
  /** What Usher does by itself, in words. */
  readonly conduct: { readonly sweep: string; readonly sync: string };
  readonly streams: GuildRow['streams'];
  /** What becomes by itself of what is otherwise in Plex. */
  readonly driftPolicy: DriftPolicy;
  /** Members of the owner's Plex Home can be given libraries. */
  readonly homeUsers: boolean;
  /** People are told by direct message what concerns them. */
  readonly dms: boolean;
  /** From how many people one act may take access before a second Admin must agree. */
  readonly brake: BrakeSetting;
  readonly timeZone: string | null;
  readonly auditChannel: ChannelId | null;
  /** What the environment sets, and nobody can change here. */
  readonly fixed: ReadonlySet<Fixed>;
}

/** Everything that `/settings show` shows. */
export async function settingsOf({ store }: Parts, { guildId }: Standing): Promise<Settings> {
  const guild = await store.guilds.find(guildId);
  const servers = await store.servers.ofGuild(guildId);
  if (!guild) throw new Error(`guild ${guildId} is not known`);
  const troubles = await store.troubles.standing(guildId);
  const shown = servers.map(async (server) => {
    const { id, name, endPolicy, ownerId, ownerName: owner, syncedAt } = server;
    const defaults = (await store.servers.defaults(id)).map((row) => row.title);
    const nextSweepAt = nextSweep(server, guild);
    const subjects = [id as string, String(ownerId)];
    const isTroubled = troubles.some(
      ({ kind, subject }) => KEEPS_ENDS.includes(kind) && subjects.includes(subject),
    );
    return { id, name, endPolicy, defaults, owner, syncedAt, nextSweepAt, isTroubled };
  });
  return {
    servers: await Promise.all(shown),
    conduct: wordsOf(guild),
    streams: guild.streams,
    driftPolicy: guild.driftPolicy,
    homeUsers: guild.homeUsers,
    dms: guild.dms,
    brake: { people: guild.brakePeople, percent: guild.brakePercent },
    timeZone: guild.timeZone,
    auditChannel: guild.auditChannelId,
    fixed: await fixedOf(store, guildId),
  };
}

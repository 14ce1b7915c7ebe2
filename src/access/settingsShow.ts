import type { ChannelId, EndPolicy, ServerId } from '../core/model.js';
import { fixedOf } from './environment.js';
import type { Fixed } from './environment.js';
import type { Parts, Standing } from './parts.js';

/** What of a guild can be chosen, as it is now. */
export interface Settings {
  readonly servers: readonly {
    readonly id: ServerId;
    readonly name: string;
    readonly endPolicy: EndPolicy;
    /** Titles of the libraries that everybody managed keeps. */
    readonly defaults: readonly string[];
  }[];
  /** Members of the owner's Plex Home can be given libraries. */
  readonly homeUsers: boolean;
  /** People are told by direct message what concerns them. */
  readonly dms: boolean;
  readonly timeZone: string | null;
  readonly auditChannel: ChannelId | null;
  /** What the environment sets, and nobody can change here. */
  readonly fixed: ReadonlySet<Fixed>;
}

/** Everything that `/settings show` shows. */
export async function settingsOf({ store }: Parts, { guildId }: Standing): Promise<Settings> {
  const guild = await store.guilds.find(guildId);
  const servers = await store.servers.ofGuild(guildId);
  const shown = servers.map(async ({ id, name, endPolicy }) => {
    const defaults = await store.servers.defaults(id);
    return { id, name, endPolicy, defaults: defaults.map((row) => row.title) };
  });
  return {
    servers: await Promise.all(shown),
    homeUsers: guild?.homeUsers ?? false,
    dms: guild?.dms ?? true,
    timeZone: guild?.timeZone ?? null,
    auditChannel: guild?.auditChannelId ?? null,
    fixed: await fixedOf(store, guildId),
  };
}

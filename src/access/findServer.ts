import { UserError } from '../core/errors.js';
import type { GuildId } from '../core/model.js';
import { escapeName, listed } from '../core/text.js';
import type { ServerRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';

/** The server meant by a suggested id or by its name typed whole. */
export async function findServer(
  tables: Tables,
  guildId: GuildId,
  typed: string,
): Promise<ServerRow> {
  const all = await tables.servers.ofGuild(guildId);
  const wanted = typed.trim().toLowerCase();
  const hits = all.filter((server) => server.id === wanted || server.name.toLowerCase() === wanted);
  const [only] = hits;
  if (only && hits.length === 1) return only;
  throw new UserError(
    hits.length === 0 ? 'unknown-server' : 'several-servers',
    all.length === 0
      ? 'No Plex server is connected yet. Ask an Admin to connect one with /setup.'
      : `"${escapeName(typed)}" is not exactly one of the servers here. There ${all.length === 1 ? 'is' : 'are'} ${listed(all.map((s) => s.name))}.`,
  );
}

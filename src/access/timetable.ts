import type { GuildRow, ServerRow } from '../store/rows.js';
import { lengthOf, nextAfter } from './rhythm.js';
import type { Rhythm } from './rhythm.js';

type Times = Pick<GuildRow, 'sweepEvery' | 'sweepAt' | 'syncEvery' | 'timeZone'>;
type Looked = Pick<ServerRow, 'sweptAt' | 'syncedAt'>;

/** How often a guild wants everybody looked at again. */
export const sweepRhythm = ({ sweepEvery, sweepAt }: Times): Rhythm =>
  sweepAt === null ? { kind: 'every', minutes: sweepEvery } : { kind: 'daily', at: sweepAt };

/** When everybody on a server is looked at again by itself; null: nobody was ever looked at. */
export function nextSweep({ sweptAt, syncedAt }: Looked, guild: Times): Date | null {
  // The first look at a server is its first sync.
  const last = sweptAt ?? syncedAt;
  return last && nextAfter(last, sweepRhythm(guild), guild.timeZone ?? 'UTC');
}

/** When a server is read again by itself; null: it was never read. */
export const nextSync = ({ syncedAt }: Looked, { syncEvery }: Times): Date | null =>
  syncedAt && new Date(syncedAt.getTime() + syncEvery * 60_000);

/** Nobody looked at for longer than this is overdue: three rounds. */
export const overdueAfterMs = (guild: Times): number => 3 * lengthOf(sweepRhythm(guild));

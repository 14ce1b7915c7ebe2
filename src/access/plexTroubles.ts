import type { Outage } from '../core/errors.js';
import type { TroubleKind } from '../core/troubles.js';
import { PlexBusy, PlexUnauthorised, PlexUnavailable } from '../plex/errors.js';
import type { ServerRow } from '../store/rows.js';
import type { Parts } from './parts.js';

/** An owner's plex.tv that is silent for this long is a trouble. */
const SILENT_MS = 60 * 60_000;

const kindOf: Readonly<Record<PlexUnauthorised['status'], TroubleKind>> = {
  401: 'plex-token',
  403: 'plex-forbidden',
  410: 'plex-retired',
};

/** Judges an owner's plex.tv by what came of talking to it: what stands wrong, or is right again. Never throws. */
export async function judgePlex(
  { troubles, gate }: Pick<Parts, 'troubles' | 'gate'>,
  { guildId, ownerId }: ServerRow,
  outage: Outage | null,
): Promise<void> {
  const subject = String(ownerId);
  if (outage === null) {
    const mayWrite = !gate.isClosed(ownerId);
    const refused = mayWrite ? (['plex-forbidden', 'plex-retired'] as const) : [];
    await troubles.clear(guildId, {
      kinds: ['plex-token', 'plex-unreachable', ...refused],
      subject,
    });
  } else if (outage instanceof PlexUnauthorised) {
    await troubles.clear(guildId, { kinds: ['plex-unreachable'], subject });
    await troubles.raise(guildId, { kind: kindOf[outage.status], subject });
  } else if (outage instanceof PlexUnavailable && !(outage instanceof PlexBusy)) {
    await troubles.raise(guildId, { kind: 'plex-unreachable', subject, tellAfterMs: SILENT_MS });
  }
}

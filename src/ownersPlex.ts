import { randomUUID } from 'node:crypto';
import type { Parts } from './access/parts.js';
import type { Config } from './config.js';
import { Plex } from './plex/plex.js';

/** plex.tv as the owner of this token sees it. The client identifier is made once: plex.tv ties tokens to it. */
export async function ownersPlex(
  { store, clock, times, log }: Parts,
  { plex }: Config,
  { token }: { token: string },
): Promise<Plex> {
  const known = await store.guilds.setting('client-identifier');
  const clientIdentifier = known ?? `usher-${randomUUID()}`;
  if (known === null) await store.guilds.remember('client-identifier', clientIdentifier);
  return new Plex({
    plexTvUrl: plex.tvUrl,
    clientsUrl: plex.clientsUrl,
    token,
    clientIdentifier,
    writesPerSecond: plex.writesPerSecond,
    writeTimeoutMs: times.writeTimeoutMs,
    clock,
    onCall: (report) => log.debug({ ...report }, 'Plex call'),
  });
}

import { randomUUID } from 'node:crypto';
import { Connections } from './access/connections.js';
import type { Parts } from './access/parts.js';
import type { Config } from './config.js';
import type { OwnLog } from './log.js';
import type { CallReport } from './plex/http.js';
import { PlexPins } from './plex/pins.js';
import { Plex } from './plex/plex.js';
import { Seal } from './store/seal.js';
import { secretKeyIn } from './store/secretKey.js';

type Around = Pick<Parts, 'store' | 'clock' | 'times'> & {
  /** Hears what became of each call. */
  readonly onCall: (report: CallReport) => void;
};

/** Every stored server behind its owner's stored token; the environment's own comes later, and wins. */
export async function openConnections(
  around: Around,
  config: Config,
  log: OwnLog,
): Promise<Connections> {
  const key = config.secretKey ?? (await secretKeyIn(config.dataDir));
  log.hide(key);
  const side = await plexSide(around, config, log);
  const connections = new Connections({ ...side, store: around.store, seal: new Seal(key), log });
  await connections.open();
  return connections;
}

/** How plex.tv is reached from here. The client identifier is made once: plex.tv ties tokens and PINs to it. */
async function plexSide({ store, clock, times, ...around }: Around, { plex }: Config, log: OwnLog) {
  const known = await store.guilds.setting('client-identifier');
  const clientIdentifier = known ?? `usher-${randomUUID()}`;
  if (known === null) await store.guilds.remember('client-identifier', clientIdentifier);
  const onCall = (report: CallReport) => {
    log.debug({ ...report }, 'Plex call');
    around.onCall(report);
  };
  return {
    plexWith: (token: string) => {
      log.hide(token);
      return new Plex({
        plexTvUrl: plex.tvUrl,
        clientsUrl: plex.clientsUrl,
        token,
        clientIdentifier,
        writesPerSecond: plex.writesPerSecond,
        writeTimeoutMs: times.writeTimeoutMs,
        clock,
        onCall,
      });
    },
    pins: new PlexPins(
      { plexTvUrl: plex.tvUrl, appUrl: plex.appUrl },
      { clientIdentifier, onCall },
    ),
  };
}

import { Outage } from '../core/errors.js';
import type { ServerId } from '../core/model.js';
import type { Taken } from '../store/streams.js';
import type { Parts } from './parts.js';

/** So long after Plex showed it to be gone a stream is looked for: a player may begin again for some seconds. */
const LOOKED_FOR_MS = 90_000;
/** A server that does not answer is asked for so long. */
const TRIED_FOR_MS = 60 * 60_000;
const REASON = 'Your access to this library has ended.';

/**
 * Ends streams of libraries that were taken, where a guild wants that: never before Plex showed them to be gone, never
 * another library's and never somebody else's. The receipts say what was taken, so that a restart forgets nothing.
 */
export class StreamStops {
  private running: Promise<void> | null = null;
  private isAgain = false;
  private isOver = false;
  /** Servers that did not answer, and since when something is to be stopped there. */
  private readonly silent = new Map<ServerId, Date>();

  constructor(private readonly parts: Pick<Parts, 'store' | 'plexOf' | 'clock' | 'log'>) {}

  /** Plex has shown something to be gone: look now. Never throws. */
  knock(): void {
    if (this.isOver) return;
    if (this.running) {
      this.isAgain = true;
      return;
    }
    this.running = this.look()
      .catch((error: unknown) => {
        this.parts.log.warn({ err: error }, 'streams could not be stopped; looked at again later');
      })
      .finally(() => {
        this.running = null;
        if (!this.isAgain) return;
        this.isAgain = false;
        this.knock();
      });
  }

  /** Looks, and waits until it is done. */
  async round(): Promise<void> {
    this.knock();
    while (this.running) await this.running;
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  private async look(): Promise<void> {
    const { store, clock } = this.parts;
    if (!(await store.streams.any())) return;
    const now = clock.now().getTime();
    const since = new Date(now - LOOKED_FOR_MS);
    const earliest = [...this.silent.values()].reduce((a, b) => (a < b ? a : b), since);
    const byServer = new Map<ServerId, Taken[]>();
    for (const taken of await store.streams.taken(earliest)) {
      if (taken.goneAt < (this.silent.get(taken.serverId) ?? since)) continue;
      byServer.set(taken.serverId, [...(byServer.get(taken.serverId) ?? []), taken]);
    }
    for (const id of this.silent.keys()) if (!byServer.has(id)) this.silent.delete(id);
    for (const [serverId, taken] of byServer) await this.lookAt(serverId, taken);
  }

  private async lookAt(serverId: ServerId, taken: readonly Taken[]): Promise<void> {
    const { clock, log } = this.parts;
    try {
      await this.stopOn(serverId, taken);
      this.silent.delete(serverId);
    } catch (error) {
      if (!(error instanceof Outage)) throw error;
      log.warn({ err: error, serverId }, 'streams could not be stopped; tried again');
      const oldest = new Date(clock.now().getTime() - TRIED_FOR_MS);
      const first = taken.map(({ goneAt }) => goneAt).reduce((a, b) => (a < b ? a : b));
      this.silent.set(serverId, first > oldest ? first : oldest);
    }
  }

  private async stopOn(serverId: ServerId, taken: readonly Taken[]): Promise<void> {
    const { store, plexOf, log } = this.parts;
    const { pmsUrl } = await store.servers.get(serverId);
    const plex = plexOf(serverId);
    for (const { sessionId, accountId, key } of await plex.streams(pmsUrl)) {
      const of = taken.find((one) => one.accountId === accountId && one.key === key);
      if (!of) continue;
      const how = await plex.stopStream(pmsUrl, { sessionId, reason: REASON });
      const details = { serverId, personId: of.personId };
      if (how === 'no-pass') log.warn(details, 'a stream goes on: the server has no Plex Pass');
      else log.info(details, 'a stream of a library that was taken is stopped');
    }
  }
}

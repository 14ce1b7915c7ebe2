import { setTimeout as sleep } from 'node:timers/promises';
import { Outage } from '../core/errors.js';
import type { Outbox } from './outbox.js';
import { Overdue } from './overdue.js';
import { CleanUp } from './farewell.js';
import type { Parts } from './parts.js';
import { sweep } from './sweep.js';
import { sync } from './sync.js';
import { lookAtDue } from './watch.js';

const WATCH_EVERY_MS = 15_000;
export const SWEEP_EVERY_MS = 15 * 60_000;
const SYNC_EVERY_MS = 60 * 60_000;

/** What happens again and again by itself: the watch, the sweep, the sync. Each is a plain timer on PostgreSQL alone. */
export class Rounds {
  private readonly over = new AbortController();
  private readonly loops: Promise<void>[] = [];
  private readonly overdue: Overdue;
  private readonly daily: CleanUp;

  constructor(
    private readonly parts: Parts,
    private readonly outbox: Outbox,
    /** Runs before each sweep: alarms asked for before may be asked for again. */
    private readonly forgetAlarms: () => void,
  ) {
    this.overdue = new Overdue(parts, SWEEP_EVERY_MS);
    this.daily = new CleanUp(parts);
  }

  start(): void {
    this.loops.push(
      this.every(WATCH_EVERY_MS, 'watch', () => this.watch()),
      // Beside the watch: a sweep may take minutes, and ends do not wait for it.
      this.every(WATCH_EVERY_MS, 'overdue', () => this.overdue.check()),
      this.every(SWEEP_EVERY_MS, 'sweep', () => this.sweepAll()),
      this.every(SYNC_EVERY_MS, 'sync', () => this.syncAll()),
    );
  }

  async stop(): Promise<void> {
    this.over.abort();
    await Promise.all(this.loops);
  }

  /** Whether some server was not looked at for three sweeps. */
  isOverdue(): Promise<boolean> {
    return this.overdue.any();
  }

  /** Whoever is due now, and every notice that is held. */
  private async watch(): Promise<void> {
    await this.outbox.round();
    await lookAtDue(this.parts, null);
    await this.cleanUp();
  }

  /** Deletes what nobody needs any more, once a day. */
  cleanUp(): Promise<void> {
    return this.daily.ifDue(this.over.signal);
  }

  private async sweepAll(): Promise<void> {
    this.forgetAlarms();
    for (const { id } of await this.parts.store.servers.all()) {
      await sweep(this.parts, id, { priority: 'sweep' });
    }
  }

  private async syncAll(): Promise<void> {
    for (const { id } of await this.parts.store.servers.all()) {
      await sync(this.parts, id, { priority: 'sweep' }).catch((error: unknown) => {
        if (!(error instanceof Outage)) throw error;
        this.parts.log.warn({ err: error, serverId: id }, 'a server could not be read');
      });
    }
  }

  private async every(ms: number, name: string, round: () => Promise<void>): Promise<void> {
    const { signal } = this.over;
    for (;;) {
      await sleep(ms, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await round();
      } catch (error) {
        this.parts.log.warn({ err: error, round: name }, 'a round broke off; the next one goes on');
      }
    }
  }
}

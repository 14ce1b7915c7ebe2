import { Outage } from '../core/errors.js';
import { PlexBusy } from './errors.js';

/** A person at the keyboard goes before timers, timers before sweeps. */
export type Priority = 'person' | 'timer' | 'sweep';
type Kind = 'read' | 'write';

interface Waiting {
  readonly kind: Kind;
  readonly start: () => void;
  readonly refuse: (error: Error) => void;
}

const ORDER: readonly Priority[] = ['person', 'timer', 'sweep'];
const FIRST_BRAKE_MS = 1_000;
const HARDEST_BRAKE_MS = 30_000;

/**
 * All calls of one owner to plex.tv, one at a time. Writes are sent at least `spacingMs` apart; a write that waits for
 * that never holds up a read, and a turn in which nothing had to be sent costs no time. After a 429 the spacing doubles,
 * and eases off with each success.
 */
export class OwnerQueue {
  private readonly waiting: Record<Priority, Waiting[]> = { person: [], timer: [], sweep: [] };
  private busy = false;
  private closed = false;
  private nextWriteAt = 0;
  private quietUntil = 0;
  private brakeMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly spacingMs: number) {}

  /** Calls that wait for their turn. */
  get length(): number {
    return ORDER.reduce((sum, priority) => sum + this.waiting[priority].length, 0);
  }

  /** Runs `work` when its turn comes. Work must not ask for another slot of the same queue. */
  slot<T>(kind: Kind, priority: Priority, work: () => Promise<T>): Promise<T> {
    if (this.closed) return Promise.reject(new Outage('Usher is stopping'));
    return new Promise<T>((resolve, reject) => {
      const start = () => {
        void this.run(work).then(resolve, reject);
      };
      this.waiting[priority].push({ kind, start, refuse: reject });
      this.next();
    });
  }

  /** The write whose turn it is goes out now: the next one's turn comes a while after it. */
  spend(): void {
    this.nextWriteAt = performance.now() + this.spacingMs + this.brakeMs;
  }

  /** Refuses everything that waits; what runs goes on. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    for (const priority of ORDER) {
      for (const one of this.waiting[priority].splice(0))
        one.refuse(new Outage('Usher is stopping'));
    }
  }

  private async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.brakeMs = this.brakeMs < FIRST_BRAKE_MS ? 0 : this.brakeMs / 2;
      return result;
    } catch (error) {
      if (error instanceof PlexBusy) this.brake(error.retryAfterMs);
      throw error;
    } finally {
      this.busy = false;
      this.next();
    }
  }

  private brake(retryAfterMs: number | null): void {
    const now = performance.now();
    this.brakeMs = Math.min(Math.max(this.brakeMs * 2, FIRST_BRAKE_MS), HARDEST_BRAKE_MS);
    this.nextWriteAt = Math.max(this.nextWriteAt, now + this.brakeMs);
    this.quietUntil = now + (retryAfterMs ?? 0);
  }

  private next(): void {
    if (this.busy) return;
    clearTimeout(this.timer);
    const now = performance.now();
    let soonest = Infinity;
    for (const priority of ORDER) {
      const line = this.waiting[priority];
      for (const kind of ['read', 'write'] as const) {
        const at = line.findIndex((one) => one.kind === kind);
        const from = Math.max(this.quietUntil, kind === 'write' ? this.nextWriteAt : 0);
        const one = at === -1 ? undefined : line[at];
        if (one && from <= now) {
          line.splice(at, 1);
          this.busy = true;
          one.start();
          return;
        }
        if (one) soonest = Math.min(soonest, from - now);
      }
    }
    if (soonest !== Infinity) this.timer = setTimeout(() => this.next(), Math.ceil(soonest));
  }
}

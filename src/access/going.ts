import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GuildId } from '../core/model.js';

/** How work that takes a while tells how far it is, and hears that it is to stop. */
export interface Going {
  /** So many are done, of so many. */
  tell(done: number, total: number): void;
  /** Aborted: stop before the next write. */
  readonly signal: AbortSignal;
}

/** Work that nobody watches or stops. */
export const unwatched: Going = {
  tell: () => undefined,
  signal: new AbortController().signal,
};

/** How far work is, or what came of it. */
export type Step<T> =
  | { readonly kind: 'going'; readonly id: string; readonly text: string }
  | { readonly kind: 'done'; readonly result: T; readonly stopped: boolean };

/** Discord is told this often at the most. */
export const TELL_EVERY_MS = 1_500;
const BAR = 10;

/** `▰▰▰▰▱▱▱▱▱▱ 17 of 42 · about 20 s left`; `ranMs` is how long it has been going on. */
export function bar(done: number, total: number, ranMs: number): string {
  const full = total === 0 ? 0 : Math.floor((BAR * done) / total);
  const drawn = '▰'.repeat(full) + '▱'.repeat(BAR - full);
  const left = Math.ceil(((ranMs / Math.max(done, 1)) * (total - done)) / 1000);
  const rest = done === 0 || done === total ? '' : ` · about ${span(left)} left`;
  return `${drawn} ${done} of ${total}${rest}`;
}

const span = (seconds: number): string =>
  seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;

interface Shared {
  readonly join: (going: Going) => void;
  readonly end: Promise<unknown>;
}

/** Work of this process that can be watched and stopped, by an id that says nothing. */
export class Works {
  private readonly running = new Map<string, { guildId: GuildId; stop: AbortController }>();
  private readonly shared = new Map<string, Shared>();

  /**
   * Does the work of that name once at a time: whoever comes while it is being done is told how far it is, may stop it
   * like the first, and gets what comes of it.
   */
  together<T>(name: string, going: Going, work: (going: Going) => Promise<T>): Promise<T> {
    const known = this.shared.get(name);
    if (known) {
      known.join(going);
      return known.end as Promise<T>;
    }
    const all = new Set<Going>();
    const stop = new AbortController();
    const onAbort = () => stop.abort();
    const join = (one: Going) => {
      if (one === unwatched || all.has(one)) return;
      all.add(one);
      one.signal.addEventListener('abort', onAbort, { once: true });
      if (one.signal.aborted) stop.abort();
    };
    join(going);
    const tell = (done: number, total: number) => all.forEach((one) => one.tell(done, total));
    const end = work({ tell, signal: stop.signal }).finally(() => {
      this.shared.delete(name);
      all.forEach((one) => one.signal.removeEventListener('abort', onAbort));
    });
    this.shared.set(name, { join, end });
    return end;
  }

  /** Starts the work at once, and tells how far it is every 1.5 s while there is news, then what came of it. */
  async *watch<T>(
    guildId: GuildId,
    work: (going: Going) => Promise<T>,
  ): AsyncGenerator<Step<T>, void> {
    const id = randomUUID();
    const stop = new AbortController();
    this.running.set(id, { guildId, stop });
    const began = performance.now();
    const state = { text: '', isDone: false };
    const tell = (done: number, total: number) => {
      state.text = bar(done, total, performance.now() - began);
    };
    const end = work({ tell, signal: stop.signal }).finally(() => {
      state.isDone = true;
      this.running.delete(id);
    });
    const ended = end.catch(() => undefined); // thrown below, to whoever watches
    let told: string | null = null;
    for (;;) {
      await Promise.race([ended, sleep(TELL_EVERY_MS, undefined, { ref: false })]);
      if (state.isDone) break;
      const { text } = state;
      if (text !== told) yield { kind: 'going', id, text };
      told = text;
    }
    yield { kind: 'done', result: await end, stopped: stop.signal.aborted };
  }

  /** false: nothing of this guild is going on under that id any more. */
  stop(guildId: GuildId, id: string): boolean {
    const work = this.running.get(id);
    if (work?.guildId !== guildId) return false;
    work.stop.abort();
    return true;
  }
}

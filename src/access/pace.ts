import { setTimeout as sleep } from 'node:timers/promises';

/** Lets through at most `most` in any `withinMs`, in the order in which they came. */
export class Pace {
  private readonly passed: number[] = [];

  constructor(
    private readonly most: number,
    private readonly withinMs: number,
  ) {}

  /** Resolves when the turn has come; at once, and without one, when the signal ends the wait. */
  async turn(signal: AbortSignal): Promise<void> {
    const earliest = (this.passed.at(-this.most) ?? -Infinity) + this.withinMs;
    const waitMs = earliest - performance.now();
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    this.passed.push(performance.now());
    this.passed.splice(0, this.passed.length - this.most);
  }
}

/** Runs something a little after it was asked for, and at most every so often, however often it is asked for. */
export class Seldom<Key> {
  private readonly at = new Map<Key, number>();

  constructor(
    private readonly run: (key: Key) => void,
    private readonly times: { readonly restMs: number; readonly everyMs: number },
  ) {}

  ask(key: Key): void {
    const now = performance.now();
    const last = this.at.get(key) ?? -Infinity;
    if (last > now) return; // asked for already
    const at = Math.max(now + this.times.restMs, last + this.times.everyMs);
    this.at.set(key, at);
    setTimeout(() => this.run(key), at - now).unref();
  }
}

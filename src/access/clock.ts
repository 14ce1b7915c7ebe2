import { readFile } from 'node:fs/promises';
import { watchFile, unwatchFile } from 'node:fs';
import type { Store } from '../store/store.js';

/** Tells the time everything is judged by: PostgreSQL's, plus the offset of a test. */
export interface Clock {
  now(): Date;
}

const MEASURE_EVERY_MS = 60_000;
const LOOK_AT_FILE_EVERY_MS = 100;

/** PostgreSQL's clock, followed by measuring its distance at start and every minute. */
export class StoreClock implements Clock {
  private skewMs = 0;
  private testMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private moved: () => void = () => undefined;
  private measured: (skewMs: number) => void = () => undefined;

  constructor(
    private readonly store: Pick<Store, 'now'>,
    /** A file that holds an offset in ms to real time, re-read when it changes; null outside tests. */
    private readonly testFile: string | null,
  ) {}

  now(): Date {
    return new Date(Date.now() + this.skewMs + this.testMs);
  }

  /** Distance of our own clock from PostgreSQL's, in ms: told now, and whenever it was measured again. */
  onMeasured(run: (skewMs: number) => void): void {
    this.measured = run;
    run(this.skewMs);
  }

  /** `run` is called whenever a test moved the time. */
  onMoved(run: () => void): void {
    this.moved = run;
  }

  /** Measures once, then keeps measuring; `onError` is told when a measuring fails. */
  async start(onError: (error: unknown) => void): Promise<void> {
    await this.measure();
    this.timer = setInterval(() => void this.measure().catch(onError), MEASURE_EVERY_MS);
    if (this.testFile === null) return;
    await this.readTestFile();
    watchFile(this.testFile, { interval: LOOK_AT_FILE_EVERY_MS }, () => {
      void this.readTestFile()
        .then(() => this.moved())
        .catch(onError);
    });
  }

  stop(): void {
    clearInterval(this.timer);
    if (this.testFile !== null) unwatchFile(this.testFile);
  }

  private async measure(): Promise<void> {
    const before = Date.now();
    const theirs = await this.store.now();
    const after = Date.now();
    this.skewMs = theirs.getTime() - (before + after) / 2;
    this.measured(this.skewMs);
  }

  private async readTestFile(): Promise<void> {
    if (this.testFile === null) return;
    const text = await readFile(this.testFile, 'utf8').catch(() => '0');
    const offset = Number(text.trim() || '0');
    if (!Number.isFinite(offset))
      throw new Error(`TEST_CLOCK_FILE holds "${text.trim()}", not a number of ms`);
    this.testMs = offset;
  }
}

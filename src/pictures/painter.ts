import { Worker } from 'node:worker_threads';
import type { Order, Painted } from './paint.js';
import type { Timeline } from './timeline.js';

/** Kept for the next picture so long; then its memory is given back. */
const IDLE_MS = 60_000;
/** A picture takes a tenth of a second; one that takes longer than this will not come. */
const WITHIN_MS = 10_000;
const LIMITS = { maxOldGenerationSizeMb: 128 };

interface Waiting {
  readonly resolve: (png: Uint8Array) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Draws in a thread of its own, which is there only while pictures are asked for: drawing takes longer than others
 * should wait, and what it needs would be half of the memory of the whole bot.
 */
export class Painter {
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private idle: NodeJS.Timeout | undefined;
  private last = 0;

  constructor(private readonly idleMs = IDLE_MS) {}

  /** Whether the thread is there. */
  get isUp(): boolean {
    return this.worker !== null;
  }

  /** A timeline as PNG. */
  timeline(timeline: Timeline): Promise<Uint8Array> {
    const worker = (this.worker ??= this.start());
    clearTimeout(this.idle);
    const id = (this.last += 1);
    return new Promise((resolve, reject) => {
      const late = () => void this.fail(worker, new Error('the picture was not drawn in time'));
      this.waiting.set(id, { resolve, reject, timer: setTimeout(late, WITHIN_MS) });
      worker.postMessage({ id, timeline } satisfies Order);
    });
  }

  /** Ends the thread; what was asked for and is not drawn is not drawn. */
  async stop(): Promise<void> {
    if (this.worker) await this.fail(this.worker, new Error('the painter was stopped'));
  }

  private start(): Worker {
    const worker = new Worker(new URL('./paint.js', import.meta.url), { resourceLimits: LIMITS });
    worker.unref();
    worker.on('message', (painted: Painted) => this.settle(painted));
    worker.on('error', (error) => void this.fail(worker, error));
    worker.on('exit', () => void this.fail(worker, new Error('the painter ended')));
    return worker;
  }

  private settle(painted: Painted): void {
    const waiting = this.waiting.get(painted.id);
    this.waiting.delete(painted.id);
    clearTimeout(waiting?.timer);
    if ('png' in painted) waiting?.resolve(painted.png);
    else waiting?.reject(new Error(painted.failed));
    if (this.waiting.size > 0) return;
    this.idle = setTimeout(() => void this.stop(), this.idleMs).unref();
  }

  private async fail(worker: Worker, error: Error): Promise<void> {
    if (this.worker !== worker) return;
    this.worker = null;
    clearTimeout(this.idle);
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject, timer } of lost) {
      clearTimeout(timer);
      reject(error);
    }
    await worker.terminate();
  }
}

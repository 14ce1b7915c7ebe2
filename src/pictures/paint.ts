import { parentPort } from 'node:worker_threads';
import { drawTimeline } from './timeline.js';
import type { Timeline } from './timeline.js';

/** What the painter hands over, and what it gets back. */
export interface Order {
  readonly id: number;
  readonly timeline: Timeline;
}
export type Painted =
  | { readonly id: number; readonly png: Uint8Array }
  | { readonly id: number; readonly failed: string };

/** The thread of the painter: one picture after the other, as PNG. */
parentPort?.on('message', ({ id, timeline }: Order) => {
  const answer = (painted: Painted) => parentPort?.postMessage(painted);
  try {
    answer({ id, png: drawTimeline(timeline) });
  } catch (error) {
    answer({ id, failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});

import { monitorEventLoopDelay } from 'node:perf_hooks';

const WINDOW_MS = 10_000;
const RESOLUTION_MS = 20;
const LAGS_FROM_MS = 1_000;

/** Whether this process gets round to its work. */
export interface LoopWatch {
  /** false: in the last window a turn of the event loop took a second or more on average. */
  isWell(): boolean;
  stop(): void;
}

/**
 * Measures the event loop from within: a single long turn is none of its business, turns that stay long are. A loop
 * that stands still cannot say so; whoever asks finds out by having no answer.
 */
export function watchLoop(windowMs = WINDOW_MS): LoopWatch {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let isWell = true;
  let since = performance.now();
  const timer = setInterval(() => {
    // Not the mean of the delays: a turn as long as the window leaves none in it.
    const turnMs = (performance.now() - since) / Math.max(1, delay.count);
    isWell = turnMs < LAGS_FROM_MS;
    since = performance.now();
    delay.reset();
  }, windowMs).unref();
  return {
    isWell: () => isWell,
    stop: () => {
      clearInterval(timer);
      delay.disable();
    },
  };
}

import type { SettleTimes } from '../../../src/core/model.js';

/** One tick of a history, in ms. */
export const TICK = 1_000;
/** Between two things that a process does, in ms: short against a tick, yet never nothing. */
export const MOMENT = 5;
/** How long a late write takes to land. */
export const LANDING = TICK;

/** W = 5 ticks: stall 1, landing 1, lag 2, and one to spare. */
export const TIMES: SettleTimes = {
  settleMs: 5 * TICK,
  stallMs: TICK,
  writeTimeoutMs: LANDING,
  lagMs: 2 * TICK,
};

/** When every history begins. */
export const START = Date.UTC(2030, 0, 1);

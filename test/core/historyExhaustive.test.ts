import { describe, expect, test } from 'vitest';
import type { EndPolicy } from '../../src/core/model.js';
import { A, B } from './history/libraries.js';
import { exhaust } from './history/search.js';
import { NOBODY, run } from './history/steps.js';
import type { Step } from './history/steps.js';

/** One step more takes ten times as long. */
const LENGTH = Number(process.env['HISTORY_LENGTH'] ?? 4);

const EDITS: readonly Step[] = [
  { kind: 'handAdd', library: B },
  { kind: 'handRemove', library: B },
  { kind: 'wait', ticks: 1 },
];

const FAULTS: readonly Step[] = [
  ...EDITS,
  { kind: 'calm' },
  run(),
  run({ lagBack: 2 }),
  run({ lag: 2, lagBack: 2 }),
  run({ fate: 'lost' }),
  run({ fate: 'lost', lagBack: 2 }),
  run({ fate: 'late' }),
  run({ crashAt: 'send' }),
  run({ crashAt: 'answer' }),
];

const COMMANDED: readonly Step[] = [
  { kind: 'grant', library: B },
  { kind: 'revoke', library: B },
  { kind: 'grant', library: A },
  ...FAULTS,
];

const BY_ITSELF: readonly Step[] = [
  { kind: 'starts', library: B },
  { kind: 'ends', library: B },
  { kind: 'starts', library: A },
  ...FAULTS,
];

const TWO_PROCESSES: readonly Step[] = [
  { kind: 'grant', library: B },
  { kind: 'revoke', library: B },
  ...EDITS,
  run(),
  run({ pauseAt: 'decide' }),
  run({ pauseAt: 'send' }),
  run({ pauseAt: 'confirm' }),
  run({ second: true }),
  run({ second: true, lag: 2, lagBack: 2 }),
  { kind: 'resume', process: 0 },
  { kind: 'resume', process: 1 },
];

const NUDGED: readonly Step[] = [
  { kind: 'grant', library: B },
  { kind: 'revoke', library: B },
  ...EDITS,
  run(),
  run({ nudge: true }),
  run({ nudge: true, lag: 2, lagBack: 2 }),
  run({ nudge: true, fate: 'late' }),
  run({ fate: 'late' }),
  run({ crashAt: 'answer' }),
];

const REMOVED: readonly Step[] = [
  { kind: 'grant', library: B },
  { kind: 'revoke', library: B },
  ...EDITS,
  { kind: 'accept' },
  { kind: 'removedElsewhere', late: false },
  { kind: 'removedElsewhere', late: true },
  run(),
  run({ lag: 2, lagBack: 2 }),
  run({ fate: 'late' }),
  run({ fate: 'unheard' }),
];

/** All sequences of one step to LENGTH steps. */
const allOf = (steps: readonly Step[]): number =>
  Array.from({ length: LENGTH }, (_, i) => steps.length ** (i + 1)).reduce((a, b) => a + b);

const FAMILIES: readonly (readonly [string, readonly Step[], EndPolicy])[] = [
  ['commands, edits in Plex and faults', COMMANDED, 'keep-default'],
  ['edges that nobody notices, edits in Plex and faults', BY_ITSELF, 'keep-default'],
  ['two processes', TWO_PROCESSES, 'keep-default'],
  ['nudges', NUDGED, 'keep-default'],
  ['removals, here and elsewhere', REMOVED, 'remove'],
];

describe.each(FAMILIES)(`every history of up to ${LENGTH} steps: %s`, (_, steps, policy) => {
  test.each([
    ['no share', { ...NOBODY, policy }],
    ['a share made by hand', { ...NOBODY, policy, shared: [B] }],
  ])('keeps every promise, from %s', { timeout: 180_000 }, (_from, setting) => {
    const found = exhaust({ setting, steps, length: LENGTH });
    expect(found.breaches.slice(0, 5)).toEqual([]);
    expect(found.judged + found.same).toBe(allOf(steps));
  });
});

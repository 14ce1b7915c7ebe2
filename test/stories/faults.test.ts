import { describe, expect, test } from 'vitest';
import { hunt } from '../../sim/faults/hunt.js';

/** More, and others: `npm run -s test:faults -- --minutes 5 --seed 1`. */
const ONE = { seed: 1, worlds: 1 } as const;
const WITHIN = { timeout: 180_000 };

describe('a history of orders, hand edits and faults', () => {
  test('is found out, with person and library, when a rule is left out', WITHIN, async () => {
    const lines: string[] = [];
    const say = (line: string) => lines.push(line);
    const how = { ...ONE, minutes: 1, only: 0, shortenMs: 0, isVerbose: false };
    expect(await hunt({ ...how, breaks: 'edges', say })).toBe(1);
    expect(lines.join('\n')).toMatch(/lost: Ada still has Films, which was ended/);
    expect(lines.at(-1)).toMatch(/^faults: 0 passed, 1 failed, \d+ s; lost 1, false 0, double 0$/);
  });
});

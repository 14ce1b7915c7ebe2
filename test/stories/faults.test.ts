import { describe, expect, test } from 'vitest';
import { hunt } from '../../sim/faults/hunt.js';

/** More, and others: `npm run -s test:faults -- --minutes 5 --seed 1`. */
const HUNT = { seed: 1, minutes: 1, worlds: 1, shortenMs: 0, isVerbose: false } as const;
const WITHIN = { timeout: 120_000 };

async function hunted(only: number, breaks?: string) {
  const lines: string[] = [];
  const failed = await hunt({ ...HUNT, only, breaks, say: (line) => lines.push(line) });
  return { failed, lines, last: lines.at(-1) };
}

describe.concurrent('a history of orders, hand edits and faults', () => {
  test('ends with Plex as ordered, each case told once', WITHIN, async () => {
    const { failed, lines, last } = await hunted(1);
    expect(failed, lines.join('\n')).toBe(0);
    expect(last).toMatch(/^faults: 1 passed, 0 failed, \d+ s; lost 0, false 0, double 0$/);
  });

  test('is found out, with person and library, when a rule is left out', WITHIN, async () => {
    const { failed, lines } = await hunted(14, 'lost-write');
    expect(failed).toBe(1);
    expect(lines.join('\n')).toMatch(
      /false: \/grant Films \(Ada\) is called seen in Plex, and Plex lacks it/,
    );
  });
});

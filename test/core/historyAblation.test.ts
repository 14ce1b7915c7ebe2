import type fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ablations } from './history/ablations.js';
import type { Ablation } from './history/ablations.js';
import { historyAmong, historyOf } from './history/alphabets.js';
import type { History } from './history/alphabets.js';
import { A, B } from './history/libraries.js';
import { findBreach as search } from './history/search.js';
import type * as Search from './history/search.js';
import { run } from './history/steps.js';
import type { Step } from './history/steps.js';

/** Enough for the rarest of them. */
const RUNS = 20_000;

const calm: Step = { kind: 'calm' };
const wait: Step = { kind: 'wait', ticks: 2 };
const grant = (library: typeof A): Step => ({ kind: 'grant', library });
const revoke: Step = { kind: 'revoke', library: B };
const recreate: Step = { kind: 'recreate', library: B };

/** Beginnings after which few histories do without the rule; random ones come by them too seldom. */
const RARE: Readonly<Record<string, readonly Step[]>> = {
  'no row learnt soon after a DELETE': [
    ...[grant(B), calm, revoke, run({ fate: 'late', crashAt: 'lookBack' })],
    ...[grant(B), run()],
  ],
  'a share is gone only from a whole catalogue': [
    ...[grant(B), calm, grant(A), run({ fate: 'lost' }), recreate],
  ],
};

function historiesFor({ name, features }: Ablation): fc.Arbitrary<History> {
  const first = RARE[name];
  return first
    ? historyAmong([wait, run()], { first })
    : historyOf(['hand', 'lag', 'lost', 'crash', 'tick', ...features]);
}

/** The search, with one rule left out of the core that it searches. */
const searchWithout = async (name: string): Promise<typeof Search> => {
  const file = `./history/search.js?ablate=${encodeURIComponent(name)}`;
  return (await import(/* @vite-ignore */ file)) as typeof Search;
};

describe('the search of histories notices a rule that is left out of the core', () => {
  test.each(ablations)('$name', { timeout: 60_000 }, async (ablation) => {
    const { findBreach } = await searchWithout(ablation.name);
    const found = findBreach({ histories: historiesFor(ablation), runs: RUNS });
    expect(found).not.toBeNull();
  });

  test.each(Object.entries(RARE))('and misses nothing else: %s', (_, first) => {
    const histories = historyAmong([wait, run()], { first });
    expect(search({ histories, runs: 200 }) ?? 'none').toBe('none');
  });
});

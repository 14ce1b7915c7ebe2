import fc from 'fast-check';
import type { History } from './alphabets.js';
import { apply, begin, finish, play, trace } from './play.js';
import { THE_RULES } from './rules.js';
import type { Rules } from './rules.js';
import { tellStep } from './steps.js';
import type { Setting, Step } from './steps.js';
import type { World } from './world.js';

/** Fixed, so that a build fails for its changes only; another one by `HISTORY_SEED`. */
const SEED = Number(process.env['HISTORY_SEED'] ?? 20_300_101);

/** What a search is about. */
export interface Search {
  readonly histories: fc.Arbitrary<History>;
  readonly runs: number;
  readonly rules?: Rules;
}

/** How many histories to try: a fixed number, unless `HISTORY_RUNS` says another. */
export const runsOf = (usual: number): number => Number(process.env['HISTORY_RUNS'] ?? usual);

/** Tells the first history that goes wrong, made as short as it can be; null: none did. */
export function findBreach({ histories, runs, rules = THE_RULES }: Search): string | null {
  const isClean = ({ setting, steps }: History) => play(setting, steps, rules).length === 0;
  const found = fc.check(fc.property(histories, isClean), { seed: SEED, numRuns: runs });
  const history = found.counterexample?.[0];
  if (!history) return null;
  const told = trace(history.setting, history.steps, rules);
  return `history ${found.numRuns} of seed ${found.seed}:\n${told}`;
}

/** All histories of some steps up to a length. */
export interface Range {
  readonly setting: Setting;
  readonly steps: readonly Step[];
  readonly length: number;
}

/** What became of them. */
export interface Exhausted {
  readonly judged: number;
  /** Not judged: a step of theirs cannot be, so that they are the same as a shorter one. */
  readonly same: number;
  readonly breaches: readonly string[];
}

/** Judges every history up to a length; what histories have in common at their start is done once. */
export function exhaust({ setting, steps, length }: Range): Exhausted {
  const count = { judged: 0, same: 0 };
  const breaches: string[] = [];
  const family = (left: number): number => (left === 0 ? 1 : 1 + steps.length * family(left - 1));
  const grow = (world: World, path: readonly Step[]): void => {
    const left = length - path.length - 1;
    for (const step of steps) {
      const next = world.clone();
      if (!apply(next, step)) {
        count.same += family(left);
        continue;
      }
      const history = [...path, step];
      count.judged += 1;
      const wrong = finish(next.clone());
      if (wrong.length > 0) {
        breaches.push(`${history.map(tellStep).join('; ')}: ${wrong.join('; ')}`);
      } else if (left > 0) grow(next, history);
    }
  };
  grow(begin(setting, THE_RULES), []);
  return { ...count, breaches };
}

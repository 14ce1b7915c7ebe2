import fc from 'fast-check';
import { hostileTexts } from './hostile.js';

/** A value for one option: something sensible for it, or something hostile. */
export interface Word {
  readonly isHostile: boolean;
  readonly hostile: string;
  /** Picks among what is sensible. */
  readonly pick: number;
  /** Left out where it may be. */
  readonly isLeftOut: boolean;
}

/** One thing that somebody does; numbers pick among whatever there is at that moment. */
export interface Move {
  readonly kind:
    'command' | 'autocomplete' | 'menu' | 'press' | 'steal' | 'stray' | 'submit' | 'forge';
  readonly who: number;
  readonly which: number;
  readonly words: readonly Word[];
  readonly where: 'guild' | 'guild of others' | 'dm';
  /** Done twice at the same moment. */
  readonly isTwice: boolean;
}

/** What happens around a handful of moves that are made at the same moment. */
export interface Wave {
  readonly moves: readonly Move[];
  readonly weather:
    'fair' | 'late answers' | 'Plex is down' | 'twice from the gateway' | 'a lost connection';
}

const MOVES_AT_ONCE = 10;

const word: fc.Arbitrary<Word> = fc.record({
  isHostile: fc.boolean(),
  hostile: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...hostileTexts) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  ),
  pick: fc.nat(1_000),
  isLeftOut: fc.boolean(),
});

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.oneof(
    { weight: 8, arbitrary: fc.constant('command' as const) },
    { weight: 5, arbitrary: fc.constant('autocomplete' as const) },
    { weight: 4, arbitrary: fc.constant('press' as const) },
    { weight: 1, arbitrary: fc.constantFrom('menu', 'steal', 'stray', 'submit') },
    { weight: 2, arbitrary: fc.constant('forge' as const) },
  ),
  who: fc.nat(1_000),
  which: fc.nat(100_000),
  words: fc.array(word, { minLength: 8, maxLength: 8 }),
  where: fc.oneof(
    { weight: 12, arbitrary: fc.constant('guild' as const) },
    { weight: 1, arbitrary: fc.constantFrom('guild of others', 'dm') },
  ),
  isTwice: fc.nat(9).map((n) => n === 0),
});

const weather: fc.Arbitrary<Wave['weather']> = fc.oneof(
  { weight: 16, arbitrary: fc.constant('fair' as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'late answers',
      'Plex is down',
      'twice from the gateway',
      'a lost connection',
    ),
  },
);

/** As many moves as asked for, the same ones for the same seed. */
export function wavesOf(n: number, seed: number): readonly Wave[] {
  const count = Math.ceil(n / MOVES_AT_ONCE);
  const moves = fc.sample(move, { seed, numRuns: n });
  return fc.sample(weather, { seed, numRuns: count }).map((one, i) => ({
    weather: one,
    moves: moves.slice(i * MOVES_AT_ONCE, (i + 1) * MOVES_AT_ONCE),
  }));
}

import fc from 'fast-check';
import { KNOWN } from './known.js';
import { PEOPLE, WEATHERS } from './moves.js';
import type { Library, Move } from './moves.js';

const who = fc.nat(PEOPLE - 1);
const library = fc.constantFrom<Library[]>('Films', 'Shows', 'Kids', 'Films', 'Shows', 'Default');
const isRushed = fc.nat(3).map((n) => n === 0);
const later = fc.constantFrom(1_200, 1_800, 2_500);

const until = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: later },
);
const from = fc.oneof(
  { weight: 5, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom(700, 1_100) },
);

const always = <M extends Move>(move: M): fc.Arbitrary<M> => fc.constant(move);

const PARTS: readonly { readonly weight: number; readonly arbitrary: fc.Arbitrary<Move> }[] = [
  {
    weight: 16,
    arbitrary: fc
      .record({ who, library, from, until, isRushed })
      .map((wish): Move => ({ kind: 'grant', ...wish })),
  },
  {
    weight: 11,
    arbitrary: fc
      .record({
        who,
        library: fc.oneof(
          { weight: 6, arbitrary: library },
          { weight: 1, arbitrary: fc.constant('all' as const) },
        ),
        isRushed,
      })
      .map((wish): Move => ({ kind: 'revoke', ...wish })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ who, library, until: fc.constantFrom(3_000, 4_000), isRushed })
      .map((wish): Move => ({ kind: 'extend', ...wish })),
  },
  {
    weight: 11,
    arbitrary: fc.record({
      kind: fc.constantFrom('hand adds' as const, 'hand removes' as const),
      who,
      library,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'hand drops' as const,
        'hand drops' as const,
        'hand gives all' as const,
        'hand unfriends' as const,
      ),
      who,
    }),
  },
  {
    weight: 5,
    arbitrary: fc
      .record({
        who,
        how: fc.constantFrom('accepts' as const, 'declines' as const, 'leaves' as const),
      })
      .map((wish): Move => ({ kind: 'guest', ...wish })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        library: fc.constantFrom<Library[]>('Films', 'Shows', 'Kids'),
        how: fc.constantFrom('is deleted' as const, 'is made anew' as const, 'is renamed' as const),
      })
      .map((wish): Move => ({ kind: 'library', ...wish })),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({
        who,
        how: fc.constantFrom('hands off' as const, 'hands on' as const, 'remove' as const),
      })
      .map((wish): Move => ({ kind: 'people', ...wish })),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ who, library, other: library, until, isGiving: fc.boolean() })
      .map(({ who: one, library: first, other, until: end, isGiving }): Move => ({
        kind: 'panel',
        who: one,
        gives: isGiving ? [...new Set([first, other])] : [first],
        until: end,
        ends: isGiving || other === first ? [] : [other],
      })),
  },
  {
    weight: 18,
    arbitrary: fc.constantFrom(...WEATHERS).map((weather): Move => ({ kind: 'weather', weather })),
  },
  { weight: 5, arbitrary: always({ kind: 'heal' }) },
  { weight: 4, arbitrary: always({ kind: 'sweep' }) },
  { weight: 2, arbitrary: always({ kind: 'sync' }) },
  { weight: 5, arbitrary: always({ kind: 'calm' }) },
  {
    weight: 5,
    arbitrary: fc.constantFrom(300, 1_000, 2_000).map((ms): Move => ({ kind: 'wait', ms })),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(0, 1_000, 2_600).map((ms): Move => ({ kind: 'kill', ms })),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        'status' as const,
        'drop' as const,
        'unheard' as const,
        'hang' as const,
        'limit' as const,
      )
      .map((how): Move => ({ kind: 'posts fail', how })),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        'drop' as const,
        'reconnect' as const,
        'invalidate' as const,
        'duplicateNext' as const,
        'delayNext' as const,
      )
      .map((how): Move => ({ kind: 'gateway', how })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ library, isDefault: fc.boolean() })
      .map((wish): Move => ({ kind: 'default', ...wish })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('keep-default' as const, 'unshare' as const, 'remove' as const)
      .map((policy): Move => ({ kind: 'policy', policy })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('is closed' as const, 'is deleted' as const)
      .map((how): Move => ({ kind: 'channel', how })),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        'restarts' as const,
        'loses its alarms' as const,
        'loses its alarms' as const,
        'loses its job table' as const,
      )
      .map((how): Move => ({ kind: 'store', how })),
  },
];

const move: fc.Arbitrary<Move> = fc.oneof(...PARTS);

const LONGEST = 9;

const anything = fc.array(move, { minLength: 2, maxLength: LONGEST, size: 'max' });
const aLittle = fc.array(move, { maxLength: 3 });

const sampled = <T>(from: fc.Arbitrary<readonly T[]>, seed: number): readonly T[] =>
  fc.sample(from, { seed, numRuns: 1 })[0] ?? [];

/** The n-th history of a seed, always the same: a known one with something after it, and then whatever comes. */
export function historyOf(seed: number, n: number): readonly Move[] {
  const known = KNOWN[n];
  const own = seed * 100_003 + n;
  // It is judged before anything else can hide what it shows.
  return known ? [...known, { kind: 'calm' }, ...sampled(aLittle, own)] : sampled(anything, own);
}

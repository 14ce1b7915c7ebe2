import fc from 'fast-check';

/** Libraries of the server on which all histories play; the last is the default at the start. */
export const LIBRARIES = ['Films', 'Shows', 'Kids', 'Default'] as const;
export type Library = (typeof LIBRARIES)[number];
export type Policy = 'keep-default' | 'unshare';

/** How many people a history is about. */
export const PEOPLE = 2;

/** What befalls the next calls, until somebody heals them or they have befallen often enough. */
export const WEATHERS = [
  'busy',
  'failing',
  'hanging reads',
  'hanging writes',
  'reset writes',
  'lost write',
  'lost creation',
  'late write',
  'late and unheard write',
  'landed and unheard write',
  'slow write',
  'old lists',
  'short list',
  'dead token',
] as const;
export type Weather = (typeof WEATHERS)[number];

/** One thing that happens. Instants are ms from when it happens. */
export type Move =
  | {
      readonly kind: 'grant';
      readonly who: number;
      readonly library: Library;
      readonly from: number | null;
      readonly until: number | null;
      readonly isRushed: boolean;
    }
  | {
      readonly kind: 'revoke';
      readonly who: number;
      readonly library: Library | 'all';
      readonly isRushed: boolean;
    }
  | {
      readonly kind: 'extend';
      readonly who: number;
      readonly library: Library;
      readonly until: number;
      readonly isRushed: boolean;
    }
  | {
      readonly kind: 'hand adds' | 'hand removes';
      readonly who: number;
      readonly library: Library;
    }
  | { readonly kind: 'hand drops'; readonly who: number }
  | { readonly kind: 'weather'; readonly weather: Weather }
  | { readonly kind: 'default'; readonly library: Library; readonly isDefault: boolean }
  | { readonly kind: 'policy'; readonly policy: Policy }
  | { readonly kind: 'wait'; readonly ms: number }
  /** Killed, and started again after so long. */
  | { readonly kind: 'kill'; readonly ms: number }
  | { readonly kind: 'posts fail'; readonly how: 'status' | 'drop' | 'unheard' | 'hang' | 'limit' }
  | {
      readonly kind: 'gateway';
      readonly how: 'drop' | 'reconnect' | 'invalidate' | 'duplicateNext';
    }
  | { readonly kind: 'sweep' | 'sync' | 'calm' }
  | { readonly kind: 'heal' };

/** What somebody orders by a command. */
export type Command = Extract<Move, { isRushed: boolean }>;

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
  { weight: 2, arbitrary: who.map((one): Move => ({ kind: 'hand drops', who: one })) },
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
      .constantFrom('keep-default' as const, 'unshare' as const)
      .map((policy): Move => ({ kind: 'policy', policy })),
  },
];

const move: fc.Arbitrary<Move> = fc.oneof(...PARTS);

type Wish = Partial<Omit<Extract<Move, { kind: 'grant' }>, 'kind'>>;
const grant = (wish: Wish): Move => ({
  kind: 'grant',
  who: 0,
  library: 'Films',
  from: null,
  until: null,
  isRushed: false,
  ...wish,
});
const revoke = (wish: { isRushed?: boolean; library?: Library; who?: number } = {}): Move => ({
  kind: 'revoke',
  who: 0,
  library: 'Films',
  isRushed: false,
  ...wish,
});
const byHand = (kind: 'hand adds' | 'hand removes', what: Library = 'Films'): Move => ({
  kind,
  who: 0,
  library: what,
});
const calm: Move = { kind: 'calm' };
const heal: Move = { kind: 'heal' };
const weather = (one: Weather): Move => ({ kind: 'weather', weather: one });
const kill = (ms: number): Move => ({ kind: 'kill', ms });
const wait = (ms: number): Move => ({ kind: 'wait', ms });
/** Shows is granted and settled, so that the person has been managed for long. */
const managed: readonly Move[] = [grant({ library: 'Shows' }), calm];

/** The shortest histories that broke simpler rules: each seed begins with these, and goes on differently. */
const KNOWN: readonly (readonly Move[])[] = [
  [...managed, byHand('hand adds'), calm, grant({ from: 1_500, until: 2_300 }), kill(2_600)],
  [...managed, byHand('hand adds'), grant({ library: 'Kids' })],
  [grant({}), calm, byHand('hand removes'), grant({ library: 'Kids' })],
  [...managed, byHand('hand adds'), grant({}), calm, revoke()],
  [...managed, grant({}), calm, byHand('hand removes'), revoke(), calm, byHand('hand adds')],
  [...managed, weather('late and unheard write'), grant({}), revoke()],
  [...managed, weather('late write'), grant({}), kill(0), revoke()],
  [...managed, grant({}), weather('old lists'), revoke()],
  [...managed, grant({}), calm, weather('lost write'), weather('old lists'), revoke(), heal],
  [grant({}), calm, revoke(), weather('old lists'), weather('lost write'), grant({}), heal],
  [...managed, grant({}), calm, byHand('hand removes'), calm, grant({})],
  [
    ...managed,
    weather('slow write'),
    grant({ who: 1, isRushed: true }),
    grant({ isRushed: true }),
    revoke(),
  ],
  [
    ...managed,
    grant({ who: 1, library: 'Shows' }),
    weather('slow write'),
    grant({ who: 1, library: 'Kids', isRushed: true }),
    grant({ library: 'Kids', isRushed: true }),
    revoke({ library: 'Kids' }),
  ],
  [
    ...managed,
    grant({ isRushed: true, until: 1_200 }),
    grant({ who: 1, isRushed: true, until: 1_200 }),
    wait(2_000),
  ],
  [...managed, weather('lost write'), grant({})],
  [...managed, grant({}), weather('lost write'), revoke()],
  [...managed, grant({}), weather('failing'), revoke(), kill(1_000)],
  [...managed, grant({}), { kind: 'posts fail', how: 'unheard' }, revoke(), kill(0)],
  [
    ...managed,
    { kind: 'gateway', how: 'duplicateNext' },
    grant({}),
    { kind: 'gateway', how: 'duplicateNext' },
    revoke(),
  ],
  [...managed, { kind: 'hand drops', who: 0 }, calm, grant({})],
  [byHand('hand adds'), grant({ library: 'Shows' }), calm, revoke()],
  [byHand('hand adds'), { kind: 'sync' }, revoke()],
  [...managed, weather('short list'), { kind: 'sweep' }, grant({})],
  [...managed, weather('dead token'), grant({}), revoke({ library: 'Shows' }), heal],
];

const LONGEST = 9;

const anything = fc.array(move, { minLength: 2, maxLength: LONGEST, size: 'max' });
const aLittle = fc.array(move, { maxLength: 3 });

const sampled = <T>(from: fc.Arbitrary<readonly T[]>, seed: number): readonly T[] =>
  fc.sample(from, { seed, numRuns: 1 })[0] ?? [];

/** The n-th history of a seed, always the same: a known one with something after it, and then whatever comes. */
export function historyOf(seed: number, n: number): readonly Move[] {
  const known = KNOWN[n];
  const own = seed * 100_003 + n;
  return known ? [...known, ...sampled(aLittle, own)] : sampled(anything, own);
}

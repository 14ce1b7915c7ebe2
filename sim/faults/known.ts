import type { Library, Move, Weather } from './moves.js';

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
export const KNOWN: readonly (readonly Move[])[] = [
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
  [grant({}), calm, { kind: 'people', who: 0, how: 'hands off' }, byHand('hand adds', 'Kids')],
  [grant({ until: 2_500 }), { kind: 'people', who: 0, how: 'hands off' }, wait(1_800), calm],
  [grant({}), weather('failing'), { kind: 'people', who: 0, how: 'remove' }, heal],
  [{ kind: 'hand unfriends', who: 0 }, grant({}), { kind: 'guest', who: 0, how: 'accepts' }],
  [{ kind: 'hand unfriends', who: 0 }, grant({ until: 1_800 }), wait(2_000), calm, grant({})],
  [
    { kind: 'hand unfriends', who: 0 },
    grant({}),
    calm,
    { kind: 'guest', who: 0, how: 'declines' },
    calm,
    grant({ library: 'Kids' }),
  ],
  [...managed, { kind: 'hand gives all', who: 0 }, calm, grant({}), revoke()],
  [
    { kind: 'hand gives all', who: 0 },
    { kind: 'sync' },
    { kind: 'library', library: 'Films', how: 'is made anew' },
  ],
  [...managed, grant({}), { kind: 'library', library: 'Films', how: 'is deleted' }, grant({})],
  [
    ...managed,
    weather('slow write'),
    grant({ isRushed: true }),
    { kind: 'store', how: 'restarts' },
  ],
  [...managed, grant({ until: 1_800 }), { kind: 'store', how: 'loses its alarms' }, wait(2_000)],
  [...managed, grant({ until: 1_800 }), { kind: 'store', how: 'loses its job table' }, wait(2_000)],
  [...managed, { kind: 'channel', how: 'is deleted' }, grant({}), revoke({ library: 'Shows' })],
  [...managed, { kind: 'channel', how: 'is closed' }, grant({}), kill(0), revoke()],
  [
    ...managed,
    { kind: 'panel', who: 0, gives: ['Films', 'Kids'], until: 2_500, ends: ['Shows'] },
    wait(2_600),
  ],
  [...managed, weather('retired calls'), grant({}), revoke({ library: 'Shows' }), heal],
];

import { describe, expect, test } from 'vitest';
import { confirm, decide } from '../../src/core/decide.js';
import type { SectionId, Share } from '../../src/core/model.js';
import { historyAmong, historyOf } from './history/alphabets.js';
import type { Feature } from './history/alphabets.js';
import { A, B, C, nameOf, namesOf } from './history/libraries.js';
import { after } from './history/play.js';
import { THE_RULES } from './history/rules.js';
import type { Rules } from './history/rules.js';
import { findBreach, runsOf } from './history/search.js';
import { NOBODY, run } from './history/steps.js';
import type { Step } from './history/steps.js';
import { TIMES } from './history/times.js';

/** About five seconds each. */
const RUNS = 8_000;

const FAULTY: readonly Feature[] = ['hand', 'lag', 'lost', 'crash'];
const ALPHABETS: readonly (readonly Feature[])[] = [
  FAULTY,
  [...FAULTY, 'tick'],
  [...FAULTY, 'tick', 'lock'],
  [...FAULTY, 'tick', 'lock', 'keep'],
  [...FAULTY, 'tick', 'invite'],
  [...FAULTY, 'tick', 'default', 'keep'],
  [...FAULTY, 'tick', 'recreate', 'all'],
  [...FAULTY, 'tick', 'import'],
];

/** How access ends, and the write that nobody orders: searched with the same faults. */
const ENDINGS: readonly (readonly Feature[])[] = [
  [...FAULTY, 'tick', 'remove'],
  [...FAULTY, 'tick', 'remove', 'lock'],
  [...FAULTY, 'tick', 'remove', 'default'],
  [...FAULTY, 'tick', 'home'],
  [...FAULTY, 'tick', 'nudge'],
  [...FAULTY, 'tick', 'nudge', 'lock', 'keep'],
  [...FAULTY, 'tick', 'nudge', 'recreate', 'all'],
  [...FAULTY, 'tick', 'nudge', 'remove', 'invite'],
];

describe('no history breaks a promise', () => {
  test.each(
    [...ALPHABETS, ...ENDINGS].map((features) => [features.join(' + '), features] as const),
  )('of %s', { timeout: 120_000 }, (_, features) => {
    const found = findBreach({ histories: historyOf(features), runs: runsOf(RUNS) });
    expect(found ?? 'none').toBe('none');
  });
});

/** The shortest histories that broke simpler rules (`reconcile.md` 1): what Plex shares in the end, and what is told. */
describe('a history that a plan from differences gets wrong', () => {
  const grant = (library: SectionId): Step => ({ kind: 'grant', library });
  const revoke = (library: SectionId): Step => ({ kind: 'revoke', library });
  const byHand = (kind: 'handAdd' | 'handRemove', library: SectionId): Step => ({ kind, library });
  const calm: Step = { kind: 'calm' };
  const wait: Step = { kind: 'wait', ticks: 5 };
  /** C is granted and settled, so that the person has been managed for long. */
  const managed = [grant(C), calm];

  test.each<[string, readonly Step[], string, string]>([
    [
      '1: a library added by hand stays when another is granted',
      [...managed, byHand('handAdd', A), grant(B), run()],
      '{ABC}',
      'A added',
    ],
    [
      '2: a library removed by hand is not given back when another is granted',
      [grant(A), calm, byHand('handRemove', A), grant(B), run()],
      '{B}',
      'A removed',
    ],
    [
      '3: the end of a grant takes a library that a hand had given before it',
      [...managed, byHand('handAdd', A), grant(A), run(), wait, run(), revoke(A), run()],
      '{C}',
      '',
    ],
    [
      '4: a library given by hand after the end of its grant stays',
      [
        ...[...managed, grant(A), calm, byHand('handRemove', A), revoke(A), calm],
        byHand('handAdd', A),
      ],
      '{AC}',
      'A added',
    ],
    [
      '5: an end takes a library whose addition lands after it',
      [...managed, grant(A), run({ fate: 'late', crashAt: 'lookBack' }), revoke(A), run()],
      '{C}',
      '',
    ],
    [
      '6: an end within the lag takes a library that the list does not show yet',
      [...managed, grant(A), run(), revoke(A), run({ lag: 1, lagBack: 1 })],
      '{C}',
      '',
    ],
    [
      '7: an end whose write was lost is redone, though an old list looks like it',
      [...managed, grant(A), run(), revoke(A), run({ fate: 'lost', lagBack: 2 })],
      '{C}',
      '',
    ],
    [
      '7: a grant whose write was lost is redone, though an old list looks like it',
      [grant(A), calm, revoke(A), run(), grant(A), run({ fate: 'lost', lagBack: 1 })],
      '{A}',
      '',
    ],
    [
      '8: a grant that began and ended while the bot was down takes its library',
      [
        ...[...managed, byHand('handAdd', A)],
        ...[{ kind: 'starts', library: A } as const, { kind: 'ends', library: A } as const],
      ],
      '{C}',
      '',
    ],
    [
      '9: a new grant gives back what a hand had taken from the one before',
      [...managed, grant(A), calm, byHand('handRemove', A), calm, grant(A)],
      '{AC}',
      '',
    ],
  ])('%s', (...[, steps, held, drift]) => {
    const left = after(NOBODY, steps);
    const told = left.drift.map(([section, kind]) => `${nameOf(section)} ${kind}`).join();
    expect({ ...left, held: namesOf(left.held), drift: told }).toEqual({
      held,
      drift,
      breaches: [],
    });
  });
});

const withShare = (rules: Rules, change: (share: Share, now: Date) => Share): Rules => ({
  ...rules,
  decide: (share, read, context) => decide(change(share, context.now), read, context),
  confirm: (share, read, context) => confirm(change(share, context.now), read, context),
});

const withAttempt = (change: Partial<NonNullable<Share['attempt']>>): Rules =>
  withShare(THE_RULES, (share) => ({
    ...share,
    attempt: share.attempt && { ...share.attempt, ...change },
  }));

/** Repeats the latest list without looking whether Plex still shows it. */
const blindNudge: Rules = {
  ...THE_RULES,
  decide: (share, read, context) => {
    const { attempt } = share;
    const isNudge = context.nudge && attempt && attempt.list.length > 0 && read.row !== null;
    const shown = isNudge
      ? { ...read, row: attempt.answerRow ?? read.row, sections: attempt.list }
      : read;
    return decide(share, shown, context);
  },
};

/** The rules without one of them, and what must happen for that to be noticed. */
const MUTANTS: readonly (readonly [string, Rules, readonly Feature[]])[] = [
  ['settle time', { ...THE_RULES, times: { ...TIMES, settleMs: 0 } }, [...FAULTY, 'tick']],
  [
    'the edges since the last look',
    withShare(THE_RULES, (share, now) => ({ ...share, lookedAt: new Date(now.getTime() - 1) })),
    [...FAULTY, 'tick'],
  ],
  ['a row that was seen before it is gone', withAttempt({ rowSeen: true }), [...FAULTY, 'tick']],
  [
    'the accident rule',
    withAttempt({ accidentDone: true }),
    [...FAULTY, 'tick', 'recreate', 'all'],
  ],
  [
    'the mark of a removal on another server',
    withShare(THE_RULES, (share) => ({ ...share, removedAt: null })),
    [...FAULTY, 'tick', 'remove'],
  ],
  [
    'the hands that are kept off the home',
    {
      ...THE_RULES,
      decide: (share, read, { entitlement, ...rest }) => {
        const ending = { ...entitlement.ending, isHome: false, policy: 'unshare' as const };
        const open = { ...entitlement, ending };
        return decide({ ...share, exempt: entitlement.defaults }, read, {
          ...rest,
          entitlement: open,
        });
      },
    },
    [...FAULTY, 'tick', 'home'],
  ],
  ['the look before a nudge', blindNudge, [...FAULTY, 'tick', 'nudge']],
];

describe('the same search notices a rule that is left out', () => {
  test.each(MUTANTS)('%s', { timeout: 60_000 }, (_, rules, features) => {
    const found = findBreach({ histories: historyOf(features), runs: 20_000, rules });
    expect(found).not.toBeNull();
  });
});

describe('two processes', () => {
  const wait: Step = { kind: 'wait', ticks: 5 };
  const resume: Step = { kind: 'resume', process: 0 };
  const grant = (library: typeof A): Step => ({ kind: 'grant', library });
  const revoke: Step = { kind: 'revoke', library: B };
  const second = run({ second: true });
  const stalling = historyAmong([revoke, wait, second, resume], {
    first: [grant(B), run({ pauseAt: 'send' })],
  });
  /** A list that shows B waits for its turn, while B ends. */
  const overtaken = historyAmong([grant(A), revoke, wait, second, resume], {
    first: [grant(B), run(), wait, run(), grant(A), run({ pauseAt: 'decide' })],
  });
  const noLimit: Rules = { ...THE_RULES, times: { ...TIMES, stallMs: Infinity } };
  const noFence: Rules = { ...THE_RULES, isMoved: () => false, isOlder: () => false };

  test('a write that stalled too long is never sent', () => {
    expect(findBreach({ histories: stalling, runs: 2_000 }) ?? 'none').toBe('none');
  });

  test('the search notices a stall limit that is left out', () => {
    const found = findBreach({ histories: stalling, runs: 2_000, rules: noLimit });
    expect(found).not.toBeNull();
  });

  test('a list from before another run is not written from', () => {
    expect(findBreach({ histories: overtaken, runs: 2_000 }) ?? 'none').toBe('none');
  });

  test('the search notices when neither version nor the order of reads is looked at', () => {
    const found = findBreach({ histories: overtaken, runs: 2_000, rules: noFence });
    expect(found).not.toBeNull();
  });
});

import { describe, expect, test } from 'vitest';
import { judgeGrant } from '../../src/core/rules.js';
import type { GrantVerdict } from '../../src/core/rules.js';
import { at } from './builders.js';

/** Seconds from noon; null stands for "not given" of a start, and "no end" of an end. */
type Seconds = readonly [number | null, number | null];

const dateOf = (seconds: number | null) => (seconds === null ? null : at(seconds));

const judge = (open: readonly [number, number | null] | null, [start, end]: Seconds) =>
  judgeGrant(
    open && { startsAt: at(open[0]), endsAt: dateOf(open[1]) },
    { startsAt: dateOf(start), endsAt: dateOf(end) },
    at(0),
  );

const refusal = (why: Extract<GrantVerdict, { kind: 'refuse' }>['why']) => ({
  kind: 'refuse',
  why,
});

describe('a wish for a library that nobody gave yet', () => {
  test.each<[string, Seconds]>([
    ['from now on', [null, null]],
    ['for a time', [null, 60]],
    ['later', [60, 120]],
    ['from a start in the past', [-60, 60]],
  ])('%s is new', (_, wish) => expect(judge(null, wish)).toEqual({ kind: 'new' }));

  test('that ends before it starts is refused', () => {
    expect(judge(null, [120, 60])).toEqual(refusal('ends-before-start'));
  });

  test('that ends when it starts is refused', () => {
    expect(judge(null, [60, 60])).toEqual(refusal('ends-before-start'));
  });

  test('that ends in the past is refused', () => {
    expect(judge(null, [null, -60])).toEqual(refusal('ends-in-past'));
  });

  test('that ends now is refused', () => {
    expect(judge(null, [null, 0])).toEqual(refusal('ends-in-past'));
  });
});

describe('a wish for a library that is given already', () => {
  test.each<[string, readonly [number, number | null], Seconds, GrantVerdict['kind']]>([
    ['with the same end is the same', [-60, 60], [null, 60], 'same'],
    ['without end, as before, is the same', [-60, null], [null, null], 'same'],
    ['with a later end lengthens', [-60, 60], [null, 120], 'lengthen'],
    ['without end lengthens', [-60, 60], [null, null], 'lengthen'],
    ['with an earlier end asks', [-60, 120], [null, 60], 'ask'],
    ['with an end, where there was none, asks', [-60, null], [null, 60], 'ask'],
    ['that starts later than the running one asks', [-60, 120], [60, 240], 'ask'],
    ['from now lengthens one that is still to come', [60, 120], [null, 120], 'lengthen'],
    ['that touches the end of the open one is not apart', [-60, 60], [60, 120], 'ask'],
    ['that begins after the end of the open one is refused', [-60, 60], [61, 120], 'refuse'],
    ['that ends before the start of the open one is refused', [60, 120], [null, 59], 'refuse'],
  ])('%s', (...[, open, wish, kind]) => expect(judge(open, wish).kind).toBe(kind));

  test('and apart from it says why it is refused', () => {
    expect(judge([-60, 60], [61, 120])).toEqual(refusal('apart'));
  });

  test('says what was and what will be', () => {
    expect(judge([-60, 120], [null, 60])).toEqual({
      kind: 'ask',
      before: { startsAt: at(-60), endsAt: at(120) },
      after: { startsAt: at(-60), endsAt: at(60) },
    });
  });
});

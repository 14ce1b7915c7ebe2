import { describe, expect, test } from 'vitest';
import { isUnseen, nextLook } from '../../src/core/look.js';
import type { Order, Share } from '../../src/core/model.js';
import { aShare, anAttempt, anOrder, at } from './builders.js';

const next = (share: Partial<Share>, looks = 0, now = at(0)) =>
  nextLook(aShare(share), { looks, now, settleMs: 120_000 });

describe('the next look', () => {
  test('is none when nothing is open', () => expect(next({})).toBeNull());

  test.each([
    [0, 5],
    [1, 5],
    [2, 10],
    [3, 20],
    [5, 80],
    [10, 2560],
    [11, 3600],
    [5000, 3600],
  ])('after %d fruitless ones is in %d s', (looks, seconds) => {
    const orders = [anOrder({ since: at(-9000) })];
    expect(next({ orders }, looks)).toEqual(at(seconds));
  });

  test('is never later than when a read tells the truth of our write', () => {
    const share = { orders: [anOrder({ tried: true })], attempt: anAttempt({ at: at(-60) }) };
    expect(next(share, 6)).toEqual(at(60));
  });

  test('is when a read settles what is seen already', () => {
    const orders = [anOrder({ tried: true, seenAt: at(1) })];
    expect(next({ orders, attempt: anAttempt({ at: at(-20) }) })).toEqual(at(120));
  });

  test('is when the latest of several seen orders settles', () => {
    const orders = [anOrder({ since: at(-50), shownAt: at(0) }), anOrder({ shownAt: at(0) })];
    expect(next({ orders })).toEqual(at(120));
  });

  test('is when an import that is owed may conclude something', () => {
    expect(next({ importOwed: true, attempt: anAttempt({ at: at(-20) }) })).toEqual(at(100));
  });

  test('is at a whole second, so that people written together are looked at together', () => {
    const orders = [anOrder({ since: at(-9000) })];
    expect(next({ orders }, 1, at(0.2))).toEqual(at(6));
  });
});

describe('an order is unseen', () => {
  test.each<[string, Partial<Order>, boolean]>([
    ['before any read agreed', {}, true],
    ['not after a read agreed with our write', { seenAt: at(1) }, false],
    ['not when Plex shows it by itself', { shownAt: at(1) }, false],
  ])('%s', (_, how, unseen) => {
    expect(isUnseen(aShare({ orders: [anOrder(how)] }))).toBe(unseen);
  });
});

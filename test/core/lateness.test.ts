import { expect, test } from 'vitest';
import { endsSeen } from '../../src/core/lateness.js';
import type { ClosedOrder, Order } from '../../src/core/model.js';
import { anAttempt, anOrder, aShare, at, SHOWS } from './builders.js';

const anEnd = (how: Partial<Order> = {}) => anOrder({ want: 'remove', tried: true, ...how });
const attempt = anAttempt({ at: at(2) });
const open = (...orders: Order[]) => aShare({ attempt, orders });
const settled = (order: Order): ClosedOrder => ({ order, how: 'settled', at: at(9) });

test('an end is told when Plex first shows it, with when it was written', () => {
  const seen = { dueAt: at(0), writtenAt: at(2), goneAt: at(3) };
  expect(endsSeen(open(anEnd()), open(anEnd({ seenAt: at(3) })), [])).toEqual([seen]);
});

test('an end that was told is not told again when it settles', () => {
  const order = anEnd({ seenAt: at(3) });
  expect(endsSeen(open(order), open(order), [])).toEqual([]);
  expect(endsSeen(open(order), open(), [settled(order)])).toEqual([]);
});

test('an end that settles before it was ever shown is told as gone by then, unwritten', () => {
  const gone = [{ dueAt: at(0), writtenAt: null, goneAt: at(9) }];
  expect(endsSeen(open(), open(), [settled(anEnd({ tried: false }))])).toEqual(gone);
});

test('a beginning, an end still to be seen and one that was replaced are no ends', () => {
  const orders = [anOrder({ seenAt: at(3) }), anEnd({ section: SHOWS })];
  const replaced: ClosedOrder = { order: anEnd(), how: 'replaced', at: at(4) };
  expect(endsSeen(open(), open(...orders), [replaced])).toEqual([]);
});

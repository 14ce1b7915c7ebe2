import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { intendedLibraries } from '../../src/core/intended.js';
import { mergeGrants, mergeShares } from '../../src/core/merge.js';
import type { Grant, GrantId, Order, SectionId, Share } from '../../src/core/model.js';
import { isSubset } from '../../src/core/sections.js';
import {
  CATALOGUE,
  FILMS,
  KIDS,
  LOBBY,
  SHOWS,
  aGrant,
  aShare,
  anAttempt,
  anEntitlement,
  anOrder,
  at,
} from './builders.js';

const grantOf = (id: string, how: Partial<Grant> = {}) => aGrant({ id: id as GrantId, ...how });

describe('grants of two people who are one', () => {
  test('stay as they are where they are of different libraries', () => {
    const [films, shows] = [grantOf('a'), grantOf('b', { section: SHOWS })];
    expect(mergeGrants([films], [shows], [])).toEqual({
      grants: [films, shows],
      changed: [],
      closed: [],
    });
  });

  test('become the longer one where both are of one library', () => {
    const first = grantOf('a', { startsAt: at(0), endsAt: at(100) });
    const second = grantOf('b', { startsAt: at(-50), endsAt: at(50) });
    const merged = mergeGrants([first], [second], []);
    const joined = { ...first, startsAt: at(-50), endsAt: at(100) };
    expect(merged).toEqual({ grants: [joined], changed: [joined], closed: [second] });
  });

  test('keep the end that somebody set, though the same share was imported without one', () => {
    const given = grantOf('a', { endsAt: at(100) });
    const imported = grantOf('b', { source: 'import' });
    expect(mergeGrants([imported], [given], [])).toEqual({
      grants: [given],
      changed: [],
      closed: [imported],
    });
  });

  test('do not bring back by an import what is being taken', () => {
    const imported = grantOf('a', { source: 'import' });
    expect(mergeGrants([imported], [], [FILMS])).toMatchObject({ grants: [], closed: [imported] });
  });
});

describe('shares of two people who are one', () => {
  const merge = (a: Share, b: Share, grants: readonly Grant[] = []) =>
    mergeShares(a, b, { entitlement: anEntitlement({ grants }), t: at(0) });

  test('keep a removal on order', () => {
    const remove = anOrder({ want: 'remove' });
    const { share } = merge(aShare({ orders: [remove] }), aShare());
    expect(share.orders).toMatchObject([{ section: FILMS, want: 'remove' }]);
  });

  test('give again what one of them still has and the other was losing', () => {
    const remove = anOrder({ want: 'remove', tried: true });
    const { share, closed } = merge(aShare({ orders: [remove] }), aShare(), [aGrant()]);
    expect(share.orders).toMatchObject([{ section: FILMS, want: 'add', tried: false }]);
    expect(closed).toMatchObject([{ order: remove, how: 'replaced' }]);
  });

  test('keep the later write in mind, and write again what the earlier one was for', () => {
    const early = anAttempt({ at: at(-60) });
    const late = anAttempt({ at: at(-10), no: 9 });
    const a = aShare({
      attempt: early,
      orders: [anOrder({ section: KIDS, tried: true, seenAt: at(-50) })],
    });
    const b = aShare({ attempt: late, orders: [anOrder({ section: SHOWS, tried: true })] });
    const { share } = merge(a, b);
    expect(share.attempt).toMatchObject({ no: 9 });
    expect(share.orders).toMatchObject([
      { section: SHOWS, tried: true },
      { section: KIDS, tried: false, seenAt: null },
    ]);
  });

  test('keep a default that one of them gets', () => {
    const a = aShare({ managed: true, exempt: [LOBBY] });
    const b = aShare({ managed: true, exempt: [] });
    expect(merge(a, b).share.exempt).toEqual([]);
  });

  const orders = fc.uniqueArray(
    fc.record({
      section: fc.constantFrom<SectionId>(...CATALOGUE),
      want: fc.constantFrom<Order['want']>('add', 'remove'),
      since: fc.constantFrom(at(-20), at(-10)),
      tried: fc.boolean(),
    }),
    { selector: (order) => order.section },
  );
  const shares = fc
    .record({
      version: fc.nat(20),
      managed: fc.boolean(),
      exempt: fc.constantFrom<SectionId[]>([], [LOBBY]),
      orders,
    })
    .map((how) => aShare({ ...how, orders: how.orders.map((order) => anOrder(order)) }));
  const grants = fc
    .uniqueArray(fc.constantFrom<SectionId>(...CATALOGUE))
    .map((sections) => sections.map((section) => grantOf(String(section), { section })));

  test('fence every plan, lose nothing intended, and have one order a library that fits it', () => {
    fc.assert(
      fc.property(shares, shares, grants, (a, b, given) => {
        const entitlement = anEntitlement({ grants: given, defaults: [LOBBY] });
        const { share } = mergeShares(a, b, { entitlement, t: at(0) });
        expect(share.version).toBeGreaterThan(Math.max(a.version, b.version));
        const intended = intendedLibraries({ share, entitlement }, at(0));
        for (const side of [a, b]) {
          const before = intendedLibraries({ share: side, entitlement }, at(0));
          expect(isSubset(before, intended)).toBe(true);
        }
        const sections = share.orders.map((order) => order.section);
        expect(new Set(sections).size).toBe(sections.length);
        const removed = [a, b].flatMap((s) => s.orders).filter((o) => o.want === 'remove');
        for (const { section } of removed) {
          const order = share.orders.find((one) => one.section === section);
          expect(order?.want).toBe(intended.includes(section) ? 'add' : 'remove');
        }
      }),
    );
  });
});

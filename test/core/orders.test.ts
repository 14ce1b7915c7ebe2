import { describe, expect, test } from 'vitest';
import type { Entitlement, Share } from '../../src/core/model.js';
import { orderRemoval, takeOrders } from '../../src/core/orders.js';
import { FILMS, LOBBY, SHOWS, aGrant, aShare, anEntitlement, anOrder, at } from './builders.js';

const take = (share: Partial<Share>, entitlement: Partial<Entitlement>) =>
  takeOrders(aShare(share), anEntitlement(entitlement), at(0));

const wants = (share: Share) => share.orders.map(({ section, want }) => [section, want]);

describe('an order is made', () => {
  test('when a grant begins', () => {
    const { share } = take({}, { grants: [aGrant({ startsAt: at(-60) })] });
    expect(share.orders).toEqual([anOrder({ since: at(-60) })]);
  });

  test('when a grant begins on what is ordered already: somebody may have removed it by hand', () => {
    const grants = [aGrant(), aGrant({ startsAt: at(-60) })];
    expect(wants(take({ ordered: [FILMS] }, { grants }).share)).toEqual([[FILMS, 'add']]);
  });

  test('when a grant ends', () => {
    const { share } = take({ ordered: [FILMS] }, { grants: [aGrant({ endsAt: at(-60) })] });
    expect(share.orders).toEqual([anOrder({ want: 'remove', since: at(-60) })]);
  });

  test('when a grant began and ended while nobody looked', () => {
    const grants = [aGrant({ startsAt: at(-60), endsAt: at(-30) })];
    expect(wants(take({}, { grants }).share)).toEqual([[FILMS, 'remove']]);
  });

  test('when a default is added', () => {
    const { share } = take({}, { defaults: [LOBBY] });
    expect(share.orders).toEqual([anOrder({ section: LOBBY, since: at(0) })]);
  });

  test('when a default is no more', () => {
    expect(wants(take({ ordered: [LOBBY] }, {}).share)).toEqual([[LOBBY, 'remove']]);
  });
});

describe('no order is made', () => {
  test('when one of two overlapping grants ends', () => {
    const grants = [aGrant(), aGrant({ endsAt: at(-60) })];
    expect(wants(take({ ordered: [FILMS] }, { grants }).share)).toEqual([]);
  });

  test('when a grant becomes longer', () => {
    const grants = [aGrant({ endsAt: at(900) })];
    expect(take({ ordered: [FILMS] }, { grants }).changed).toBe(false);
  });

  test('when a grant is cancelled before its start', () => {
    const grants = [aGrant({ startsAt: at(60), revokedAt: at(-1) })];
    expect(take({}, { grants }).changed).toBe(false);
  });

  test('when an import begins that is ordered already', () => {
    const grants = [aGrant({ source: 'import', startsAt: at(-60), createdAt: at(-60) })];
    expect(wants(take({ ordered: [FILMS] }, { grants }).share)).toEqual([]);
  });

  test('when the ended library is gone', () => {
    const grants = [aGrant({ endsAt: at(-60) })];
    expect(wants(take({ ordered: [FILMS] }, { grants, gone: [FILMS] }).share)).toEqual([]);
  });
});

describe('an older order on the same library', () => {
  const tried = anOrder({ since: at(-600), tried: true, seenAt: at(-500) });

  test('gives way to one of the other kind', () => {
    const { share, closed } = take(
      { ordered: [FILMS], orders: [tried] },
      { grants: [aGrant({ endsAt: at(-60) })] },
    );
    expect(wants(share)).toEqual([[FILMS, 'remove']]);
    expect(closed).toEqual([{ order: tried, how: 'replaced', at: at(0) }]);
  });

  test('is renewed by a grant that begins', () => {
    const { share } = take({ orders: [tried] }, { grants: [aGrant({ startsAt: at(-60) })] });
    expect(share.orders).toEqual([anOrder({ since: at(-60) })]);
  });

  test('is not renewed by a mere difference', () => {
    const order = { ...tried, section: LOBBY };
    const { share } = take({ orders: [order] }, { defaults: [LOBBY] });
    expect(share.orders).toEqual([order]);
  });

  test('closes when its library is gone', () => {
    const { share, closed } = take({ orders: [tried] }, { gone: [FILMS] });
    expect(share.orders).toEqual([]);
    expect(closed).toEqual([{ order: tried, how: 'library-gone', at: at(0) }]);
  });
});

describe('looking', () => {
  test('twice at the same instant gives no order twice', () => {
    const entitlement = anEntitlement({ grants: [aGrant({ startsAt: at(-60) })] });
    const first = takeOrders(aShare(), entitlement, at(0));
    const settled = { ...first.share, orders: [] };
    expect(takeOrders(settled, entitlement, at(0)).changed).toBe(false);
  });

  test('is always later than the last look, even when the clock went back', () => {
    expect(take({ lookedAt: at(50) }, { defaults: [LOBBY] }).share.lookedAt).toEqual(
      new Date(at(50).getTime() + 1),
    );
  });

  test('finds a start that the last look was just too early for', () => {
    const grants = [aGrant({ startsAt: at(0) })];
    const early = new Date(at(0).getTime() - 1);
    expect(wants(take({ lookedAt: early, ordered: [FILMS] }, { grants }).share)).toHaveLength(1);
  });

  test('that finds nothing raises no version, so as not to fence anybody out', () => {
    const { share } = take({ ordered: [FILMS] }, { grants: [aGrant()] });
    expect(share).toEqual(aShare({ ordered: [FILMS] }));
  });

  test('that finds something raises the version', () => {
    expect(take({}, { defaults: [LOBBY] }).share.version).toBeGreaterThan(aShare().version);
  });

  test('begins to manage a person with a grant, and owes them an import', () => {
    const { share } = take({ managed: false }, { grants: [aGrant()], defaults: [LOBBY] });
    expect(share).toMatchObject({ managed: true, importOwed: true, ordered: [FILMS, LOBBY] });
  });

  test('does not begin to manage a person by an import', () => {
    const { share } = take({ managed: false }, { grants: [aGrant({ source: 'import' })] });
    expect(share.managed).toBe(false);
  });
});

test('a revoke of what only Plex shows orders it away', () => {
  const { share } = orderRemoval(aShare(), [SHOWS], at(0));
  expect(share.orders).toEqual([anOrder({ section: SHOWS, want: 'remove' })]);
});

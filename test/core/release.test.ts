import { describe, expect, test } from 'vitest';
import type { EndPolicy, Grant, GrantId, Read, Share } from '../../src/core/model.js';
import { plan } from '../../src/core/plan.js';
import { endedAt, handsOff, removal } from '../../src/core/release.js';
import {
  FILMS,
  KIDS,
  LOBBY,
  ROW,
  SHOWS,
  TIMES,
  aRead,
  aShare,
  anEntitlement,
  anOrder,
  at,
} from './builders.js';

const NOW = at(10);
const aGrant = (how: Partial<Grant> = {}): Grant => ({
  id: 'grant' as GrantId,
  section: FILMS,
  startsAt: at(-7200),
  endsAt: null,
  revokedAt: null,
  createdAt: at(-7200),
  source: 'command',
  ...how,
});

describe('hands off', () => {
  test('intends nothing more, drops what was to be given and keeps what was to be taken', () => {
    const orders = [anOrder({ section: SHOWS }), anOrder({ section: KIDS, want: 'remove' })];
    const share = aShare({ ordered: [FILMS, SHOWS, LOBBY], orders, observed: aRead() });
    const grants = [aGrant(), aGrant({ section: SHOWS })];
    const done = handsOff(share, anEntitlement({ grants, defaults: [LOBBY] }), NOW);
    expect(done.share).toMatchObject({ managed: false, ordered: [], lookedAt: NOW });
    expect(done.share.orders.map(({ section, want }) => [section, want])).toEqual([
      [KIDS, 'remove'],
    ]);
    expect(done.closed.map(({ order, how }) => [order.section, how])).toEqual([[SHOWS, 'dropped']]);
    expect(done.share.version).toBeGreaterThan(share.version);
  });

  test('still takes what ended a moment before', () => {
    const share = aShare({ ordered: [FILMS], observed: aRead() });
    const done = handsOff(share, anEntitlement({ grants: [aGrant({ endsAt: at(5) })] }), NOW);
    expect(done.ended).toHaveLength(1);
    expect(done.share.orders).toMatchObject([{ section: FILMS, want: 'remove' }]);
  });
});

describe('removing somebody', () => {
  test('orders away all that Plex shows: given, by hand and kept', () => {
    const observed = aRead({ sections: [FILMS, KIDS, LOBBY] });
    const share = aShare({ ordered: [FILMS, LOBBY], observed });
    const over = anEntitlement({ grants: [endedAt(aGrant(), NOW)], defaults: [LOBBY] });
    const { taken, sections } = removal(share, over, NOW);
    expect(sections).toEqual([FILMS, KIDS, LOBBY].sort((a, b) => a - b));
    expect(taken.share).toMatchObject({ managed: false, ordered: [] });
    for (const order of taken.share.orders) {
      expect(order).toMatchObject({ want: 'remove', cause: 'removal' });
    }
  });

  test('replaces what was on its way', () => {
    const share = aShare({
      ordered: [FILMS, SHOWS],
      orders: [anOrder({ section: SHOWS })],
      observed: aRead(),
    });
    const { taken, sections } = removal(share, anEntitlement(), NOW);
    expect(sections).toContain(SHOWS);
    expect(taken.closed.map(({ how }) => how)).toEqual(['replaced']);
  });
});

test('a grant that ends early keeps an end that came before', () => {
  expect(endedAt(aGrant({ endsAt: at(20) }), NOW).revokedAt).toEqual(NOW);
  expect(endedAt(aGrant({ endsAt: at(3) }), NOW).revokedAt).toEqual(at(3));
});

describe('somebody who is removed', () => {
  const orders = [anOrder({ section: FILMS, want: 'remove', cause: 'removal' })];
  const changeOf = (
    share: Partial<Share>,
    read: Read,
    how: { endPolicy?: EndPolicy; isRemovable?: boolean; defaults?: Read['sections'] } = {},
  ) => {
    const terms = {
      times: TIMES,
      endPolicy: 'unshare',
      isHome: false,
      defaults: [],
      t: NOW,
    } as const;
    return plan(aShare(share), read, { ...terms, ...how }).change;
  };

  test('loses the friendship whatever the end policy, and also what a hand gave since', () => {
    const read = aRead({ sections: [FILMS, KIDS] });
    for (const endPolicy of ['keep-default', 'unshare', 'remove'] as const) {
      const how = { endPolicy, isRemovable: true, defaults: [LOBBY] };
      expect(changeOf({ orders }, read, how)).toEqual({ kind: 'removePerson', shareId: ROW });
    }
  });

  test('only leaves the server while something holds them on another one', () => {
    expect(changeOf({ orders }, aRead(), { endPolicy: 'remove' })).toEqual({
      kind: 'delete',
      shareId: ROW,
    });
  });

  test('has the invite withdrawn that waits', () => {
    const how = { isRemovable: true };
    expect(changeOf({ orders }, aRead({ pending: true }), how)).toEqual({
      kind: 'cancelInvite',
      shareId: ROW,
    });
  });

  test('stays with what is given to them again', () => {
    const again = { orders: [...orders, anOrder({ section: SHOWS })] };
    expect(changeOf(again, aRead(), { isRemovable: true })).toEqual({
      kind: 'replace',
      shareId: ROW,
      sections: [SHOWS],
    });
  });
});

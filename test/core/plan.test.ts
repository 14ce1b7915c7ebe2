import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beginAttempt, refusedAttempt } from '../../src/core/attempt.js';
import type { EndPolicy, Order, Read, Share } from '../../src/core/model.js';
import { plan } from '../../src/core/plan.js';
import {
  CATALOGUE,
  FILMS,
  KIDS,
  LOBBY,
  OTHER_ROW,
  ROW,
  SHOWS,
  TIMES,
  aRead,
  aShare,
  anAttempt,
  anOrder,
  at,
  noShare,
} from './builders.js';

const NONE = { kind: 'none' } as const;

function planned(
  share: Partial<Share>,
  read: Read,
  {
    endPolicy = 'unshare',
    isHome = false,
    defaults = [],
  }: { endPolicy?: EndPolicy; isHome?: boolean; defaults?: Read['sections'] } = {},
) {
  return plan(aShare(share), read, { times: TIMES, endPolicy, isHome, defaults, t: read.at });
}

const changeOf = (...args: Parameters<typeof planned>) => planned(...args).change;

const adds = (section = SHOWS, how: Partial<Order> = {}) => anOrder({ section, ...how });
const removes = (section = FILMS, how: Partial<Order> = {}) =>
  anOrder({ section, want: 'remove', ...how });

describe('the plan', () => {
  test('is none without an order, whatever Plex shows', () => {
    expect(changeOf({ ordered: [SHOWS] }, aRead())).toEqual(NONE);
  });

  test('creates a share for somebody who has none', () => {
    expect(changeOf({ orders: [adds()] }, noShare())).toEqual({
      kind: 'create',
      sections: [SHOWS],
    });
  });

  test('replaces the whole list of somebody who has one', () => {
    expect(changeOf({ orders: [adds()] }, aRead())).toEqual({
      kind: 'replace',
      shareId: ROW,
      sections: [FILMS, SHOWS],
    });
  });

  test('keeps what a hand gave, though nobody ordered it', () => {
    const read = aRead({ sections: [FILMS, KIDS] });
    expect(changeOf({ orders: [adds()] }, read)).toMatchObject({ sections: [FILMS, SHOWS, KIDS] });
  });

  test('does not give back what a hand took', () => {
    const share = { ordered: [FILMS, KIDS, SHOWS], orders: [adds()] };
    expect(changeOf(share, aRead())).toMatchObject({ sections: [FILMS, SHOWS] });
  });

  test('carries out all orders with one write', () => {
    const orders = [adds(SHOWS), adds(KIDS), removes()];
    expect(changeOf({ orders }, aRead())).toMatchObject({ sections: [SHOWS, KIDS] });
  });

  test('repairs with the same write what was seen before', () => {
    const orders = [adds(SHOWS, { tried: true, seenAt: at(1) }), adds(KIDS)];
    const share = { orders, attempt: anAttempt() };
    expect(changeOf(share, aRead({ at: at(60) }))).toMatchObject({
      sections: [FILMS, SHOWS, KIDS],
    });
  });

  test('is none when Plex agrees already', () => {
    expect(changeOf({ orders: [adds(FILMS)] }, aRead())).toEqual(NONE);
  });

  test('ends the share of somebody whose last library ends', () => {
    expect(changeOf({ orders: [removes()] }, aRead())).toEqual({ kind: 'delete', shareId: ROW });
  });

  test('is none when there is no share, and no library to create one of', () => {
    expect(changeOf({ orders: [adds()] }, noShare({ catalogue: [FILMS] }))).toEqual(NONE);
  });

  test('leaves out libraries that the answer does not know', () => {
    const read = aRead({ catalogue: [FILMS, KIDS] });
    expect(changeOf({ orders: [adds(SHOWS), adds(KIDS)] }, read)).toMatchObject({
      sections: [FILMS, KIDS],
    });
  });

  test('sends a list of its own for somebody who had everything', () => {
    const read = aRead({ all: true, sections: CATALOGUE });
    expect(changeOf({ orders: [removes()] }, read)).toMatchObject({
      kind: 'replace',
      sections: [SHOWS, KIDS, LOBBY],
    });
  });
});

describe('soon after a write', () => {
  const attempt = anAttempt({ list: [FILMS, SHOWS] });

  test('an order that was seen waits for the ripe read', () => {
    const orders = [adds(SHOWS, { tried: true, seenAt: at(1) })];
    expect(changeOf({ orders, attempt }, aRead({ at: at(60) }))).toEqual(NONE);
  });

  test('an order that was not seen is tried again', () => {
    const orders = [adds(SHOWS, { tried: true })];
    expect(changeOf({ orders, attempt }, aRead({ at: at(60) })).kind).toBe('replace');
  });

  test('an order that was seen is redone when a ripe read disagrees', () => {
    const orders = [adds(SHOWS, { tried: true, seenAt: at(1) })];
    expect(changeOf({ orders, attempt }, aRead({ at: at(120) })).kind).toBe('replace');
  });

  test('our own list beats a read that shows the time before it', () => {
    // Shows was sent and ends at once; the read, older, does not have it yet.
    const orders = [removes(SHOWS)];
    expect(changeOf({ orders, attempt }, aRead({ at: at(60) }))).toMatchObject({
      kind: 'replace',
      sections: [FILMS],
    });
  });

  test('a ripe read is believed against our own list', () => {
    expect(changeOf({ orders: [removes(SHOWS)], attempt }, aRead({ at: at(120) }))).toEqual(NONE);
  });
});

describe('an invite that waits', () => {
  const pending = (how: Partial<Read> = {}) => aRead({ pending: true, at: at(300), ...how });
  const replaced = anAttempt({ row: ROW });

  test('is cancelled when its last library ends', () => {
    expect(changeOf({ orders: [removes()] }, pending())).toEqual({
      kind: 'cancelInvite',
      shareId: ROW,
    });
  });

  test('keeps an addition waiting that a write did not change', () => {
    const orders = [adds(SHOWS, { tried: true })];
    expect(changeOf({ orders, attempt: replaced }, pending())).toEqual(NONE);
  });

  test('is written when the addition was tried on another row', () => {
    const orders = [adds(SHOWS, { tried: true })];
    const attempt = anAttempt({ row: OTHER_ROW });
    expect(changeOf({ orders, attempt }, pending()).kind).toBe('replace');
  });

  test('is made anew when it ignores a removal', () => {
    const orders = [removes(FILMS, { tried: true })];
    const read = pending({ sections: [FILMS, SHOWS] });
    const { change, share } = planned({ orders, attempt: replaced }, read);
    expect(change).toEqual({ kind: 'cancelInvite', shareId: ROW });
    expect(share.orders.map(({ section, want, cause }) => [section, want, cause])).toEqual([
      [FILMS, 'remove', 'case'],
      [SHOWS, 'add', 'carry'],
    ]);
  });
});

describe('keep-default', () => {
  const keep = { endPolicy: 'keep-default', defaults: [LOBBY] } as const;
  const ending: Partial<Share> = { orders: [removes()], exempt: [LOBBY], ordered: [FILMS] };

  test('leaves the default when the last library ends', () => {
    expect(changeOf(ending, aRead(), keep)).toEqual({
      kind: 'replace',
      shareId: ROW,
      sections: [LOBBY],
    });
  });

  test('orders the default, so that the list that is sent is what was ordered', () => {
    const { share } = planned(ending, aRead(), keep);
    expect(share).toMatchObject({ exempt: [], ordered: [FILMS, LOBBY] });
    expect(share.orders).toContainEqual(adds(LOBBY, { cause: 'policy', since: at(1) }));
  });

  test('lets an order to remove the default give way', () => {
    const orders = [removes(), removes(LOBBY)];
    const { share } = planned({ orders }, aRead({ sections: [FILMS, LOBBY] }), keep);
    expect(share.orders.map(({ section, want }) => [section, want])).toEqual([
      [FILMS, 'remove'],
      [LOBBY, 'add'],
    ]);
  });

  test('writes nothing when Plex shows just the default', () => {
    const read = aRead({ sections: [LOBBY] });
    expect(changeOf({ orders: [removes(LOBBY)] }, read, keep)).toEqual(NONE);
  });

  test('writes nothing, and says so, when no default is left', () => {
    const read = aRead({ catalogue: [FILMS, SHOWS] });
    expect(planned(ending, read, keep)).toMatchObject({ change: NONE, stuck: true });
  });

  test('is as before when Plex refuses the write', () => {
    const before = aShare(ending);
    const read = aRead();
    const { share, change, deed } = planned(ending, read, keep);
    if (change.kind === 'none') throw new Error('there must be a write');
    const sent = beginAttempt(share, change, { read, deed, times: TIMES, t: read.at });
    const { version, ...restored } = refusedAttempt(sent, sent.attempt?.no ?? 0);
    expect({ ...restored, version: before.version }).toEqual(before);
    expect(version).toBeGreaterThan(sent.version);
  });

  test('does not hold back the end of an accident', () => {
    const orders = [removes(FILMS, { cause: 'accident' })];
    expect(changeOf({ orders }, aRead(), keep)).toEqual({ kind: 'delete', shareId: ROW });
  });
});

describe('remove', () => {
  const remove = { endPolicy: 'remove', defaults: [] } as const;
  const ending: Partial<Share> = { orders: [removes()] };

  test('ends the person with the last library', () => {
    expect(changeOf(ending, aRead(), remove)).toEqual({ kind: 'removePerson', shareId: ROW });
  });

  test('takes back what is only an invite', () => {
    const change = changeOf(ending, aRead({ pending: true }), remove);
    expect(change).toEqual({ kind: 'cancelInvite', shareId: ROW });
  });

  test('ends only the share that an accident made', () => {
    const orders = [removes(FILMS, { cause: 'accident' })];
    expect(changeOf({ orders }, aRead(), remove)).toEqual({ kind: 'delete', shareId: ROW });
  });
});

describe('a member of the home', () => {
  const home = { endPolicy: 'keep-default', isHome: true, defaults: [LOBBY] } as const;

  test('keeps what is there when no default can be kept', () => {
    const read = aRead({ catalogue: [FILMS, SHOWS] });
    expect(planned({ orders: [removes()] }, read, home)).toMatchObject({
      change: NONE,
      stuck: true,
    });
  });

  test('is not unshared to undo an accident', () => {
    const orders = [removes(FILMS, { cause: 'accident' })];
    expect(changeOf({ orders }, aRead({ catalogue: [FILMS] }), home)).toEqual(NONE);
  });
});

describe('an invite that keeps its old list', () => {
  const replaced = anAttempt({ kind: 'replace', at: at(-300) });
  const read = aRead({ pending: true, sections: [FILMS] });
  const keep = { endPolicy: 'keep-default', defaults: [LOBBY] } as const;

  test('is taken back with its last library, though no default is left to keep', () => {
    const share = { orders: [removes(FILMS, { tried: true })], attempt: replaced };
    const lost = { ...read, catalogue: [FILMS, SHOWS] };
    expect(planned(share, lost, keep)).toMatchObject({
      change: { kind: 'cancelInvite', shareId: ROW },
      stuck: false,
    });
  });

  test('is made anew with what it is to have, when a library is left', () => {
    const share = { orders: [removes(FILMS, { tried: true })], attempt: replaced };
    const both = { ...read, sections: [FILMS, LOBBY] };
    expect(changeOf(share, both, keep)).toEqual({ kind: 'cancelInvite', shareId: ROW });
  });
});

describe('whatever the orders and the read', () => {
  const sections = fc.subarray([...CATALOGUE]);
  const order = fc.record({
    section: fc.constantFrom(...CATALOGUE),
    want: fc.constantFrom('add' as const, 'remove' as const),
    tried: fc.boolean(),
    seenAt: fc.constantFrom(null, at(1)),
  });
  const orders = fc
    .uniqueArray(order, { selector: (one) => one.section, maxLength: 4 })
    .map((all) => all.map((one) => anOrder(one)));
  const read = fc
    .record({
      row: fc.constantFrom(null, ROW, OTHER_ROW),
      pending: fc.boolean(),
      sections,
      known: sections,
      seconds: fc.constantFrom(1, 60, 300),
    })
    .map(({ row, pending, known, seconds, sections: shared }) => {
      const catalogue = CATALOGUE.filter((one) => known.includes(one) || shared.includes(one));
      const base = { at: at(seconds), catalogue };
      return row === null ? noShare(base) : aRead({ ...base, row, pending, sections: shared });
    });
  const world = fc.record({
    share: fc
      .record({ orders, isHot: fc.boolean() })
      .map((w) => aShare({ orders: w.orders, attempt: w.isHot ? anAttempt() : null })),
    read,
    endPolicy: fc.constantFrom('unshare' as const, 'keep-default' as const, 'remove' as const),
  });
  const law = (holds: (w: { share: Share; read: Read; endPolicy: EndPolicy }) => void) =>
    fc.assert(fc.property(world, holds), { seed: 1, numRuns: 2_000 });
  const termsOf = (w: { read: Read; endPolicy: EndPolicy }) => ({
    times: TIMES,
    endPolicy: w.endPolicy,
    isHome: false,
    defaults: [LOBBY],
    t: w.read.at,
  });

  test('a list is never empty, and never names what Plex does not know', () => {
    law((w) => {
      const { change } = plan(w.share, w.read, termsOf(w));
      if (!('sections' in change)) return;
      expect(change.sections.length).toBeGreaterThan(0);
      expect(w.read.catalogue).toEqual(expect.arrayContaining([...change.sections]));
    });
  });

  test('a member of the home is never taken off the server', () => {
    law((w) => {
      const terms = { ...termsOf(w), endPolicy: 'keep-default' as const, isHome: true };
      const { change } = plan(w.share, w.read, terms);
      expect(['none', 'create', 'replace']).toContain(change.kind);
    });
  });

  test('nobody is removed for an invite, or where that is not the policy', () => {
    law((w) => {
      const { change } = plan(w.share, w.read, termsOf(w));
      if (change.kind !== 'removePerson') return;
      expect(w).toMatchObject({ endPolicy: 'remove', read: { pending: false } });
    });
  });

  test('nothing is written without an order', () => {
    law((w) => {
      const { change } = plan({ ...w.share, orders: [] }, w.read, termsOf(w));
      expect(change).toEqual(NONE);
    });
  });

  test('once Plex has taken the plan, the next plan is none', () => {
    law((w) => {
      const { share, change, deed } = plan(w.share, w.read, termsOf(w));
      if (change.kind === 'none') return;
      const isList = 'sections' in change;
      const carried = change.kind === 'cancelInvite' && share.orders.some((o) => o.want === 'add');
      if (carried) return; // the next run makes the invite anew
      const written: Read = isList
        ? { ...w.read, row: w.read.row ?? ROW, sections: change.sections, all: false }
        : { ...w.read, row: null, pending: false, sections: [] };
      const stored = beginAttempt(share, change, {
        read: w.read,
        deed,
        times: TIMES,
        t: w.read.at,
      });
      const later = { ...written, at: new Date(w.read.at.getTime() + TIMES.settleMs) };
      const again = { ...termsOf(w), t: later.at };
      expect(plan(stored, later, again).change).toEqual(NONE);
    });
  });
});

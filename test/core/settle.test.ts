import { describe, expect, test } from 'vitest';
import type { Attempt, Order, Read, Share } from '../../src/core/model.js';
import {
  importShare,
  isRipe,
  letGo,
  settle,
  settleTimes,
  undoAccident,
  witness,
} from '../../src/core/settle.js';
import {
  CATALOGUE,
  FILMS,
  KIDS,
  LOBBY,
  OTHER_ROW,
  ROW,
  SHOWS,
  TIMES,
  aGrant,
  aRead,
  aShare,
  anAttempt,
  anEntitlement,
  anOrder,
  at,
  noShare,
} from './builders.js';

describe('the settle time', () => {
  test('of 120 s is a stall of 5, a write of 15 and a lag of 100', () => {
    expect(settleTimes(120)).toEqual({
      settleMs: 120_000,
      stallMs: 5_000,
      writeTimeoutMs: 15_000,
      lagMs: 100_000,
    });
  });

  test('keeps stall and write as they are when it is longer', () => {
    expect(settleTimes(600)).toMatchObject({ stallMs: 5_000, writeTimeoutMs: 15_000 });
  });

  test('divides itself in the same way when it is shorter', () => {
    expect(settleTimes(2.4)).toEqual({
      settleMs: 2_400,
      stallMs: 100,
      writeTimeoutMs: 300,
      lagMs: 2_000,
    });
  });

  test('makes a read ripe at its very end', () => {
    expect([isRipe(at(0), at(119.999), TIMES), isRipe(at(0), at(120), TIMES)]).toEqual([
      false,
      true,
    ]);
  });
});

/** What a read makes of one order. */
function settled(order: Partial<Order>, read: Partial<Read>, attempt: Partial<Attempt> | null) {
  const share = aShare({
    orders: [anOrder(order)],
    attempt: attempt && anAttempt({ answerRow: ROW, ...attempt }),
  });
  const done = settle(share, aRead(read), TIMES);
  return { order: done.share.orders[0], how: done.closed[0]?.how, share: done.share };
}

describe('an order', () => {
  const tried = { section: SHOWS, tried: true } as const;
  const has = [FILMS, SHOWS];

  test('is settled by a ripe read that agrees, also without any write', () => {
    expect(settled({}, { at: at(120) }, null).how).toBe('settled');
  });

  test('is not settled by a read that may show the time before it', () => {
    expect(settled({}, { at: at(119) }, null).how).toBeUndefined();
  });

  test('is not settled by a read that may show the time before our last write', () => {
    expect(settled(tried, { at: at(200), sections: has }, { at: at(100) }).how).toBeUndefined();
  });

  test('stays open while a ripe read disagrees', () => {
    expect(settled(tried, { at: at(120) }, {}).order).toBeDefined();
  });

  test('is seen when a read after our write agrees', () => {
    expect(settled(tried, { at: at(1), sections: has }, {}).order?.seenAt).toEqual(at(1));
  });

  test('stays seen since the first such read', () => {
    const { order } = settled({ ...tried, seenAt: at(1) }, { at: at(9), sections: has }, {});
    expect(order?.seenAt).toEqual(at(1));
  });

  test('is not seen by a read from before our write', () => {
    expect(settled(tried, { at: at(-1), sections: has }, {}).order?.seenAt).toBeNull();
  });

  test('is not seen when our write was not about it', () => {
    expect(settled({ section: SHOWS }, { sections: has }, {}).order?.seenAt).toBeNull();
  });

  test('stays seen when a younger read still shows the time before the write', () => {
    expect(settled({ ...tried, seenAt: at(1) }, { at: at(60) }, {}).order?.seenAt).toEqual(at(1));
  });

  test('is seen no more when a ripe read disagrees', () => {
    expect(settled({ ...tried, seenAt: at(1) }, { at: at(120) }, {}).order?.seenAt).toBeNull();
  });

  test('that was never tried is shown, not seen, when Plex agrees by itself', () => {
    expect(settled({}, { at: at(1) }, null).order).toMatchObject({
      seenAt: null,
      shownAt: at(1),
    });
  });

  test('is not shown by a read soon after a write about something else', () => {
    expect(settled({}, { at: at(1) }, { at: at(0) }).order?.shownAt).toBeNull();
  });

  test('that settles raises the version', () => {
    expect(settled({}, { at: at(120) }, null).share.version).toBeGreaterThan(aShare().version);
  });
});

describe('a share that went away', () => {
  const tried = { section: SHOWS, tried: true } as const;
  const left = noShare({ at: at(120) });

  test('after our write was there closes its additions: nobody is invited again', () => {
    expect(settled(tried, left, { rowSeen: true }).how).toBe('share-gone');
  });

  test('is not believed before a read is ripe', () => {
    expect(settled(tried, noShare({ at: at(60) }), { rowSeen: true }).how).toBeUndefined();
  });

  test('is not believed when nobody ever saw our write', () => {
    expect(settled(tried, left, { rowSeen: false }).how).toBeUndefined();
  });

  test('does not close what was not tried yet', () => {
    expect(settled({ section: SHOWS }, left, { rowSeen: true }).how).toBeUndefined();
  });

  test('is not believed when a library vanished with it', () => {
    const read = { ...left, catalogue: [SHOWS, KIDS, LOBBY] };
    expect(settled(tried, read, { rowSeen: true }).how).toBeUndefined();
  });

  test('is believed only a lag later when its row was guessed', () => {
    const guessed = { rowSeen: true, kind: 'create', guessedAt: at(130) } as const;
    const how = (seconds: number) => settled(tried, { ...left, at: at(seconds) }, guessed).how;
    expect([how(230), how(231)]).toEqual([undefined, 'share-gone']);
  });
});

describe('the row that took our write', () => {
  const seen = (attempt: Partial<Attempt>, read: Partial<Read>) =>
    witness(anAttempt(attempt), aRead(read), TIMES);

  test('is seen by a read after the write', () => {
    expect(seen({ answerRow: ROW }, { at: at(1) }).rowSeen).toBe(true);
  });

  test.each<[string, Partial<Attempt>, Partial<Read>]>([
    ['a read from before the write', { answerRow: ROW }, { at: at(-1) }],
    ['another row', { answerRow: ROW }, { row: OTHER_ROW }],
    ['a create without an answer, however late', { kind: 'create', row: null }, { at: at(500) }],
    ['an unripe read of an unanswered replace', {}, { at: at(60) }],
    ['a DELETE', { kind: 'delete', answerRow: ROW }, { at: at(1) }],
    ['a row that a DELETE may have left behind', { answerRow: ROW, lastDeleteAt: at(-119) }, {}],
  ])('is not seen by %s', (_, attempt, read) => expect(seen(attempt, read).rowSeen).toBe(false));

  test('is believed of an unanswered replace when a ripe read shows it', () => {
    expect(seen({}, { at: at(120) })).toMatchObject({ answerRow: ROW, rowSeen: true });
  });

  test('of a create whose answer could not be read is guessed by a ripe read', () => {
    const attempt = { kind: 'create', row: null, answerUnread: true } as const;
    expect(seen(attempt, { at: at(120) })).toMatchObject({ answerRow: ROW, guessedAt: at(120) });
  });

  test('counts again once a DELETE is long ago', () => {
    expect(seen({ answerRow: ROW, lastDeleteAt: at(-120) }, { at: at(1) }).rowSeen).toBe(true);
  });
});

describe('somebody without a share', () => {
  const free = (share: Partial<Share>, read: Partial<Read> = {}, grants = [aGrant()].slice(1)) =>
    letGo(aShare({ exempt: [LOBBY], ordered: [LOBBY], ...share }), noShare(read), {
      entitlement: anEntitlement({ grants, defaults: [LOBBY] }),
      times: TIMES,
      t: at(0),
    });

  test('is let go: a new default must not invite them back', () => {
    expect(free({})).toMatchObject({ managed: false, ordered: [], exempt: [] });
  });

  test('is kept when an order is open', () => {
    expect(free({ orders: [anOrder()] })).toBeNull();
  });

  test('is kept when an import is owed', () => {
    expect(free({ importOwed: true })).toBeNull();
  });

  test('is kept when a grant is still to come', () => {
    expect(free({}, {}, [aGrant({ startsAt: at(900) })])).toBeNull();
  });

  test('is kept when the read may be from before our write', () => {
    expect(free({ attempt: anAttempt() }, { at: at(60) })).toBeNull();
  });
});

describe('a write that gave everything because its library had vanished', () => {
  const attempt = anAttempt({ base: [FILMS], list: [FILMS, SHOWS] });
  const all = aRead({
    at: at(1),
    all: true,
    sections: [KIDS, LOBBY],
    catalogue: [KIDS, LOBBY],
  });
  const undo = (change: Partial<Share>, read: Read = all, intended: Read['sections'] = []) =>
    undoAccident(aShare({ attempt, ...change }), read, { intended, times: TIMES, t: at(1) });

  test('is noticed, and what nobody gave is ordered away', () => {
    const { alarm, share } = undo({});
    expect(alarm).toBe(true);
    expect(share.orders.map(({ section, want, cause }) => [section, want, cause])).toEqual([
      [KIDS, 'remove', 'accident'],
      [LOBBY, 'remove', 'accident'],
    ]);
  });

  test('leaves what is intended', () => {
    expect(undo({}, all, [LOBBY]).share.orders.map((order) => order.section)).toEqual([KIDS]);
  });

  test('leaves what is on order', () => {
    const orders = [anOrder({ section: KIDS })];
    expect(undo({ orders }).share.orders).toContainEqual(orders[0]);
  });

  test('is noticed once', () => {
    const once = undo({}).share;
    expect(undo({ attempt: once.attempt }).alarm).toBe(false);
  });

  test('is not what happened when a library of the list is still there', () => {
    expect(undo({}, { ...all, catalogue: [SHOWS, KIDS, LOBBY] }).alarm).toBe(false);
  });

  test('is not what happened when everything was shared before', () => {
    expect(undo({ attempt: anAttempt({ baseAll: true }) }).alarm).toBe(false);
  });

  test('is looked for until the first ripe read, and no longer', () => {
    const quiet = undo({}, aRead({ at: at(120) })).share;
    expect(undo({ attempt: quiet.attempt }).alarm).toBe(false);
  });

  test('is found in an earlier write whose ripe read never came', () => {
    const lists = [...attempt.lists, { base: [KIDS], baseAll: false, list: [KIDS, LOBBY] }];
    expect(undo({ attempt: { ...attempt, lists } }).alarm).toBe(true);
  });
});

describe('an import', () => {
  const take = (share: Partial<Share>, read: Partial<Read>, defaults: Read['sections'] = []) =>
    importShare(aShare({ managed: false, importOwed: true, ...share }), aRead(read), {
      entitlement: anEntitlement({ defaults }),
      times: TIMES,
      t: at(1),
    });

  test('grants what Plex shares and nobody gave here', () => {
    expect(take({}, { sections: [FILMS, SHOWS] })?.granted).toEqual([FILMS, SHOWS]);
  });

  test('never grants what is ordered away: a revoke that waits for Plex is not undone', () => {
    const orders = [anOrder({ want: 'remove' })];
    expect(take({ orders }, { sections: [FILMS, SHOWS] })?.granted).toEqual([SHOWS]);
  });

  test('concludes nothing from a read that may be from before our write', () => {
    expect(take({ attempt: anAttempt() }, { at: at(60) })).toBeNull();
  });

  test('leaves out the defaults that a person lacks', () => {
    expect(take({}, {}, [LOBBY])?.share.exempt).toEqual([LOBBY]);
  });

  test('does not leave out a default that is on order', () => {
    const orders = [anOrder({ section: LOBBY })];
    expect(take({ orders }, {}, [LOBBY])?.share.exempt).toEqual([]);
  });

  test('orders nothing', () => {
    const done = take({}, { sections: CATALOGUE }, [LOBBY]);
    expect(done?.share).toMatchObject({ orders: [], ordered: CATALOGUE });
  });

  test('is owed no more, and begins to manage the person', () => {
    expect(take({}, {})?.share).toMatchObject({ managed: true, importOwed: false });
  });

  test('of a library that no sync has read yet makes no grant, and does not order it away later', () => {
    const done = importShare(
      aShare({ managed: false, importOwed: true }),
      aRead({ sections: [FILMS, SHOWS] }),
      { entitlement: anEntitlement({ known: [FILMS] }), times: TIMES, t: at(1) },
    );
    expect(done?.granted).toEqual([FILMS]);
    expect(done?.share.ordered).toEqual([FILMS]);
  });

  test('drops an order to take a default that Plex shows: it is intended from now on', () => {
    const orders = [anOrder({ section: LOBBY, want: 'remove' })];
    const done = take({ orders }, { sections: [FILMS, LOBBY] }, [LOBBY]);
    expect(done?.share.orders).toEqual([]);
    expect(done?.closed.map(({ how }) => how)).toEqual(['dropped']);
  });

  test('makes no second grant of a library that is planned: one open grant is all there can be', () => {
    const grants = [aGrant({ section: SHOWS, startsAt: at(9999) })];
    const done = importShare(
      aShare({ managed: false, importOwed: true }),
      aRead({ sections: [FILMS, SHOWS] }),
      { entitlement: anEntitlement({ grants }), times: TIMES, t: at(1) },
    );
    expect(done?.granted).toEqual([FILMS]);
  });
});

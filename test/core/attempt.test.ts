import { describe, expect, test } from 'vitest';
import { answered, beginAttempt, giveUp, refusedAttempt } from '../../src/core/attempt.js';
import type { Share, ShareId, Write } from '../../src/core/model.js';
import {
  CATALOGUE,
  FILMS,
  KIDS,
  OTHER_ROW,
  ROW,
  SHOWS,
  TIMES,
  aRead,
  aShare,
  anAttempt,
  anOrder,
  at,
  LOBBY,
} from './builders.js';

const REPLACE: Write = { kind: 'replace', shareId: ROW, sections: [FILMS, SHOWS] };
const DELETE: Write = { kind: 'delete', shareId: ROW };

const begun = (share: Partial<Share> = {}, write: Write = REPLACE, read = aRead()): Share =>
  beginAttempt(aShare({ orders: [anOrder({ section: SHOWS })], ...share }), write, {
    read,
    deed: null,
    times: TIMES,
    t: read.at,
  });

describe('a write that is about to be sent', () => {
  test('is stored with all that it was made from', () => {
    expect(begun().attempt).toMatchObject({
      at: at(1),
      kind: 'replace',
      row: ROW,
      base: [FILMS],
      baseAll: false,
      list: [FILMS, SHOWS],
      catalogue: CATALOGUE,
      answerRow: null,
      rowSeen: false,
    });
  });

  test('raises the version, and is known by it', () => {
    const share = begun();
    expect([share.version, share.attempt?.no]).toEqual([8, 8]);
  });

  test('is a try of every open order', () => {
    const orders = [anOrder({ section: SHOWS }), anOrder({ section: KIDS, tried: true })];
    expect(begun({ orders }).orders.map((order) => order.tried)).toEqual([true, true]);
  });

  test('makes unseen what was seen before it', () => {
    const orders = [anOrder({ tried: true, seenAt: at(-5) })];
    expect(begun({ orders }).orders[0]?.seenAt).toBeNull();
  });

  test('keeps the lists of the writes before it that no ripe read followed', () => {
    const lists = begun({ attempt: anAttempt({ list: [KIDS] }) }).attempt?.lists;
    expect(lists?.map(({ list }) => list)).toEqual([[KIDS], [FILMS, SHOWS]]);
  });

  test('forgets the lists from before a ripe read', () => {
    const attempt = anAttempt({ list: [KIDS] });
    expect(begun({ attempt }, REPLACE, aRead({ at: at(120) })).attempt?.lists).toHaveLength(1);
  });

  test('keeps a bounded number of lists', () => {
    let share = begun();
    for (let i = 0; i < 20; i += 1) {
      share = beginAttempt(share, REPLACE, {
        read: aRead(),
        deed: null,
        times: TIMES,
        t: at(1),
      });
    }
    expect(share.attempt?.lists.length).toBeLessThan(10);
  });

  test('remembers only one write before it', () => {
    const second = begun(begun(begun()));
    expect(second.attempt?.previous.attempt).toMatchObject({ previous: { attempt: null } });
  });

  test('remembers when a share was last deleted', () => {
    const deleted = begun({}, DELETE);
    const after = begun(deleted, REPLACE, aRead({ at: at(9) }));
    expect(after.attempt?.lastDeleteAt).toEqual(at(1));
  });
});

describe('an answer', () => {
  const creating = () => begun({}, { kind: 'create', sections: [FILMS] });
  const heard = (share: Share, row: ShareId | null) =>
    answered(share, share.attempt?.no ?? 0, row).attempt;

  test('to a create names the row that took it', () => {
    expect(heard(creating(), OTHER_ROW)).toMatchObject({
      answerRow: OTHER_ROW,
      answerUnread: false,
    });
  });

  test('to a create that cannot be read names none', () => {
    expect(heard(creating(), null)).toMatchObject({ answerRow: null, answerUnread: true });
  });

  test('to a replace is about the row written to', () => {
    expect(heard(begun(), null)).toMatchObject({ answerRow: ROW, answerUnread: false });
  });

  test('to a write that another has followed changes nothing', () => {
    const share = begun();
    expect(answered(share, 3, ROW)).toBe(share);
  });
});

describe('a refusal', () => {
  test('restores the write before it', () => {
    const attempt = anAttempt();
    const share = begun({ attempt });
    expect(refusedAttempt(share, share.attempt?.no ?? 0).attempt).toMatchObject({
      no: attempt.no,
      list: attempt.list,
    });
  });

  test('restores which orders were tried', () => {
    const orders = [anOrder({ section: SHOWS }), anOrder({ section: KIDS, tried: true })];
    const share = begun({ orders });
    const after = refusedAttempt(share, share.attempt?.no ?? 0);
    expect(after.orders.map(({ tried }) => tried)).toEqual([false, true]);
  });

  test('raises the version, so that no read-back is held against it', () => {
    const share = begun();
    expect(refusedAttempt(share, share.attempt?.no ?? 0).version).toBeGreaterThan(share.version);
  });

  test('restores by the identity of the write, even when the version moved', () => {
    const share = { ...begun(), version: 99 };
    expect(refusedAttempt(share, share.attempt?.no ?? 0).attempt).toBeNull();
  });

  test('of a write that another has followed changes nothing', () => {
    const share = begun();
    expect(refusedAttempt(share, 3)).toBe(share);
  });

  test('for ever closes the additions as refused, and keeps the removals', () => {
    const add = anOrder({ section: SHOWS, tried: true });
    const remove = anOrder({ section: KIDS, want: 'remove' });
    const { share, closed } = giveUp(
      aShare({ orders: [add, remove], ordered: [FILMS, SHOWS] }),
      [],
      at(5),
    );
    expect(closed).toEqual([{ order: add, how: 'refused', at: at(5) }]);
    expect(share).toMatchObject({ orders: [remove], ordered: [FILMS] });
  });

  test('for ever does not order a default anew at each look', () => {
    const add = anOrder({ section: LOBBY, tried: true, cause: 'policy' });
    const { share } = giveUp(aShare({ orders: [add], ordered: [FILMS, LOBBY] }), [LOBBY], at(5));
    expect(share.ordered).toEqual([FILMS, LOBBY]);
  });
});

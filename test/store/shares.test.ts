import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Attempt, ClosedOrder, Order, Read, ShareId } from '../../src/core/model.js';
import type { StoredShare } from '../../src/store/shares.js';
import { aHousehold, anOrder, aSection, aToldCase, minutesFromNoon, NOON } from './builders.js';
import { openTestStore, type Household, type TestStore } from './builders.js';

let db: TestStore;
let home: Household;

beforeAll(async () => {
  db = await openTestStore();
});
afterAll(() => db.close());
beforeEach(async () => {
  home = await aHousehold(db.store);
});

const aRead = (own: Partial<Read> = {}): Read => ({
  at: minutesFromNoon(1),
  row: 5 as ShareId,
  pending: false,
  all: false,
  sections: [home.library.sectionId],
  catalogue: [home.library.sectionId],
  ...own,
});

const anAttempt = (own: Partial<Attempt> = {}): Attempt => ({
  no: 1,
  at: minutesFromNoon(2),
  kind: 'replace',
  row: 5 as ShareId,
  base: [],
  baseAll: false,
  list: [home.library.sectionId],
  catalogue: [home.library.sectionId],
  answerRow: null,
  answerUnread: false,
  guessedAt: minutesFromNoon(3),
  rowSeen: true,
  accidentDone: false,
  lastDeleteAt: null,
  lists: [{ base: [], baseAll: false, list: [home.library.sectionId] }],
  previous: { attempt: null, tried: [], policy: null },
  ...own,
});

/** Locks the share and stores it as `change` wants it; what closed is told apart. */
const change = (
  to: (share: StoredShare) => StoredShare,
  closed: readonly ClosedOrder[] = [],
): Promise<string[]> =>
  db.store.transaction(async (tx) => {
    const before = await tx.shares.lock(home.serverId, home.personId, NOON);
    return tx.shares.save(before, to(before), closed);
  });

const withOrders =
  (...orders: Order[]) =>
  (stored: StoredShare): StoredShare => ({ ...stored, share: { ...stored.share, orders } });

const stored = async (): Promise<StoredShare> => {
  const [share] = await db.store.shares.on(home.serverId, [home.personId]);
  if (!share) throw new Error('there is no share');
  return share;
};

const aCaseHere = async () =>
  (await aToldCase(db.store, { guildId: home.guildId, personId: home.personId })).row.id;

describe('a share', () => {
  test('is made when it is first locked, and was last looked at then', async () => {
    await change((share) => share);
    expect(await stored()).toMatchObject({
      nextLookAt: null,
      nextEdgeAt: null,
      looks: 0,
      share: {
        version: 0,
        managed: false,
        ordered: [],
        lookedAt: NOON,
        observed: null,
        orders: [],
      },
    });
  });

  test('comes back as it was saved, its instants as Dates', async () => {
    const wanted: StoredShare = {
      serverId: home.serverId,
      personId: home.personId,
      share: {
        version: 4,
        managed: true,
        importOwed: true,
        ordered: [home.library.sectionId],
        lookedAt: minutesFromNoon(4),
        observed: aRead(),
        attempt: anAttempt(),
        exempt: [aSection()],
        driftSeen: [{ section: aSection(), kind: 'added', firstSeenAt: minutesFromNoon(2) }],
        orders: [anOrder({ tried: true, seenAt: minutesFromNoon(3) })],
        removedAt: minutesFromNoon(1),
        stuckAt: minutesFromNoon(2),
      },
      nextLookAt: minutesFromNoon(6),
      nextEdgeAt: minutesFromNoon(7),
      looks: 3,
      handsOff: false,
    };
    await change(() => wanted);
    expect(await stored()).toEqual(wanted);
    expect(await db.store.shares.ofPerson(home.personId)).toEqual([wanted]);
  });

  test('locked by one is waited for by the next, who then sees what the first saved', async () => {
    await change((share) => share);
    const order: string[] = [];
    let second: Promise<void> | undefined;
    await db.store.transaction(async (tx) => {
      const mine = await tx.shares.lock(home.serverId, home.personId, NOON);
      second = db.store.transaction(async (later) => {
        const seen = await later.shares.lock(home.serverId, home.personId, NOON);
        order.push(`second sees ${seen.looks}`);
      });
      await sleep(150);
      await tx.shares.save(mine, { ...mine, looks: 9 }, []);
      order.push('first saves');
    });
    await second;
    expect(order).toEqual(['first saves', 'second sees 9']);
  });

  test('made by two at once is one', async () => {
    await Promise.all([1, 2, 3].map(() => change((s) => ({ ...s, looks: s.looks + 1 }))));
    expect((await stored()).looks).toBe(3);
  });

  test('tells which rows its latest delete took away', async () => {
    const attempt = anAttempt({ kind: 'delete', row: 4_294_967_297 as ShareId });
    await change((share) => ({ ...share, share: { ...share.share, attempt } }));
    expect(await db.store.endings.deletedRows(home.serverId, 120_000)).toEqual([4_294_967_297]);
    const replace = anAttempt({ kind: 'replace' });
    await change((share) => ({ ...share, share: { ...share.share, attempt: replace } }));
    expect(await db.store.endings.deletedRows(home.serverId, 120_000)).toEqual([]);
  });
});

describe('orders', () => {
  test('are added, changed and taken away, and the others stay', async () => {
    const [a, b, c] = [anOrder({}), anOrder({}), anOrder({})];
    await change(withOrders(a, b));
    await change(withOrders({ ...a, tried: true }, c));
    const { share } = await stored();
    const bySection = (x: Order, y: Order) => x.section - y.section;
    expect([...share.orders].sort(bySection)).toEqual([{ ...a, tried: true }, c].sort(bySection));
  });

  test('of a case have a receipt that follows them', async () => {
    const caseId = await aCaseHere();
    const order = anOrder({ caseId });
    expect(await change(withOrders(order))).toEqual([caseId]);
    const attempt = anAttempt();
    await change((share) => ({
      ...withOrders({ ...order, tried: true, seenAt: minutesFromNoon(5) })(share),
      share: {
        ...share.share,
        attempt,
        orders: [{ ...order, tried: true, seenAt: minutesFromNoon(5) }],
      },
    }));
    expect(await db.store.cases.receipts([caseId])).toEqual([
      expect.objectContaining({
        sectionId: order.section,
        want: 'add',
        dueAt: NOON,
        writtenAt: attempt.at,
        seenAt: minutesFromNoon(5),
        closedAt: null,
      }),
    ]);
  });

  test('that did not change are no news', async () => {
    const order = anOrder({ caseId: await aCaseHere() });
    await change(withOrders(order));
    expect(await change(withOrders({ ...order }))).toEqual([]);
  });

  test('that are closed close their receipt, and are news of their case', async () => {
    const caseId = await aCaseHere();
    const order = anOrder({ caseId });
    await change(withOrders(order));
    const at = minutesFromNoon(8);
    expect(await change(withOrders(), [{ order, how: 'settled', at }])).toEqual([caseId]);
    const [receipt] = await db.store.cases.receipts([caseId]);
    expect(receipt).toMatchObject({ closedAt: at, how: 'settled', seenAt: at });
  });

  test('that Plex refused keep its sentence, and others do not get it', async () => {
    const caseId = await aCaseHere();
    const [refused, settled] = [anOrder({ caseId }), anOrder({ caseId })];
    await change(withOrders(refused, settled));
    const at = minutesFromNoon(8);
    await change(withOrders(), [
      { order: refused, how: 'refused', at },
      { order: settled, how: 'settled', at },
    ]);
    await db.store.shares.explain([caseId], 'Too many people');
    const receipts = await db.store.cases.receipts([caseId]);
    const whyBySection = new Map(receipts.map((receipt) => [receipt.sectionId, receipt.why]));
    expect(whyBySection.get(refused.section)).toBe('Too many people');
    expect(whyBySection.get(settled.section)).toBeNull();
  });
});

describe('who is to be looked at', () => {
  const due = async (at: Date) =>
    (await db.store.shares.due(at)).filter((one) => one.serverId === home.serverId);
  const alarms = async (until: Date) =>
    (await db.store.shares.alarms(until))
      .filter((alarm) => alarm.serverId === home.serverId)
      .map((alarm) => +alarm.at)
      .sort();
  const me = () => ({ serverId: home.serverId, personId: home.personId });

  test('is whoever has an order whose time has come, at that instant and after', async () => {
    await change((share) => ({ ...share, nextLookAt: minutesFromNoon(1) }));
    expect(await due(new Date(+minutesFromNoon(1) - 1))).toEqual([]);
    expect(await due(minutesFromNoon(1))).toEqual([me()]);
    expect(await due(minutesFromNoon(2))).toEqual([me()]);
  });

  test('is whoever has an edge that nobody took', async () => {
    await change((share) => ({ ...share, nextEdgeAt: minutesFromNoon(1) }));
    expect(await due(NOON)).toEqual([]);
    expect(await due(minutesFromNoon(1))).toEqual([me()]);
  });

  test('is named once, also with both', async () => {
    await change((share) => ({ ...share, nextLookAt: NOON, nextEdgeAt: NOON }));
    expect(await due(NOON)).toEqual([me()]);
  });

  test('is nobody when nothing is open', async () => {
    await change((share) => share);
    expect(await due(minutesFromNoon(10_000))).toEqual([]);
  });

  test('gets an alarm at each instant up to the horizon, and each instant once', async () => {
    await change((share) => ({
      ...share,
      nextLookAt: minutesFromNoon(1),
      nextEdgeAt: minutesFromNoon(5),
    }));
    expect(await alarms(minutesFromNoon(4))).toEqual([+minutesFromNoon(1)]);
    expect(await alarms(minutesFromNoon(5))).toEqual([+minutesFromNoon(1), +minutesFromNoon(5)]);
    await change((share) => ({ ...share, nextEdgeAt: minutesFromNoon(1) }));
    expect(await alarms(minutesFromNoon(9))).toEqual([+minutesFromNoon(1)]);
  });
});

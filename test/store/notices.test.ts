import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MessageId } from '../../src/core/model.js';
import type { NoticeRow } from '../../src/store/rows.js';
import { aCase, aChannel, aHousehold, aToldCase, minutesFromNoon, NOON } from './builders.js';
import { openTestStore, type Household, type TestStore } from './builders.js';

const MESSAGE = '500000000000000001' as MessageId;
let db: TestStore;
let home: Household;

beforeAll(async () => {
  db = await openTestStore();
});
afterAll(() => db.close());
beforeEach(async () => {
  home = await aHousehold(db.store);
});

const tell = () => aToldCase(db.store, { guildId: home.guildId });
/** What waits to be posted, then what is to be edited. */
const owed = async (at: Date, limit = 20): Promise<NoticeRow[]> => {
  const waiting = await db.store.notices.waiting(home.guildId, at, limit);
  const edit = await db.store.notices.toEdit(home.guildId, at, []);
  return edit ? [...waiting, edit] : waiting;
};
const owedIds = async (at: Date, limit?: number) => (await owed(at, limit)).map((n) => n.id);
const notice = async (id: string): Promise<NoticeRow> => {
  const found = (await owed(minutesFromNoon(100_000), 100)).find((row) => row.id === id);
  if (!found) throw new Error('the notice is not owed');
  return found;
};
const posted = (id: string, own: { dueAt?: Date | null; news?: number } = {}) =>
  db.store.notices.shown(id, { messageId: MESSAGE, shown: 'digest', dueAt: null, news: 0, ...own });

describe('notices', () => {
  test('are owed from the moment of their case, in the order in which they were written', async () => {
    const told = [await tell(), await tell(), await tell()].map(({ noticeId }) => noticeId);
    expect(await owedIds(NOON)).toEqual(told);
    expect(await owedIds(NOON, 2)).toEqual(told.slice(0, 2));
    expect(await db.store.notices.guildsOwed(NOON)).toContain(home.guildId);
  });

  test('that were held keep their place before later ones', async () => {
    const [first, second] = [await tell(), await tell()];
    await db.store.notices.held(first.noticeId, minutesFromNoon(10), 1);
    expect(await owedIds(NOON)).toEqual([first.noticeId, second.noticeId]);
    expect(await notice(first.noticeId)).toMatchObject({ tries: 1, dueAt: minutesFromNoon(10) });
  });

  test('that were held are not called owed before their time', async () => {
    const { noticeId } = await tell();
    await db.store.notices.held(noticeId, minutesFromNoon(10), 1);
    expect(await db.store.notices.guildsOwed(NOON)).not.toContain(home.guildId);
    expect(await db.store.notices.guildsOwed(minutesFromNoon(10))).toContain(home.guildId);
  });

  test('remember that a post was begun, and where', async () => {
    const { noticeId } = await tell();
    const channelId = aChannel();
    await db.store.notices.sending(noticeId, channelId, minutesFromNoon(1));
    expect(await notice(noticeId)).toMatchObject({ channelId, sendingAt: minutesFromNoon(1) });
  });

  test('that were posted are owed no more', async () => {
    const { noticeId } = await tell();
    await posted(noticeId);
    expect(await owedIds(minutesFromNoon(100_000))).toEqual([]);
    expect(await db.store.notices.guildsOwed(minutesFromNoon(100_000))).not.toContain(home.guildId);
  });

  test('that were posted start again with no failed tries', async () => {
    const { noticeId } = await tell();
    await db.store.notices.held(noticeId, minutesFromNoon(1), 4);
    await posted(noticeId, { dueAt: minutesFromNoon(30) });
    expect((await notice(noticeId)).tries).toBe(0);
  });

  test('that were posted are looked at again when they asked for it', async () => {
    const { noticeId } = await tell();
    await posted(noticeId, { dueAt: minutesFromNoon(30) });
    expect(await owedIds(minutesFromNoon(29))).toEqual([]);
    expect(await owedIds(minutesFromNoon(30))).toEqual([noticeId]);
  });

  test('are due again when there is news about their case', async () => {
    const { noticeId, row } = await tell();
    await posted(noticeId);
    await db.store.notices.touch([row.id], minutesFromNoon(3));
    expect(await notice(noticeId)).toMatchObject({ news: 1, dueAt: minutesFromNoon(3) });
    expect(await owedIds(minutesFromNoon(3))).toEqual([noticeId]);
  });

  test('with several cases that have news are touched once', async () => {
    const { noticeId, row } = await tell();
    await db.store.notices.touch([row.id, row.id], minutesFromNoon(3));
    expect(await notice(noticeId)).toMatchObject({ news: 1, dueAt: NOON });
  });

  test('stay due when news came while the text was on its way', async () => {
    const { noticeId, row } = await tell();
    const sent = await notice(noticeId);
    await db.store.notices.touch([row.id], minutesFromNoon(1));
    await posted(noticeId, { news: sent.news });
    expect(await owedIds(minutesFromNoon(1))).toEqual([noticeId]);
    await posted(noticeId, { news: (await notice(noticeId)).news });
    expect(await owedIds(minutesFromNoon(1))).toEqual([]);
  });

  test('without news touch nothing', async () => {
    const { noticeId } = await tell();
    await db.store.notices.touch([], minutesFromNoon(1));
    expect((await notice(noticeId)).news).toBe(0);
  });

  test('that are to be told later hold up nobody', async () => {
    const later = { id: randomUUID(), guildId: home.guildId, owedAt: NOON };
    await db.store.notices.oweLater({ ...later, dueAt: minutesFromNoon(60) });
    const { noticeId } = await tell();
    expect(await owedIds(NOON)).toEqual([noticeId]);
    expect(await owedIds(minutesFromNoon(60))).toEqual([later.id, noticeId]);
  });
});

describe('notices that nobody has seen', () => {
  const gather = (ids: readonly string[]) =>
    db.store.transaction((tables) => tables.notices.gather(ids));
  const casesOf = async (id: string) =>
    (await db.store.cases.ofNotice(id)).map((row) => row.number);

  test('are gathered into the first: it has all cases, and the others have nothing to tell', async () => {
    const ids = [await tell(), await tell(), await tell()].map(({ noticeId }) => noticeId);
    expect(await gather(ids)).toBe(2);
    expect(await casesOf(ids[0] ?? '')).toEqual([1, 2, 3]);
    expect(await owedIds(NOON)).toEqual([ids[0]]);
  });

  test('are left out when a post was begun: it may have arrived', async () => {
    const [begun, second, third] = [await tell(), await tell(), await tell()];
    await db.store.notices.sending(begun.noticeId, aChannel(), NOON);
    await gather([begun.noticeId, second.noticeId, third.noticeId]);
    expect(await casesOf(begun.noticeId)).toEqual([1]);
    expect(await casesOf(second.noticeId)).toEqual([2, 3]);
  });

  test('are left alone while another transaction adds a case to them', async () => {
    const [first, second, busy] = [await tell(), await tell(), await tell()];
    const { guildId } = home;
    await db.store.transaction(async (tables) => {
      await tables.notices.owe(busy.noticeId, guildId, NOON);
      const late = await tables.cases.append(aCase({ guildId, noticeId: busy.noticeId }));
      expect(await gather([first.noticeId, second.noticeId, busy.noticeId])).toBe(1);
      await tables.notices.touch([late.id], NOON);
    });
    expect(await casesOf(first.noticeId)).toEqual([1, 2]);
    expect(await casesOf(busy.noticeId)).toEqual([3, 4]);
  });

  test('still hear news of a case that was gathered meanwhile', async () => {
    const [first, second] = [await tell(), await tell()];
    const gathering = db.store.transaction(async (tables) => {
      await tables.notices.gather([first.noticeId, second.noticeId]);
      const touched = db.store.notices.touch([second.row.id], minutesFromNoon(1));
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { touched };
    });
    await (
      await gathering
    ).touched;
    expect((await notice(first.noticeId)).news).toBe(1);
  });
});

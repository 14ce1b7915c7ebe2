import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { forgetOld } from '../../src/access/retention.js';
import type { DiscordUserId } from '../../src/core/model.js';
import { dataSourceFor } from '../../src/store/dataSource.js';
import { Retention1795594433022 } from '../../src/store/migrations/1795594433022-Retention.js';
import { BATCH, RULES } from '../../src/store/retention.js';
import { tables } from '../../src/store/schema.js';
import { aHousehold, aToldCase, NOON, openTestStore } from '../store/builders.js';
import type { Household, TestStore } from '../store/builders.js';

const DAY_MS = 86_400_000;
const USER = '200000000000000005' as DiscordUserId;

let db: TestStore;
let house: Household;
let now: Date;
beforeEach(async () => {
  db = await openTestStore();
  house = await aHousehold(db.store);
  now = NOON;
});
afterEach(() => db.close());

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet, always: quiet };
const forget = (days: number, signal = new AbortController().signal) => {
  now = new Date(+NOON + days * DAY_MS);
  return forgetOld({ store: db.store, clock: { now: () => now }, log }, signal);
};
const count = async (table: string): Promise<number> =>
  (await db.sql(`select 1 from ${table}`)).length;

/** A told case: its message stands, and nothing is left to tell. */
async function aSettledCase() {
  const { row, noticeId } = await aToldCase(db.store, {
    guildId: house.guildId,
    personId: house.personId,
  });
  await db.sql(`update notice set message_id = '1', due_at = null where id = $1`, [noticeId]);
  return { row, noticeId };
}

describe('what was done with long ago', () => {
  test('goes: questions, open answers, direct messages, troubles, Admins not met again', async () => {
    const { guildId } = house;
    const trouble = randomUUID();
    await db.sql(`insert into ask values ('a', $1, null, 'keep', '{}', $2)`, [guildId, NOON]);
    await db.sql(`insert into open_answer values ('a', $1, 'b', 't', '{}', $2)`, [guildId, NOON]);
    await db.store.troubles.sawAdmin(guildId, USER, NOON);
    const { noticeId } = await aSettledCase();
    await db.sql(
      `insert into trouble (id, guild_id, kind, subject, since, tell_at, until, notice_id)
       values ($1, $2, 'plex-token', '', $3, $3, $3, $4)`,
      [trouble, guildId, NOON, noticeId],
    );
    await db.store.dms.owe([
      {
        id: randomUUID(),
        guildId,
        userId: USER,
        kind: 'trouble',
        troubleId: trouble,
        owedAt: NOON,
        dueAt: NOON,
      },
    ]);
    await db.sql('update dm set done_at = $1, due_at = null', [NOON]);
    await forget(89);
    for (const table of ['admin', 'dm', 'trouble']) expect(await count(table), table).toBe(1);
    for (const table of ['ask', 'open_answer']) expect(await count(table), table).toBe(0);
    await forget(91);
    for (const table of ['admin', 'dm', 'trouble']) expect(await count(table), table).toBe(0);
  });

  test('stays while it is of use: what never ends, what is owed, what stands', async () => {
    const { guildId } = house;
    await db.sql(`insert into ask values ('a', $1, null, 'keep', '{}', null)`, [guildId]);
    await db.store.dms.owe([
      { id: randomUUID(), guildId, userId: USER, kind: 'began', owedAt: NOON, dueAt: null },
    ]);
    const { noticeId } = await aToldCase(db.store, { guildId });
    await db.sql(
      `insert into trouble (id, guild_id, kind, subject, since, tell_at, notice_id)
       values (gen_random_uuid(), $1, 'plex-token', '', $2, $2, $3)`,
      [guildId, NOON, noticeId],
    );
    await forget(4_000);
    for (const table of ['ask', 'dm', 'trouble', 'notice']) {
      expect(await count(table), table).toBe(1);
    }
  });

  test('goes in batches, all of it', async () => {
    await db.sql(
      `insert into ask select n::text, $1, null, 'keep', '{}', $2 from generate_series(1, $3::int) n`,
      [house.guildId, NOON, 2 * BATCH + 1],
    );
    await forget(1);
    expect(await count('ask')).toBe(0);
  });

  test('waits for another day when the process is to end', async () => {
    await db.sql(`insert into ask values ('a', $1, null, 'keep', '{}', $2)`, [house.guildId, NOON]);
    await forget(1, AbortSignal.abort());
    expect(await count('ask')).toBe(1);
  });
});

describe('a message of the audit channel', () => {
  test('is forgotten after a year, and its case and receipts are kept', async () => {
    const { row } = await aSettledCase();
    await db.sql(
      `insert into receipt (case_id, server_id, person_id, section_id, want, due_at)
       values ($1, $2, $3, 1, 'add', $4)`,
      [row.id, house.serverId, house.personId, NOON],
    );
    await forget(364);
    expect(await count('notice')).toBe(1);
    await forget(366);
    expect(await count('notice')).toBe(0);
    expect(await db.store.cases.find(row.id)).toEqual({ ...row, noticeId: null });
    expect(await db.store.cases.receipts([row.id])).toHaveLength(1);
    expect(await db.store.cases.about(house.guildId, house.personId, 5)).toHaveLength(1);
  });

  test('is not missed when there is news about its case all the same', async () => {
    const { row } = await aSettledCase();
    await forget(366);
    await db.store.notices.touch([row.id], now);
    await db.store.notices.touchAbout(house.personId, now);
    expect(await db.store.notices.guildsOwed(now)).toEqual([]);
  });

  test('is made up again for its case when the migration is taken back', async () => {
    const { row } = await aSettledCase();
    await forget(366);
    const source = dataSourceFor(db.url);
    await source.initialize();
    await new Retention1795594433022().down(source.createQueryRunner());
    await source.destroy();
    const stored = await db.sql(
      `select n.due_at, n.message_id from "case" c join notice n on n.id = c.notice_id where c.id = $1`,
      [row.id],
    );
    expect(stored).toEqual([{ due_at: null, message_id: null }]);
  });

  test('is kept while an order of its case is open, however long', async () => {
    const { row } = await aSettledCase();
    await db.store.shares.lock(house.serverId, house.personId, NOON);
    await db.sql(
      `insert into share_order (server_id, person_id, section_id, want, since, cause, case_id)
       values ($1, $2, 1, 'add', $3, 'case', $4)`,
      [house.serverId, house.personId, NOON, row.id],
    );
    await forget(4_000);
    expect(await count('notice')).toBe(1);
  });
});

test('of every table it is decided how long its rows are kept', () => {
  const kept = [
    ...[
      'setting',
      'owner',
      'guild',
      'role_binding',
      'server',
      'library',
      'person',
      'link',
      'share',
    ],
    // One row a server, or closed by what Plex shows.
    ...['burst', 'share_order'],
    ...['access_grant', 'case', 'receipt'],
  ];
  const decided = [...kept, ...RULES.map((rule) => rule.table)].sort();
  expect(decided).toEqual(tables.map((table) => table.options.name).sort());
});

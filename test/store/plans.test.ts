import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GuildId } from '../../src/core/model.js';
import type { Store } from '../../src/store/store.js';
import { minutesFromNoon, NOON, openTestStore, type TestStore } from './builders.js';
import { plansOf } from './planOf.js';

const GUILD = '100000000000000001' as GuildId;
const PEOPLE = 5_000;

let db: TestStore;

beforeAll(async () => {
  db = await openTestStore();
  await db.store.guilds.welcome(GUILD);
  await db.sql(
    `insert into server (id, guild_id, machine_id, owner_id, name, pms_url)
     values (gen_random_uuid(), $1, 'machine', 1, 'Attic', 'http://127.0.0.1')`,
    [GUILD],
  );
  await db.sql(
    `insert into person (id, guild_id, account_id, kind, title, username, email)
     select gen_random_uuid(), $1, n, 'friend', 'p' || n, 'p' || n, 'p' || n || '@example.org'
       from generate_series(1, ${PEOPLE}) n`,
    [GUILD],
  );
  // One in fifty has something open, and most of that lies in the future: a common day.
  await db.sql(
    `insert into share (server_id, person_id, looked_at, next_look_at, next_edge_at)
     select s.id, p.id, $1, case when p.account_id % 50 = 0 then $1::timestamptz + p.account_id * interval '1 minute' end,
            case when p.account_id % 50 = 1 then $1::timestamptz + p.account_id * interval '1 minute' end
       from server s cross join person p`,
    [NOON],
  );
  await db.sql(
    `insert into notice (id, guild_id, owed_at, message_id, due_at)
     select gen_random_uuid(), $1, $2, 'm' || n, case when n % 100 = 0 then $2::timestamptz end
       from generate_series(1, ${PEOPLE}) n`,
    [GUILD, NOON],
  );
  await db.sql(
    `insert into dm (id, guild_id, user_id, kind, owed_at, due_at)
     select gen_random_uuid(), $1, 'u' || n, 'began', $2, case when n % 100 = 0 then $2::timestamptz end
       from generate_series(1, ${PEOPLE}) n`,
    [GUILD, NOON],
  );
  for (const table of ['share', 'notice', 'person', 'dm']) await db.sql(`vacuum analyze ${table}`);
});
afterAll(() => db.close());

test.each<[string, (store: Store) => Promise<unknown>]>([
  ['who is due', (store) => store.shares.due(minutesFromNoon(60))],
  ['the alarms of the next hour', (store) => store.shares.alarms(minutesFromNoon(60))],
  ['what waits to be posted', (store) => store.notices.waiting(GUILD, NOON, 20)],
  ['what is to be edited', (store) => store.notices.toEdit(GUILD, NOON, [])],
  ['who is owed a direct message', (store) => store.dms.next(NOON)],
  ['how many messages are owed', (store) => store.figures.notices()],
  ['how many direct messages are owed', (store) => store.figures.directMessages()],
  ['which guilds are owed something', (store) => store.notices.guildsOwed(NOON)],
])('%s is read by an index among thousands of rows', async (_, ask) => {
  const [planned, ...more] = await plansOf(db.url, ask);
  expect(more).toEqual([]);
  const plan = planned?.plan;
  expect(plan).toMatch(/Index/);
  expect(plan).not.toMatch(/Seq Scan/);
});

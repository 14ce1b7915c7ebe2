import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dataSourceFor } from '../../src/store/dataSource.js';
import { migrations } from '../../src/store/migrations/index.js';
import { NewerSchema, openStore } from '../../src/store/open.js';
import { tables } from '../../src/store/schema.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
let client: pg.Client;

beforeEach(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await database.drop();
});

const tableNames = async (): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  );
  return rows.map((row) => row.name);
};

describe('opening the store', () => {
  test('makes every table in an empty database', async () => {
    const { close } = await openStore(database.url);
    await close();
    const wanted = [...tables.map((table) => table.options.name), 'migrations'].sort();
    expect(await tableNames()).toEqual(wanted);
  });

  test('leaves no difference between the tables and what the program wants', async () => {
    await (await openStore(database.url)).close();
    expect(await differences()).toEqual([]);
    await client.query('alter table guild drop column left_at');
    expect(await differences()).toEqual([expect.stringContaining('"left_at"')]);
  });

  test('a second time changes nothing', async () => {
    await (await openStore(database.url)).close();
    await client.query(`insert into guild (id) values ('100000000000000001')`);
    await (await openStore(database.url)).close();
    const { rows } = await client.query('select id from guild');
    expect(rows).toEqual([{ id: '100000000000000001' }]);
  });

  test('by several processes at once runs every migration once', async () => {
    const opened = await Promise.all([1, 2, 3, 4].map(() => openStore(database.url)));
    const { rows } = await client.query<{ name: string }>('select name from migrations');
    expect(rows).toHaveLength(migrations.length);
    const times = await Promise.all(opened.map(({ store }) => store.now()));
    expect(times.every((time) => time instanceof Date)).toBe(true);
    await Promise.all(opened.map(({ close }) => close()));
  });

  test('waits while another process migrates', async () => {
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('select pg_advisory_lock(7241001)');
    const opening = openStore(database.url);
    await expect
      .poll(() => waitingForALock(), { timeout: 5_000, message: 'the opener waits' })
      .toBe(1);
    expect(await tableNames()).toEqual([]);
    await holder.end();
    await (await opening).close();
    expect(await tableNames()).toContain('guild');
  });
});

describe('a database that a newer Usher used', () => {
  beforeEach(async () => {
    await (await openStore(database.url)).close();
    await client.query(
      `insert into migrations (timestamp, name) values (9999999999999, 'FromTheFuture9999999999999')`,
    );
  });

  test('is refused by name, and says what to do', async () => {
    const error: unknown = await openStore(database.url).catch((refusal: unknown) => refusal);
    expect(error).toBeInstanceOf(NewerSchema);
    expect((error as Error).message).toContain('FromTheFuture9999999999999');
    expect((error as Error).message).toMatch(/Start that version|older backup/);
  });

  test('keeps no connection of the refused one', async () => {
    await openStore(database.url).catch(() => undefined);
    await expect.poll(() => othersConnected(), { timeout: 5_000 }).toBe(0);
  });
});

test('reverting every migration leaves an empty database', async () => {
  await (await openStore(database.url)).close();
  const source = dataSourceFor(database.url);
  await source.initialize();
  for (let left = migrations.length; left > 0; left -= 1) await source.undoLastMigration();
  await source.destroy();
  expect(await tableNames()).toEqual(['migrations']);
});

test('fault 13: a name that is not a test database’s is refused before anything is made', async () => {
  await expect(createTestDatabase('usher')).rejects.toThrow('not the name of a test database');
});

/** What TypeORM would still have to change: a migration that was forgotten. */
async function differences(): Promise<string[]> {
  const source = dataSourceFor(database.url);
  await source.initialize();
  try {
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    return upQueries.map(({ query }) => query);
  } finally {
    await source.destroy();
  }
}

async function waitingForALock(): Promise<number> {
  const { rowCount } = await client.query(
    `select 1 from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`,
  );
  return rowCount ?? 0;
}

async function othersConnected(): Promise<number> {
  const { rowCount } = await client.query(
    `select 1 from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
  );
  return rowCount ?? 0;
}

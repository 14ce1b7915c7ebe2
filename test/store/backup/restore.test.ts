import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../../src/core/errors.js';
import { backUp } from '../../../src/store/backup/backup.js';
import { openBackup, writeBackup } from '../../../src/store/backup/file.js';
import type { Header } from '../../../src/store/backup/file.js';
import type { RestoreWish } from '../../../src/store/backup/restore.js';
import * as restoring from '../../../src/store/backup/restore.js';
import { OURS } from '../../../src/store/backup/session.js';
import { takeLease } from '../../../src/store/lease.js';
import { migrations } from '../../../src/store/migrations/index.js';
import { bringUp, openStore, whileMigrating } from '../../../src/store/open.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.js';
import { contents, fill } from './everything.js';

let folder: string;
let path: string;
const databases: TestDatabase[] = [];
const clients: pg.Client[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-backup-'));
  path = join(folder, 'backup');
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.end();
  for (const database of databases.splice(0)) await database.drop();
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A database with a connection to look into it. */
async function aDatabase(): Promise<{ url: string; db: pg.Client }> {
  const database = await createTestDatabase();
  databases.push(database);
  const db = new pg.Client({ connectionString: database.url });
  clients.push(db);
  await db.connect();
  return { url: database.url, db };
}

const stamp = (name: string): number => Number(name.slice(-13));
const byName = [...migrations].map(({ name }) => name).sort((a, b) => stamp(a) - stamp(b));

/** One whose tables have seen the first so many migrations. */
async function aVersion(count: number) {
  const made = await aDatabase();
  await whileMigrating(made.url, () => bringUp(made.url, byName.slice(0, count)));
  return made;
}

const aFullOne = async () => {
  const made = await aVersion(migrations.length);
  await fill(made.db);
  return made;
};

const wish = (own: { force?: boolean; signal?: AbortSignal } = {}) => ({
  path,
  force: false,
  version: '1.2.3',
  signal: new AbortController().signal,
  told: () => undefined,
  ...own,
});

/** As the command does it: the file first, then the database. */
async function restore(url: string, how: RestoreWish & { path: string }): Promise<Header> {
  const backup = await restoring.backupToRestore(how.path);
  await restoring.restore(url, backup, how);
  return backup.header;
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof UserError ? error.code : String(error)),
  );

const counts = async (db: pg.Client) => {
  let sum = 0;
  for (const name of OURS) sum += (await db.query(`select 1 from "${name}"`)).rows.length;
  return sum;
};

describe('what is backed up and restored', () => {
  test('is every table, and nothing is forgotten in this test', async () => {
    const { db } = await aFullOne();
    for (const name of OURS) {
      const { rows } = await db.query(`select 1 from "${name}"`);
      expect(rows.length, `${name} has no row in everything.ts`).toBeGreaterThan(0);
    }
  });

  test('is equal to what it was: rows, columns, keys and indexes', async () => {
    const before = await aFullOne();
    const done = await backUp(before.url, wish());
    const after = await aDatabase();
    const header = await restore(after.url, wish());
    expect(header).toEqual(done.header);
    expect(header.usher).toBe('1.2.3');
    expect(header.migrations).toEqual(byName);
    expect(await contents(after.db, OURS)).toEqual(await contents(before.db, OURS));
  });

  test('goes on counting after what was there', async () => {
    const before = await aFullOne();
    await before.db.query('update notice set place = place + 1000');
    await backUp(before.url, wish());
    const after = await aDatabase();
    await restore(after.url, wish());
    const { rows } = await after.db.query<{ place: string }>(
      `insert into notice (id, guild_id, owed_at) select gen_random_uuid(), id, now() from guild limit 1
       returning place`,
    );
    expect(Number(rows[0]?.place)).toBe(1003);
  });

  test('is one instant, whatever is written meanwhile', async () => {
    const before = await aFullOne();
    const other = new pg.Client({ connectionString: before.url });
    clients.push(other);
    await other.connect();
    await other.query('begin; lock table admin in access exclusive mode');
    const done = backUp(before.url, wish());
    await expect
      .poll(
        async () =>
          (
            await before.db.query(
              'select 1 from pg_locks where not granted and relation is not null',
            )
          ).rows.length,
        { timeout: 10_000 },
      )
      .toBe(1);
    await before.db.query(`insert into guild (id) values ('100000000000000009')`);
    await other.query('commit');
    const { header } = await done;
    expect(header.tables.find((table) => table.name === 'guild')?.rows).toBe(2);
    const after = await aDatabase();
    await restore(after.url, wish());
    expect((await after.db.query('select 1 from guild')).rows).toHaveLength(2);
  });

  test('holds every table that any version of Usher had', async () => {
    for (let count = 1; count <= migrations.length; count += 1) {
      const { db } = await aVersion(count);
      const { rows } = await db.query<{ name: string }>(
        `select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'migrations'`,
      );
      expect(OURS).toEqual(expect.arrayContaining(rows.map((row) => row.name)));
    }
  });
});

describe('a backup of an older version', () => {
  const OLD = ['setting', 'guild', 'role_binding', 'person', 'notice'];

  async function anOldBackup() {
    const { url, db } = await aVersion(1);
    await db.query(
      `insert into guild (id, last_case_number) values ('100000000000000001', 7);
       insert into person (id, guild_id, account_id, kind, title, username, email)
       values ('00000000-0000-4000-8000-000000000003', '100000000000000001', 11, 'friend', 'Mara', 'mara', '')`,
    );
    expect(OLD.every((name) => OURS.includes(name))).toBe(true);
    await backUp(url, wish());
  }

  test('is restored into its own version, then brought up to date', async () => {
    await anOldBackup();
    const after = await aDatabase();
    await restore(after.url, wish());
    const { close, store } = await openStore(after.url);
    expect(await store.guilds.all()).toMatchObject([{ lastCaseNumber: 7, dms: true }]);
    await close();
    const now = await aVersion(migrations.length);
    const columns = async (db: pg.Client) =>
      Object.fromEntries(
        Object.entries(await contents(db, OURS)).map(([name, lines]) => [
          name,
          lines.filter((line) => !line.startsWith('(')),
        ]),
      );
    expect(await columns(after.db)).toEqual(await columns(now.db));
  });

  test('is restored into an empty database of today, too', async () => {
    await anOldBackup();
    const after = await aVersion(migrations.length);
    await restore(after.url, wish());
    expect((await after.db.query('select title, invited_as from person')).rows).toEqual([
      { title: 'Mara', invited_as: '' },
    ]);
  });
});

describe('restoring is refused', () => {
  let made: Buffer;
  beforeAll(async () => {
    const { url } = await aFullOne();
    await backUp(url, wish());
    made = await readFile(path);
  });
  beforeEach(() => writeFile(path, made));

  test('where there is a row already, and that stays', async () => {
    const after = await aVersion(migrations.length);
    await after.db.query(`insert into setting values ('a', 'b')`);
    expect(await refusal(restore(after.url, wish()))).toBe('not-empty');
    expect(await counts(after.db)).toBe(1);
  });

  test('while an Usher runs on the database', async () => {
    const after = await aVersion(migrations.length);
    const told = { onWaiting: () => undefined, onLost: () => undefined };
    const lease = await takeLease(after.url, 'usher token', told);
    expect(await refusal(restore(after.url, wish()))).toBe('usher-runs');
    await lease.release();
    expect(await counts(after.db)).toBe(0);
  });

  test('when the backup was made by a newer Usher', async () => {
    const { header } = await openBackup(path);
    const newer = { ...header, migrations: [...header.migrations, 'Future9999999999999'] };
    const nothing = (async function* () {
      yield await Promise.resolve(Buffer.from(''));
    })();
    await writeBackup(path, { header: newer, body: nothing, signal: wish().signal });
    const after = await aDatabase();
    expect(await refusal(restore(after.url, wish()))).toBe('newer-backup');
    await writeFile(path, 'usher backup 2\n{}\n');
    expect(await refusal(restore(after.url, wish()))).toBe('newer-backup');
  });

  test('when it is cut short, wherever', async () => {
    const after = await aDatabase();
    const { size } = await stat(path);
    for (const left of [size - 1, size - 40, size - 80, Math.floor(size / 2), 40]) {
      await truncate(path, left);
      expect(await refusal(restore(after.url, wish())), `${left} of ${size}`).toBe(
        'damaged-backup',
      );
    }
  });

  test('when one bit of it is another', async () => {
    const after = await aDatabase();
    const whole = await readFile(path);
    for (const at of [30, Math.floor(whole.length / 2), whole.length - 75, whole.length - 10]) {
      const other = Buffer.from(whole);
      other[at] = (other[at] ?? 0) ^ 1;
      await writeFile(path, other);
      expect(await refusal(restore(after.url, wish())), String(at)).toBe('damaged-backup');
    }
  });

  test.each(['', 'something else\n', '{"a": 1}'])('when the file is none: "%s"', async (text) => {
    await writeFile(path, text);
    const after = await aDatabase();
    expect(await refusal(restore(after.url, wish()))).toBe('no-backup');
  });

  test('when the file is not there, or a folder', async () => {
    const { url } = await aDatabase();
    expect(await refusal(restore(url, { ...wish(), path: join(folder, 'none') }))).toBe('file');
    expect(await refusal(restore(url, { ...wish(), path: folder }))).toBe('file');
  });
});

describe('a restore that breaks off', () => {
  test('leaves the database empty, and can be done again', async () => {
    const before = await aFullOne();
    await backUp(before.url, wish());
    const after = await aDatabase();
    const over = new AbortController();
    const stopped = restore(after.url, {
      ...wish({ signal: over.signal }),
      told: (done) => {
        if (done > 10) over.abort();
      },
    });
    await expect(stopped).rejects.toThrow();
    expect(await counts(after.db)).toBe(0);
    await restore(after.url, wish());
    expect(await contents(after.db, OURS)).toEqual(await contents(before.db, OURS));
  });

  test('because rows point to what is not there leaves it empty, with its keys', async () => {
    const before = await aFullOne();
    await before.db.query('alter table link drop constraint "FK_caddbcc230c5498c07a04e0cb45"');
    await before.db.query('update link set person_id = gen_random_uuid()');
    await backUp(before.url, wish());
    const after = await aVersion(migrations.length);
    const empty = await contents(after.db, OURS);
    await expect(restore(after.url, wish())).rejects.toThrow(/foreign key/);
    expect(await contents(after.db, OURS)).toEqual(empty);
  });
});

describe('the file of a backup', () => {
  test('is for its owner alone, and has no half beside it', async () => {
    const { url } = await aFullOne();
    await writeFile(`${path}.part`, 'left by a crash', { mode: 0o644 });
    await backUp(url, wish());
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['backup']);
  });

  test('that is there already stays as it is, unless it is to be replaced', async () => {
    const { url } = await aFullOne();
    await writeFile(path, 'mine');
    expect(await refusal(backUp(url, wish()))).toBe('file-exists');
    expect(await readFile(path, 'utf8')).toBe('mine');
    await backUp(url, wish({ force: true }));
    expect((await openBackup(path)).header.usher).toBe('1.2.3');
  });

  test('is not there when the backup was stopped or its folder is missing', async () => {
    const { url } = await aFullOne();
    await expect(backUp(url, wish({ signal: AbortSignal.abort() }))).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
    const nowhere = { ...wish(), path: join(folder, 'none', 'backup') };
    expect(await refusal(backUp(url, nowhere))).toBe('file');
  });

  test('is not made of a database that holds nothing of Usher, or of a newer one', async () => {
    const empty = await aDatabase();
    expect(await refusal(backUp(empty.url, wish()))).toBe('nothing-there');
    const newer = await aVersion(1);
    await newer.db.query(
      `insert into migrations (timestamp, name) values (1, 'Future9999999999999')`,
    );
    await expect(backUp(newer.url, wish())).rejects.toThrow(/newer Usher/);
  });
});

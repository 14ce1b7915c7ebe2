import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { UserError } from '../../core/errors.js';
import { LEASE_HOLDER } from '../lease.js';
import { bringUp, isKnown, refuseUnknown, whileMigrating } from '../open.js';
import type { Told } from './backup.js';
import { rowsOf } from './backup.js';
import { damaged, openBackup } from './file.js';
import type { Backup } from './file.js';
import { countRows, TableReader } from './rows.js';
import { copied, inSession, migrationsIn, OURS, quoted, tablesIn } from './session.js';

/** How it is restored. */
export interface RestoreWish {
  readonly signal: AbortSignal;
  readonly told: Told;
}

/** Reads a backup through once; one that is damaged, or newer than this program, is refused. */
export async function backupToRestore(path: string): Promise<Backup> {
  const backup = await openBackup(path);
  const { usher, migrations } = backup.header;
  if (migrations.every(isKnown)) return backup;
  throw new UserError(
    'newer-backup',
    `${path} was made by Usher ${usher}, which is newer than this one. Restore it with that version.`,
  );
}

/**
 * Fills an empty database with what a backup holds, and brings its tables up to date. What breaks off leaves the database empty. No Usher can start on it meanwhile.
 */
export async function restore(url: string, backup: Backup, wish: RestoreWish): Promise<void> {
  await whileMigrating(url, () =>
    inSession(url, async (db) => {
      await refuseUsed(db);
      await makeTables(url, db, backup.header.migrations);
      await fill(db, backup, wish);
      await bringUp(url);
      for (const name of OURS) await db.query(`analyze ${quoted(name)}`);
    }),
  );
}

/** Refuses a database that an Usher runs on or has rows in. */
async function refuseUsed(db: pg.Client): Promise<void> {
  const running = await db.query(
    'select 1 from pg_stat_activity where datname = current_database() and application_name = $1',
    [LEASE_HOLDER],
  );
  if (running.rows.length > 0) {
    throw new UserError(
      'usher-runs',
      'Usher is running on this database. Stop it, then restore into an empty one.',
    );
  }
  const full = (await tablesIn(db)).filter((table) => table.rows > 0);
  if (full.length === 0) return;
  const names = full.map((table) => table.name);
  throw new UserError(
    'not-empty',
    'This database is not empty, and a backup is restored only into one that is.',
    { names },
  );
}

/** The tables as they were when the backup was made, without a row. */
async function makeTables(url: string, db: pg.Client, wanted: readonly string[]): Promise<void> {
  const present = await migrationsIn(db);
  refuseUnknown(present);
  if (present.some((name) => !wanted.includes(name))) {
    // Newer than the backup, and empty: made anew in its version, then brought up to date with its rows.
    const all = [...OURS, 'migrations'].map(quoted).join(', ');
    await db.query(`drop table if exists ${all}`);
  }
  await bringUp(url, wanted);
}

async function fill(db: pg.Client, backup: Backup, wish: RestoreWish): Promise<void> {
  await db.query('begin');
  // Checked all at once afterwards, which is quicker, and in whatever order the tables come.
  const keys = await foreignKeys(db);
  for (const { table, name } of keys) {
    await db.query(`alter table ${table} drop constraint ${quoted(name)}`);
  }
  await copyAll(db, backup, wish);
  for (const { table, name, definition } of keys) {
    await db.query(`alter table ${table} add constraint ${quoted(name)} ${definition}`);
  }
  await setSequences(db);
  await db.query('commit');
}

async function copyAll(db: pg.Client, backup: Backup, wish: RestoreWish): Promise<void> {
  const { header } = backup;
  const all = rowsOf(header);
  let done = 0;
  const body = backup.body();
  const reader = new TableReader(body);
  try {
    for (const table of header.tables) {
      const into = db.query(copyFrom(`copy ${copied(table)} from stdin`));
      const before = done;
      const counted = async function* () {
        for await (const chunk of reader.next()) {
          done += countRows(chunk);
          wish.told(done, all);
          yield chunk;
        }
      };
      await pipeline(Readable.from(counted()), into, { signal: wish.signal });
      if (done - before !== table.rows || into.rowCount !== table.rows) throw damaged(backup.path);
    }
  } finally {
    body.destroy();
  }
}

interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

async function foreignKeys(db: pg.Client): Promise<ForeignKey[]> {
  const { rows } = await db.query<ForeignKey>(
    `select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
       from pg_constraint
      where contype = 'f' and conrelid = any(select to_regclass(quote_ident(n)) from unnest($1::text[]) n)
      order by conrelid::regclass::text, conname`,
    [OURS],
  );
  return rows;
}

/** What counts by itself goes on after the highest number that came with the rows. */
async function setSequences(db: pg.Client): Promise<void> {
  const { rows } = await db.query<{ table: string; column: string; sequence: string }>(
    `select a.attrelid::regclass::text as table, a.attname as column,
            pg_get_serial_sequence(a.attrelid::regclass::text, a.attname) as sequence
       from pg_attribute a
      where a.attrelid = any(select to_regclass(quote_ident(n)) from unnest($1::text[]) n)
        and a.attnum > 0 and not a.attisdropped
        and pg_get_serial_sequence(a.attrelid::regclass::text, a.attname) is not null`,
    [OURS],
  );
  for (const { table, column, sequence } of rows) {
    const highest = `max(${quoted(column)})`;
    await db.query(
      `select setval($1::regclass, coalesce(${highest}, 1), ${highest} is not null) from ${table}`,
      [sequence],
    );
  }
}

import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { UserError } from '../../core/errors.js';
import { refuseExisting, sizeOf, writeBackup } from './file.js';
import type { Header } from './file.js';
import { countRows, END_OF_TABLE } from './rows.js';
import { copied, inSession, migrationsIn, tablesIn } from './session.js';
import type { Kept } from './session.js';
import { refuseUnknown } from '../open.js';

/** How far long work has come, in rows. */
export type Told = (done: number, of: number) => void;

/** What is to be written where, and by whom. */
export interface BackupWish {
  readonly path: string;
  /** Replaces a file that is there. */
  readonly force: boolean;
  /** Usher's own version. */
  readonly version: string;
  readonly signal: AbortSignal;
  readonly told: Told;
}

/** What a backup holds. */
export interface BackedUp {
  readonly header: Header;
  readonly bytes: number;
}

export const rowsOf = ({ tables }: Pick<Header, 'tables'>): number =>
  tables.reduce((sum, table) => sum + table.rows, 0);

/** Writes everything that Usher knows, as it was at one instant, to a file. Usher may run meanwhile. */
export async function backUp(url: string, wish: BackupWish): Promise<BackedUp> {
  const { path, force, signal } = wish;
  if (!force) await refuseExisting(path);
  const header = await inSession(url, async (db) => {
    await db.query('begin isolation level repeatable read read only');
    const header = await headerFor(db, wish.version);
    await writeBackup(path, { header, body: body(db, header, wish.told), signal });
    await db.query('commit');
    return header;
  });
  return { header, bytes: await sizeOf(path) };
}

async function headerFor(db: pg.Client, usher: string): Promise<Header> {
  const migrations = await migrationsIn(db);
  if (migrations.length === 0) {
    throw new UserError(
      'nothing-there',
      'This database holds nothing of Usher. Are DATABASE_URL and DATA_DIR right?',
    );
  }
  refuseUnknown(migrations);
  const { rows } = await db.query<{ now: Date }>('select now()');
  const takenAt = rows[0]?.now ?? new Date();
  return { usher, takenAt, migrations, tables: await tablesIn(db) };
}

async function* body(db: pg.Client, header: Header, told: Told): AsyncGenerator<Buffer> {
  const all = rowsOf(header);
  let done = 0;
  for (const table of header.tables) {
    for await (const chunk of rows(db, table)) {
      yield chunk;
      done += countRows(chunk);
      told(done, all);
    }
    yield END_OF_TABLE;
  }
}

const rows = (db: pg.Client, table: Kept): AsyncIterable<Buffer> =>
  db.query(copyTo(`copy ${copied(table)} to stdout`));

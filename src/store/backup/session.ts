import pg from 'pg';
import { migrationsOf } from '../open.js';
import { tables } from '../schema.js';

/** The tables that hold what Usher knows. Alarms and leases are not among them: they are made anew. */
export const OURS: readonly string[] = tables.map((table) => table.options.name);

/** One table of ours as it is in a database. */
export interface Kept {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * Runs `work` on one connection without any time limit, on which values are written and read in one way, whatever the
 * server, the database or the account are set to.
 */
export async function inSession<T>(url: string, work: (db: pg.Client) => Promise<T>): Promise<T> {
  const db = new pg.Client({ connectionString: url, application_name: 'usher-backup' });
  db.on('error', () => undefined); // what is asked next fails
  try {
    await db.connect();
    await db.query(
      `select set_config(name, '0', false) from pg_settings
        where name in ('statement_timeout', 'transaction_timeout', 'lock_timeout',
                       'idle_in_transaction_session_timeout', 'idle_session_timeout')`,
    );
    await db.query(
      `set client_encoding to 'UTF8'; set datestyle to 'ISO'; set timezone to 'UTC';
       set extra_float_digits to 1`,
    );
    return await work(db);
  } finally {
    await db.end().catch(() => undefined);
  }
}

/** The names of the migrations that a database has seen; none in a new one. */
export async function migrationsIn(db: pg.ClientBase): Promise<string[]> {
  return migrationsOf(async (sql) => (await db.query<{ name: string }>(sql)).rows);
}

/** Our tables that are there, with their columns and how many rows they have. */
export async function tablesIn(db: pg.ClientBase): Promise<Kept[]> {
  const { rows } = await db.query<{ name: string; columns: string[] }>(
    `select t.name, array_agg(a.attname::text order by a.attnum) as columns
       from unnest($1::text[]) with ordinality as t(name, place)
       join pg_attribute a on a.attrelid = to_regclass(quote_ident(t.name))
      where a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      group by t.name, t.place order by t.place`,
    [OURS],
  );
  const kept: Kept[] = [];
  for (const table of rows) {
    const counted = await db.query<{ rows: number }>(
      `select count(*)::float8 as rows from ${quoted(table.name)}`,
    );
    kept.push({ ...table, rows: counted.rows[0]?.rows ?? 0 });
  }
  return kept;
}

/** `table (columns)`, as COPY wants it. */
export const copied = ({ name, columns }: Pick<Kept, 'name' | 'columns'>): string =>
  `${quoted(name)} (${columns.map(quoted).join(', ')})`;

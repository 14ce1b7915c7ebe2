import type { DataSource } from 'typeorm';
import pg from 'pg';
import { dataSourceFor } from './dataSource.js';
import { Store } from './store.js';

/** Any number that only Usher uses: whoever holds it migrates. */
const MIGRATING = 7_241_001;

/** The tables were made by a newer Usher: this one would not understand them. */
export class NewerSchema extends Error {
  override readonly name = 'NewerSchema';
}

/** A connected store, its tables as this program wants them. */
export interface Opened {
  readonly store: Store;
  readonly close: () => Promise<void>;
}

/** Connects, and brings the tables up to date under a lock, so that two starters never do it at once. */
export async function openStore(url: string): Promise<Opened> {
  await migrate(url);
  const source = dataSourceFor(url);
  await source.initialize();
  return { store: new Store(source), close: () => source.destroy() };
}

/** On connections of its own: a migration may take longer than any query of the day. */
async function migrate(url: string): Promise<void> {
  const source = dataSourceFor(url, 0);
  const lock = new pg.Client({ connectionString: url });
  lock.on('error', () => undefined); // the migration finds out by itself
  try {
    await lock.connect();
    await lock.query('select pg_advisory_lock($1)', [MIGRATING]);
    await source.initialize();
    await refuseNewer(source);
    await source.runMigrations({ transaction: 'each' });
  } finally {
    if (source.isInitialized) await source.destroy();
    await lock.end();
  }
}

async function refuseNewer(source: DataSource): Promise<void> {
  const [table] = await source.query<{ name: string | null }[]>(
    `select to_regclass('migrations')::text as name`,
  );
  if (!table?.name) return;
  const known = source.migrations.map((migration) => migration.name ?? migration.constructor.name);
  const unknown = await source.query<{ name: string }[]>(
    'select name from migrations where not name = any($1) order by name',
    [known],
  );
  if (unknown.length === 0) return;
  const names = unknown.map((row) => row.name).join(', ');
  throw new NewerSchema(
    `The database was used by a newer Usher (${names}). Start that version, or restore an older backup.`,
  );
}

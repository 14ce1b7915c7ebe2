import pg from 'pg';
import { dataSourceFor } from './dataSource.js';
import { migrations } from './migrations/index.js';
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
  /** Whether the tables still are as this program made or found them; a newer one, or a restore, may have come since. */
  readonly isCurrent: () => Promise<boolean>;
}

/** Connects, and brings the tables up to date under a lock, so that two starters never do it at once. */
export async function openStore(url: string): Promise<Opened> {
  await whileMigrating(url, () => bringUp(url));
  const source = dataSourceFor(url);
  await source.initialize();
  return {
    store: new Store(source),
    close: () => source.destroy(),
    isCurrent: async () => {
      const names = await migrationsOf((sql) => source.query<{ name: string }[]>(sql));
      return names.length === migrations.length && names.every(isKnown);
    },
  };
}

/** Runs `work` while nobody else changes the tables; who comes meanwhile waits. */
export async function whileMigrating<T>(url: string, work: () => Promise<T>): Promise<T> {
  const lock = new pg.Client({ connectionString: url });
  lock.on('error', () => undefined); // the work finds out by itself
  try {
    await lock.connect();
    await lock.query('select pg_advisory_lock($1)', [MIGRATING]);
    return await work();
  } finally {
    await lock.end();
  }
}

/**
 * Runs the migrations that are missing, or those of them in `wanted`, on connections of its own: one may take longer
 * than any query of the day. To be called inside `whileMigrating`.
 */
export async function bringUp(url: string, wanted: readonly string[] | null = null): Promise<void> {
  const source = dataSourceFor(url, 0);
  const chosen = migrations.filter(({ name }) => wanted === null || wanted.includes(name));
  source.setOptions({ migrations: chosen });
  try {
    await source.initialize();
    refuseUnknown(await migrationsOf((sql) => source.query<{ name: string }[]>(sql)));
    await source.runMigrations({ transaction: 'each' });
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

/** Whether this program has a migration of that name. */
export const isKnown = (name: string): boolean =>
  migrations.some((migration) => migration.name === name);

/** The names of the migrations that a database has seen, oldest first; none in a new one. */
export async function migrationsOf(
  ask: (sql: string) => Promise<{ name: string | null }[]>,
): Promise<string[]> {
  const [table] = await ask(`select to_regclass('migrations')::text as name`);
  if (!table?.name) return [];
  return (await ask('select name from migrations order by id')).flatMap((row) => row.name ?? []);
}

/** Throws when a newer Usher changed the tables. */
export function refuseUnknown(names: readonly string[]): void {
  const unknown = names.filter((name) => !isKnown(name)).sort();
  if (unknown.length === 0) return;
  throw new NewerSchema(
    `The database was used by a newer Usher (${unknown.join(', ')}). Start that version, or restore an older backup.`,
  );
}

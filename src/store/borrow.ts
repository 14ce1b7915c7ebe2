import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { UserError } from '../core/errors.js';
import { startEmbedded } from './embedded.js';

/** Where a database is. */
interface Place {
  /** null: the embedded one in `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
}

/**
 * Runs `work` on the database of this installation. The embedded PostgreSQL is shared with an Usher that runs, and
 * otherwise started for the time of the work. `make`: one that is not there is made.
 */
export async function withDatabase<T>(
  { databaseUrl, dataDir }: Place,
  { make }: { readonly make: boolean },
  work: (url: string) => Promise<T>,
): Promise<T> {
  if (databaseUrl !== null) return work(databaseUrl);
  const home = embeddedHome(dataDir);
  if (!make && !existsSync(join(home, 'data', 'PG_VERSION'))) {
    throw new UserError(
      'no-database',
      `There is no database in ${home}. Is DATA_DIR right, or DATABASE_URL missing?`,
    );
  }
  const embedded = await startEmbedded(dataDir);
  try {
    return await work(embedded.url);
  } finally {
    // An Usher that runs, also one that came meanwhile, goes on with it and stops it; one that was killed does not.
    if (!(await isUsed(embedded.url))) await embedded.stop();
  }
}

/** The folder of the embedded PostgreSQL. */
export const embeddedHome = (dataDir: string): string => join(resolve(dataDir), 'postgres');

/** What we have closed a moment ago may still be ending. */
const LOOKS = 20;
const LOOK_EVERY_MS = 50;

async function isUsed(url: string): Promise<boolean> {
  for (let look = 0; look < LOOKS; look += 1) {
    if ((await othersOn(url)) === 0) return false;
    await sleep(LOOK_EVERY_MS);
  }
  return true;
}

async function othersOn(url: string): Promise<number> {
  const db = new pg.Client({ connectionString: url });
  db.on('error', () => undefined); // then it does not run, and is used by nobody
  try {
    await db.connect();
    const { rows } = await db.query(
      `select 1 from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    return rows.length;
  } catch {
    return 0;
  } finally {
    await db.end().catch(() => undefined);
  }
}

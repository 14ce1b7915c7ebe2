import { MongoClient } from 'mongodb';
import pg from 'pg';
import type { TestContext } from 'vitest';
import type { JobStore } from '../../src/jobs/scheduler.js';
import { mongoForTests, NO_MONGO, type MongoForTests } from '../support/mongo.js';
import { createTestDatabase } from '../support/postgres.js';
import type { Address } from './gate.js';

/** A job as the store keeps it. */
export interface StoredJob {
  readonly name: string;
  readonly data: unknown;
  readonly nextRunAt: Date | null;
  readonly lockedAt: Date | null;
}

/** An empty job store, and a way to look into it that is not the scheduler's. */
export interface TestJobStore {
  readonly store: JobStore;
  readonly address: Address;
  /** The same store through a port of this machine. */
  through(port: number): JobStore;
  jobs(): Promise<StoredJob[]>;
  put(job: StoredJob): Promise<void>;
  empty(): Promise<void>;
  close(): Promise<void>;
}

/** Gives each test a store of its own; `close` ends what the file started. */
export interface Stores {
  fresh(context: TestContext): Promise<TestJobStore>;
  close(): Promise<void>;
}

export const onPostgres: Stores = {
  fresh: async () => {
    const database = await createTestDatabase();
    const pool = new pg.Pool({ connectionString: database.url, max: 1 });
    return {
      store: { pgUrl: database.url },
      address: { host: '127.0.0.1', port: Number(new URL(database.url).port) },
      through: (port) => ({ pgUrl: withPort(database.url, port) }),
      jobs: async () =>
        (
          await pool.query<StoredJob>(
            `select name, data, next_run_at as "nextRunAt", locked_at as "lockedAt" from agenda_jobs`,
          )
        ).rows,
      put: async ({ name, data, nextRunAt, lockedAt }) => {
        await pool.query(
          `insert into agenda_jobs (name, type, data, next_run_at, locked_at) values ($1, 'normal', $2, $3, $4)`,
          [name, JSON.stringify(data), nextRunAt, lockedAt],
        );
      },
      empty: async () => {
        await pool.query('truncate agenda_jobs');
      },
      close: async () => {
        await pool.end();
        await database.drop();
      },
    };
  },
  close: () => Promise.resolve(),
};

/** Starts the server when the first test asks; where none can be had, every test is skipped and says why. */
export function onMongo(): Stores {
  let starting: Promise<MongoForTests | null> | null = null;
  return {
    fresh: async (context) => {
      const mongo = await (starting ??= mongoForTests());
      return mongo === null ? context.skip(NO_MONGO) : mongoStore(mongo.another());
    },
    close: async () => (await starting)?.stop(),
  };
}

function mongoStore(url: string): TestJobStore {
  const client = new MongoClient(url);
  const jobs = () => client.db().collection('agendaJobs');
  const [, start = '', host = '', port, rest = ''] =
    /^(mongodb:\/\/(?:[^@/]*@)?)([^:/,]+)(?::(\d+))?(?:,[^/]*)?(.*)$/.exec(url) ?? [];
  return {
    store: { mongoUri: url },
    address: { host, port: Number(port ?? 27_017) },
    through: (gate) => {
      const direct = `${start}127.0.0.1:${gate}${rest}`;
      return { mongoUri: `${direct}${rest.includes('?') ? '&' : '?'}directConnection=true` };
    },
    jobs: async () =>
      (await jobs().find().toArray()).map((job) => ({
        name: job.name as string,
        data: job.data as unknown,
        nextRunAt: (job.nextRunAt as Date | undefined) ?? null,
        lockedAt: (job.lockedAt as Date | undefined) ?? null,
      })),
    put: async (job) => {
      await jobs().insertOne({ ...job, type: 'normal', priority: 0 });
    },
    empty: async () => {
      await jobs().deleteMany({});
    },
    close: () => client.close(),
  };
}

function withPort(address: string, port: number): string {
  const url = new URL(address);
  url.port = String(port);
  return url.href;
}

import { MongoClient, type Collection } from 'mongodb';
import pg from 'pg';
import type { TestWorld } from './world.js';

type Kept = Pick<TestWorld, 'databaseUrl' | 'mongoUrl'>;

/** How many alarms are locked for a process that would run them. */
export function lockedAlarms({ databaseUrl, mongoUrl }: Kept): Promise<number> {
  if (mongoUrl !== null)
    return inMongo(mongoUrl, (jobs) => jobs.countDocuments({ lockedAt: { $ne: null } }));
  return inPostgres(databaseUrl, 'select 1 from agenda_jobs where locked_at is not null');
}

/** Loses every alarm. */
export async function emptyAlarms({ databaseUrl, mongoUrl }: Kept): Promise<void> {
  if (mongoUrl !== null) await inMongo(mongoUrl, (jobs) => jobs.deleteMany({}));
  else await inPostgres(databaseUrl, 'delete from agenda_jobs');
}

async function inMongo<T>(url: string, use: (jobs: Collection) => Promise<T>): Promise<T> {
  const client = await MongoClient.connect(url);
  try {
    return await use(client.db().collection('agendaJobs'));
  } finally {
    await client.close();
  }
}

/** Gives how many rows it concerned. */
async function inPostgres(url: string, statement: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}

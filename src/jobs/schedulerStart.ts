import type { AgendaBackend } from 'agenda';
import type { Db } from 'mongodb';
import type pg from 'pg';

/** Connected before Agenda does it, whose own failing nobody could handle. */
export async function connected(backend: AgendaBackend): Promise<void> {
  await backend.connect();
  backend.connect = () => Promise.resolve();
}

/**
 * What a killed process had locked, or what Agenda locked while it stopped, is free at once: we hold the lease, so no
 * other process runs jobs.
 */
export async function freeLocks(pool: pg.Pool): Promise<void> {
  const table = await pool.query<{ name: string | null }>(
    `select to_regclass('agenda_jobs')::text as name`,
  );
  if (table.rows[0]?.name === null) return;
  await pool.query(
    `update agenda_jobs set next_run_at = coalesce(next_run_at, now()), locked_at = null
      where locked_at is not null`,
  );
}

/** The same in MongoDB. */
export async function freeMongoLocks(db: Db): Promise<void> {
  const jobs = db.collection('agendaJobs');
  const now = new Date();
  await jobs.updateMany({ lockedAt: { $ne: null }, nextRunAt: null }, { $set: { nextRunAt: now } });
  await jobs.updateMany({ lockedAt: { $ne: null } }, { $set: { lockedAt: null } });
}

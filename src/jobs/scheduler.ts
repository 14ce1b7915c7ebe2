import { PostgresBackend } from '@agendajs/postgres-backend';
import { MongoBackend } from '@agendajs/mongo-backend';
import { Agenda, InMemoryNotificationChannel, type JobId } from 'agenda';
import { MongoClient } from 'mongodb';
import pg from 'pg';
import type { Log } from '../log.js';
import type { Job } from './job.js';
import { Reminders } from './reminders.js';
import { connected, freeLocks, freeMongoLocks } from './schedulerStart.js';

/** Where alarms are kept. */
export type JobStore = { readonly mongoUri: string } | { readonly pgUrl: string };

interface SchedulerParts<Context> {
  readonly store: JobStore;
  readonly jobs: readonly Job<unknown, Context>[];
  readonly context: Context;
  readonly clock: { now(): Date };
  readonly log: Log;
}

/** An open connection to the job store, with an Agenda on it. */
interface Running {
  readonly agenda: Agenda;
  /** Tells Agenda of new alarms: nobody else sets any, for one process at a time holds the lease. */
  readonly channel: InMemoryNotificationChannel;
  /** Takes away alarms that have rung: Agenda does so only after it has called a job done. */
  removeRung(): Promise<unknown>;
  /** Unlocks every alarm. */
  freeLocks(): Promise<void>;
  /** Rejects when the store does not answer. */
  ping(): Promise<unknown>;
  close(): Promise<void>;
}

const PROCESS_EVERY_MS = 2_000;
const LOCK_FOR_MS = 90_000;
const CONCURRENCY = 20;
const ANSWER_WITHIN_MS = 2_000;
/** Of any one call: a store that hangs counts as one that is gone. */
const SILENT_AFTER_MS = 4_000;
const AGAIN_AFTER_MS = 5_000;
const STOP_WITHIN_MS = 8_000;
const REMEMBERED = 5_000;

/**
 * Agenda, as an alarm clock: it may be emptied or away at any moment, and nothing but promptness is lost. Alarms are
 * only ever added. No method throws because the store does not answer.
 */
export class Scheduler<Context> {
  private running: Running | null = null;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly asked = new Set<string>();
  private readonly reminders = new Reminders((job) => this.look(job));

  constructor(private readonly parts: SchedulerParts<Context>) {}

  /** Whether the store was there at the start; Agenda itself gets over short absences. */
  get isUp(): boolean {
    return this.running !== null;
  }

  /** Whether the store is there now; rejects when it was, and does not answer. */
  async answers(): Promise<boolean> {
    await this.running?.ping();
    return this.running !== null;
  }

  /** Connects, or says that it cannot and keeps trying. `onUp` runs when the store is there. */
  async start(onUp: () => void): Promise<void> {
    if (this.isStopped()) return;
    try {
      const running = await this.connect();
      if (this.isStopped()) {
        await running.agenda.stop(false);
        await running.close();
        return;
      }
      this.running = running;
      onUp();
    } catch (error) {
      this.parts.log.error(
        { err: error },
        'the job store does not answer: ends are kept by the watch, at most 20 s late; trying again',
      );
      this.timer = setTimeout(() => void this.start(onUp), AGAIN_AFTER_MS);
    }
  }

  /** Asks for one run at an instant of the clock. The same alarm is asked for once. */
  async at<Payload>(when: Date, job: Job<Payload, Context>, payload: Payload): Promise<void> {
    if (this.running === null || this.stopped) return;
    const key = `${job.name} ${when.getTime()} ${JSON.stringify(payload)}`;
    if (this.asked.has(key)) return;
    if (this.asked.size >= REMEMBERED) this.asked.clear();
    this.asked.add(key);
    const real = new Date(Date.now() + (when.getTime() - this.parts.clock.now().getTime()));
    try {
      await this.running.agenda.schedule(real, job.name, payload);
      if (!this.isStopped()) this.reminders.add(job.name, real);
    } catch (error) {
      this.asked.delete(key);
      this.parts.log.warn({ err: error }, 'an alarm could not be set; the watch covers it');
    }
  }

  /** The time was moved: what was asked for may have to be asked for again. */
  forget(): void {
    this.asked.clear();
  }

  /** Takes no new jobs, waits for those that run, leaves nothing locked. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.reminders.clear();
    const { running } = this;
    if (!running) return;
    this.running = null;
    await running.agenda.stop(false).catch((error: unknown) => this.report(error));
    const late = new Promise<void>((resolve) => setTimeout(resolve, STOP_WITHIN_MS).unref());
    await Promise.race([Promise.allSettled(this.inFlight), late]);
    // Agenda unlocks what it had locked when it was told to stop, not what it was just about to lock.
    const tidy = running.removeRung().then(() => running.freeLocks());
    await tidy.catch((error: unknown) => this.report(error));
    await running.close().catch((error: unknown) => this.report(error));
  }

  private isStopped(): boolean {
    return this.stopped;
  }

  private report(error: unknown): void {
    if (!this.stopped) this.parts.log.warn({ err: error }, 'job store');
  }

  /** Lets Agenda look for what is due. */
  private look(jobName: string): void {
    const now = new Date();
    const notice = { jobId: '' as JobId, jobName, nextRunAt: null, priority: 0, timestamp: now };
    this.running?.channel.publish(notice).catch((error: unknown) => this.report(error));
  }

  private async connect(): Promise<Running> {
    const { store } = this.parts;
    const running =
      'mongoUri' in store ? await this.onMongo(store.mongoUri) : await this.onPostgres(store.pgUrl);
    const { agenda } = running;
    agenda.on('error', (error: unknown) => this.report(error));
    for (const job of this.parts.jobs) this.define(agenda, job);
    await agenda.ready;
    await agenda.start();
    return running;
  }

  private define(agenda: Agenda, job: Job<unknown, Context>): void {
    // One parameter: with two, Agenda would wait for a callback.
    agenda.define(
      job.name,
      async (run) => {
        const work = Promise.resolve()
          .then(() => job.run(job.parse(run.attrs.data), this.parts.context))
          .catch((error: unknown) => {
            this.parts.log.error(
              { err: error, job: job.name },
              'a job failed; the watch redoes it',
            );
          });
        this.inFlight.add(work);
        await work.finally(() => this.inFlight.delete(work));
      },
      { concurrency: CONCURRENCY, lockLifetime: job.lockFor, removeOnComplete: true },
    );
  }

  private settings() {
    return {
      processEvery: PROCESS_EVERY_MS,
      defaultLockLifetime: LOCK_FOR_MS,
      maxConcurrency: CONCURRENCY,
      removeOnComplete: true,
    };
  }

  private async onPostgres(url: string): Promise<Running> {
    const pool = new pg.Pool({
      connectionString: url,
      max: 6,
      application_name: 'usher-jobs',
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: SILENT_AFTER_MS,
    });
    pool.on('error', (error) => this.report(error));
    const backend = new PostgresBackend({ pool, disableNotifications: true });
    try {
      await freeLocks(pool);
      await connected(backend);
    } catch (error) {
      await pool.end();
      throw error;
    }
    const channel = new InMemoryNotificationChannel();
    return {
      agenda: new Agenda({ backend, notificationChannel: channel, ...this.settings() }),
      channel,
      removeRung: () => pool.query('delete from agenda_jobs where next_run_at is null'),
      freeLocks: () => freeLocks(pool),
      ping: () => pool.query('select 1'),
      close: () => pool.end(),
    };
  }

  private async onMongo(uri: string): Promise<Running> {
    const client = new MongoClient(uri, {
      serverSelectionTimeoutMS: ANSWER_WITHIN_MS,
      connectTimeoutMS: ANSWER_WITHIN_MS,
      socketTimeoutMS: SILENT_AFTER_MS,
    });
    client.on('error', (error) => this.report(error));
    const backend = new MongoBackend({ mongo: client.db() });
    try {
      await client.connect();
      await freeMongoLocks(client.db());
      await connected(backend);
    } catch (error) {
      await client.close();
      throw error;
    }
    const channel = new InMemoryNotificationChannel();
    return {
      agenda: new Agenda({ backend, notificationChannel: channel, ...this.settings() }),
      channel,
      removeRung: () => client.db().collection('agendaJobs').deleteMany({ nextRunAt: null }),
      freeLocks: () => freeMongoLocks(client.db()),
      ping: () => client.db().command({ ping: 1 }),
      close: () => client.close(),
    };
  }
}

import type { DataSource, EntityManager } from 'typeorm';
import { Asks } from './asks.js';
import { Bursts } from './bursts.js';
import { Cases } from './cases.js';
import { Directory } from './directory.js';
import { Dms } from './dms.js';
import { Endings } from './endings.js';
import { Figures } from './figures.js';
import { Grants } from './grants.js';
import { Guilds } from './guilds.js';
import { HeldWishes } from './held.js';
import { Notices } from './notices.js';
import { OpenAnswers } from './openAnswers.js';
import { Owners } from './owners.js';
import { People } from './people.js';
import { Retention } from './retention.js';
import { Schedule } from './schedule.js';
import { Servers } from './servers.js';
import { Shares } from './shares.js';
import { Streams } from './streams.js';
import { Troubles } from './troubles.js';

/** The tables, over one connection: inside a transaction they all see, and commit, the same. */
export class Tables {
  readonly asks: Asks;
  readonly bursts: Bursts;
  readonly cases: Cases;
  readonly directory: Directory;
  readonly dms: Dms;
  readonly endings: Endings;
  readonly figures: Figures;
  readonly grants: Grants;
  readonly guilds: Guilds;
  readonly held: HeldWishes;
  readonly notices: Notices;
  readonly openAnswers: OpenAnswers;
  readonly owners: Owners;
  readonly people: People;
  readonly retention: Retention;
  readonly schedule: Schedule;
  readonly servers: Servers;
  readonly shares: Shares;
  readonly streams: Streams;
  readonly troubles: Troubles;

  constructor(db: EntityManager) {
    this.asks = new Asks(db);
    this.bursts = new Bursts(db);
    this.cases = new Cases(db);
    this.directory = new Directory(db);
    this.dms = new Dms(db);
    this.endings = new Endings(db);
    this.figures = new Figures(db);
    this.grants = new Grants(db);
    this.guilds = new Guilds(db);
    this.held = new HeldWishes(db);
    this.notices = new Notices(db);
    this.openAnswers = new OpenAnswers(db);
    this.owners = new Owners(db);
    this.people = new People(db);
    this.retention = new Retention(db);
    this.schedule = new Schedule(db);
    this.servers = new Servers(db);
    this.shares = new Shares(db);
    this.streams = new Streams(db);
    this.troubles = new Troubles(db);
  }
}

/** PostgreSQL, the truth. Tables read directly see what is committed; writes that belong together share a transaction. */
export class Store extends Tables {
  constructor(private readonly source: DataSource) {
    super(source.manager);
  }

  /** Commits what `work` did when it resolves, nothing when it throws. Never call Plex or Discord inside. */
  transaction<T>(work: (tables: Tables) => Promise<T>): Promise<T> {
    return this.source.transaction((db) => work(new Tables(db)));
  }

  /** Does the work, tells what came of it, and takes everything back. */
  async rehearse<T>(work: (tables: Tables) => Promise<T>): Promise<T> {
    const runner = this.source.createQueryRunner();
    try {
      await runner.startTransaction();
      return await work(new Tables(runner.manager));
    } finally {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      await runner.release();
    }
  }

  /**
   * Reads one person or one page of a list. PostgreSQL likes to read a table of some thousand rows as a whole, which is
   * quick for one who asks and slow for many: here it takes an index wherever there is one.
   */
  byIndex<T>(work: (tables: Tables) => Promise<T>): Promise<T> {
    return this.source.transaction(async (db) => {
      await db.query('set local enable_seqscan = off');
      return work(new Tables(db));
    });
  }

  /** PostgreSQL's clock; the answer's age is at most the round trip. */
  async now(): Promise<Date> {
    const [row] = await this.source.query<{ now: Date }[]>('select clock_timestamp() as now');
    if (!row) throw new Error('PostgreSQL did not tell the time');
    return row.now;
  }
}

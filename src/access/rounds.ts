import { setTimeout as sleep } from 'node:timers/promises';
import { Outage } from '../core/errors.js';
import type { Outbox } from './outbox.js';
import { Overdue } from './overdue.js';
import { carryOn } from './brakeDesk.js';
import { CleanUp } from './farewell.js';
import type { Parts } from './parts.js';
import type { ServerRow } from '../store/rows.js';
import { sweep } from './sweep.js';
import { sync } from './sync.js';
import { nextSweep, nextSync } from './timetable.js';
import { lookAtDue } from './watch.js';

const WATCH_EVERY_MS = 15_000;
/** Where Plex did not answer, it is asked again after this. */
const RETRY_MS = 15 * 60_000;

type Kind = 'sweep' | 'sync';

/** What happens again and again by itself: the watch, the sweep, the sync. Each is a plain timer on PostgreSQL alone. */
export class Rounds {
  private readonly over = new AbortController();
  private readonly loops: Promise<void>[] = [];
  private readonly overdue: Overdue;
  private readonly daily: CleanUp;
  /** When each was last begun in this process, whatever came of it. */
  private readonly tried = new Map<string, Date>();
  private readonly startedAt: Date;

  constructor(
    private readonly parts: Parts,
    private readonly outbox: Outbox,
    /** Runs before each sweep: alarms asked for before may be asked for again. */
    private readonly forgetAlarms: () => void,
  ) {
    this.startedAt = parts.clock.now();
    this.overdue = new Overdue(parts);
    this.daily = new CleanUp(parts);
  }

  start(): void {
    this.loops.push(
      this.every(WATCH_EVERY_MS, 'watch', () => this.watch()),
      // Beside the watch: a sweep may take minutes, and ends do not wait for it.
      this.every(WATCH_EVERY_MS, 'overdue', () => this.overdue.check()),
      // It may take minutes, too.
      this.every(WATCH_EVERY_MS, 'held', () => carryOn(this.parts)),
      this.every(WATCH_EVERY_MS, 'sweep', () => this.sweepDue()),
      this.every(WATCH_EVERY_MS, 'sync', () => this.syncDue()),
    );
  }

  async stop(): Promise<void> {
    this.over.abort();
    await Promise.all(this.loops);
  }

  /** Whether some server was not looked at for three sweeps. */
  isOverdue(): Promise<boolean> {
    return this.overdue.any();
  }

  /** Whoever is due now, and every notice that is held. */
  private async watch(): Promise<void> {
    await this.outbox.round();
    await lookAtDue(this.parts, null);
    this.parts.stopStreams();
    await this.cleanUp();
  }

  /** Deletes what nobody needs any more, once a day. */
  cleanUp(): Promise<void> {
    return this.daily.ifDue(this.over.signal);
  }

  /** Looks at everybody again on the servers whose time has come; also where Usher left, for ends are carried out there. */
  async sweepDue(): Promise<void> {
    const due = await this.due('sweep');
    if (due.length > 0) this.forgetAlarms();
    for (const { id } of due) await sweep(this.parts, id, { priority: 'sweep' });
  }

  /** Reads the servers whose time has come, those of guilds that were left not any more. */
  async syncDue(): Promise<void> {
    for (const { id } of await this.due('sync')) {
      await sync(this.parts, id, { priority: 'sweep' }).catch((error: unknown) => {
        if (!(error instanceof Outage)) throw error;
        this.parts.log.warn({ err: error, serverId: id }, 'a server could not be read');
      });
    }
  }

  private async due(kind: Kind): Promise<readonly ServerRow[]> {
    const { store, clock } = this.parts;
    const now = clock.now();
    const guilds = new Map((await store.guilds.all()).map((guild) => [guild.id, guild]));
    return (await store.servers.all()).filter((server) => {
      const guild = guilds.get(server.guildId);
      if (!guild || (kind === 'sync' && guild.leftAt !== null)) return false;
      const syncedAt = server.syncedAt ?? this.startedAt;
      const next =
        kind === 'sweep'
          ? nextSweep({ ...server, syncedAt }, guild)
          : nextSync({ ...server, syncedAt }, guild);
      if (next === null || next > now) return false;
      const done = kind === 'sweep' ? server.sweptAt : server.syncedAt;
      return this.isTurn(`${kind} ${server.id}`, done, now);
    });
  }

  /** Whether to try now: not soon again after a try that came to nothing. A clock that was set back hides no try. */
  private isTurn(what: string, done: Date | null, now: Date): boolean {
    const tried = this.tried.get(what);
    const isInVain = tried !== undefined && tried <= now && (done === null || done < tried);
    if (isInVain && now.getTime() - tried.getTime() < RETRY_MS) return false;
    this.tried.set(what, now);
    return true;
  }

  private async every(ms: number, name: string, round: () => Promise<void>): Promise<void> {
    const { signal } = this.over;
    for (;;) {
      await sleep(ms, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await round();
      } catch (error) {
        this.parts.log.warn({ err: error, round: name }, 'a round broke off; the next one goes on');
      }
    }
  }
}

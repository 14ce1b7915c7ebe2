import { setTimeout as sleep } from 'node:timers/promises';
import { storedAsks } from './access/asks.js';
import { StoreClock } from './access/clock.js';
import { Counts } from './access/counts.js';
import { applyEnvironment, environmentGuild, noteFixed } from './access/environment.js';
import { OwnerGate } from './access/gate.js';
import { Works } from './access/going.js';
import { Logins } from './access/logins.js';
import { News } from './access/news.js';
import { Outbox } from './access/outbox.js';
import { judgeClock } from './access/clockTrouble.js';
import type { Parts } from './access/parts.js';
import { connectAndRead } from './access/firstSync.js';
import { StreamStops } from './access/streamStops.js';
import { Rounds } from './access/rounds.js';
import { deriveAlarms, lookAtDue } from './access/watch.js';
import type { Json } from './commands/reply.js';
import type { Config } from './config.js';
import { serveHealth } from './console/health.js';
import { Metrics } from './console/metrics.js';
import { settleTimes } from './core/settle.js';
import { connect } from './discord/client.js';
import type { Discord } from './discord/client.js';
import { onChanges } from './discord/changes.js';
import { memberLookup, standingLookup } from './discord/members.js';
import { createDirectPoster, createPoster } from './discord/post.js';
import { followGuilds } from './joinedGuilds.js';
import { edge } from './jobs/edge.js';
import type { JobContext } from './jobs/edge.js';
import { jobs } from './jobs/registry.js';
import { Scheduler } from './jobs/scheduler.js';
import type { OwnLog } from './log.js';
import { resumeOpenAnswers } from './openAnswers.js';
import { checksOf, measure, SPARE } from './oversight.js';
import { openConnections } from './ownersPlex.js';
import { Painter } from './pictures/painter.js';
import { serveCommands } from './serveCommands.js';
import { startEmbedded } from './store/embedded.js';
import { takeLease } from './store/lease.js';
import { openStore } from './store/open.js';
import type { Store } from './store/store.js';

const REGISTERED_WITHIN_MS = 10_000;

type Stop = () => Promise<void> | void;

/** The composition root: builds every part, wires them, starts them, and stops them in reverse order. */
export class Usher {
  private readonly stops: Stop[] = [];
  private readonly stopping = new AbortController();
  private isReady = false;
  private rounds: Rounds | null = null;
  private readonly metrics = new Metrics();

  constructor(
    private readonly config: Config,
    private readonly log: OwnLog,
  ) {}

  /** Resolves when commands are served and what Plex shows is known, or Plex was found not to answer. */
  async start(onFatal: (reason: string) => void): Promise<void> {
    const { config, log } = this;
    const { store, url, isCurrent } = await this.openStore(onFatal);
    const clock = await this.startClock(store);
    const times = settleTimes(config.settleSeconds);
    const onCall = this.metrics.called;
    const connections = await openConnections({ store, clock, times, onCall }, config, log);
    // First of all, so that nothing that stops later waits for a long queue.
    this.stopping.signal.addEventListener('abort', () => connections.close());
    const asks = storedAsks<Json>(store, clock);
    const { token, apiUrl } = config.discord;
    const discord = connect({ token, apiUrl, shards: null, log, onFatal });
    const { client } = discord;
    const poster = { ...createPoster({ client, asks }), ...createDirectPoster(client) };
    const outbox = new Outbox({ store, poster, clock, log });
    onChanges(client, (guildId) => outbox.changed(guildId));
    const parts: Parts = {
      store,
      plexOf: connections.plexOf,
      connections,
      clock,
      counts: new Counts(store),
      painter: new Painter(),
      times,
      news: new News(),
      works: new Works(),
      logins: new Logins(),
      gate: new OwnerGate(clock),
      wakeAt: (serverId, when) => void scheduler.at(when, edge, { serverId }),
      troubles: outbox.troubles,
      knock: outbox.knock,
      stopStreams: () => streams.knock(),
      isMember: memberLookup(client),
      rolesOf: standingLookup(client),
      log,
    };
    const streams = new StreamStops(parts);
    const scheduler = this.schedulerFor(parts, url);
    this.stops.push(
      () => streams.stop(),
      () => scheduler.stop(),
      () => outbox.stop(),
      () => discord.close(),
      () => parts.news.close(),
      () => parts.logins.close(),
    );
    await this.serveHealth(parts, { discord, isCurrent, scheduler });
    await discord.ready;
    await this.bindEnvironment(parts, discord);
    await scheduler.start(() => void deriveAlarms(parts).catch(this.report));
    const stop = this.stopping.signal;
    const registered = serveCommands(parts, { discord, asks, config, stop }).catch(this.report);
    const rounds = this.startRounds(parts, outbox, scheduler);
    this.watchClock(clock, parts, { outbox, scheduler, rounds });
    await outbox.round();
    void resumeOpenAnswers(parts, discord).catch(this.report);
    void lookAtDue(parts, null).catch(this.report);
    // Whoever hears that we are ready may use a command at once; a Discord that is slow does not hold up the ends.
    await Promise.race([registered, sleep(REGISTERED_WITHIN_MS, undefined, { ref: false })]);
    this.isReady = true;
  }

  private startRounds(parts: Parts, outbox: Outbox, scheduler: Scheduler<JobContext>): Rounds {
    const rounds = new Rounds(parts, outbox, () => scheduler.forget());
    rounds.start();
    this.stops.push(() => rounds.stop());
    this.rounds = rounds;
    return rounds;
  }

  /** What became due by a moved clock is done at once; one that is off is told. */
  private watchClock(
    clock: StoreClock,
    parts: Parts,
    at: { outbox: Outbox; scheduler: Scheduler<JobContext>; rounds: Rounds },
  ): void {
    clock.onMoved(() => {
      at.scheduler.forget();
      void lookAtDue(parts, null)
        .then(() => deriveAlarms(parts))
        .then(() => at.outbox.round())
        .then(() => at.rounds.cleanUp())
        .catch(this.report);
    });
    clock.onMeasured((skewMs) => void judgeClock(parts, skewMs).catch(this.report));
  }

  private schedulerFor(parts: Parts, pgUrl: string): Scheduler<JobContext> {
    const { mongoUri } = this.config;
    return new Scheduler<JobContext>({
      store: mongoUri === null ? { pgUrl } : { mongoUri },
      jobs,
      context: { lookAtDue: (serverId) => lookAtDue(parts, serverId) },
      clock: parts.clock,
      log: this.log,
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    for (const stop of this.stops.splice(0).reverse()) {
      try {
        await stop();
      } catch (error) {
        this.report(error);
      }
    }
  }

  private readonly report = (error: unknown): void => {
    if (!this.stopping.signal.aborted) this.log.warn({ err: error }, 'left for the watch to redo');
  };

  private async openStore(onFatal: (reason: string) => void) {
    const { config, log } = this;
    const url = config.databaseUrl ?? (await this.startEmbedded());
    const { store, close, isCurrent } = await openStore(url);
    this.stops.push(close);
    let spare: ReturnType<Usher['serveSpare']> | undefined;
    const lease = await takeLease(url, `usher ${config.discord.token}`, {
      onWaiting: () => {
        log.warn({}, 'another Usher serves this bot; waiting until it ends');
        spare = this.serveSpare();
      },
      onLost: (error) => onFatal(`Usher cannot go on: the lease was lost (${error.message})`),
    });
    this.stops.push(() => lease.release());
    (await spare)?.close();
    return { store, url, isCurrent };
  }

  /** Whoever asks can tell a spare from one that is gone; null: the port may be that of the Usher it waits for. */
  private async serveSpare(): Promise<{ close(): void } | null> {
    const { healthPort } = this.config;
    if (healthPort === null) return null;
    return serveHealth(healthPort, { ...SPARE, metrics: this.metrics }).catch(() => null);
  }

  private async serveHealth(
    parts: Parts,
    seen: {
      readonly discord: Discord;
      readonly isCurrent: () => Promise<boolean>;
      readonly scheduler: Scheduler<JobContext>;
    },
  ): Promise<void> {
    const { healthPort } = this.config;
    if (healthPort === null) return;
    const { discord, isCurrent, scheduler } = seen;
    measure(this.metrics, parts, discord);
    const checks = checksOf(parts, {
      discord,
      isReady: () => this.isReady,
      isSchemaCurrent: isCurrent,
      jobStore: () => scheduler.answers(),
      rounds: () => this.rounds,
    });
    const health = await serveHealth(healthPort, { checks, metrics: this.metrics });
    this.stops.push(() => health.close());
  }

  private async startEmbedded(): Promise<string> {
    const embedded = await startEmbedded(this.config.dataDir);
    this.log.info({ adopted: embedded.adopted }, 'the embedded PostgreSQL runs');
    this.stops.push(() => embedded.stop());
    return embedded.url;
  }

  private async startClock(store: Store): Promise<StoreClock> {
    const clock = new StoreClock(store, this.config.testClockFile);
    await clock.start(this.report);
    this.stops.push(() => clock.stop());
    return clock;
  }

  /** The guild of the environment, with its Plex server read before anybody can ask for it. */
  private async bindEnvironment(parts: Parts, discord: Discord) {
    const { config } = this;
    await followGuilds(parts, discord, this.report);
    const guildId = await environmentGuild(parts.store, config, discord.guildIds());
    await noteFixed(parts.store, config, guildId);
    if (guildId === null) return;
    await applyEnvironment(parts.store, config, guildId);
    const { server } = config.plex;
    if (server === null) return;
    const { token, url: pmsUrl } = server;
    const { signal } = this.stopping;
    await connectAndRead(parts, { token, target: { guildId, pmsUrl }, signal });
  }
}

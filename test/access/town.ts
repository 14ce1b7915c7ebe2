import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { Access } from '../../src/access/access.js';
import { Connections } from '../../src/access/connections.js';
import { Counts } from '../../src/access/counts.js';
import { OwnerGate } from '../../src/access/gate.js';
import { Works } from '../../src/access/going.js';
import { Logins } from '../../src/access/logins.js';
import { News } from '../../src/access/news.js';
import type { Parts } from '../../src/access/parts.js';
import { openFiles } from '../../src/access/caseFiles.js';
import { tellFiles } from '../../src/access/tell.js';
import { Troubles } from '../../src/access/troubles.js';
import type { AccountId, CaseId, DiscordUserId, GuildId, MachineId } from '../../src/core/model.js';
import { settleTimes } from '../../src/core/settle.js';
import { Painter } from '../../src/pictures/painter.js';
import { PlexPins } from '../../src/plex/pins.js';
import { Seal } from '../../src/store/seal.js';
import { ATTIC, clientOf, simulated } from '../plex/target.js';
import { TOKEN, type Running } from '../sim/start.js';
import { openTestStore, type TestStore } from '../store/builders.js';

export const HERE = '100000000000000001' as GuildId;
export const THERE = '100000000000000009' as GuildId;
export const OWNER = 4_400_001 as AccountId;
const ADMIN = '200000000000000002' as DiscordUserId;
export const KEY = 'q8Vw3kD1nZ5rT7yU2iO4pA6sF9gH0jLx';
const SETTLE_SECONDS = 120;
const POLL_EVERY_MS = 50;

/** What the simulator's world is made of, as far as these tests change it. */
export interface PlexWorld {
  readonly owners: readonly object[];
  readonly servers: readonly { readonly machineId: string; readonly ownerId?: number }[];
  readonly accounts: readonly object[];
  readonly pins: readonly { readonly id: number; readonly expiresAt: number }[];
}

/** Two guilds in one Usher, over a real PostgreSQL and a real simulator of Plex; nothing is connected yet. */
export class Town {
  private aheadMs = 0;
  /** What was said to the log, warnings and errors. */
  readonly logged: string[] = [];
  readonly clock = { now: () => new Date(Date.now() + this.aheadMs) };
  readonly parts: Parts;

  private constructor(
    readonly db: TestStore,
    readonly sim: Running,
  ) {
    const connections = this.connections(KEY);
    this.parts = {
      store: db.store,
      plexOf: connections.plexOf,
      connections,
      clock: this.clock,
      counts: new Counts(db.store),
      painter: new Painter(),
      times: settleTimes(SETTLE_SECONDS),
      news: new News(),
      works: new Works(),
      logins: new Logins(POLL_EVERY_MS),
      gate: new OwnerGate(this.clock),
      wakeAt: () => undefined,
      knock: () => undefined,
      stopStreams: () => undefined,
      troubles: new Troubles({
        store: db.store,
        clock: this.clock,
        log: this.log(),
        knock: () => undefined,
      }),
      isMember: () => Promise.resolve(null),
      rolesOf: () => Promise.resolve(null),
      log: this.log(),
    };
  }

  /** A simulator for a file, with a town on it as its world is at first for each test; gives the one of the test that runs. */
  static forFile(): () => Town {
    let plex: Awaited<ReturnType<typeof simulated>>;
    let town: Town;
    beforeAll(async () => {
      plex = await simulated();
    });
    beforeEach(async () => {
      await plex.fresh();
      town = new Town(await openTestStore(), plex.sim);
      for (const id of [HERE, THERE]) await town.db.store.guilds.welcome(id);
    });
    afterEach(() => town.close());
    afterAll(() => plex.sim.stop());
    return () => town;
  }

  /** Another life of the process: the same store, with this key. */
  connections(key: string): Connections {
    const { url } = this.sim;
    return new Connections({
      store: this.db.store,
      seal: new Seal(key),
      pins: new PlexPins({ plexTvUrl: url, appUrl: url }, { clientIdentifier: 'usher-test' }),
      plexWith: (token) => clientOf(url, { token, clock: this.clock }),
      log: this.log(),
    });
  }

  private log(): Parts['log'] {
    const keep = (fields: object, msg: string) => {
      this.logged.push(`${JSON.stringify(fields)} ${msg}`);
    };
    const quiet = () => undefined;
    return { debug: quiet, info: quiet, warn: keep, error: keep, always: keep };
  }

  as(guildId: GuildId): Access {
    const actor = { kind: 'member', userId: ADMIN, power: 'admin' } as const;
    return new Access(this.parts, { guildId, actor });
  }

  /** Logs in by PIN, approved at once. */
  async logIn(guildId: GuildId): Promise<void> {
    for await (const step of this.as(guildId).setup.logIn()) {
      if (step.kind === 'open') await this.sim.act('approvePin', { pinId: await this.newestPin() });
    }
  }

  async newestPin(): Promise<number> {
    return (await this.sim.state<PlexWorld>()).pins.at(-1)?.id ?? 0;
  }

  choose(
    guildId: GuildId,
    how: { hasLoggedIn?: boolean; takeOver?: boolean } = {},
    machineId: MachineId = ATTIC,
  ) {
    const wish = { hasLoggedIn: false, takeOver: false, plainHttp: false, ...how };
    return this.as(guildId).setup.chooseServer({ ownerId: OWNER, machineId, ...wish });
  }

  /** Connected by log-in, and read once. */
  async connect(guildId: GuildId, machineId: MachineId = ATTIC): Promise<void> {
    await this.logIn(guildId);
    await this.choose(guildId, { hasLoggedIn: true }, machineId);
    await this.read(guildId);
  }

  /** Reads the guild's servers to the end. */
  async read(guildId: GuildId): Promise<void> {
    const steps = this.as(guildId).sync(null);
    while (!(await steps.next()).done);
  }

  byToken(guildId: GuildId, url = this.sim.url, token = TOKEN) {
    return this.as(guildId).setup.connectByToken({ url, token });
  }

  /** Lets so many days pass. */
  passDays(days: number): void {
    this.aheadMs += days * 86_400_000;
  }

  pass(seconds: number): void {
    this.aheadMs += seconds * 1000;
  }

  async change(world: (now: PlexWorld) => object): Promise<void> {
    await this.sim.admin('PUT', '/state', world(await this.sim.state<PlexWorld>()));
  }

  /** The cases of a guild as they are told, oldest first. */
  async told(guildId: GuildId): Promise<readonly string[]> {
    const { store } = this.db;
    const rows = await this.db.sql<{ id: CaseId }>(
      'select id from "case" where guild_id = $1 order by number',
      [guildId],
    );
    const found = await Promise.all(rows.map(({ id }) => store.cases.find(id)));
    const files = await openFiles(
      store,
      found.filter((row) => row !== null),
    );
    return files.map((file) => tellFiles([file], this.clock.now()).text);
  }

  async close(): Promise<void> {
    this.parts.logins.close();
    await this.db.close();
  }
}

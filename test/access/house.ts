import { Access } from '../../src/access/access.js';
import { connectServer, findServerAt } from '../../src/access/connect.js';
import { Connections } from '../../src/access/connections.js';
import { Counts } from '../../src/access/counts.js';
import { OwnerGate } from '../../src/access/gate.js';
import { Works } from '../../src/access/going.js';
import { Logins } from '../../src/access/logins.js';
import { News } from '../../src/access/news.js';
import type { Parts } from '../../src/access/parts.js';
import { sync } from '../../src/access/sync.js';
import { openFiles } from '../../src/access/caseFiles.js';
import { tellFiles } from '../../src/access/tell.js';
import { lookAtDue } from '../../src/access/watch.js';
import type { Told } from '../../src/access/tell.js';
import { Troubles } from '../../src/access/troubles.js';
import type { DiscordUserId, GuildId, Power, ServerId } from '../../src/core/model.js';
import { settleTimes } from '../../src/core/settle.js';
import { Painter } from '../../src/pictures/painter.js';
import { PlexPins } from '../../src/plex/pins.js';
import type { Plex } from '../../src/plex/plex.js';
import { Seal } from '../../src/store/seal.js';
import { clientOf, simulated } from '../plex/target.js';
import type { World } from '../plex/target.js';
import { TOKEN, type Running } from '../sim/start.js';
import { openTestStore } from '../store/builders.js';
import type { TestStore } from '../store/builders.js';

export const GUILD = '100000000000000001' as GuildId;
export const MODERATOR = '200000000000000003' as DiscordUserId;
const SETTLE_SECONDS = 120;

/** The use cases over a real PostgreSQL and a real simulator of Plex, with a clock that is moved by hand. */
export class House {
  private aheadMs = 0;

  private constructor(
    readonly sim: Running,
    private readonly fresh: () => Promise<void>,
  ) {}

  readonly guildId = GUILD;
  db!: TestStore;
  private closeStore = () => Promise.resolve();

  readonly clock = { now: () => new Date(Date.now() + this.aheadMs) };
  private plex!: Plex;
  parts!: Parts;
  serverId!: ServerId;

  static async open(): Promise<House> {
    const { sim, fresh } = await simulated();
    return new House(sim, fresh);
  }

  /** A guild whose server was read once, in a world as the demo has it; nothing of an earlier test. */
  async begin(): Promise<void> {
    await this.closeStore();
    this.db = await openTestStore();
    const { db } = this;
    this.closeStore = () => db.close();
    this.aheadMs = 0;
    const { store } = this.db;
    await this.fresh();
    await store.guilds.welcome(GUILD);
    this.plex = clientOf(this.sim.url, { clock: this.clock });
    const { url } = this.sim;
    const connections = new Connections({
      store,
      seal: new Seal('a key that only this test knows'),
      pins: new PlexPins({ plexTvUrl: url, appUrl: url }, { clientIdentifier: 'usher-test' }),
      plexWith: () => this.plex,
      log: quiet,
    });
    this.parts = {
      store,
      plexOf: () => this.plex,
      connections,
      clock: this.clock,
      counts: new Counts(store),
      painter: new Painter(),
      times: settleTimes(SETTLE_SECONDS),
      news: new News(),
      works: new Works(),
      logins: new Logins(),
      gate: new OwnerGate(this.clock),
      troubles: new Troubles({ store, clock: this.clock, log: quiet, knock: () => undefined }),
      wakeAt: () => undefined,
      knock: () => undefined,
      stopStreams: () => undefined,
      isMember: () => Promise.resolve(null),
      rolesOf: () => Promise.resolve(null),
      log: quiet,
    };
    const found = await findServerAt(this.plex, url);
    const owner = connections.sealed(found.owner.id, { ...found.owner, token: TOKEN });
    await store.owners.save(owner);
    const { server } = await connectServer(store, GUILD, found);
    this.serverId = server.id;
    await sync(this.parts, server.id, { priority: 'person' });
    await this.sim.admin('DELETE', '/log');
  }

  /** What somebody with this power can do. */
  as(power: Power = 'moderator'): Access {
    return new Access(this.parts, {
      guildId: GUILD,
      actor: { kind: 'member', userId: MODERATOR, power },
    });
  }

  /** Lets so many seconds pass. */
  pass(seconds: number): void {
    this.aheadMs += seconds * 1000;
  }

  /** Time enough for plex.tv's lists to tell the truth about all that was written. */
  settle(): void {
    this.pass(SETTLE_SECONDS + 1);
  }

  async world(): Promise<World> {
    return (await this.sim.get('/state')) as World;
  }

  /** Changes the world of the simulator by hand. */
  async changeWorld(change: (world: World) => object): Promise<void> {
    const answer = await this.sim.admin('PUT', '/state', change(await this.world()));
    if (answer.status !== 200) throw new Error(answer.text);
  }

  /** What the watch does every 15 s. */
  lookAtDue(): Promise<void> {
    return lookAtDue(this.parts, null);
  }

  /** The cases of the guild as the audit channel tells them, oldest first. */
  async told(): Promise<readonly string[]> {
    const rows = await this.db.sql<{ id: string }>('select id from "case" order by number');
    const found = await Promise.all(
      rows.map(({ id }) => this.db.store.cases.find(id as Parameters<CaseFinder>[0])),
    );
    const files = await openFiles(
      this.db.store,
      found.filter((row) => row !== null),
    );
    return files.map((file) => tellFiles([file], this.clock.now()).text);
  }

  async close(): Promise<void> {
    this.plex.close();
    await this.db.close();
    await this.sim.stop();
  }
}

type CaseFinder = TestStore['store']['cases']['find'];

/** The last of what is told; the last of `most` where it would go on. */
export async function lastOf(all: AsyncIterable<Told>, most = Infinity): Promise<Told> {
  let last: Told | null = null;
  let n = 0;
  for await (const told of all) {
    last = told;
    n += 1;
    if (n >= most) break;
  }
  if (last === null) throw new Error('nothing was told');
  return last;
}

const nothing = () => undefined;
const quiet: Parts['log'] = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  always: nothing,
};

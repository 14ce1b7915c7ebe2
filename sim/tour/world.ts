import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Discord, Simulator } from './drive.js';
import type { Json } from './drive.js';
import { Program } from './program.js';

/** The fixed ids of the simulators' world *demo*. */
export const ids = {
  guild: '100000000000000001',
  general: '400000000000000001',
  audit: '400000000000000002',
  bot: '500000000000000001',
  owner: '200000000000000001',
  admin: '200000000000000002',
  moderator: '200000000000000003',
  auditor: '200000000000000004',
  member: '200000000000000005',
  stranger: '200000000000000006',
  adminRole: '300000000000000001',
  moderatorRole: '300000000000000002',
  auditorRole: '300000000000000003',
} as const;

const DISCORD_TOKEN = 'demo-discord-token';
const root = fileURLToPath(new URL('../../', import.meta.url));
interface Running {
  readonly program: Program;
  readonly url: string;
}

async function startSimulator(
  name: 'plex' | 'discord',
  { token, world = 'demo' }: { token: string; world?: WorldName | undefined },
): Promise<Running> {
  const options = ['--port', '0', '--token', token, '--world', world];
  const program = Program.launch(`sim/${name}`, {
    args: ['--import', 'tsx', `sim/${name}/main.ts`, ...options],
    env: process.env,
    cwd: root,
  });
  const { url } = await program.untilReady((line) => line.ready === true);
  return { program, url: String(url) };
}

/** The worlds that both simulators know by name. */
export type WorldName = 'demo' | 'empty';

export interface WorldOptions {
  /** Left out: demo. */
  readonly world?: WorldName;
  /** A fault built into the bot on purpose; see `sim/breaks/`. */
  readonly breaks?: string | undefined;
  /** More for the bot's environment; undefined takes a variable away. */
  readonly env?: NodeJS.ProcessEnv;
  readonly settleSeconds: number;
}

/** Two simulators and a bot between them, each a process of its own, in a folder that goes with them. */
export class World {
  readonly plex: Simulator;
  readonly discord: Discord;
  private bot: Program | undefined;
  private folders = 0;

  private constructor(
    private readonly simulators: { readonly plex: Running; readonly discord: Running },
    private readonly home: string,
    private readonly options: WorldOptions,
  ) {
    this.plex = new Simulator(simulators.plex.url);
    this.discord = new Discord(simulators.discord.url);
  }

  static async start(options: WorldOptions): Promise<World> {
    const [plex, discord] = await Promise.all([
      startSimulator('plex', { token: 'demo-plex-token', world: options.world }),
      startSimulator('discord', { token: DISCORD_TOKEN, world: options.world }),
    ]);
    const home = await mkdtemp(join(tmpdir(), 'usher-demo-'));
    return new World({ plex, discord }, home, options);
  }

  /** Starts the bot: on the data it had, or (`fresh`) on none; `pms` is the path of its Plex server. */
  async startBot({ fresh = false, pms = '' } = {}): Promise<void> {
    if (fresh) this.folders += 1;
    const { breaks, env } = this.options;
    const isPatched = breaks !== undefined || env?.USHER_PATCHES !== undefined;
    const register = new URL('../breaks/register.js', import.meta.url).href;
    const loader = isPatched ? ['--import', register] : [];
    this.bot = Program.launch('the bot', {
      args: [...loader, join(root, 'dist/src/main.js')],
      cwd: this.home,
      env: this.environment(pms),
    });
    await this.bot.untilReady((line) => line.msg === 'ready');
  }

  /** What the bot is started with. */
  environment(pms = ''): NodeJS.ProcessEnv {
    const { breaks } = this.options;
    const { PATH, HOME, TZ, MONGODB_URI } = process.env;
    return {
      PATH,
      HOME,
      TZ,
      MONGODB_URI,
      USHER_BREAK: breaks,
      DISCORD_TOKEN,
      DISCORD_API_URL: `${this.discord.url}/api`,
      GUILD_ID: ids.guild,
      AUDIT_CHANNEL_ID: ids.audit,
      ADMIN_ROLE_IDS: ids.adminRole,
      MODERATOR_ROLE_IDS: ids.moderatorRole,
      AUDITOR_ROLE_IDS: ids.auditorRole,
      PLEX_URL: `${this.plex.url}${pms}`,
      PLEX_TOKEN: 'demo-plex-token',
      PLEX_TV_URL: this.plex.url,
      DATA_DIR: this.dataDir,
      SETTLE_SECONDS: String(this.options.settleSeconds),
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
      ...this.options.env,
    };
  }

  /** What the bot keeps; its PostgreSQL, too, unless it was told of another. */
  get dataDir(): string {
    return join(this.home, `data-${this.folders}`);
  }

  /** Resolves when the bot's process has ended, by whatever. */
  async botEnded(): Promise<void> {
    await this.bot?.ended;
  }

  /** Its exit code; null when it was killed, or there was none. */
  async stopBot(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const code = (await this.bot?.end(signal)) ?? null;
    this.bot = undefined;
    return code;
  }

  /** A message of the bot's that it does not know of, like one from before its data was lost; gives its id. */
  async postAsBot(channel: string, components: readonly Json[]): Promise<string> {
    // Components V2, like all that the bot posts: an older kind of message could not become one by an edit.
    const words = { type: 10, content: 'from long ago' };
    const body = { flags: 1 << 15, components: [words, ...components] };
    return String((await this.asBot(`/channels/${channel}/messages`, body)).id);
  }

  /** The channel of somebody's conversation with the bot. */
  async openDm(user: string): Promise<string> {
    return String((await this.asBot('/users/@me/channels', { recipient_id: user })).id);
  }

  private async asBot(path: string, body: Json): Promise<Json> {
    const response = await fetch(`${this.discord.url}/api/v10${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: `Bot ${DISCORD_TOKEN}`, 'content-type': 'application/json' },
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Json;
  }

  /** The same simulators with another bot between them. */
  another(env: NodeJS.ProcessEnv = {}): World {
    const options = { ...this.options, env: { ...this.options.env, ...env } };
    return new World(this.simulators, this.home, options);
  }

  /** What the bot said last, for a report of what went wrong. */
  botsLastWords(): string {
    return this.bot?.lastWords() ?? '';
  }

  async stop(): Promise<void> {
    await this.stopBot();
    await Promise.all(Object.values(this.simulators).map(({ program }) => program.end()));
    await rm(this.home, { recursive: true, force: true });
  }
}

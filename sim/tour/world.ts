import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Discord, Simulator } from './drive.js';

/** The fixed ids of the simulators' world *demo*. */
export const ids = {
  guild: '100000000000000001',
  general: '400000000000000001',
  audit: '400000000000000002',
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

const root = fileURLToPath(new URL('../../', import.meta.url));
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 10_000;
const TAIL_LINES = 30;

/** A program of ours that says on one line of its output that it is ready. */
class Program {
  private readonly tail: string[] = [];

  /** Resolves when the process is no more. */
  readonly ended: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    readonly name: string,
  ) {
    this.ended = new Promise((resolve) => child.once('exit', () => resolve()));
  }

  static async start(
    name: string,
    command: { args: readonly string[]; env: NodeJS.ProcessEnv; cwd: string },
    isReady: (line: Record<string, unknown>) => boolean,
  ): Promise<{ program: Program; line: Record<string, unknown> }> {
    const child = spawn(process.execPath, command.args, {
      cwd: command.cwd,
      env: command.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const program = new Program(child, name);
    const line = await program.untilReady(isReady);
    return { program, line };
  }

  private untilReady(isReady: (line: Record<string, unknown>) => boolean) {
    return new Promise<Record<string, unknown>>((resolve, reject) => {
      const fail = (why: string) =>
        reject(new Error(`${this.name} ${why}:\n${this.tail.join('\n')}`));
      const timer = setTimeout(() => fail('was not ready in time'), READY_WITHIN_MS);
      this.child.once('exit', (code, signal) => fail(`ended (${code ?? signal ?? '?'})`));
      const hear = (text: string) => {
        this.tail.push(text);
        if (this.tail.length > TAIL_LINES) this.tail.shift();
        const line = parsed(text);
        if (line === null || !isReady(line)) return;
        clearTimeout(timer);
        resolve(line);
      };
      for (const stream of [this.child.stdout, this.child.stderr]) {
        if (stream) createInterface({ input: stream }).on('line', hear);
      }
    });
  }

  /** The newest lines of its output, for somebody who wonders why it does not do as it should. */
  lastWords(): string {
    return this.tail.join('\n');
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_WITHIN_MS);
    await this.ended;
    clearTimeout(timer);
  }
}

function parsed(text: string): Record<string, unknown> | null {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

interface Running {
  readonly program: Program;
  readonly url: string;
}

async function startSimulator(name: 'plex' | 'discord', token: string): Promise<Running> {
  const { program, line } = await Program.start(
    `sim/${name}`,
    {
      args: [
        '--import',
        'tsx',
        `sim/${name}/main.ts`,
        '--port',
        '0',
        '--token',
        token,
        '--world',
        'demo',
      ],
      env: process.env,
      cwd: root,
    },
    (ready) => ready.ready === true,
  );
  return { program, url: String(line.url) };
}

export interface WorldOptions {
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
      startSimulator('plex', 'demo-plex-token'),
      startSimulator('discord', 'demo-discord-token'),
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
    const { program } = await Program.start(
      'the bot',
      {
        args: [...loader, join(root, 'dist/src/main.js')],
        cwd: this.home,
        env: this.environment(pms, breaks),
      },
      (line) => line.msg === 'ready',
    );
    this.bot = program;
  }

  private environment(pms: string, breaks: string | undefined): NodeJS.ProcessEnv {
    const { PATH, HOME, TZ, MONGODB_URI } = process.env;
    return {
      PATH,
      HOME,
      TZ,
      MONGODB_URI,
      USHER_BREAK: breaks,
      DISCORD_TOKEN: 'demo-discord-token',
      DISCORD_API_URL: `${this.discord.url}/api`,
      GUILD_ID: ids.guild,
      AUDIT_CHANNEL_ID: ids.audit,
      ADMIN_ROLE_IDS: ids.adminRole,
      MODERATOR_ROLE_IDS: ids.moderatorRole,
      AUDITOR_ROLE_IDS: ids.auditorRole,
      PLEX_URL: `${this.plex.url}${pms}`,
      PLEX_TOKEN: 'demo-plex-token',
      PLEX_TV_URL: this.plex.url,
      DATA_DIR: join(this.home, `data-${this.folders}`),
      SETTLE_SECONDS: String(this.options.settleSeconds),
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
      ...this.options.env,
    };
  }

  /** Resolves when the bot's process has ended, by whatever. */
  async botEnded(): Promise<void> {
    await this.bot?.ended;
  }

  async stopBot(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.bot?.end(signal);
    this.bot = undefined;
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

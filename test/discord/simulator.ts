import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Ask, Asks, ButtonOf, CommandOf } from '../../src/commands/command.js';
import type { GuildId } from '../../src/core/model.js';
import type { RoleBindings } from '../../src/core/power.js';
import { registerCommands } from '../../src/discord/register.js';
import { createRouter, type RouterParts } from '../../src/discord/router.js';
import type { OpenAnswer } from '../../src/discord/steps.js';
import { connect, type Discord } from '../../src/discord/client.js';

/** Fixed ids of the simulator's demo world. */
export const GUILD = '100000000000000001' as GuildId;
export const GENERAL = '400000000000000001';
export const AUDIT = '400000000000000002';
export const USERS = {
  owner: '200000000000000001',
  admin: '200000000000000002',
  moderator: '200000000000000003',
  auditor: '200000000000000004',
  stranger: '200000000000000006',
} as const;
export const BINDINGS = {
  admin: ['300000000000000001'],
  moderator: ['300000000000000002'],
  auditor: ['300000000000000003'],
} as const;

/** A message as the simulator shows it; nested components are searched as text. */
export interface SeenMessage {
  readonly id: string;
  readonly flags: number;
  readonly components: readonly { readonly accent_color?: number; readonly components: unknown }[];
}

/** What an interaction came to. */
export interface Outcome {
  readonly id: string;
  readonly answer: { readonly type: number; readonly ephemeral: boolean } | null;
  readonly message: SeenMessage | null;
  readonly edits: number;
  readonly followups: readonly SeenMessage[];
  readonly choices: readonly { readonly name: string; readonly value: string }[] | null;
  readonly modal: { readonly title: string; readonly custom_id: string } | null;
  readonly error: { readonly code: number } | null;
}

/** One request the bot made. */
export interface LogEntry {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** The simulated Discord as a process of its own, driven through its admin routes. */
export interface Simulator {
  readonly url: string;
  send(method: string, path: string, body?: unknown): Promise<unknown>;
  interact(what: Readonly<Record<string, unknown>>): Promise<Outcome>;
  log(): Promise<readonly LogEntry[]>;
  /** Ends it. Fails when the bot sent what Discord's schemas do not have, or asked for what is not simulated. */
  stop(): Promise<void>;
}

const TOKEN = 'T0-simulated';

/** Starts the simulator with its demo world on any free port. */
export async function startSimulator(): Promise<Simulator> {
  const args = ['--import', 'tsx', 'sim/discord/main.ts', '--port', '0', '--token', TOKEN];
  const child = spawn(process.execPath, [...args, '--world', 'demo'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const died = once(child, 'exit').then(() => Promise.reject(new Error('the simulator ended')));
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), died])) as [
    string,
  ];
  died.catch(() => undefined); // from here on its end is our own doing
  const { url } = JSON.parse(line) as { url: string };
  const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/_sim/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${answer}`);
    return answer === '' ? null : JSON.parse(answer);
  };
  return {
    url,
    send,
    interact: (what) =>
      send('POST', 'interactions', { guild: GUILD, channel: GENERAL, ...what }) as Promise<Outcome>,
    log: async () => ((await send('GET', 'log')) as { entries: readonly LogEntry[] }).entries,
    stop: async () => {
      const problems = (await send('GET', 'problems')) as Record<string, unknown[]>;
      const wrong = [problems.unknownRoutes, problems.invalid].flat();
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
      if (wrong.length > 0) throw new Error(`the bot and Discord: ${JSON.stringify(wrong)}`);
    },
  };
}

/** Lines the bot logged, and a log that collects them. */
export function collectLog() {
  const lines: (Readonly<Record<string, unknown>> & {
    readonly level: string;
    readonly message: string;
  })[] = [];
  const at = (level: string) => (details: object, message: string) => {
    lines.push({ ...details, level, message });
  };
  const [debug, info, warn] = [at('debug'), at('info'), at('warn')];
  return { lines, debug, info, warn, error: at('error'), always: at('always') };
}

/** Waiting buttons, kept in memory. */
export function memoryAsks(): Asks & { readonly kept: ReadonlyMap<string, Ask> } {
  const kept = new Map<string, Ask>();
  let saved = 0;
  return {
    kept,
    save: (ask) => {
      saved += 1;
      const id = `a${saved}`;
      kept.set(id, ask);
      return Promise.resolve(id);
    },
    load: (id) => Promise.resolve(kept.get(id) ?? null),
    take: (id) => Promise.resolve(kept.delete(id)),
    putBack: (id, ask) => Promise.resolve(void kept.set(id, ask)),
  };
}

/** Answers that are still being edited, kept in memory. */
export function memoryOpenAnswers() {
  const kept = new Map<string, OpenAnswer>();
  return {
    kept,
    keep: (answer: OpenAnswer) => Promise.resolve(void kept.set(answer.id, answer)),
    drop: (id: string) => Promise.resolve(void kept.delete(id)),
  };
}

/** Connects the real client to the simulator; `fatal` settles with the reason Discord refused it. */
export function connectTo(url: string, log = collectLog()): Discord & { fatal: Promise<string> } {
  let onFatal: (reason: string) => void = () => undefined;
  const fatal = new Promise<string>((resolve) => (onFatal = resolve));
  const parts = { token: TOKEN, apiUrl: `${url}/api`, shards: null, log };
  return { ...connect({ ...parts, onFatal: (reason) => onFatal(reason) }), fatal };
}

/** What a test serves through the real router, for the guild of the demo world. */
export interface Served<A> {
  readonly commands: readonly CommandOf<A>[];
  readonly buttons: readonly ButtonOf<A>[];
  readonly accessFor: RouterParts<A>['accessFor'];
  readonly noteFor?: RouterParts<A>['noteFor'];
  readonly openAnswers?: RouterParts<A>['openAnswers'];
  readonly asks: Asks;
  readonly now: () => Date;
  readonly log: ReturnType<typeof collectLog>;
}

/** Connects, routes and registers; resolves when commands can be used. */
export async function serve<A>(url: string, served: Served<A>): Promise<Discord> {
  const { commands, log } = served;
  const discord = connectTo(url, log);
  discord.onInteraction(
    createRouter<A>({
      openAnswers: memoryOpenAnswers(),
      noteFor: () => Promise.resolve(null),
      ...served,
      bindingsOf: () => Promise.resolve(BINDINGS as unknown as RoleBindings),
      guildId: GUILD,
    }),
  );
  await discord.ready;
  await registerCommands({
    rest: discord.client.rest,
    applicationId: discord.client.application?.id ?? '',
    guildId: GUILD,
    joined: [],
    commands,
    remembered: { get: () => Promise.resolve(null), set: () => Promise.resolve() },
    log,
    stop: new AbortController().signal,
  });
  return discord;
}

/** Everything a message says, as one text. */
export const said = (message: SeenMessage | undefined | null): string =>
  JSON.stringify(message?.components ?? []);

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Simulator } from '../../sim/tour/drive.js';
import type { Json } from '../../sim/tour/drive.js';

export const TOKEN = 'T0-simulated';

/** What a simulator answered, whatever the status. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body when it is JSON, else null. */
  readonly json: unknown;
}

/** Sends one request and reads its answer to the end; a body is sent as JSON, a string or a form as it is. */
export async function send(
  url: string,
  method: string,
  { body, headers }: { body?: unknown; headers?: Readonly<Record<string, string>> } = {},
): Promise<Reply> {
  const isRaw = typeof body === 'string' || body instanceof FormData;
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // not JSON
  }
  return { status: response.status, headers: response.headers, text, json };
}

/** A simulator in a process of its own: the contract's admin side, and its end. */
export class Running extends Simulator {
  constructor(
    readonly child: ChildProcess,
    readonly ready: { readonly ready: boolean; readonly url: string; readonly token: string },
    /** Every line of its standard output so far. */
    readonly lines: readonly string[],
  ) {
    super(ready.url);
  }

  /** An admin request, refusals included. */
  admin(method: string, path: string, body?: unknown): Promise<Reply> {
    return send(`${this.url}/_sim${path}`, method, { body });
  }

  /** Replaces the world, heals every fault, sets all knobs back and empties the log. */
  async reset(world: unknown, knobs: Json): Promise<void> {
    await this.healed();
    await this.knobs(knobs);
    const put = await this.admin('PUT', '/state', world);
    if (put.status !== 200) throw new Error(`the world was refused: ${put.text}`);
    await this.admin('DELETE', '/log');
  }

  /** Fails when it ever sent something that Discord's own schemas do not allow. */
  async saysOnlyWhatDiscordWould(): Promise<void> {
    const { invalid } = (await this.problems()) as { invalid: { dir: 'in' | 'out' }[] };
    const said = invalid.filter(({ dir }) => dir === 'out');
    if (said.length > 0) throw new Error(`the simulator said ${JSON.stringify(said)}`);
  }

  /** Ends it by SIGTERM; gives its exit code and how long that took. */
  async stop(): Promise<{ code: number | null; ms: number }> {
    const began = performance.now();
    const gone = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.kill('SIGTERM');
    const [code] = await gone;
    return { code, ms: performance.now() - began };
  }
}

/** Starts a simulator as its npm script does, or by that script itself, and waits until it says that it is ready. */
export async function start(
  name: 'plex' | 'discord',
  { world = 'demo', token, npm = false }: { world?: string; token?: string; npm?: boolean } = {},
): Promise<Running> {
  const options = [
    '--port',
    '0',
    '--world',
    world,
    ...(token === undefined ? [] : ['--token', token]),
  ];
  const [command, args] = npm
    ? ['npm', ['run', '-s', `sim:${name}`, '--', ...options]]
    : [process.execPath, ['--import', 'tsx', `sim/${name}/main.ts`, ...options]];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const reader = createInterface(child.stdout);
  const lines: string[] = [];
  reader.on('line', (line) => lines.push(line));
  const died = once(child, 'exit').then(() => Promise.reject(new Error('the simulator ended')));
  const [line] = (await Promise.race([once(reader, 'line'), died])) as [string];
  died.catch(() => undefined); // from here on its end is our own doing
  return new Running(child, JSON.parse(line) as Running['ready'], lines);
}

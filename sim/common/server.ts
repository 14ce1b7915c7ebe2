import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Faults } from './faults.js';
import type { Effect } from './faults.js';
import { Journal } from './journal.js';
import type { Entry } from './journal.js';
import { parseBody } from './body.js';
import type { Upload } from './body.js';

/** One request, decoded. */
export interface Request {
  readonly seq: number;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  readonly files: readonly Upload[];
  /** A read is to show the state of this long ago, in ms. */
  readonly lagMs: number;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON; nothing as an empty body. */
  readonly body?: unknown;
}

/** Decides at once, changes only in `apply`: so that a fault can lose, delay or double-cross the change. */
export type Handled = Answer | { readonly apply: () => Answer };
export type Handler = (request: Request) => Handled;

export interface Route {
  readonly method: string;
  /** `/api/servers/:machine/shared_servers`; a segment that begins with ":" takes one segment. */
  readonly path: string;
  readonly handle: Handler;
}

/** What one simulator adds to the common part. */
export interface Simulated {
  readonly routes: readonly Route[];
  /** Admin routes below `/_sim`; errors of zod become 400. */
  readonly admin: readonly AdminRoute[];
  readonly state: { get(): unknown; put(body: unknown): void };
  readonly knobs: { get(): unknown; put(body: unknown): void };
  /** Copies the world, so that a lost write can be taken back. */
  readonly snapshot: () => (how: { readonly isLost: boolean }) => void;
  /** Answers before any route is tried, e.g. a rate limit; null = go on. */
  readonly before?: (request: Request) => Answer | null;
  readonly unknown: (request: Request) => Answer;
  /** Keeps `n` rows of an answer's list. */
  readonly truncate: (answer: Answer, n: number) => Answer;
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly close?: () => void;
}

export interface AdminRoute {
  readonly method: string;
  readonly path: string;
  readonly handle: (request: Request) => Promise<Answer> | Answer;
}

export interface Running {
  readonly url: string;
  readonly port: number;
  readonly journal: Journal;
  close(): Promise<void>;
}

const RESET = Symbol('the socket is reset without an answer');
type Outcome = Answer | typeof RESET;

/** Path parameters when `pattern` fits, else null. */
export function matchPath(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.replace(/(.)\/$/, '$1').split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const text = given[i] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = text;
    else if (part !== text) return null;
  }
  return params;
}

/** Serves a simulator on loopback; port 0 = any free one. */
export async function serve(port: number, make: (journal: Journal) => Simulated): Promise<Running> {
  const journal = new Journal();
  const simulated = make(journal);
  const one = new Server(journal, simulated);
  const server = createServer((request, response) => void one.handle(request, response));
  server.keepAliveTimeout = 2_000;
  if (simulated.upgrade) server.on('upgrade', simulated.upgrade);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}`,
    port: actual,
    journal,
    close: async () => {
      simulated.close?.();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class Server {
  private readonly faults = new Faults();

  constructor(
    private readonly journal: Journal,
    private readonly simulated: Simulated,
  ) {}

  /** Nothing that a client sends may end the simulator. */
  async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.answer(incoming, response);
    } catch (error) {
      if (response.headersSent || incoming.destroyed) incoming.socket.destroy();
      else send(response, { status: 400, body: { error: String(error) } });
    }
  }

  private async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://sim');
    const path = decodeURIComponent(url.pathname);
    const { body, files } = await parseBody(incoming);
    const method = incoming.method ?? 'GET';
    const base = {
      method,
      path,
      query: url.searchParams,
      headers: incoming.headers as Request['headers'],
      body,
      files,
    };
    if (path.startsWith('/_sim/')) {
      if (path === '/_sim/events') {
        this.stream(response);
        return;
      }
      send(response, await this.admin({ ...base, seq: 0, params: {}, lagMs: 0 }));
      return;
    }
    const query = Object.fromEntries(url.searchParams);
    const entry = this.journal.open({ method, path, query, body });
    const fault = this.faults.take(method, path);
    if (fault) entry.fault = fault;
    const request: Request = { ...base, seq: entry.seq, params: {}, lagMs: fault?.lagMs ?? 0 };
    const outcome = await this.outcome(request, fault ?? {}).catch((error: unknown) => ({
      status: 500,
      body: { error: `the simulator is at fault: ${String(error)}` },
    }));
    if (outcome === RESET) {
      this.journal.close(entry, null);
      incoming.socket.destroy();
      return;
    }
    this.refusals(entry, outcome);
    this.journal.close(entry, outcome.status);
    send(response, outcome);
  }

  private refusals(entry: Entry, { status, body }: Answer): void {
    if (status < 400 || entry.fault !== undefined) return;
    const code = (body as { code?: number } | undefined)?.code ?? status;
    const why = typeof body === 'string' ? body : JSON.stringify(body ?? '');
    this.journal.problems.refused.push({ seq: entry.seq, code, why: why.slice(0, 300) });
  }

  /** A request and what befalls it. */
  private async outcome(request: Request, fault: Effect): Promise<Outcome> {
    if (fault.drop) return RESET;
    if (fault.hangMs !== undefined) {
      await sleep(fault.hangMs);
      return RESET;
    }
    if (fault.status !== undefined && fault.lateMs === undefined) {
      return { status: fault.status, headers: fault.headers ?? {}, body: fault.body };
    }
    if (fault.delayMs !== undefined) await sleep(fault.delayMs);
    const refused = this.simulated.before?.(request) ?? null;
    if (refused) return refused;
    const handled = this.route(request);
    if (!('apply' in handled)) {
      if (fault.applyThen !== undefined) return this.failing(fault.applyThen);
      return fault.truncate === undefined
        ? handled
        : this.simulated.truncate(handled, fault.truncate);
    }
    return this.apply(handled.apply, fault);
  }

  private apply(apply: () => Answer, fault: Effect): Outcome {
    if (fault.lose || fault.lateMs !== undefined) {
      const takeBack = this.simulated.snapshot();
      const answer = apply();
      takeBack({ isLost: fault.lose === true });
      if (fault.lateMs !== undefined) {
        setTimeout(() => {
          apply();
          this.changed();
        }, fault.lateMs);
        return fault.status === undefined ? answer : { status: fault.status, body: fault.body };
      }
      return answer;
    }
    const answer = apply();
    this.changed();
    return fault.applyThen === undefined ? answer : this.failing(fault.applyThen);
  }

  private failing(status: number): Outcome {
    return status === 0 ? RESET : { status };
  }

  private changed(): void {
    this.journal.events.emit('event', 'state', {});
  }

  private route(request: Request): Handled {
    const path = request.path;
    for (const route of this.simulated.routes) {
      if (route.method !== request.method) continue;
      const params = matchPath(route.path, path);
      if (params) return route.handle({ ...request, params });
    }
    this.journal.problems.unknownRoutes.push(`${request.method} ${path}`);
    return this.simulated.unknown(request);
  }

  private async admin(request: Request): Promise<Answer> {
    const path = request.path.slice('/_sim'.length);
    try {
      const own = this.simulated.admin.find(
        (route) => route.method === request.method && matchPath(route.path, path),
      );
      if (own) {
        const answer = await own.handle({ ...request, params: matchPath(own.path, path) ?? {} });
        if (request.method !== 'GET') this.changed();
        return answer;
      }
      return this.commonAdmin(request, path);
    } catch (error) {
      if (error instanceof z.ZodError)
        return { status: 400, body: { error: z.prettifyError(error) } };
      return {
        status: 400,
        body: { error: error instanceof Error ? error.message : String(error) },
      };
    }
  }

  private commonAdmin(request: Request, path: string): Answer {
    const { state, knobs } = this.simulated;
    const table: Record<string, () => unknown> = {
      'GET /state': () => state.get(),
      'PUT /state': () => {
        state.put(request.body);
        this.changed();
        return {};
      },
      'GET /knobs': () => knobs.get(),
      'PUT /knobs': () => {
        knobs.put(request.body);
        return knobs.get();
      },
      'GET /log': () => this.journal.after(Number(request.query.get('after') ?? 0)),
      'DELETE /log': () => {
        this.journal.empty();
        return {};
      },
      'GET /problems': () => this.journal.problems,
      'GET /faults': () => this.faults.list(),
      'POST /faults': () => this.faults.add(request.body),
      'DELETE /faults': () => ({ removed: this.faults.remove(null) }),
    };
    const found = table[`${request.method} ${path}`];
    if (found) return { status: 200, body: found() };
    const id = /^\/faults\/(\d+)$/.exec(path)?.[1];
    if (id !== undefined && request.method === 'DELETE' && this.faults.remove(Number(id))) {
      return { status: 200, body: {} };
    }
    return { status: 404, body: { error: `there is no ${request.method} /_sim${path}` } };
  }

  private stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': here\n\n');
    const tell = (name: string, data: unknown) => {
      response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    };
    this.journal.events.on('event', tell);
    response.on('close', () => this.journal.events.off('event', tell));
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const isText = typeof body === 'string' || Buffer.isBuffer(body);
  const type = body === undefined || isText ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { ...type, ...headers });
  response.end(body === undefined ? undefined : isText ? body : JSON.stringify(body));
}

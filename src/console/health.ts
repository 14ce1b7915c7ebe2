import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import { bounded } from './bounded.js';
import { watchLoop } from './loop.js';
import type { Metrics } from './metrics.js';

/** One thing that is asked when somebody wants to know whether Usher is well. */
export interface Check {
  readonly ask: () => Promise<boolean> | boolean;
  /** false: only shown, for Usher does its work without it. */
  readonly isNeeded: boolean;
}

export interface Told {
  readonly checks: Readonly<Record<string, Check>>;
  readonly metrics: Metrics;
  /** A sentence beside the checks, where they alone do not say why. */
  readonly why?: string;
}

/** Nobody can listen on this port: starting again does not help. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/** Nothing that is asked about is waited for longer. */
export const ANSWER_WITHIN_MS = 2_000;

/**
 * Serves `/healthz` (this process gets round to its work), `/readyz` (it can do it) and `/metrics` over plain HTTP. What
 * is asked for is asked all at once, and never waited for longer than 2 s.
 */
export async function serveHealth(port: number, told: Told): Promise<{ close(): void }> {
  const server = createServer();
  await listen(server, port);
  const loop = watchLoop();
  const examine = examiner(told);
  const pages: Readonly<Record<string, (response: ServerResponse) => Promise<void> | void>> = {
    '/healthz': (response) => {
      const eventLoop = loop.isWell();
      json(response, { status: eventLoop ? 200 : 503, body: { eventLoop } });
    },
    '/readyz': async (response) => json(response, await examine()),
    '/metrics': async (response) => {
      const text = await told.metrics.text();
      response.writeHead(200, { 'content-type': told.metrics.contentType }).end(text);
    },
  };
  server.on('request', (request, response) => {
    const page = pages[request.url?.split('?')[0] ?? ''];
    if (!page) json(response, { status: 404, body: { error: 'not here' } });
    else void Promise.resolve(page(response)).catch(() => response.writeHead(500).end());
  });
  return {
    close: () => {
      loop.stop();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new PortTaken(
        `HEALTH_PORT is ${port}, and another program listens there. Choose a free port, or leave it out.`,
      );
    }
    if (code !== 'EACCES') throw error;
    throw new PortTaken(
      `HEALTH_PORT is ${port}, where Usher may not listen. Choose one from 1024 on, or leave it out.`,
    );
  }
}

interface Page {
  readonly status: number;
  readonly body: object;
}

function json(response: ServerResponse, { status, body }: Page): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}

function examiner({ checks, why }: Told): () => Promise<Page> {
  const all = Object.entries(checks).map(([name, { ask, isNeeded }]) => ({
    name,
    isNeeded,
    ask: bounded(ask, ANSWER_WITHIN_MS),
  }));
  return async () => {
    const results = await Promise.all(
      all.map(async ({ ask, ...check }) => ({ ...check, isWell: (await ask()) === true })),
    );
    const isReady = results.every(({ isWell, isNeeded }) => isWell || !isNeeded);
    const body = Object.fromEntries(results.map(({ name, isWell }) => [name, isWell]));
    return { status: isReady ? 200 : 503, body: { ...body, why } };
  };
}

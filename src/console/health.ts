import { createServer } from 'node:http';
import { once } from 'node:events';

/** One thing that must be well for Usher to do its work. */
export type Check = () => Promise<boolean> | boolean;

/** Serves `/healthz` (this process runs) and `/readyz` (it can do its work) over plain HTTP; tells nothing else. */
export async function serveHealth(
  port: number,
  checks: Readonly<Record<string, Check>>,
): Promise<{ close(): void }> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify(body)}\n`);
    };
    if (request.url === '/healthz') {
      answer(200, { ok: true });
      return;
    }
    if (request.url !== '/readyz') {
      answer(404, { error: 'not here' });
      return;
    }
    void examine(checks).then(({ ok, results }) => answer(ok ? 200 : 503, results));
  });
  server.listen(port);
  await once(server, 'listening');
  return {
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function examine(checks: Readonly<Record<string, Check>>) {
  const results: Record<string, boolean> = {};
  for (const [name, check] of Object.entries(checks)) {
    results[name] = await Promise.resolve()
      .then(check)
      .catch(() => false);
  }
  return { ok: Object.values(results).every(Boolean), results };
}

import { DEFAULT_TOKEN, worldOf } from '../common/program.js';
import type { Choices, Started } from '../common/program.js';
import { serve } from '../common/server.js';
import type { Answer, Request, Simulated } from '../common/server.js';
import { messages, perform, text } from './acts.js';
import { Gateway } from './gateway.js';
import { Hub } from './hub.js';
import { Interactions } from './interactions.js';
import { Rest } from './rest.js';
import { demoWorld, emptyWorld } from './world.js';

/** Requests beyond `rate` a second and route are told to wait. Interactions are exempt, as at Discord. */
function rateLimit(hub: Hub): (request: Request) => Answer | null {
  const used = new Map<string, { second: number; count: number }>();
  return ({ method, path }) => {
    const { rate } = hub.knobs;
    if (rate === null || /\/(interactions|webhooks)\//.test(path)) return null;
    const key = `${method} ${path.replace(/\/messages\/\d+/, '/messages/:id')}`;
    const second = Math.floor(Date.now() / 1000);
    const before = used.get(key);
    const count = before?.second === second ? before.count + 1 : 1;
    used.set(key, { second, count });
    if (count <= rate) return null;
    const wait = (second + 1) * 1000 - Date.now();
    return {
      status: 429,
      headers: { 'retry-after': String(Math.ceil(wait / 1000)), 'x-ratelimit-scope': 'user' },
      body: { message: 'You are being rate limited.', retry_after: wait / 1000, global: false },
    };
  };
}

/** Starts the simulator of Discord: REST under `/api/v10`, and the gateway on the same port. */
export async function startDiscord({
  port,
  token = DEFAULT_TOKEN,
  world,
}: Choices): Promise<Started> {
  const made = await worldOf(world, { demo: demoWorld, empty: emptyWorld });
  const place: { hub?: Hub } = {};
  const running = await serve(port, (journal) => {
    const hub = new Hub(made, token, journal);
    place.hub = hub;
    return simulated(hub);
  });
  if (place.hub) place.hub.origin = running.url;
  return { ...running, token };
}

function simulated(hub: Hub): Simulated {
  const gateway = new Gateway(hub);
  const interactions = new Interactions(hub);
  const rest = new Rest(hub, interactions);
  const attachment = ({ params }: Request): Answer => {
    const content = hub.files.get(params.id ?? '');
    return content ? { status: 200, body: content } : { status: 404 };
  };
  return {
    routes: [
      ...rest.routes(),
      { method: 'GET', path: '/attachments/:id/:name', handle: attachment },
    ],
    admin: [
      { method: 'POST', path: '/act', handle: ({ body }) => perform(hub, body) },
      { method: 'POST', path: '/interactions', handle: ({ body }) => interactions.use(body) },
      {
        method: 'GET',
        path: '/interactions/:id',
        handle: ({ params }) => interactions.get(params.id),
      },
      { method: 'GET', path: '/messages', handle: (request) => messages(hub, request) },
      { method: 'GET', path: '/text', handle: (request) => text(hub, request) },
      {
        method: 'GET',
        path: '/commands',
        handle: () => ({ status: 200, body: Object.fromEntries(hub.commands) }),
      },
      {
        method: 'POST',
        path: '/gateway',
        handle: ({ body }) => {
          gateway.misbehave(body);
          return { status: 200, body: {} };
        },
      },
    ],
    state: { get: () => hub.world, put: (body) => hub.put(body) },
    knobs: { get: () => hub.knobs, put: (body) => hub.setKnobs(body) },
    snapshot: () => {
      const takeBack = [hub.snapshot(), interactions.snapshot()];
      return () => takeBack.forEach((part) => part());
    },
    before: rateLimit(hub),
    unknown: () => ({ status: 404, body: { message: '404: Not Found', code: 0 } }),
    truncate: (answer, n) =>
      Array.isArray(answer.body) ? { ...answer, body: answer.body.slice(0, n) } : answer,
    upgrade: gateway.upgrade,
    close: () => gateway.close(),
  };
}

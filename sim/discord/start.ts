import { DEFAULT_TOKEN, worldOf } from '../common/program.js';
import type { Choices, Started } from '../common/program.js';
import { serve } from '../common/server.js';
import type { Answer, Request, Simulated } from '../common/server.js';
import { perform } from './acts.js';
import { Gateway } from './gateway.js';
import { Hub } from './hub.js';
import { Interactions } from './interactions.js';
import { restRoutes } from './rest.js';
import { messages, text } from './text.js';
import { demoWorld, emptyWorld } from './world.js';

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
  const routes = restRoutes({ hub, interactions, sessionsLeft: () => gateway.sessionsLeft });
  const attachment = ({ params }: Request): Answer => {
    const content = hub.files.get(params.id ?? '');
    return content ? { status: 200, body: content } : { status: 404 };
  };
  return {
    routes: [...routes, { method: 'GET', path: '/attachments/:id/:name', handle: attachment }],
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
    unknown: () => ({ status: 404, body: { message: '404: Not Found', code: 0 } }),
    truncate: (answer, n) =>
      Array.isArray(answer.body) ? { ...answer, body: answer.body.slice(0, n) } : answer,
    upgrade: gateway.upgrade,
    close: () => gateway.close(),
  };
}

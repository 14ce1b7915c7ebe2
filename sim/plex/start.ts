import type { Journal } from '../common/journal.js';
import { serve } from '../common/server.js';
import type { Answer, Request, Route } from '../common/server.js';
import { DEFAULT_TOKEN, worldOf } from '../common/program.js';
import type { Choices, Started } from '../common/program.js';
import { Accounts } from './account.js';
import { Activity } from './activity.js';
import { Acts } from './acts.js';
import { checked } from './checked.js';
import { Invites } from './invites.js';
import { Inviting } from './inviting.js';
import { People } from './people.js';
import { Pins } from './pins.js';
import { PlexTv } from './plexTv.js';
import { Door, MediaServer } from './pms.js';
import { html, truncate } from './shapes.js';
import { Sharing } from './sharing.js';
import { SharingSettings } from './sharingSettings.js';
import { tokenIn, Who } from './who.js';
import { demoWorld, emptyWorld } from './world.js';

/** Refuses at plex.tv what one account asks beyond `rateLimit` in the running second. */
function rateLimit(tv: PlexTv): (request: Request) => Answer | null {
  let second = 0;
  const used = new Map<string, number>();
  return (request) => {
    const limit = tv.knobs.rateLimit;
    if (limit === null || !request.path.startsWith('/api/')) return null;
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) used.clear();
    second = now;
    const who = tokenIn(request) ?? request.headers['x-plex-client-identifier'] ?? '';
    const times = (used.get(who) ?? 0) + 1;
    used.set(who, times);
    if (times <= limit.perSecond) return null;
    const { retryAfter } = limit;
    return {
      status: 429,
      ...(retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } }),
    };
  };
}

/** plex.tv's routes, and those of every media server where it stands; made anew when servers come or go. */
function routesOf(tv: PlexTv, origin: () => string): (journal: Journal) => readonly Route[] {
  const who = new Who(tv);
  const plexTv = [
    new Accounts(tv, who, origin),
    new People(tv, who),
    new SharingSettings(tv, who),
    new Inviting(tv, who),
    new Invites(tv, who),
    new Sharing(tv, who),
    new Pins(tv, who),
  ].flatMap((part) => part.routes());
  const serverAt = (machineId: string | null): Route[] => {
    const door = new Door(tv, machineId);
    return [...new MediaServer(door).routes(), ...new Activity(door).routes()];
  };
  let made: { readonly of: string; readonly routes: readonly Route[] } = { of: '', routes: [] };
  return (journal) => {
    const others = tv.world.servers.slice(1).map((server) => server.machineId);
    const of = JSON.stringify(others);
    if (made.of !== of)
      made = {
        of,
        routes: [...plexTv, ...[null, ...others].flatMap(serverAt)].map(checked(journal)),
      };
    return made.routes;
  };
}

/** Starts the simulator of plex.tv and its servers. */
export async function startPlex({ port, token, world }: Choices): Promise<Started> {
  const made = await worldOf(world, {
    demo: () => demoWorld(token ?? DEFAULT_TOKEN),
    empty: () => emptyWorld(token ?? DEFAULT_TOKEN),
  });
  const tv = new PlexTv(made);
  // A world from a file brings its own token; one on the command line goes before it.
  if (token !== undefined) tv.world.owner.token = token;
  const place = { origin: '' };
  const routes = routesOf(tv, () => place.origin);
  const acts = new Acts(tv);
  const running = await serve(port, (journal) => ({
    get routes() {
      return routes(journal);
    },
    admin: [{ method: 'POST', path: '/act', handle: (request) => acts.do(request.body) }],
    state: { get: () => tv.world, put: (body) => tv.put(body) },
    knobs: { get: () => tv.knobs, put: (body) => tv.setKnobs(body) },
    snapshot: () => tv.snapshot(),
    before: rateLimit(tv),
    unknown: () => html(404, 'Not Found'),
    truncate,
  }));
  place.origin = running.url;
  return { ...running, token: tv.world.owner.token };
}

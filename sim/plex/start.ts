import { serve } from '../common/server.js';
import type { Answer, Request, Route } from '../common/server.js';
import { DEFAULT_TOKEN, worldOf } from '../common/program.js';
import type { Choices, Started } from '../common/program.js';
import { Accounts } from './account.js';
import { Acts } from './acts.js';
import { Pins } from './pins.js';
import { PlexTv, Refused } from './plexTv.js';
import { MediaServer } from './pms.js';
import { html, truncate } from './shapes.js';
import { Sharing } from './sharing.js';
import { demoWorld, emptyWorld } from './world.js';

/** A rule that refuses while a request is decided becomes its answer. */
const guarded = (route: Route): Route => ({
  ...route,
  handle: (request) => {
    const refusing = <T>(work: () => T): T | Answer => {
      try {
        return work();
      } catch (error) {
        if (error instanceof Refused) return error.answer;
        throw error;
      }
    };
    const handled = refusing(() => route.handle(request));
    if (!('apply' in handled)) return handled;
    return { apply: () => refusing(handled.apply) };
  },
});

/** Refuses requests beyond `rateLimit` in the running second. */
function rateLimit(tv: PlexTv): (request: Request) => Answer | null {
  let second = 0;
  let used = 0;
  return () => {
    const limit = tv.knobs.rateLimit;
    if (limit === null) return null;
    const now = Math.floor(Date.now() / 1000);
    used = now === second ? used + 1 : 1;
    second = now;
    if (used <= limit.perSecond) return null;
    const headers =
      limit.retryAfter === undefined ? {} : { 'retry-after': String(limit.retryAfter) };
    return { status: 429, headers };
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
  const sharing = new Sharing(tv);
  const accounts = new Accounts(tv, sharing, () => place.origin);
  const acts = new Acts(tv);
  const fixed = [sharing, accounts, new Pins(tv), new MediaServer(tv, null)].flatMap((part) =>
    part.routes(),
  );
  const running = await serve(port, () => ({
    get routes() {
      const others = tv.world.servers.slice(1);
      const below = others.flatMap((server) => new MediaServer(tv, server.machineId).routes());
      return [...fixed, ...below].map(guarded);
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

import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Json } from '../../sim/tour/drive.js';
import { ATTIC, JONAS, MARAS_SHARE, simulated, type World } from '../plex/target.js';
import { send, TOKEN } from './start.js';
import type { Reply, Running } from './start.js';

export const SHARES = `/api/servers/${ATTIC}/shared_servers`;
export const OWNER = { 'x-plex-token': TOKEN, 'x-plex-client-identifier': 'test' };
export const JSON_TOO = { ...OWNER, accept: 'application/json' };

/** A stranger at plex.tv, in the demo world. */
export const ZOE = 4_410_099;
/** Somebody with an account of their own, at plex.tv and at a server. */
export const guest = (accountId: number) => ({
  ...JSON_TOO,
  accept: 'application/xml',
  'x-plex-token': `account-token-${accountId}`,
});

/** One sim/plex for the tests of a file, each in a fresh demo world; and what a client asks of it, word for word. */
export function plexSide() {
  let sim: Running | undefined;
  let world: World | undefined;
  let fresh: () => Promise<void> = () => Promise.resolve();
  beforeAll(async () => {
    ({ sim, fresh } = await simulated());
    await fresh();
    world = await sim.state<World>();
  });
  afterAll(() => sim?.stop());
  beforeEach(() => fresh());
  const started = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('sim/plex is asked before it runs');
    return part;
  };
  return {
    get sim() {
      return started(sim);
    },
    get world() {
      return started(world);
    },
    fresh: () => fresh(),
    ...asker(() => started(sim)),
  };
}

function asker(sim: () => Running) {
  const ask = (
    method: string,
    path: string,
    { body, headers = OWNER }: { body?: unknown; headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Reply> => send(`${sim().url}${path}`, method, { body, headers });
  const invite = (sections: unknown, whom: Json = { invited_id: JONAS }) =>
    ask('POST', SHARES, {
      body: { server_id: ATTIC, shared_server: { library_section_ids: sections, ...whom } },
    });
  const replace = (sections: unknown, shareId: number = MARAS_SHARE) =>
    ask('PUT', `${SHARES}/${shareId}`, {
      body: { server_id: ATTIC, shared_server: { library_section_ids: sections } },
    });
  const shareOf = async (accountId: number) =>
    (await sim().state<World>()).shares.find((share) => share.accountId === accountId);
  const act = async (what: Json) => {
    const reply = await sim().admin('POST', '/act', what);
    return { status: reply.status, body: reply.json as Json };
  };
  return { ask, invite, replace, shareOf, act };
}

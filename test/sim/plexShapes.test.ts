import { beforeEach, describe, expect, test } from 'vitest';
import { Journal } from '../../sim/common/journal.js';
import type { Answer, Request } from '../../sim/common/server.js';
import { checked } from '../../sim/plex/checked.js';
import type { Json } from '../../sim/tour/drive.js';
import {
  ATTIC,
  CELLAR,
  FILMS,
  HOMER,
  JONAS,
  KNOBS,
  MARA,
  MARAS_SHARE,
  TOVES_SHARE,
  type World,
} from '../plex/target.js';
import { guest, JSON_TOO, OWNER, plexSide, SHARES, ZOE } from './plexSide.js';

const plex = plexSide();
const { ask, invite, replace, act } = plex;

interface Invalid {
  readonly seq: number;
  readonly dir: 'in' | 'out';
  readonly schema: string;
  readonly errors: readonly string[];
}
const invalid = async () => ((await plex.sim.problems()) as { invalid: Invalid[] }).invalid;
const V2 = '/api/v2/shared_servers';
const shared = (more: Json) => ({
  server_id: ATTIC,
  shared_server: { library_section_ids: [FILMS], invited_id: JONAS, ...more },
});

describe('a body', () => {
  test('of the documented shape is no problem', async () => {
    await invite([FILMS]);
    await replace([FILMS]);
    await ask('POST', SHARES, { body: shared({ invited_id: undefined, invited_email: 'zoe' }) });
    await ask('POST', `${V2}/${MARAS_SHARE}`, { body: { librarySectionIds: [FILMS] } });
    await ask('DELETE', `${SHARES}/${MARAS_SHARE}`, { body: { ignored: true } });
    expect(await invalid()).toEqual([]);
  });

  const PUT = `PUT ${SHARES}/${MARAS_SHARE}`;
  const POST = `POST ${SHARES}`;
  const SETTINGS = 'POST /api/v2/sharing_settings';
  test.each([
    [POST, 'library_section_ids.0', shared({ library_section_ids: [String(FILMS)] })],
    [POST, 'one of both', shared({ invited_email: 'mara' })],
    [POST, 'surprise', shared({ surprise: 1 })],
    [POST, 'allowSync', { ...shared({}), sharing_settings: { allowSync: true } }],
    [PUT, 'server_id', { shared_server: { library_section_ids: [] } }],
    [PUT, 'expected object', 'text'],
    [`POST ${V2}`, 'one of both', { machineIdentifier: ATTIC, librarySectionIds: [FILMS] }],
    [`POST ${V2}/${MARAS_SHARE}`, 'allowTuners', { settings: { allowTuners: true } }],
    [SETTINGS, 'allowSync', { invitedId: MARA, settings: {} }],
  ])('of another one is written down: %s, %s', async (route, error, body) => {
    const [method = '', path = ''] = route.split(' ');
    await ask(method, path, { body, headers: { ...OWNER, 'content-type': 'application/json' } });
    const { last } = await plex.sim.log();
    const problems = await invalid();
    expect(problems).toMatchObject([
      { seq: last, dir: 'in', schema: expect.any(String) as string },
    ]);
    expect(problems[0]?.errors.join()).toContain(error);
  });

  test('must say that it is JSON', async () => {
    const body = JSON.stringify({
      server_id: ATTIC,
      shared_server: { library_section_ids: [FILMS] },
    });
    await ask('PUT', `${SHARES}/${MARAS_SHARE}`, { body });
    expect(await invalid()).toMatchObject([
      { dir: 'in', errors: [expect.stringContaining('content-type')] },
    ]);
  });
});

describe('its own answers', () => {
  const reads = [
    '/api/v2/user',
    '/api/v2/ping',
    '/api/v2/resources?includeHttps=1&includeRelay=1',
    '/api/v2/home/users',
    `/api/v2/servers/${ATTIC}`,
    `/api/v2/sharing_settings?invitedId=${MARA}`,
    `${V2}/owned/accepted`,
    `${V2}/owned/pending`,
    `${V2}/invites/owned/pending`,
    `${V2}/invites/received/pending`,
    `${V2}/${MARAS_SHARE}`,
    '/',
    '/identity',
    '/library',
    '/library/sections',
    '/accounts',
    '/status/sessions',
    '/status/sessions/history/all',
  ];

  test('have their shapes, in a world where everything has happened', async () => {
    const what = { machineId: ATTIC, sectionKey: '1', title: 'Heat', accountId: MARA };
    await act({ act: 'play', ...what });
    await act({ act: 'watched', ...what });
    await act({ act: 'setShare', machineId: CELLAR, accountId: HOMER, allLibraries: true });
    await act({ act: 'setShare', machineId: ATTIC, accountId: JONAS, sectionIds: [FILMS] });
    await act({ act: 'leave', shareId: (await plex.sim.state<World>()).shares.at(-1)?.id });
    await invite([FILMS], { invited_id: ZOE });
    const made = await ask('POST', '/api/v2/pins?strong=true', { headers: JSON_TOO });
    const { id } = made.json as { id: number };
    for (const path of [...reads, `/api/v2/pins/${id}`]) {
      const reply = await ask('GET', path, { headers: JSON_TOO });
      expect([path, reply.status, reply.json]).toEqual([path, 200, expect.anything()]);
    }
    for (const path of reads.slice(0, 3)) {
      await ask('GET', path, { headers: { ...guest(ZOE), accept: 'application/json' } });
    }
    const { shares } = await plex.sim.state<World>();
    const accept = `${V2}/${shares.at(-1)?.id ?? 0}/accept`;
    await ask('POST', accept, { headers: { ...guest(ZOE), accept: 'application/json' } });
    await ask('GET', `${V2}/${TOVES_SHARE}0`, { headers: JSON_TOO });
    expect(await invalid()).toEqual([]);
  });

  test('of another shape are written down', () => {
    const journal = new Journal();
    const answering = (path: string, answer: Answer) =>
      checked(journal)({ method: 'GET', path, handle: () => answer }).handle({
        seq: 7,
        headers: {},
      } as unknown as Request);
    const pong = { status: 200, body: { pong: true } };
    answering('/api/v2/ping', pong);
    expect(journal.problems.invalid).toEqual([]);
    answering('/api/v2/ping', { status: 200, body: { pong: 'yes' } });
    answering('/api/v2/ping', { status: 404, body: { error: 'none' } });
    answering('/api/v2/new', pong);
    answering(`/pms/${CELLAR}/library/sections`, {
      status: 200,
      body: { MediaContainer: { size: 1, allowSync: false, title1: '' } },
    });
    expect(journal.problems.invalid.map(({ seq, dir, schema }) => [seq, dir, schema])).toEqual([
      [7, 'out', 'ping'],
      [7, 'out', 'errors'],
      [7, 'out', 'none'],
      [7, 'out', 'sections'],
    ]);
  });
});

describe('where a server is', () => {
  const connections = [
    { uri: 'https://192-0-2-1.abc.plex.direct:32400', local: true, relay: false },
    { uri: 'http://192.0.2.1:32400', local: true, relay: false },
    { uri: 'https://[2001:db8::1]:32400', local: false, relay: false },
    { uri: 'https://198-51-100-1.abc.plex.direct:8443', local: false, relay: true },
  ];
  const asked = async (query: string) => {
    const { json } = await ask('GET', `/api/v2/resources${query}`, { headers: JSON_TOO });
    return (json as { relay: boolean; provides: string; connections: Json[] }[])[0];
  };
  beforeEach(() => {
    const servers = plex.world.servers.map((one) => ({
      ...one,
      connections,
      provides: 'server,player',
    }));
    return plex.sim.reset({ ...plex.world, servers }, KNOBS);
  });

  test('is told as far as it was asked: https, relay and IPv6 only by name', async () => {
    const uris = async (query: string) => (await asked(query))?.connections.map((one) => one.uri);
    const [https, http, ipv6, relay] = connections.map((one) => one.uri);
    expect(await uris('')).toEqual([http]);
    expect(await uris('?includeHttps=1')).toEqual([https, http]);
    expect(await uris('?includeHttps=1&includeRelay=1')).toEqual([https, http, relay]);
    expect(await uris('?includeHttps=1&includeRelay=1&includeIPv6=1')).toEqual([
      https,
      http,
      ipv6,
      relay,
    ]);
  });

  test('is told in parts, with what it provides as a list', async () => {
    const resource = await asked('?includeHttps=1&includeRelay=1');
    expect(resource).toMatchObject({ relay: true, provides: 'server,player' });
    expect(resource?.connections.at(-1)).toEqual({
      protocol: 'https',
      address: '198-51-100-1.abc.plex.direct',
      port: 8443,
      uri: 'https://198-51-100-1.abc.plex.direct:8443',
      local: false,
      relay: true,
      IPv6: false,
    });
  });
});

test('the rate limit is for each account of its own, and not for a media server', async () => {
  await plex.sim.knobs({ rateLimit: { perSecond: 0.5 } });
  const status = async (path: string, headers = OWNER) =>
    (await ask('GET', path, { headers })).status;
  expect([await status(SHARES), await status('/library/sections')]).toEqual([429, 200]);
  await plex.sim.knobs({ rateLimit: { perSecond: 1 } });
  const both = [MARA, JONAS].map((id) => status('/api/v2/user', guest(id)));
  expect(await Promise.all(both)).toEqual([200, 200]);
});

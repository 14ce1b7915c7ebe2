import { describe, expect, test } from 'vitest';
import type { Json } from '../../sim/tour/drive.js';
import {
  ATTIC,
  CELLAR,
  FILMS,
  HOMER,
  JONAS,
  KID,
  KIDS,
  MARA,
  MARAS_SHARE,
  SHOWS,
  TOVES_SHARE,
  type World,
} from '../plex/target.js';
import { JSON_TOO, OWNER, plexSide, SHARES } from './plexSide.js';
import { send, start, TOKEN } from './start.js';
import type { Reply } from './start.js';

const plex = plexSide();
const { ask, invite, replace, shareOf, act } = plex;

describe('its worlds', () => {
  test('demo has Attic and Cellar of one owner, and a person of every kind', () => {
    const { servers, accounts, shares } = plex.world;
    const titles = servers.map((server) => server.libraries.map((library) => library.title));
    expect(servers.map((server) => server.machineId)).toEqual([ATTIC, CELLAR]);
    expect(titles).toEqual([
      ['Films', 'Shows', 'Kids', 'Default'],
      expect.arrayContaining(['Films']),
    ]);
    expect(plex.world).toMatchObject({ owner: { token: TOKEN }, pins: [], sessions: [] });
    expect(accounts).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: MARA, username: 'mara', friend: true }),
        expect.objectContaining({ id: JONAS, username: 'jonas', friend: true }),
        expect.objectContaining({ id: KID, username: '', home: true, restricted: true }),
        expect.objectContaining({ id: HOMER, home: true, restricted: false }),
      ]),
    );
    expect(shares).toMatchObject([
      { accountId: MARA, sectionIds: [FILMS], allLibraries: false },
      { accountId: null, email: 'tove@example.org', acceptedAt: null },
    ]);
  });

  test('empty has one server with Films and Shows, and nobody else', async () => {
    const own = await start('plex', { world: 'empty', token: 'another' });
    const empty = await own.state<World>();
    expect(empty).toMatchObject({ owner: { token: 'another' }, accounts: [], shares: [] });
    expect(empty.servers.map((one) => one.libraries.map((library) => library.title))).toEqual([
      ['Films', 'Shows'],
    ]);
    await own.stop();
  });
});

describe('who asks', () => {
  test.each([
    ['GET', '/api/users'],
    ['GET', '/api/home/users'],
    ['GET', '/api/v2/user'],
    ['GET', '/api/v2/resources'],
    ['GET', '/api/v2/sharing_settings'],
    ['GET', `/api/servers/${ATTIC}`],
    ['GET', SHARES],
    ['PUT', `${SHARES}/${MARAS_SHARE}`],
    ['DELETE', `${SHARES}/${MARAS_SHARE}`],
    ['DELETE', `/api/v2/sharings/${MARA}`],
    ['GET', '/library/sections'],
    ['GET', '/status/sessions'],
  ])('must be let in: %s %s', async (method, path) => {
    const headers = { ...OWNER, 'x-plex-token': 'dead' };
    expect((await ask(method, path, { headers: headers })).status).toBe(401);
    expect(await plex.sim.state()).toEqual(plex.world);
  });

  test('must have a name for v2', async () => {
    const headers = { 'x-plex-token': TOKEN, accept: 'application/json' };
    const reply = await ask('GET', '/api/v2/user', { headers: headers });
    expect(reply.status).toBe(400);
    expect(reply.json).toMatchObject({ errors: [{ code: 1000 }] });
    expect((await ask('POST', '/api/v2/pins', { headers: {} })).status).toBe(400);
  });

  test('gets 403 for the server of another owner, and sees it listed when it is shared', async () => {
    const other = { id: 99, token: 'other', username: 'other', email: 'other@example.org' };
    const servers = plex.world.servers.map((one, i) =>
      i === 0 ? { ...one, sharedTo: [99] } : one,
    );
    await plex.sim.admin('PUT', '/state', { ...plex.world, owners: [other], servers });
    const headers = { ...JSON_TOO, 'x-plex-token': 'other' };
    expect((await ask('GET', SHARES, { headers: headers })).status).toBe(403);
    expect((await ask('GET', '/api/v2/resources', { headers: headers })).json).toMatchObject([
      { name: 'Attic', owned: false, clientIdentifier: ATTIC },
    ]);
    expect((await ask('GET', '/api/users', { headers: headers })).text).not.toContain('<User');
  });
});

describe('the form of an answer', () => {
  test.each(['/api/users', '/api/home/users', `/api/servers/${ATTIC}`, SHARES])(
    'is XML for v1 whatever was asked for: %s',
    async (path) => {
      const { text } = await ask('GET', path, { headers: JSON_TOO });
      expect(text).toMatch(/^<\?xml .*\n<MediaContainer /);
    },
  );

  test.each([
    ['/api/v2/user', 'user'],
    ['/api/v2/resources', 'resources'],
    ['/api/v2/home/users', 'home'],
    [`/api/v2/servers/${ATTIC}`, 'server'],
    ['/api/v2/shared_servers/owned/accepted', 'sharedServers'],
    ['/api/v2/shared_servers/owned/pending', 'sharedServers'],
    [`/api/v2/shared_servers/${MARAS_SHARE}`, 'sharedServer'],
    [`/api/v2/sharing_settings?invitedId=${MARA}`, 'sharingSettings'],
  ])('is JSON for v2 only when asked for: %s', async (path, root) => {
    expect((await ask('GET', path, { headers: JSON_TOO })).json).not.toBeNull();
    expect((await ask('GET', path)).text).toContain(`<${root}`);
  });

  test('lists every library of the server in v1, and only the shared ones in v2', async () => {
    const v1 = (await ask('GET', `${SHARES}/${MARAS_SHARE}`)).text;
    expect(v1.match(/<Section /g)).toHaveLength(4);
    expect(v1.match(/shared="1"/g)).toHaveLength(1);
    const path = `/api/v2/shared_servers/${MARAS_SHARE}`;
    const v2 = (await ask('GET', path, { headers: JSON_TOO })).json as { libraries: unknown[] };
    expect(v2.libraries).toEqual([{ id: FILMS, key: 1, title: 'Films', type: 'movie' }]);
  });

  test('is 410 for what plex.tv has retired, 405 and 404 as there', async () => {
    const status = async (method: string, path: string) => (await ask(method, path)).status;
    expect(await status('GET', '/api/v2/friends')).toBe(410);
    expect(await status('PUT', '/api/friends/1')).toBe(410);
    expect(await status('GET', '/api/invites/requests')).toBe(410);
    expect(await status('GET', '/api/v2/shared_servers')).toBe(405);
    expect(await status('PUT', `/api/v2/sharings/${MARA}`)).toBe(404);
    expect(await status('DELETE', SHARES)).toBe(404);
    expect(await status('GET', '/api/v2/shared_servers/5')).toBe(404);
  });
});

describe('a list of libraries', () => {
  test.each([
    ['empty', []],
    ['of foreign ids', [1]],
    ['of keys', [1, 4]],
    ['of ids as text', [String(FILMS)]],
  ])('that is %s makes a share of everything', async (_, sections) => {
    expect((await invite(sections)).status).toBe(200);
    expect(await shareOf(JONAS)).toMatchObject({ allLibraries: true });
  });

  test('loses foreign ids without a word', async () => {
    const [, cellar] = plex.world.servers;
    await invite([FILMS, cellar?.libraries[0]?.sectionId, 4]);
    expect(await shareOf(JONAS)).toMatchObject({ sectionIds: [FILMS], allLibraries: false });
  });

  test.each([
    ['all', 200, { sectionIds: [], allLibraries: true }],
    ['delete', 200, undefined],
    ['error', 422, { sectionIds: [FILMS], allLibraries: false }],
  ])('that is empty in a PUT: knob emptyPut %s', async (emptyPut, status, share) => {
    await plex.sim.knobs({ emptyPut });
    expect((await replace([])).status).toBe(status);
    if (share) expect(await shareOf(MARA)).toMatchObject(share);
    else expect(await shareOf(MARA)).toBeUndefined();
  });

  test.each([undefined, 'Films', { id: FILMS }])(
    'that is no list (%j) is 400',
    async (sections) => {
      expect((await invite(sections)).status).toBe(400);
      expect((await replace(sections)).status).toBe(400);
      expect(await plex.sim.state()).toEqual(plex.world);
    },
  );
});

describe('an invite', () => {
  const v2 = (whom: Json, sections: unknown = [FILMS]) =>
    ask('POST', '/api/v2/shared_servers', {
      body: { machineIdentifier: ATTIC, librarySectionIds: sections, ...whom },
      headers: JSON_TOO,
    });

  test('to somebody who has a share is 400 in v1, and 422 with code 1999 in v2', async () => {
    const first = await invite([SHOWS], { invited_email: 'MARA' });
    expect([first.status, first.text]).toEqual([400, expect.stringContaining('already sharing')]);
    const second = await v2({ invitedId: MARA });
    expect(second.status).toBe(422);
    expect(second.json).toMatchObject({ errors: [{ code: 1999, status: 400 }] });
  });

  test('to oneself, to no address or to an unknown account is refused', async () => {
    for (const whom of [{ invited_email: 'owner' }, { invited_email: 'a b' }, { invited_id: 5 }]) {
      expect((await invite([FILMS], whom)).status).toBe(400);
    }
  });

  test('to a stranger waits; to a friend it depends on the knob reshare; at home never', async () => {
    await v2({ invitedEmail: 'zoe@example.org' });
    await invite([FILMS], { invited_id: KID });
    await plex.sim.knobs({ reshare: 'pending' });
    await invite([FILMS]);
    await invite([FILMS], { invited_id: HOMER });
    const accepted = async (id: number) => typeof (await shareOf(id))?.acceptedAt === 'number';
    expect(await Promise.all([4_410_099, KID, JONAS, HOMER].map(accepted))).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  test('beyond limitPeople is refused with limitText', async () => {
    await plex.sim.knobs({ limitPeople: 2, limitText: 'Too many.' });
    const { status, text } = await invite([FILMS]);
    expect([status, text]).toEqual([400, expect.stringContaining('Too many.')]);
  });

  test('waits in the v1 list, or not, as pendingInV1List says', async () => {
    expect((await ask('GET', SHARES)).text).toContain('tove@example.org');
    await plex.sim.knobs({ pendingInV1List: false });
    expect((await ask('GET', SHARES)).text).not.toContain('tove@example.org');
  });

  test('ignores a new list while pendingFixed is on', async () => {
    const tove = async () =>
      (await plex.sim.state<World>()).shares.find((share) => share.id === TOVES_SHARE)?.sectionIds;
    await plex.sim.knobs({ pendingFixed: true });
    expect((await replace([KIDS], TOVES_SHARE)).status).toBe(200);
    expect(await tove()).toEqual([SHOWS]);
    await plex.sim.knobs({ pendingFixed: false });
    await replace([KIDS], TOVES_SHARE);
    expect(await tove()).toEqual([KIDS]);
  });

  test('is taken back only with its own flags, and leaves its row behind', async () => {
    const path = '/api/invites/requested/tove%40example.org';
    expect((await ask('DELETE', `${path}?friend=0&home=1&server=1`)).status).toBe(404);
    expect((await ask('DELETE', `${path}?friend=1&home=0&server=1`)).status).toBe(200);
    expect((await plex.sim.state<World>()).shares).toHaveLength(2);
  });
});

describe('knobs', () => {
  test('lagMs shows lists of the past, and the PMS as it is', async () => {
    await new Promise((resolve) => setTimeout(resolve, 15));
    await plex.sim.knobs({ lagMs: 60_000 });
    await replace([SHOWS]);
    await act({ act: 'addLibrary', machineId: ATTIC, title: 'Music', type: 'artist' });
    expect((await ask('GET', SHARES)).text).toContain(
      `id="${FILMS}" key="1" title="Films" type="movie" shared="1"`,
    );
    expect((await ask('GET', `/api/servers/${ATTIC}`)).text).not.toContain('Music');
    expect((await ask('GET', '/library/sections')).text).toContain('Music');
    await plex.sim.knobs({ lagMs: 0 });
    expect((await ask('GET', `/api/servers/${ATTIC}`)).text).toContain('Music');
  });

  test('partialSections leaves libraries out at plex.tv alone', async () => {
    await plex.sim.knobs({ partialSections: 1 });
    expect((await ask('GET', `/api/servers/${ATTIC}`)).text.match(/<Section /g)).toHaveLength(1);
    expect((await ask('GET', '/library/sections')).text.match(/<Directory /g)).toHaveLength(4);
  });

  test('rateLimit refuses what is too much, with Retry-After when it has one', async () => {
    await plex.sim.knobs({ rateLimit: { perSecond: 2, retryAfter: 3 } });
    const replies: Reply[] = [];
    for (let i = 0; i < 8; i += 1) replies.push(await ask('GET', SHARES));
    const refused = replies.filter((reply) => reply.status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('retry-after')).toBe('3');
  });

  test('pmsLag lets the server hear of one change, and drops those in the seconds after', async () => {
    const guest = { 'x-plex-token': `guest-token-${MARAS_SHARE}` };
    const seen = async () => {
      const { text } = await ask('GET', '/library/sections', { headers: guest });
      return [...text.matchAll(/title="([^"]*)" type/g)].map(([, title]) => title);
    };
    await plex.sim.knobs({ pmsLag: true });
    await replace([SHOWS]);
    await replace([KIDS]);
    await ask('DELETE', `${SHARES}/${MARAS_SHARE}`);
    expect(await seen()).toEqual(['Shows']);
  });
});

test('each server is announced where its own PMS answers', async () => {
  const { json } = await ask('GET', '/api/v2/resources', { headers: JSON_TOO });
  const resources = json as { clientIdentifier: string; connections: { uri: string }[] }[];
  expect(resources.map((one) => one.clientIdentifier)).toEqual([ATTIC, CELLAR]);
  for (const { clientIdentifier, connections } of resources) {
    const reply = await send(`${connections[0]?.uri ?? ''}/identity`, 'GET');
    expect(reply.text).toContain(`machineIdentifier="${clientIdentifier}"`);
  }
});

test('the end of a friendship ends every share with every server of the owner', async () => {
  await act({ act: 'setShare', machineId: CELLAR, accountId: MARA, allLibraries: true });
  expect((await ask('DELETE', `/api/v2/sharings/${MARA}`)).status).toBe(200);
  expect(await shareOf(MARA)).toBeUndefined();
  expect((await ask('GET', '/api/users')).text).not.toContain('mara');
});

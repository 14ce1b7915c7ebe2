import { beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '../../sim/tour/drive.js';
import {
  ATTIC,
  CELLAR,
  FILMS,
  HOMER,
  JONAS,
  KID,
  KNOBS,
  MARA,
  MARAS_SHARE,
  SHOWS,
  TOVES_SHARE,
} from '../plex/target.js';
import { elements } from './careless.js';
import { guest, JSON_TOO, OWNER, plexSide, SHARES, ZOE } from './plexSide.js';
import { TOKEN } from './start.js';

const plex = plexSide();
const { ask, invite, shareOf, act } = plex;

const V2 = '/api/v2/shared_servers';
const asJson = (accountId: number) => ({ ...guest(accountId), accept: JSON_TOO.accept });
const listOf = async (path: string, headers: Readonly<Record<string, string>>) =>
  (await ask('GET', path, { headers })).json as Json[];
const received = (accountId: number) => listOf(`${V2}/invites/received/pending`, asJson(accountId));
const resources = (accountId: number) => listOf('/api/v2/resources', asJson(accountId));
const accept = async (shareId: number, accountId: number, query = '') =>
  (await ask('POST', `${V2}/${shareId}/accept${query}`, { headers: guest(accountId) })).status;
const idOf = async (accountId: number) => (await shareOf(accountId))?.id ?? 0;
const users = async (headers: Readonly<Record<string, string>> = OWNER) =>
  elements((await ask('GET', '/api/users', { headers })).text, 'User').map((one) => one.title);
const libraries = async (accountId: number) => {
  const { status, text } = await ask('GET', '/library/sections', { headers: guest(accountId) });
  return status === 200 ? elements(text, 'Directory').map((one) => one.title) : status;
};
const v2Invite = (body: Json) =>
  ask('POST', V2, {
    body: { machineIdentifier: ATTIC, librarySectionIds: [FILMS], ...body },
    headers: JSON_TOO,
  });

describe('a guest', () => {
  test('is known by the own token, and is not the owner', async () => {
    const reply = await ask('GET', '/api/v2/user', { headers: asJson(HOMER) });
    expect(reply.json).toMatchObject({
      id: HOMER,
      username: 'homer',
      home: true,
      homeAdmin: false,
    });
    expect((await ask('GET', SHARES, { headers: guest(MARA) })).status).toBe(403);
    const put = await ask('DELETE', `${V2}/${MARAS_SHARE}`, { headers: guest(MARA) });
    expect(put.status).toBe(404);
    expect(await plex.sim.state()).toEqual(plex.world);
  });

  test('may have a token that the state says, and a managed user has none', async () => {
    const accounts = plex.world.accounts.map((one) =>
      one.id === JONAS ? { ...one, token: 'of-jonas' } : one,
    );
    await plex.sim.reset({ ...plex.world, accounts }, KNOBS);
    const status = async (token: string) =>
      (await ask('GET', '/api/v2/user', { headers: { ...OWNER, 'x-plex-token': token } })).status;
    expect(await status('of-jonas')).toBe(200);
    expect(await status(`account-token-${JONAS}`)).toBe(401);
    expect(await status(`account-token-${KID}`)).toBe(401);
  });

  test('finds what they were invited to, accepts it, and only then has the server', async () => {
    await invite([FILMS], { invited_id: ZOE });
    const owner = { username: 'owner', email: 'owner@example.org' };
    const shareId = await idOf(ZOE);
    expect(await received(ZOE)).toMatchObject([
      { owner, sharedServers: [{ id: shareId, owned: false, accepted: false }] },
    ]);
    expect([await resources(ZOE), await libraries(ZOE), await received(MARA)]).toEqual([
      [],
      401,
      [],
    ]);
    expect(await accept(shareId, MARA)).toBe(404);
    expect(await accept(shareId, ZOE)).toBe(200);
    expect(await accept(shareId, ZOE)).toBe(404);
    const [server] = await resources(ZOE);
    expect(server).toMatchObject({ clientIdentifier: ATTIC, owned: false, sourceTitle: 'owner' });
    const opened = await ask('GET', '/library/sections', {
      headers: { 'x-plex-token': String(server?.accessToken) },
    });
    expect(elements(opened.text, 'Directory').map((one) => one.title)).toEqual(['Films']);
    expect([await received(ZOE), await libraries(ZOE)]).toEqual([[], ['Films']]);
    expect(await users(guest(ZOE))).toEqual(['owner']);
  });

  test('who is invited by address has to have that address, or the link', async () => {
    expect(await received(ZOE)).toEqual([]);
    expect(await accept(TOVES_SHARE, ZOE)).toBe(404);
    await act({ act: 'renameAccount', accountId: ZOE, email: 'TOVE@example.org' });
    expect(await received(ZOE)).toHaveLength(1);
    await act({ act: 'renameAccount', accountId: ZOE, email: 'zoe@example.org' });
    expect(await accept(TOVES_SHARE, ZOE, `?inviteToken=invite-token-${TOVES_SHARE}`)).toBe(200);
    expect(await shareOf(ZOE)).toMatchObject({ id: TOVES_SHARE, email: 'tove@example.org' });
  });

  test('who has the server already cannot take a second invite to it', async () => {
    const link = `?inviteToken=invite-token-${TOVES_SHARE}`;
    expect(await accept(TOVES_SHARE, MARA, link)).toBe(422);
    expect((await act({ act: 'accept', shareId: TOVES_SHARE, accountId: MARA })).status).toBe(400);
    expect(await plex.sim.state()).toEqual(plex.world);
  });

  test('sees no stream, no account and no list of the server itself', async () => {
    const status = async (path: string) =>
      (await ask('GET', path, { headers: guest(MARA) })).status;
    const paths = ['/', '/library/sections', '/library', '/accounts', '/status/sessions'];
    expect(await Promise.all(paths.map(status))).toEqual([200, 200, 403, 403, 403]);
  });
});

describe('the act accept', () => {
  test('takes an invite under another account', async () => {
    const { body } = await act({ act: 'accept', shareId: TOVES_SHARE, accountId: ZOE });
    expect(body).toMatchObject({ accountId: ZOE, email: 'tove@example.org' });
    expect(await users()).toContain('Zoe');
  });

  test('takes it under another address, of an account that is there or is made', async () => {
    await act({ act: 'accept', shareId: TOVES_SHARE, email: 'ZOE@example.org' });
    expect(await shareOf(ZOE)).toMatchObject({ id: TOVES_SHARE });
    await plex.fresh();
    const { body } = await act({ act: 'accept', shareId: TOVES_SHARE, email: 'other@example.org' });
    const row = elements((await ask('GET', SHARES)).text, 'SharedServer').at(-1);
    expect(row).toMatchObject({ email: 'other@example.org', userID: String(body.accountId) });
  });

  test.each([{ accountId: 1 }, { email: 'x@example.org', extra: 1 }])(
    'does nothing with %j',
    async (more) => {
      const { status } = await act({ act: 'accept', shareId: TOVES_SHARE, ...more });
      expect(status).toBe('extra' in more ? 400 : 404);
      expect(await plex.sim.state()).toEqual(plex.world);
    },
  );
});

describe('friendship', () => {
  test('comes with an accepted invite, and keeps the person when the share ends', async () => {
    await v2Invite({ invitedId: ZOE });
    await accept(await idOf(ZOE), ZOE);
    await ask('DELETE', `${SHARES}/${await idOf(ZOE)}`);
    expect(await users()).toContain('Zoe');
  });

  test('is not asked for with skipFriendship, and then nothing is left when the share ends', async () => {
    await v2Invite({ invitedId: ZOE, skipFriendship: true });
    const [, sent] = elements((await ask('GET', '/api/invites/requested')).text, 'Invite');
    expect(sent).toMatchObject({ id: String(ZOE), friend: '0', server: '1' });
    await accept(await idOf(ZOE), ZOE);
    expect(await users()).toContain('Zoe');
    await ask('DELETE', `${SHARES}/${await idOf(ZOE)}`);
    expect(await users()).not.toContain('Zoe');
  });

  test('that is there already survives a share without one', async () => {
    await v2Invite({ invitedId: JONAS, skipFriendship: true });
    await ask('DELETE', `${SHARES}/${await idOf(JONAS)}`);
    expect(await users()).toContain('Jonas');
  });
});

describe('two owners behind one origin', () => {
  const SECOND = 99;
  const second = { ...JSON_TOO, 'x-plex-token': 'second' };
  const secondXml = { ...OWNER, 'x-plex-token': 'second' };
  beforeEach(() =>
    plex.sim.reset(
      {
        ...plex.world,
        owners: [{ id: SECOND, token: 'second', username: 'second', email: 's@example.org' }],
        servers: plex.world.servers.map((one) =>
          one.machineId === CELLAR ? { ...one, ownerId: SECOND } : one,
        ),
      },
      KNOBS,
    ),
  );
  const cellar = `/api/servers/${CELLAR}/shared_servers`;
  const inviteToCellar = (accountId: number) =>
    ask('POST', cellar, {
      headers: secondXml,
      body: {
        server_id: CELLAR,
        shared_server: {
          library_section_ids: [plex.world.servers[1]?.libraries[0]?.sectionId],
          invited_id: accountId,
        },
      },
    });

  test('have servers and people of their own', async () => {
    expect((await listOf('/api/v2/resources', second)).map((one) => one.name)).toEqual(['Cellar']);
    expect((await listOf('/api/v2/resources', JSON_TOO)).map((one) => one.name)).toEqual(['Attic']);
    expect((await ask('GET', cellar)).status).toBe(403);
    expect(await users(secondXml)).toEqual([]);
    expect((await ask('GET', '/api/home/users', { headers: second })).text).not.toContain('<User ');
    await inviteToCellar(MARA);
    expect(await users(secondXml)).toEqual(['Mara']);
  });

  test('end a friendship each for themselves', async () => {
    await inviteToCellar(MARA);
    const cellarShare = elements(
      (await ask('GET', cellar, { headers: secondXml })).text,
      'SharedServer',
    );
    expect(await accept(Number(cellarShare[0]?.id), MARA)).toBe(200);
    await ask('DELETE', `/api/v2/sharings/${MARA}`, { headers: second });
    expect([await users(secondXml), await users()]).toEqual([
      [],
      ['Mara', 'Jonas', 'Kid', 'Homer'],
    ]);
    expect(await libraries(MARA)).toEqual(['Films']);
  });

  test('may invite each other, and then one of them is a guest', async () => {
    await invite([SHOWS], { invited_email: 'S@example.org' });
    expect(await shareOf(SECOND)).toMatchObject({ acceptedAt: null });
    const path = `${V2}/${await idOf(SECOND)}/accept`;
    expect((await ask('POST', path, { headers: second })).status).toBe(200);
    expect(await listOf('/api/v2/resources', second)).toMatchObject([
      { name: 'Attic', owned: false, ownerId: 4_400_001 },
      { name: 'Cellar', owned: true, ownerId: null },
    ]);
    expect(await users()).toContain('second');
  });

  test('count their people each for themselves', async () => {
    await plex.sim.knobs({ limitPeople: 2 });
    expect((await inviteToCellar(ZOE)).status).toBe(200);
    expect((await inviteToCellar(MARA)).status).toBe(200);
    expect((await inviteToCellar(JONAS)).status).toBe(400);
  });
});

test('the home counts among the people, and who counts already may get another server', async () => {
  await plex.sim.knobs({ limitPeople: 4 });
  expect((await invite([FILMS])).status).toBe(400);
  expect((await invite([FILMS], { invited_id: HOMER })).status).toBe(200);
});

describe('a PIN', () => {
  const pin = async (strong: boolean) =>
    (await ask('POST', `/api/v2/pins${strong ? '?strong=true' : ''}`, { headers: JSON_TOO }))
      .json as { id: number; code: string; expiresIn: number };
  const poll = (id: number, headers: Readonly<Record<string, string>> = JSON_TOO) =>
    ask('GET', `/api/v2/pins/${id}`, { headers });

  test('is long and lasts half an hour, or short and half of that', async () => {
    const [long, short] = [await pin(true), await pin(false)];
    expect([long.code.length > 4, long.expiresIn]).toEqual([true, 1800]);
    expect([short.code.length, short.expiresIn]).toEqual([4, 900]);
    expect(long.id).not.toBe(short.id);
  });

  test('lets in whoever approves it', async () => {
    const { id } = await pin(true);
    await act({ act: 'approvePin', pinId: id, accountId: JONAS });
    expect((await poll(id)).json).toMatchObject({ authToken: `account-token-${JONAS}` });
    const other = await pin(true);
    await act({ act: 'approvePin', pinId: other.id });
    expect((await poll(other.id)).json).toMatchObject({ authToken: TOKEN });
  });

  test('that has expired is 404, and cannot be approved', async () => {
    const { id } = await pin(true);
    const state = await plex.sim.state<{ pins: Json[] }>();
    const pins = state.pins.map((one) => ({ ...one, expiresAt: Date.now() - 1 }));
    await plex.sim.admin('PUT', '/state', { ...state, pins });
    const gone = await poll(id);
    expect([gone.status, gone.json]).toMatchObject([404, { errors: [{ code: 1020 }] }]);
    expect((await act({ act: 'approvePin', pinId: id })).status).toBe(404);
  });

  test('is asked for with a name, and told to no other', async () => {
    const { id } = await pin(true);
    expect((await poll(id, { accept: 'application/json' })).status).toBe(400);
    const other = { ...JSON_TOO, 'x-plex-client-identifier': 'other' };
    expect((await poll(id, other)).status).toBe(404);
    expect((await poll(1)).status).toBe(404);
  });
});

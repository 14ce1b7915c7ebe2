/** Traps 18 to 33 of plex.tv: what a client sees that does not know of them. The first ones are in `plexTraps.test.ts`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Json } from '../../sim/tour/drive.js';
import {
  ATTIC,
  CELLAR,
  FILMS,
  HOMER,
  JONAS,
  KID,
  KIDS,
  KNOBS,
  MARA,
  MARAS_SHARE,
  SHOWS,
  TOVES_SHARE,
  type World,
} from '../plex/target.js';
import { careless, elements } from './careless.js';
import type { Tree } from './careless.js';
import { guest, JSON_TOO, OWNER, plexSide, SHARES, ZOE } from './plexSide.js';
import { send, TOKEN } from './start.js';

const plex = plexSide();
const { ask, invite, replace, shareOf, act } = plex;

const V2 = '/api/v2/shared_servers';
const json = async (path: string, headers: Readonly<Record<string, string>> = JSON_TOO) =>
  (await ask('GET', path, { headers })).json;
const v2Share = async (id: number) => (await json(`${V2}/${id}`)) as Json;
const listOf = async (path: string) => (await json(path)) as Json[];
const rows = async (path: string, name: string) => elements((await ask('GET', path)).text, name);
const status = async (method: string, path: string, headers = OWNER) =>
  (await ask(method, path, { headers })).status;
const play = (accountId: number) =>
  act({ act: 'play', accountId, machineId: ATTIC, sectionKey: '1', title: 'Heat' });
const titles = async (headers: Readonly<Record<string, string>>) => {
  const { text } = await ask('GET', '/library/sections', { headers });
  return elements(text, 'Directory').map((one) => one.title);
};

test('18: somebody invited is in three lists at once, and may see nothing yet', async () => {
  await invite([FILMS], { invited_email: 'ZOE@example.org' });
  const { text } = await ask('GET', '/api/users');
  const zoe = (careless(text).MediaContainer as { User: Tree[] }).User.find(
    (one) => one.username === 'zoe',
  );
  expect(zoe?.Server).toMatchObject({ pending: '1', numLibraries: '1' });
  expect(await rows('/api/invites/requested', 'Invite')).toContainEqual(
    expect.objectContaining({ id: String(ZOE), username: 'zoe' }),
  );
  const row = async () =>
    (await rows(SHARES, 'SharedServer')).find((one) => one.userID === String(ZOE));
  expect(await row()).not.toHaveProperty('acceptedAt');
  await plex.sim.knobs({ pendingMark: 'zero' });
  expect(await row()).toMatchObject({ acceptedAt: '0' });
  await plex.sim.knobs({ pendingMark: 'flag' });
  expect(await row()).toMatchObject({ accepted: '0' });
  expect(await listOf(`${V2}/owned/pending`)).toContainEqual(
    expect.objectContaining({ invitedId: ZOE, accepted: false, acceptedAt: null }),
  );
  expect(await status('GET', '/library/sections', guest(ZOE))).toBe(401);
  expect(await json('/api/v2/resources', { ...guest(ZOE), accept: JSON_TOO.accept })).toEqual([]);
});

test('19: a second invite is 400 in v1 and 422 with a 400 inside in v2, both as XML', async () => {
  const body = { machineIdentifier: ATTIC, invitedId: MARA, librarySectionIds: [SHOWS] };
  const v1 = await ask('POST', SHARES, {
    body: { server_id: ATTIC, shared_server: { library_section_ids: [SHOWS], invited_id: MARA } },
    headers: JSON_TOO,
  });
  const v2 = await ask('POST', V2, { body });
  expect([v1.status, v2.status]).toEqual([400, 422]);
  expect(elements(v1.text, 'Response')).toEqual([
    { code: '400', status: expect.stringContaining('already sharing') as string },
  ]);
  expect(elements(v2.text, 'error')).toEqual([
    expect.objectContaining({ code: '1999', field: 'base', status: '400' }),
  ]);
  expect((await shareOf(MARA))?.sectionIds).toEqual([FILMS]);
});

test('20: an invite taken back leaves its row in the way, and who left keeps a row with a date', async () => {
  await invite([FILMS], { invited_id: ZOE });
  const cancel = `/api/invites/requested/${ZOE}?friend=1&home=0&server=1`;
  expect(await status('DELETE', cancel)).toBe(200);
  const invites = await rows('/api/invites/requested', 'Invite');
  expect(invites.map((one) => one.id)).toEqual(['tove@example.org']);
  const share = await shareOf(ZOE);
  expect(await status('POST', `${V2}/${share?.id ?? 0}/accept`, guest(ZOE))).toBe(404);
  expect((await invite([FILMS], { invited_id: ZOE })).text).toContain('already sharing');

  await act({ act: 'leave', shareId: MARAS_SHARE });
  await act({ act: 'decline', shareId: TOVES_SHARE });
  expect((await rows(SHARES, 'SharedServer')).map((one) => one.userID)).toEqual([String(ZOE)]);
  const date = expect.stringMatching(/^\d{4}-.*Z$/) as string;
  expect(await listOf(`${V2}/owned/accepted`)).toMatchObject([
    { id: MARAS_SHARE, accepted: true, leftAt: date, deletedAt: null },
  ]);
  expect(await v2Share(TOVES_SHARE)).toMatchObject({ accepted: false, deletedAt: date });
  const waiting = async () => (await listOf(`${V2}/owned/pending`)).map((one) => one.id);
  expect(await waiting()).not.toContain(TOVES_SHARE);
  await plex.sim.knobs({ declinedStays: true });
  expect(await waiting()).toContain(TOVES_SHARE);
});

test('21: v1 counts seconds and v2 writes dates, and 0 is no date', async () => {
  const seen = async () => {
    const [user] = await rows('/api/users', 'Server');
    const [row] = await rows(SHARES, 'SharedServer');
    return [row?.invitedAt, (await v2Share(MARAS_SHARE)).invitedAt, user?.lastSeenAt];
  };
  const [v1, v2, never] = await seen();
  expect(v2).toBe('2025-11-01T10:00:00Z');
  expect(new Date(String(v1)).getTime()).toBeNaN();
  expect(new Date(Number(v1)).getUTCFullYear()).toBe(1970);
  expect(Number(v1) * 1000).toBe(Date.parse(String(v2)));
  expect([never, (await v2Share(MARAS_SHARE)).lastSeenAt]).toEqual(['0', null]);
  const what = { accountId: MARA, machineId: ATTIC, sectionKey: '1', title: 'Heat' };
  await act({ act: 'watched', ...what, viewedAt: 1_763_800_000 });
  expect((await seen())[2]).toBe('1763800000');
  expect((await v2Share(MARAS_SHARE)).lastSeenAt).toBe('2025-11-22T08:26:40Z');
});

test('22: the list of people has friends without a share, and people of another server', async () => {
  await act({ act: 'setShare', machineId: CELLAR, accountId: HOMER, allLibraries: true });
  const { text } = await ask('GET', '/api/users');
  const users = (careless(text).MediaContainer as { User: Tree[] }).User;
  const servers = (user: Tree) => [user.Server ?? []].flat() as Tree[];
  const onAttic = (user: Tree) => servers(user).some((one) => one.machineIdentifier === ATTIC);
  expect(users.map((one) => one.title)).toEqual(['Mara', 'Jonas', 'Kid', 'Homer']);
  expect(users.filter((one) => servers(one).length > 0).map((one) => one.title)).toEqual([
    'Mara',
    'Homer',
  ]);
  expect(users.filter(onAttic).map((one) => one.title)).toEqual(['Mara']);
});

test('23: two servers and two libraries of one name are told apart by id alone', async () => {
  const servers = plex.world.servers.map((one) => ({ ...one, name: 'Attic' }));
  await plex.sim.reset({ ...plex.world, servers }, KNOBS);
  const named = (await listOf('/api/v2/resources')).filter((one) => one.name === 'Attic');
  expect(named.map((one) => one.clientIdentifier)).toEqual([ATTIC, CELLAR]);
  const [elsewhere] = await rows(`/api/servers/${CELLAR}`, 'Section');
  expect(elsewhere?.title).toBe('Films');
  expect((await invite([Number(elsewhere?.id)])).status).toBe(200);
  expect(await shareOf(JONAS)).toMatchObject({ machineId: ATTIC, allLibraries: true });
});

test('24: to delete a person takes them from every other server too', async () => {
  await act({ act: 'setShare', machineId: CELLAR, accountId: MARA, allLibraries: true });
  expect(await status('DELETE', `/api/v2/sharings/${MARA}`)).toBe(200);
  const { shares } = await plex.sim.state<World>();
  expect(shares.filter((share) => share.accountId === MARA)).toEqual([]);
  expect((await rows('/api/users', 'User')).map((one) => one.title)).not.toContain('Mara');
});

test('25: who is at home stays there without a share, an empty list shows everything, and the owner is listed', async () => {
  const { text } = await invite([FILMS], { invited_id: KID });
  const share = elements(text, 'SharedServer')[0]?.id ?? '';
  await replace([], Number(share));
  expect(await shareOf(KID)).toMatchObject({ allLibraries: true });
  expect(await status('DELETE', `${SHARES}/${share}`)).toBe(200);
  const users = await rows('/api/users', 'User');
  expect(users.find((one) => one.title === 'Kid')).toMatchObject({ home: '1', username: '' });
  expect(await status('DELETE', `/api/v2/sharings/${KID}`)).toBe(200);
  const home = await rows('/api/home/users', 'User');
  expect(home.map((one) => [one.title, one.admin])).toEqual([
    ['owner', '1'],
    ['Kid', '0'],
    ['Homer', '0'],
  ]);
});

test('26: a token may be good at plex.tv and not at the server, and the other way round', async () => {
  const atBoth = async (headers: Readonly<Record<string, string>>) =>
    [await ask('GET', '/api/v2/user', { headers }), await ask('GET', '/', { headers })].map(
      (reply) => reply.status,
    );
  const [row] = await rows(SHARES, 'SharedServer');
  const ofShare = { ...OWNER, 'x-plex-token': row?.accessToken ?? '' };
  expect(await atBoth(ofShare)).toEqual([401, 200]);
  expect(await atBoth(guest(JONAS))).toEqual([200, 401]);
  expect(await atBoth(guest(MARA))).toEqual([200, 200]);
});

test('27: what is taken away plays on, and what is stopped is still shared', async () => {
  const { body } = await play(MARA);
  await ask('DELETE', `${SHARES}/${MARAS_SHARE}`);
  expect(await rows('/status/sessions', 'Session')).toEqual([
    expect.objectContaining({ id: body.sessionId }),
  ]);
  await plex.fresh();
  const again = (await play(MARA)).body.sessionId as string;
  expect(await status('GET', `/status/sessions/terminate?sessionId=${again}`)).toBe(200);
  expect(await rows('/status/sessions', 'Session')).toEqual([]);
  expect(await titles(guest(MARA))).toEqual(['Films']);
});

test('28: a stream ends by Session.id, and a 401 for want of a Plex Pass is no dead token', async () => {
  await play(MARA);
  const [video] = await rows('/status/sessions', 'Video');
  const [session] = await rows('/status/sessions', 'Session');
  const end = (id: string | undefined) =>
    status('POST', `/status/sessions/terminate?sessionId=${id ?? ''}&reason=late`);
  expect(await end(video?.sessionKey)).toBe(404);
  expect(await end('')).toBe(403);
  await plex.sim.knobs({ plexPass: false });
  expect(await end(session?.id)).toBe(401);
  expect(await status('GET', '/status/sessions')).toBe(200);
  await plex.sim.knobs({ plexPass: true });
  expect(await end(session?.id)).toBe(200);
});

test('29: a page that says 404 reads like a list with nobody in it', async () => {
  for (const [method, path] of [
    ['GET', `/api/servers/${'ee'.repeat(20)}/shared_servers`],
    ['DELETE', SHARES],
  ] as const) {
    const { status: code, text, headers } = await ask(method, path);
    expect([code, headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(careless(text)).toHaveProperty('html');
    expect(elements(text, 'SharedServer')).toEqual([]);
  }
});

test('30: a filter is for the person on every server, and keeps its %2C to the letter', async () => {
  await act({ act: 'setShare', machineId: CELLAR, accountId: MARA, allLibraries: true });
  const filters = async () => {
    const all = await Promise.all(
      [ATTIC, CELLAR].map((m) => rows(`/api/servers/${m}/shared_servers`, 'SharedServer')),
    );
    return all.map(([row]) => row?.filterMovies);
  };
  const wanted = 'contentRating=PG%2CPG-13';
  const set = (query: string) => status('PUT', `/api/users/${MARA}?${query}`);
  await set(`filterMovies=${encodeURIComponent(wanted)}&filterMusic=label%3DLoud`);
  expect(await filters()).toEqual([wanted, wanted]);
  await set(`filterMovies=${wanted}`);
  expect(await filters()).toEqual(['contentRating=PG,PG-13', 'contentRating=PG,PG-13']);
  const [row] = await rows('/api/users', 'User');
  expect(row?.filterMusic).toBe('label=Loud');
});

test('31: addresses and rows carry live tokens, which only the own log hides', async () => {
  const reply = await send(`${plex.sim.url}/api/users?X-Plex-Token=${TOKEN}`, 'GET');
  expect(reply.status).toBe(200);
  const { entries } = await plex.sim.log();
  expect(JSON.stringify(entries)).not.toContain(TOKEN);
  const [row] = await rows(SHARES, 'SharedServer');
  expect(await titles({ 'x-plex-token': row?.accessToken ?? '' })).toEqual(['Films']);
  const { inviteToken } = await v2Share(TOVES_SHARE);
  const accept = (token: string) =>
    status('POST', `${V2}/${TOVES_SHARE}/accept?inviteToken=${token}`, guest(ZOE));
  expect([await accept('guessed'), await accept(String(inviteToken))]).toEqual([404, 200]);
  expect(await titles(guest(ZOE))).toEqual(['Shows']);
});

test('32: an empty list that says 200 is not that everybody left', async () => {
  await plex.sim.fault({ method: 'GET', path: '/shared_servers$' }, { truncate: 0 });
  const short = await ask('GET', SHARES);
  expect(short.status).toBe(200);
  expect(elements(short.text, 'MediaContainer')).toEqual([expect.objectContaining({ size: '0' })]);
  expect(elements(short.text, 'SharedServer')).toEqual([]);
  expect(await rows(SHARES, 'SharedServer')).toHaveLength(2);
});

test('33: a read after a write may show the old state, and so may the server', async () => {
  await sleep(15);
  await plex.sim.knobs({ lagMs: 60_000 });
  await replace([SHOWS]);
  const shared = async (path: string) =>
    (await rows(path, 'Section')).filter((one) => one.shared === '1').map((one) => one.title);
  expect(await shared(`${SHARES}/${MARAS_SHARE}`)).toEqual(['Films']);
  expect((await shareOf(MARA))?.sectionIds).toEqual([SHOWS]);
  await plex.sim.knobs({ lagMs: 0, pmsLag: true });
  expect(await shared(`${SHARES}/${MARAS_SHARE}`)).toEqual(['Shows']);
  await replace([KIDS]);
  expect(await titles(guest(MARA))).toEqual(['Shows']);
});

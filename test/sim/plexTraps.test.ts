/** Traps 1 to 17 of plex.tv: what a client sees that does not know of them. The rest is in `plexTrapsMore.test.ts`. */
import { expect, test } from 'vitest';
import type { Json } from '../../sim/tour/drive.js';
import {
  ATTIC,
  CELLAR,
  FILMS,
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
import { guest, JSON_TOO, plexSide, SHARES, ZOE } from './plexSide.js';

const plex = plexSide();
const { ask, invite, replace, shareOf, act } = plex;

const json = async (path: string, headers = JSON_TOO) =>
  (await ask('GET', path, { headers })).json as Json;
const v2Share = (id: number) => json(`/api/v2/shared_servers/${id}`);
const put = (changed: Json) => plex.sim.reset({ ...plex.world, ...changed }, KNOBS);
const people = async () => elements((await ask('GET', '/api/users')).text, 'User');

test('1: a key of the server, sent as a section id, is a success that shares everything', async () => {
  const local = (await json('/library/sections')).MediaContainer as { Directory: Json[] };
  const listed = (await json(`/api/v2/servers/${ATTIC}`)).librarySections as Json[];
  const inXml = elements((await ask('GET', `/api/servers/${ATTIC}`)).text, 'Section');
  expect([local.Directory[1]?.key, listed[1]?.key, inXml[1]?.key]).toEqual(['4', 4, '4']);
  expect([listed[1]?.id, inXml[1]?.id]).toEqual([SHOWS, String(SHOWS)]);
  expect((await invite([listed[1]?.key])).status).toBe(200);
  expect(await shareOf(JONAS)).toMatchObject({ allLibraries: true });
});

test('2: a share, an account and an invite have ids of their own, and an invite may have an address', async () => {
  const status = async (method: string, path: string) => (await ask(method, path)).status;
  const [row] = elements((await ask('GET', SHARES)).text, 'SharedServer');
  expect(row).toMatchObject({ id: String(MARAS_SHARE), userID: String(MARA) });
  expect((await replace([SHOWS], MARA)).status).toBe(404);
  expect(await status('DELETE', `${SHARES}/${MARA}`)).toBe(404);
  expect(await status('DELETE', `/api/v2/sharings/${MARAS_SHARE}`)).toBe(404);
  const [waits] = elements((await ask('GET', '/api/invites/requested')).text, 'Invite');
  expect(waits?.id).toBe('tove@example.org');
  const cancel = (id: unknown) =>
    status('DELETE', `/api/invites/requested/${String(id)}?friend=1&home=0&server=1`);
  expect([await cancel(Number(waits?.id)), await cancel(TOVES_SHARE)]).toEqual([404, 404]);
  expect(await cancel(waits?.id)).toBe(200);
  expect(await status('DELETE', `/api/v2/sharings/${MARA}`)).toBe(200);
});

test('3: the owner is number 1 on the server, and nobody there has the id of plex.tv', async () => {
  const { id } = (await json('/api/v2/user')) as { id: number };
  await act({ act: 'play', accountId: id, machineId: ATTIC, sectionKey: '1', title: 'Heat' });
  await act({ act: 'watched', accountId: id, machineId: ATTIC, sectionKey: '1', title: 'Alien' });
  const { text: sessions } = await ask('GET', '/status/sessions');
  expect(elements(sessions, 'User')).toEqual([expect.objectContaining({ id: '1' })]);
  const history = async (query: string) =>
    elements((await ask('GET', `/status/sessions/history/all?${query}`)).text, 'Video').length;
  expect([await history(`accountID=${id}`), await history('accountID=1')]).toEqual([0, 1]);
  const accounts = elements((await ask('GET', '/accounts')).text, 'Account').map((one) => one.id);
  expect(accounts).toContain('1');
  expect(accounts).not.toContain(String(id));
});

test("4: the machineIdentifier of a list is that of plex.tv, and leads to nobody's server", async () => {
  for (const path of [SHARES, '/api/users', `/api/servers/${ATTIC}`]) {
    const [list] = elements((await ask('GET', path)).text, 'MediaContainer');
    const found = list?.machineIdentifier ?? '';
    expect(found).toMatch(/^[0-9a-f]{40}$/);
    expect([ATTIC, CELLAR]).not.toContain(found);
    expect((await ask('GET', `/api/servers/${found}/shared_servers`)).status).toBe(404);
  }
});

test('5: an empty list in a create is everything, for the guest too', async () => {
  const body = { machineIdentifier: ATTIC, invitedId: ZOE, librarySectionIds: [] };
  expect((await invite([])).status).toBe(200);
  await ask('POST', '/api/v2/shared_servers', { body, headers: JSON_TOO });
  for (const accountId of [JONAS, ZOE]) {
    expect(await shareOf(accountId)).toMatchObject({ allLibraries: true });
  }
  const { text } = await ask('GET', '/library/sections', { headers: guest(JONAS) });
  expect(elements(text, 'Directory')).toHaveLength(4);
});

test('6: of two edits that began from the same list, the first is lost', async () => {
  const before = (await shareOf(MARA))?.sectionIds ?? [];
  await replace([...before, SHOWS]);
  await replace([...before, KIDS]);
  expect((await shareOf(MARA))?.sectionIds).toEqual([FILMS, KIDS]);
});

test('7: whoever counts all Sections of a row takes everybody for fully shared', async () => {
  const row = (await ask('GET', `${SHARES}/${MARAS_SHARE}`)).text;
  const sections = elements(row, 'Section');
  expect(sections).toHaveLength(4);
  expect(sections.filter((one) => one.shared === '1').map((one) => one.id)).toEqual([
    String(FILMS),
  ]);
});

test('8: a reader of v1 rows finds nothing shared in v2, and a reader of v2 rows too much in v1', async () => {
  const ofV1 = (rows: readonly Json[]) => rows.filter((one) => one.shared === '1').length;
  const ofV2 = (rows: readonly Json[]) => rows.length;
  const v1 = elements((await ask('GET', `${SHARES}/${MARAS_SHARE}`)).text, 'Section');
  const v2 = (await v2Share(MARAS_SHARE)).libraries as Json[];
  expect([ofV1(v1), ofV2(v2)]).toEqual([1, 1]);
  expect([ofV1(v2), ofV2(v1)]).toEqual([0, 4]);
});

test('9: everything, written out as a list, is no longer what comes later', async () => {
  for (const accountId of [MARA, JONAS]) {
    await act({ act: 'setShare', machineId: ATTIC, accountId, allLibraries: true });
  }
  const all = plex.world.servers[0]?.libraries.map((library) => library.sectionId) ?? [];
  const row = async () => {
    const { text } = await ask('GET', `${SHARES}/${MARAS_SHARE}`);
    const shared = elements(text, 'Section').map((one) => one.shared);
    return [elements(text, 'SharedServer')[0]?.allLibraries, ...shared];
  };
  expect(await row()).toEqual(['1', '1', '1', '1', '1']);
  await replace(all);
  expect(await row()).toEqual(['0', '1', '1', '1', '1']);
  await act({ act: 'addLibrary', machineId: ATTIC, title: 'Music', type: 'artist' });
  expect(await row()).toEqual(['0', '1', '1', '1', '1', '0']);
  const { text } = await ask('GET', '/library/sections', { headers: guest(JONAS) });
  expect(elements(text, 'Directory').map((one) => one.title)).toContain('Music');
});

test('10: one person is an object, two are a list, and nobody is not there', async () => {
  const listed = async (accounts: readonly unknown[]) => {
    await put({ accounts, shares: [] });
    const { MediaContainer } = careless((await ask('GET', '/api/users')).text);
    return (MediaContainer as Tree).User;
  };
  const [mara, jonas] = plex.world.accounts;
  expect(await listed([mara, jonas])).toBeInstanceOf(Array);
  const one = await listed([mara]);
  expect(Array.isArray(one)).toBe(false);
  expect(one).toMatchObject({ username: 'mara' });
  expect(await listed([])).toBeUndefined();
});

test('11: every attribute is text: "0" is truthy, and a level of 2 is neither on nor off', async () => {
  const settings = {
    ...(await json(`/api/v2/sharing_settings?invitedId=${MARA}`)),
    allowTuners: 2,
  };
  const body = { invitedId: MARA, settings };
  await ask('POST', '/api/v2/sharing_settings', { body, headers: JSON_TOO });
  const { text } = await ask('GET', `${SHARES}/${MARAS_SHARE}`);
  expect(elements(text, 'Section').filter((one) => Boolean(one.shared))).toHaveLength(4);
  const [row] = elements(text, 'SharedServer');
  expect([row?.allowSync, row?.allowTuners]).toEqual(['0', '2']);
  expect((await v2Share(MARAS_SHARE)).sharingSettings).toMatchObject({
    allowSync: false,
    allowTuners: 2,
  });
});

test('12: a write that worked answers XML to whoever wants JSON, and is refused when it is repeated', async () => {
  const body = {
    server_id: ATTIC,
    shared_server: { library_section_ids: [FILMS], invited_id: JONAS },
  };
  const create = () => ask('POST', SHARES, { body, headers: JSON_TOO });
  const first = await create();
  expect(first.status).toBe(200);
  expect(() => JSON.parse(first.text) as unknown).toThrow(SyntaxError);
  expect((await create()).status).toBe(400);
  const { shares } = await plex.sim.state<World>();
  expect(shares.filter((share) => share.accountId === JONAS)).toHaveLength(1);
});

test('13: a write that worked may answer with nothing at all', async () => {
  await plex.sim.knobs({ emptyAnswers: true });
  const put = await replace([SHOWS]);
  expect([put.status, put.text]).toEqual([204, '']);
  expect(() => careless(put.text)).toThrow();
  expect((await shareOf(MARA))?.sectionIds).toEqual([SHOWS]);
  const v2 = await ask('DELETE', `/api/v2/shared_servers/${MARAS_SHARE}`, { headers: JSON_TOO });
  const v1 = await ask('DELETE', `${SHARES}/${TOVES_SHARE}`);
  expect([v2.status, v2.text, v1.status, v1.text]).toEqual([204, '', 204, '']);
  expect((await plex.sim.state<World>()).shares).toEqual([]);
});

test('14: an address is written in two ways, and a name may be an address', async () => {
  const emails = new Set((await people()).map((one) => one.email));
  const [row] = elements((await ask('GET', SHARES)).text, 'SharedServer');
  expect(row?.email).toBe('mara@example.org');
  expect(emails.has('mara@example.org')).toBe(false);
  expect(emails.has('Mara@example.org')).toBe(true);
  await act({ act: 'renameAccount', accountId: JONAS, username: 'Jonas@Mail.example' });
  await invite([FILMS], { invited_email: ' jonas@mail.EXAMPLE ' });
  expect(await shareOf(JONAS)).toMatchObject({ sectionIds: [FILMS] });
});

test('15: managed users have neither name nor address, and are one in a map of those', async () => {
  const kid = plex.world.accounts.find((account) => account.id === KID);
  const second = { ...kid, id: KID + 500, title: 'Baby' };
  await put({ accounts: [...plex.world.accounts, second], shares: [] });
  await invite([FILMS], { invited_id: KID });
  await invite([SHOWS], { invited_id: second.id });
  const rows = elements((await ask('GET', SHARES)).text, 'SharedServer');
  expect(new Map(rows.map((row) => [row.userID, row])).size).toBe(2);
  expect(new Map(rows.map((row) => [row.email, row])).size).toBe(1);
  expect(new Map(rows.map((row) => [row.username, row])).size).toBe(1);
});

test("16: a managed user's title, sent as an address, invites the stranger who has that name", async () => {
  expect((await invite([FILMS], { invited_email: 'Kid' })).status).toBe(400);
  await act({ act: 'renameAccount', accountId: ZOE, username: 'kid' });
  expect((await invite([FILMS], { invited_email: 'Kid' })).status).toBe(200);
  expect(await shareOf(KID)).toBeUndefined();
  expect(await shareOf(ZOE)).toMatchObject({ acceptedAt: null });
  await invite([FILMS], { invited_id: KID });
  expect((await shareOf(KID))?.acceptedAt).toEqual(expect.any(Number));
});

test('17: a name that has changed hands invites another account', async () => {
  await act({ act: 'renameAccount', accountId: JONAS, username: 'jonas.old' });
  await act({ act: 'renameAccount', accountId: ZOE, username: 'jonas' });
  const { status, text } = await invite([FILMS], { invited_email: 'jonas' });
  const [row] = elements(text, 'SharedServer');
  expect([status, row?.username, row?.userID]).toEqual([200, 'jonas', String(ZOE)]);
  expect(await shareOf(JONAS)).toBeUndefined();
});

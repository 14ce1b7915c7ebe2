import { beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '../../sim/tour/drive.js';
import {
  ATTIC,
  CELLAR,
  FILMS,
  JONAS,
  KID,
  KNOBS,
  MARA,
  MARAS_SHARE,
  SHOWS,
  TOVES_SHARE,
  type World,
} from '../plex/target.js';
import { elements } from './careless.js';
import { guest, JSON_TOO, OWNER, plexSide, SHARES, ZOE } from './plexSide.js';

const plex = plexSide();
const { ask, invite, act } = plex;

const NONE = {
  allowSync: false,
  allowCameraUpload: false,
  allowChannels: false,
  allowTuners: 0,
  allowSubtitleAdmin: false,
  filterAll: '',
  filterMovies: '',
  filterMusic: '',
  filterPhotos: '',
  filterTelevision: '',
};
const SOME = { ...NONE, allowSync: true, allowTuners: 2, filterMovies: 'label!=Adult' };
const PATH = '/api/v2/sharing_settings';
const read = async (whom = `invitedId=${MARA}`) =>
  (await ask('GET', `${PATH}?${whom}`, { headers: JSON_TOO })).json;
const post = (whom: Json, settings: Json) =>
  ask('POST', PATH, { body: { ...whom, settings }, headers: JSON_TOO });

describe('sharing settings', () => {
  test('are whole, whether anybody set them or not, by id and by name', async () => {
    expect(await read()).toEqual(NONE);
    expect((await post({ invitedEmail: 'MARA' }, SOME)).json).toEqual(SOME);
    expect([await read(), await read('invitedEmail=mara')]).toEqual([SOME, SOME]);
    const [row] = elements((await ask('GET', SHARES)).text, 'SharedServer');
    expect(row).toMatchObject({ allowSync: '1', allowTuners: '2', filterMovies: 'label!=Adult' });
  });

  test('that leave something out take it away', async () => {
    await post({ invitedId: MARA }, SOME);
    await post({ invitedId: MARA }, { allowSync: true });
    expect(await read()).toEqual({ ...NONE, allowSync: true });
  });

  test('of strangers are not there', async () => {
    expect((await ask('GET', `${PATH}?invitedId=${ZOE}`, { headers: JSON_TOO })).status).toBe(404);
    expect((await post({ invitedId: ZOE }, SOME)).status).toBe(404);
    expect((await ask('PUT', `/api/users/${ZOE}?filterMovies=x`)).status).toBe(404);
  });

  test('outlive update, delete and another share', async () => {
    await post({ invitedId: MARA }, SOME);
    const list = { server_id: ATTIC, shared_server: { library_section_ids: [SHOWS] } };
    await ask('PUT', `${SHARES}/${MARAS_SHARE}`, { body: list });
    await ask('DELETE', `${SHARES}/${MARAS_SHARE}`);
    await invite([FILMS], { invited_id: MARA });
    expect(await read()).toEqual(SOME);
  });

  test('are replaced by a v2 update that carries some, and left alone by one that does not', async () => {
    await post({ invitedId: MARA }, SOME);
    const update = (body: Json) =>
      ask('POST', `/api/v2/shared_servers/${MARAS_SHARE}`, { body, headers: JSON_TOO });
    await update({ machineIdentifier: ATTIC, librarySectionIds: [FILMS, SHOWS] });
    expect(await read()).toEqual(SOME);
    const { json } = await update({ settings: { filterMovies: '', filterTelevision: '' } });
    expect(json).toMatchObject({ numLibraries: 2, sharingSettings: { filterMovies: '' } });
    expect(await read()).toEqual(NONE);
  });

  test('that come with an invite are the person’s, at once or when there is an account', async () => {
    const create = (whom: Json) =>
      ask('POST', SHARES, {
        body: {
          server_id: ATTIC,
          shared_server: { library_section_ids: [FILMS], ...whom },
          sharing_settings: { allowSync: '1', allowChannels: '0', filterMovies: 'label=Kids' },
        },
      });
    const wanted = { ...NONE, allowSync: true, filterMovies: 'label=Kids' };
    await create({ invited_id: JONAS });
    expect(await read(`invitedId=${JONAS}`)).toEqual(wanted);
    await create({ invited_email: 'new@example.org' });
    const invited = (await plex.sim.state<World>()).shares.at(-1);
    const { body } = await act({ act: 'accept', shareId: invited?.id });
    expect(await read(`invitedId=${String(body.accountId)}`)).toEqual(wanted);
  });

  test('of a managed user with a profile are refused for good', async () => {
    const accounts = plex.world.accounts.map((one) =>
      one.id === KID ? { ...one, restrictionProfile: 'teen' } : one,
    );
    await plex.sim.reset({ ...plex.world, accounts }, KNOBS);
    for (const reply of [
      await post({ invitedId: KID }, SOME),
      await ask('PUT', `/api/users/${KID}?filterMovies=x`),
    ]) {
      expect(reply.status).toBe(422);
      expect(elements(reply.text, 'Response')).toEqual([
        { code: '422', status: 'An error occurred updating the settings for Kid.' },
      ]);
    }
    const home = elements((await ask('GET', '/api/home/users')).text, 'User');
    expect(home.find((one) => one.title === 'Kid')).toMatchObject({ restrictionProfile: 'teen' });
    expect((await invite([FILMS], { invited_id: KID })).status).toBe(200);
  });

  test('need a Plex Pass, but for plugins', async () => {
    await plex.sim.knobs({ plexPass: false });
    expect((await post({ invitedId: MARA }, SOME)).status).toBe(403);
    expect((await post({ invitedId: MARA }, { ...NONE, allowChannels: true })).status).toBe(200);
    expect((await ask('GET', '/api/v2/user', { headers: JSON_TOO })).json).toMatchObject({
      subscription: { active: false },
    });
  });

  test('have a route that is dead unless the knob says that it works', async () => {
    const put = () => ask('PUT', `/api/v2/sharings/${MARA}?allowSync=1`);
    expect((await put()).status).toBe(404);
    await plex.sim.knobs({ putSharings: true });
    expect((await put()).status).toBe(200);
    expect(await read()).toEqual({ ...NONE, allowSync: true });
  });
});

describe('an invite by name', () => {
  const INVALID = 'appears to be invalid';
  test.each([
    ['a name that nobody has', { invited_email: 'no.such.name' }, INVALID],
    ['an address that is none', { invited_email: 'a@b' }, INVALID],
    ['nothing', {}, INVALID],
    ['an id that nobody has', { invited_id: 12 }, INVALID],
    ['an id as text', { invited_id: String(JONAS) }, INVALID],
    ['the own name', { invited_email: 'OWNER' }, 'yourself'],
    ['the own address', { invited_email: ' Owner@Example.org' }, 'yourself'],
    ['the own id', { invited_id: 4_400_001 }, 'yourself'],
    ['a guest’s name', { invited_email: 'mara' }, 'already sharing this server with mara'],
    ['a guest’s address', { invited_email: 'mara@EXAMPLE.org' }, 'already sharing'],
    ['an address that was invited', { invited_email: 'TOVE@example.org' }, 'already sharing'],
  ])('to %s is refused', async (_, whom, sentence) => {
    const { status, text } = await invite([FILMS], whom);
    expect([status, text]).toEqual([400, expect.stringContaining(sentence)]);
    expect(await plex.sim.state()).toEqual(plex.world);
  });

  test('to a stranger’s name invites the stranger, to a new address that address', async () => {
    await invite([FILMS], { invited_email: 'Zoe' });
    await invite([FILMS], { invited_email: 'Someone@example.org' });
    expect((await plex.sim.state<World>()).shares.slice(2)).toMatchObject([
      { accountId: ZOE, acceptedAt: null },
      { accountId: null, email: 'Someone@example.org', acceptedAt: null },
    ]);
  });

  test('to an address meets the account that has it since', async () => {
    await act({ act: 'renameAccount', accountId: ZOE, email: 'tove@example.org' });
    expect((await invite([FILMS], { invited_id: ZOE })).text).toContain('already sharing');
  });

  test('to an address that was accepted under another one starts anew', async () => {
    await act({ act: 'accept', shareId: TOVES_SHARE, accountId: ZOE });
    expect((await invite([FILMS], { invited_email: 'tove@example.org' })).status).toBe(200);
    expect((await plex.sim.state<World>()).shares).toHaveLength(3);
  });
});

describe('the history of a server', () => {
  const watched = (accountId: number, title: string, more: Json = {}) =>
    act({ act: 'watched', machineId: ATTIC, sectionKey: '1', accountId, title, ...more });
  const views = async (query = '', headers: Readonly<Record<string, string>> = OWNER) => {
    const path = `/status/sessions/history/all${query}`;
    const { text } = await ask('GET', path, { headers });
    return elements(text, 'Video');
  };
  const titles = async (query: string, headers?: Readonly<Record<string, string>>) =>
    (await views(query, headers)).map((one) => one.title);
  beforeEach(async () => {
    await watched(MARA, 'Alien', { viewedAt: 300 });
    await watched(4_400_001, 'Brazil', { viewedAt: 100 });
    await watched(MARA, 'Cheers', { viewedAt: 200, sectionKey: '4' });
    await act({ act: 'watched', machineId: CELLAR, sectionKey: '2', accountId: MARA, title: 'No' });
  });

  test('comes in the order and by the filters that were asked for', async () => {
    expect(await titles('')).toEqual(['Brazil', 'Cheers', 'Alien']);
    expect(await titles('?sort=viewedAt:desc')).toEqual(['Alien', 'Cheers', 'Brazil']);
    expect(await titles(`?accountID=${MARA}&librarySectionID=4`)).toEqual(['Cheers']);
    expect(await titles('?viewedAt>=200')).toEqual(['Cheers', 'Alien']);
    const [, cheers] = await views();
    expect(cheers).toMatchObject({ type: 'episode', accountID: String(MARA), viewedAt: '200' });
    expect(await titles(`?metadataItemID=${cheers?.ratingKey ?? ''}`)).toEqual(['Cheers']);
  });

  test('comes in pages, by header and by query', async () => {
    const page = { 'x-plex-container-start': '1', 'x-plex-container-size': '1' };
    const path = '/status/sessions/history/all';
    const { json } = await ask('GET', path, { headers: { ...JSON_TOO, ...page } });
    expect(json).toMatchObject({
      MediaContainer: { size: 1, totalSize: 3, offset: 1, Metadata: [{ title: 'Cheers' }] },
    });
    expect(await titles('?X-Plex-Container-Start=2&X-Plex-Container-Size=9')).toEqual(['Alien']);
  });

  test('shows guests their own alone, and no way to what is deleted', async () => {
    await watched(JONAS, 'Dune');
    expect(await titles('', guest(MARA))).toEqual(['Cheers', 'Alien']);
    await act({ act: 'removeLibrary', machineId: ATTIC, sectionId: SHOWS });
    const [, cheers] = await views();
    expect(cheers).toMatchObject({ title: 'Cheers', librarySectionID: '4' });
    expect(cheers).not.toHaveProperty('ratingKey');
  });

  test('has what was stopped', async () => {
    const what = { accountId: MARA, machineId: ATTIC, sectionKey: '1', title: 'Dune' };
    const { body } = await act({ act: 'play', ...what });
    await act({ act: 'stop', sessionId: body.sessionId });
    expect(await titles('?sort=viewedAt:desc')).toContain('Dune');
  });
});

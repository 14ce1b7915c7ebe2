import { describe, expect, test } from 'vitest';
import type { Json } from '../../sim/tour/drive.js';
import {
  ATTIC,
  FILMS,
  JONAS,
  KIDS,
  MARA,
  MARAS_SHARE,
  SHOWS,
  TOVES_SHARE,
} from '../plex/target.js';
import type { World } from '../plex/target.js';
import { JSON_TOO, plexSide, SHARES } from './plexSide.js';
import { TOKEN } from './start.js';

const plex = plexSide();
const { ask, replace, shareOf, act } = plex;

describe('acts', () => {
  test('accept makes a person of an address, and the server lets them in', async () => {
    const { body } = await act({ act: 'accept', shareId: TOVES_SHARE });
    expect(body).toMatchObject({ id: TOVES_SHARE, accountId: expect.any(Number) as number });
    const guest = { 'x-plex-token': `guest-token-${TOVES_SHARE}` };
    const { text } = await ask('GET', '/library/sections', { headers: guest });
    expect(text).toContain('title="Shows"');
    expect(text).not.toContain('title="Films"');
  });

  test('unfriend ends a friendship, and every share of the owner with it', async () => {
    expect((await act({ act: 'unfriend', accountId: MARA })).status).toBe(200);
    const { accounts } = await plex.sim.state<World>();
    expect(await shareOf(MARA)).toBeUndefined();
    expect(accounts.find((account) => account.id === MARA)?.friend).toBe(false);
  });

  test.each([
    ['decline', false],
    ['leave', false],
    ['deleteShare', true],
  ])('%s ends the share; friend after it: %s', async (name, friend) => {
    expect((await act({ act: name, shareId: MARAS_SHARE })).status).toBe(200);
    const { accounts } = await plex.sim.state<World>();
    expect(await shareOf(MARA)).toBeUndefined();
    expect(accounts.find((account) => account.id === MARA)?.friend).toBe(friend);
  });

  test('setShare makes a share or changes it', async () => {
    const base = { act: 'setShare', machineId: ATTIC, accountId: JONAS };
    await act({ ...base, sectionIds: [SHOWS, KIDS] });
    expect(await shareOf(JONAS)).toMatchObject({ sectionIds: [SHOWS, KIDS], allLibraries: false });
    const { body } = await act({ ...base, allLibraries: true });
    expect(body).toMatchObject({ accountId: JONAS, allLibraries: true });
  });

  test('play and stop make and end what a server shows as playing, also without a share', async () => {
    const what = { accountId: MARA, machineId: ATTIC, sectionKey: '1', title: 'Heat' };
    const { body } = await act({ act: 'play', ...what });
    await ask('DELETE', `${SHARES}/${MARAS_SHARE}`);
    const sessions = async () => (await ask('GET', '/status/sessions')).text;
    expect(await sessions()).toContain(`<Session id="${String(body.sessionId)}"`);
    const terminate = (id: string) =>
      ask('GET', `/status/sessions/terminate?sessionId=${id}&reason=x`);
    expect((await terminate('')).status).toBe(403);
    expect((await terminate('1')).status).toBe(404);
    expect((await terminate(String(body.sessionId))).status).toBe(200);
    expect(await sessions()).toContain('size="0"');
    const again = (await act({ act: 'play', ...what })).body;
    await act({ act: 'stop', sessionId: again.sessionId });
    expect(await sessions()).toContain('size="0"');
  });

  test('libraries come, are renamed, made anew with new ids, and go from every share', async () => {
    const library = async (name: string, more: Json) =>
      (await act({ act: name, machineId: ATTIC, ...more })).body as {
        sectionId: number;
        key: string;
      };
    const added = await library('addLibrary', { title: 'Music', type: 'artist' });
    const anew = await library('recreateLibrary', { sectionId: added.sectionId });
    expect(anew).toMatchObject({ title: 'Music', type: 'artist' });
    expect([anew.sectionId, anew.key]).not.toEqual([added.sectionId, added.key]);
    expect(anew.sectionId).not.toBe(added.sectionId);
    expect(await library('renameLibrary', { sectionId: FILMS, title: 'Movies' })).toMatchObject({
      title: 'Movies',
    });
    await replace([FILMS, KIDS]);
    await library('removeLibrary', { sectionId: FILMS });
    expect((await shareOf(MARA))?.sectionIds).toEqual([KIDS]);
  });

  test('approvePin hands the token to the client that asked for the pin, and to no other', async () => {
    const made = await ask('POST', '/api/v2/pins?strong=true', { headers: JSON_TOO });
    const pin = made.json as { id: number; code: string; authToken: unknown };
    expect([made.status, pin.authToken]).toEqual([201, null]);
    expect((await act({ act: 'approvePin', code: pin.code })).body).toMatchObject({
      approved: true,
    });
    const path = `/api/v2/pins/${pin.id}`;
    expect((await ask('GET', path, { headers: JSON_TOO })).json).toMatchObject({
      authToken: TOKEN,
    });
    const other = { ...JSON_TOO, 'x-plex-client-identifier': 'other' };
    expect((await ask('GET', path, { headers: other })).status).toBe(404);
  });

  test.each([
    { act: 'accept', shareId: 1 },
    { act: 'setShare', machineId: 'x', accountId: MARA, sectionIds: [] },
    { act: 'setShare', machineId: ATTIC, accountId: 1, sectionIds: [] },
    { act: 'setShare', machineId: ATTIC, accountId: MARA, sectionIds: [1] },
    { act: 'play', machineId: ATTIC, accountId: 1, sectionKey: '1', title: '' },
    { act: 'play', machineId: ATTIC, accountId: MARA, sectionKey: '99', title: '' },
    { act: 'stop', sessionId: 'none' },
    { act: 'removeLibrary', machineId: ATTIC, sectionId: 1 },
    { act: 'approvePin', pinId: 1 },
  ])('%j is 404 and changes nothing', async (what) => {
    expect((await act(what)).status).toBe(404);
    expect(await plex.sim.state()).toEqual(plex.world);
  });

  test('with a field that does not exist is 400', async () => {
    expect((await act({ act: 'accept', shareId: MARAS_SHARE, now: true })).status).toBe(400);
  });
});

test('a share that is lost has had its id: nobody else gets it', async () => {
  await plex.sim.fault({ method: 'POST', path: SHARES }, { lose: true });
  const lost = /<SharedServer id="(\d+)"/.exec((await plex.invite([FILMS])).text)?.[1];
  expect(await shareOf(JONAS)).toBeUndefined();
  const made = /<SharedServer id="(\d+)"/.exec((await plex.invite([FILMS])).text)?.[1];
  expect(Number(made)).toBeGreaterThan(Number(lost));
});

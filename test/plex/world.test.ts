import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AccountId } from '../../src/core/model.js';
import { PlexProtocolError, PlexRejected } from '../../src/plex/errors.js';
import type { Plex } from '../../src/plex/plex.js';
import type { Running } from '../sim/start.js';
import {
  ATTIC,
  CELLAR,
  clientOf,
  FILMS,
  HOMER,
  JONAS,
  KID,
  KIDS,
  MARA,
  MARAS_SHARE,
  refusal,
  SHOWS,
  simulated,
  TOVES_SHARE,
  write,
  type World,
} from './target.js';

let sim: Running;
let fresh: () => Promise<void>;
let plex: Plex;

beforeAll(async () => {
  ({ sim, fresh } = await simulated());
});
afterAll(() => sim.stop());
beforeEach(async () => {
  await fresh();
  plex = clientOf(sim.url);
});

const state = () => sim.state<World>();
const shareOf = async (accountId: number) =>
  (await state()).shares.find((share) => share.accountId === accountId);
const calls = async () => (await sim.log()).entries.map(({ method, path }) => `${method} ${path}`);

describe('libraries', () => {
  const server = () => ({ machineId: ATTIC, pmsUrl: sim.url });

  test('join both id spaces by key, never by title', async () => {
    const [attic, cellar] = (await state()).servers;
    await sim.act('renameLibrary', { machineId: ATTIC, sectionId: SHOWS, title: 'Films' });
    const libraries = await plex.libraries(server(), 'person');
    expect(libraries.map(({ key, sectionId, uuid }) => ({ key, sectionId, uuid }))).toEqual(
      attic?.libraries.map(({ key, sectionId, uuid }) => ({ key, sectionId, uuid })),
    );
    const pmsUrl = `${sim.url}/pms/${CELLAR}`;
    const others = await plex.libraries({ machineId: CELLAR, pmsUrl }, 'person');
    expect(others.map((library) => library.sectionId)).toEqual(
      cellar?.libraries.map((library) => library.sectionId),
    );
  });

  test('that plex.tv does not list yet have no section id', async () => {
    await sim.knobs({ partialSections: 1 });
    const libraries = await plex.libraries(server(), 'person');
    expect(libraries.map((library) => library.sectionId)).toEqual([FILMS, null, null, null]);
  });

  test('of a server without any are none, not an error', async () => {
    const { servers, ...rest } = await state();
    const bare = servers.map((one) => ({ ...one, libraries: [] }));
    await sim.admin('PUT', '/state', { ...rest, servers: bare, shares: [] });
    expect(await plex.libraries(server(), 'person')).toEqual([]);
  });

  test('made anew have another key, uuid and section id', async () => {
    const before = await plex.libraries(server(), 'person');
    await sim.act('recreateLibrary', { machineId: ATTIC, sectionId: KIDS });
    const made = (await plex.libraries(server(), 'person')).find((one) => one.title === 'Kids');
    for (const field of ['key', 'uuid', 'sectionId'] as const) {
      expect(before.map((library) => library[field])).not.toContain(made?.[field]);
    }
  });

  test('of a server that plex.tv does not know are no knowledge, and no refusal either', async () => {
    const unknown = 'ee'.repeat(20) as typeof ATTIC;
    const error = await refusal(plex.catalogue(unknown, 'person'));
    expect(error).toBeInstanceOf(PlexProtocolError);
  });

  test('that only plex.tv lists say so', async () => {
    await sim.fault(
      { method: 'GET', path: '^/library/sections$' },
      { status: 200, body: { MediaContainer: { size: 0, Directory: [] } } },
    );
    const libraries = await plex.libraries(server(), 'person');
    expect(libraries.map(({ isLocal }) => isLocal)).toEqual([false, false, false, false]);
    expect(libraries.every(({ sectionId }) => sectionId !== null)).toBe(true);
  });
});

describe('people', () => {
  test('are friends, members of the home and managed users, each once', async () => {
    const people = await plex.people('person');
    expect(people.map((one) => one.accountId)).toEqual([MARA, JONAS, KID, HOMER]);
    const by = new Map(people.map((one) => [one.accountId, one]));
    expect(by.get(MARA)).toEqual({
      accountId: MARA,
      username: 'mara',
      title: 'Mara',
      email: 'Mara@example.org',
      home: false,
      restricted: false,
      shares: [{ id: MARAS_SHARE, pending: false }],
    });
    expect(by.get(JONAS)).toMatchObject({ home: false, restricted: false });
    expect(by.get(HOMER)).toMatchObject({ home: true, restricted: false, username: 'homer' });
    expect(by.get(KID)).toMatchObject({ home: true, restricted: true, username: '', email: '' });
  });

  test('without friendship are there only while they have a share', async () => {
    const { accounts } = await state();
    const zoe = accounts.find(
      (account) => !account.friend && ![KID, HOMER].includes(account.id as AccountId),
    );
    const { shareId } = await sim
      .act('setShare', { machineId: ATTIC, accountId: zoe?.id, sectionIds: [FILMS] })
      .then((share) => ({ shareId: (share as { id: number }).id }));
    const ids = async () => (await plex.people('person')).map((one) => one.accountId as number);
    expect(await ids()).toContain(zoe?.id);
    await sim.act('deleteShare', { shareId });
    expect(await ids()).not.toContain(zoe?.id);
  });
});

describe('the share list', () => {
  test('takes one call for everybody', async () => {
    for (const accountId of [JONAS, KID, HOMER]) {
      await sim.act('setShare', { machineId: ATTIC, accountId, sectionIds: [FILMS, KIDS] });
    }
    const { size, rows } = await plex.shares(ATTIC, 'person');
    expect(size).toBe(5);
    expect(rows.map((row) => row.accountId)).toEqual([MARA, null, JONAS, KID, HOMER]);
    expect(await calls()).toEqual([`GET /api/servers/${ATTIC}/shared_servers`]);
  });

  test('tells shared libraries from those that are only listed', async () => {
    const { rows } = await plex.shares(ATTIC, 'person');
    expect(rows[0]).toMatchObject({ id: MARAS_SHARE, all: false, pending: false });
    expect(rows[0]?.sections).toEqual([FILMS]);
    expect(rows[0]?.catalogue).toHaveLength(4);
    expect(rows[1]?.catalogue).toBe(rows[0]?.catalogue);
  });

  test('shows an invite as waiting, and an accepted one as a person', async () => {
    const row = async () =>
      (await plex.shares(ATTIC, 'person')).rows.find((one) => one.id === TOVES_SHARE);
    expect(await row()).toMatchObject({
      pending: true,
      accountId: null,
      email: 'tove@example.org',
    });
    await sim.act('accept', { shareId: TOVES_SHARE });
    const accepted = await row();
    expect(accepted?.pending).toBe(false);
    expect(accepted?.accountId).toBeGreaterThan(0);
  });

  test('may leave invites out, which the list of invites then still has', async () => {
    await sim.knobs({ pendingInV1List: false });
    expect((await plex.shares(ATTIC, 'person')).rows.map((row) => row.id)).toEqual([MARAS_SHARE]);
    expect(await plex.pending('person')).toEqual([
      {
        shareId: TOVES_SHARE,
        inviteId: 'tove@example.org',
        machineId: ATTIC,
        accountId: null,
        email: 'tove@example.org',
        username: '',
        sections: [SHOWS],
        all: false,
      },
    ]);
  });

  test('has no invite that was declined, though plex.tv may still list it with a date', async () => {
    const before = await plex.pending('person');
    const shareId = before.find((invite) => invite.email === 'tove@example.org')?.shareId;
    await sim.knobs({ declinedStays: true });
    await sim.act('decline', { shareId });
    const left = await plex.pending('person');
    expect(left.map((invite) => invite.shareId)).not.toContain(shareId);
    expect(left).toHaveLength(before.length - 1);
  });

  test('says who has everything, also what is still to come', async () => {
    await sim.act('setShare', { machineId: ATTIC, accountId: MARA, allLibraries: true });
    await sim.act('addLibrary', { machineId: ATTIC, title: 'Music', type: 'artist' });
    const { rows } = await plex.shares(ATTIC, 'person');
    expect(rows[0]).toMatchObject({ all: true });
    expect(rows[0]?.sections).toHaveLength(5);
  });

  test('of one server has nothing of another', async () => {
    await sim.act('setShare', { machineId: CELLAR, accountId: JONAS, allLibraries: true });
    expect((await plex.shares(CELLAR, 'person')).rows.map((row) => row.accountId)).toEqual([JONAS]);
    expect((await plex.shares(ATTIC, 'person')).rows).toHaveLength(2);
  });

  test('without a share is empty and says so', async () => {
    expect(await plex.shares(CELLAR, 'person')).toMatchObject({ size: 0, rows: [] });
  });

  test('is dated by when it was asked for', async () => {
    await sim.fault({ method: 'GET', path: '/shared_servers$' }, { delayMs: 80 });
    const before = Date.now();
    const { at } = await plex.shares(ATTIC, 'person');
    expect(at.getTime() - before).toBeLessThan(60);
  });
});

describe('a write', () => {
  test('makes a share for a managed user, who has no address', async () => {
    await write(plex, { kind: 'create', accountId: KID, sections: [KIDS] });
    expect(await shareOf(KID)).toMatchObject({ sectionIds: [KIDS], allLibraries: false });
    expect((await shareOf(KID))?.acceptedAt).not.toBeNull();
  });

  test('tells the id of the share it made, and sends neither settings nor anybody else', async () => {
    const { row } = await write(plex, {
      kind: 'create',
      accountId: JONAS,
      sections: [FILMS, KIDS],
    });
    expect(row).toBe((await shareOf(JONAS))?.id);
    expect((await sim.log()).entries[0]?.body).toEqual({
      server_id: ATTIC,
      shared_server: { library_section_ids: [FILMS, KIDS], invited_id: JONAS },
    });
  });

  test('by address reaches an account that has it', async () => {
    await write(plex, { kind: 'create', email: 'JONAS@example.org', sections: [FILMS] });
    expect(await shareOf(JONAS)).toMatchObject({ sectionIds: [FILMS] });
  });

  test('by something that is no address is refused in the words of Plex', async () => {
    const error = await refusal(
      write(plex, { kind: 'create', email: 'nobody here', sections: [FILMS] }),
    );
    expect(error).toBeInstanceOf(PlexRejected);
    expect(error).toMatchObject({ meaning: 'invalid', status: 400 });
    expect((error as PlexRejected).sentence).toMatch(/appears to be invalid/);
  });

  test('beyond the limit of people is refused in the words of Plex', async () => {
    await sim.knobs({ limitPeople: 2, limitText: 'That is enough.' });
    const error = await refusal(
      write(plex, { kind: 'create', accountId: JONAS, sections: [FILMS] }),
    );
    expect(error).toMatchObject({ meaning: 'invalid', sentence: 'That is enough.' });
  });

  test('replaces the whole list, and everything by a list ends "everything"', async () => {
    await sim.act('setShare', { machineId: ATTIC, accountId: MARA, allLibraries: true });
    await write(plex, { kind: 'replace', shareId: MARAS_SHARE, sections: [SHOWS, KIDS] });
    expect(await shareOf(MARA)).toMatchObject({ sectionIds: [SHOWS, KIDS], allLibraries: false });
  });

  test('that takes an invite back takes the row as well, so that the next invite is not refused', async () => {
    const invite = { accountId: null, email: 'tove@example.org', shareId: TOVES_SHARE };
    await write(plex, { kind: 'cancelInvite', ...invite });
    expect((await state()).shares.map((share) => share.id)).toEqual([MARAS_SHARE]);
    expect(await calls()).toEqual([
      'DELETE /api/invites/requested/tove@example.org',
      `DELETE /api/servers/${ATTIC}/shared_servers/${TOVES_SHARE}`,
    ]);
    await write(plex, { kind: 'create', email: 'tove@example.org', sections: [SHOWS] });
    expect(await plex.pending('person')).toHaveLength(1);
  });

  test('with an empty list fails before any request', async () => {
    for (const change of [
      { kind: 'create', accountId: JONAS, sections: [] },
      { kind: 'create', email: 'new@example.org', sections: [] },
      { kind: 'replace', shareId: MARAS_SHARE, sections: [] },
    ] as const) {
      await refusal(write(plex, change));
    }
    expect(await calls()).toEqual([]);
    expect(await shareOf(MARA)).toMatchObject({ sectionIds: [FILMS], allLibraries: false });
  });

  test('of a key where a section id belongs would share everything: nothing protects us but the types', async () => {
    const key = Number('4') as typeof FILMS;
    await write(plex, { kind: 'create', accountId: JONAS, sections: [key] });
    expect(await shareOf(JONAS)).toMatchObject({ allLibraries: true });
  });
});

describe('filters and sharing settings', () => {
  const filters = {
    filterAll: '',
    filterMovies: 'contentRating=PG%2CPG-13|label=Kids',
    filterMusic: '',
    filterPhotos: '',
    filterTelevision: 'label!=Adult',
  };
  const settings = {
    allowSync: true,
    allowCameraUpload: true,
    allowChannels: false,
    allowTuners: 2,
    allowSubtitleAdmin: true,
  };
  const kept = async () => {
    const { accounts } = await state();
    return accounts.map(({ id, filters: f, settings: s }) => ({ id, filters: f, settings: s }));
  };

  beforeEach(async () => {
    const world = await state();
    const accounts = world.accounts.map((account) => ({ ...account, filters, settings }));
    await sim.admin('PUT', '/state', { ...world, accounts });
  });

  test('survive create, replace, delete and sharing again', async () => {
    const before = await kept();
    expect(before[0]).toMatchObject({ filters, settings });
    const { row } = await write(plex, { kind: 'create', accountId: JONAS, sections: [FILMS] });
    if (row === null) throw new Error('the answer names the share');
    expect(await kept()).toEqual(before);
    await write(plex, { kind: 'replace', shareId: row, sections: [SHOWS] });
    expect(await kept()).toEqual(before);
    await write(plex, { kind: 'delete', shareId: row });
    expect(await kept()).toEqual(before);
    await write(plex, { kind: 'create', accountId: JONAS, sections: [FILMS, SHOWS] });
    expect(await kept()).toEqual(before);
  });

  test('survive sharing again with a person who then has to accept again', async () => {
    const before = await kept();
    await sim.knobs({ reshare: 'pending' });
    await write(plex, { kind: 'delete', shareId: MARAS_SHARE });
    const { row } = await write(plex, { kind: 'create', accountId: MARA, sections: [FILMS] });
    expect((await plex.pending('person')).map((invite) => invite.shareId)).toContain(row);
    await sim.act('accept', { shareId: row });
    expect(await kept()).toEqual(before);
  });
});

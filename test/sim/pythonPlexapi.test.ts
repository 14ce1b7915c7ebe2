import { afterAll, beforeAll, describe, expect, test as base } from 'vitest';
import { ATTIC, CELLAR, FILMS, JONAS, KNOBS, MARA, SHOWS, type World } from '../plex/target.js';
import { output, pythonWith } from './python.js';
import type { Python } from './python.js';
import { ZOE } from './plexSide.js';
import { start, TOKEN } from './start.js';
import type { Running } from './start.js';

const VERSION = '4.18.3';

let sim: Running;
let python: Python;
let said: Record<string, unknown> = {};
let state: World;

/** Skipped, and counted as such, where there is no Python; a failure where there must be one. */
const test = (claim: string, check: () => void | Promise<void>) =>
  base(claim, (context) => {
    if (!('missing' in python)) return check();
    if (process.env.CI === 'true') throw new Error(python.missing);
    return context.skip(python.missing);
  });

beforeAll(async () => {
  python = await pythonWith('plexapi', VERSION);
  sim = await start('plex', { token: TOKEN });
  if ('missing' in python) return;
  const world = await sim.state<{ owner: { id: number } }>();
  await sim.reset(world, KNOBS);
  const what = { machineId: ATTIC, sectionKey: '1', title: 'Heat' };
  await sim.act('watched', { ...what, accountId: MARA, viewedAt: 1_763_800_000 });
  const alien = { ...what, title: 'Alien' };
  await sim.act('watched', { ...alien, accountId: world.owner.id, viewedAt: 1_763_900_000 });
  await sim.act('play', { ...what, accountId: MARA });
  const script = new URL('./pythonPlexapi.py', import.meta.url);
  said = await output(python.python, script, [sim.url, TOKEN]);
  state = await sim.state<World>();
}, 400_000);
afterAll(() => sim.stop());

const shareOf = (id: number | null, email?: string) =>
  state.shares.find((share) => share.accountId === id && (!email || share.email === email));

describe(`python-plexapi ${VERSION}, unmodified,`, () => {
  test('signs in, and sees the servers and where they are', () => {
    expect(said.version).toBe(VERSION);
    expect(said.account).toMatchObject({ username: 'owner', pass: true, ping: true });
    expect(said.resources).toEqual([
      ['Attic', ATTIC, 'server', true, [sim.url]],
      ['Cellar', CELLAR, 'server', true, [`${sim.url}/pms/${CELLAR}`]],
    ]);
    expect(said.connected).toBe(ATTIC);
  });

  test('lists everybody with what they have', () => {
    expect(said.users).toMatchObject([
      { title: 'Mara', email: 'Mara@example.org', servers: [['Attic', false, 1]] },
      { title: 'Jonas', home: false, servers: [] },
      { title: 'Kid', username: '', email: '', home: true },
      { title: 'Homer', username: 'homer', home: true },
    ]);
  });

  test('opens the server itself, and reads its libraries', () => {
    expect(said.server).toEqual(['Attic', ATTIC, 'owner']);
    expect(said.sections).toEqual([
      [1, 'Films', 'movie'],
      [4, 'Shows', 'show'],
      [7, 'Kids', 'movie'],
      [10, 'Default', 'movie'],
    ]);
  });

  test('invites an address, whose id it cannot read as a number', () => {
    expect(said.sent).toEqual([
      { email: 'tove@example.org', isNumber: false, servers: [['Attic', 1]] },
      { email: 'new.person@example.org', isNumber: false, servers: [['Attic', 2]] },
    ]);
    expect(shareOf(null, 'new.person@example.org')).toMatchObject({
      sectionIds: [FILMS, SHOWS],
      acceptedAt: null,
    });
  });

  test('is refused a second invite, a name that nobody has, and a route that is retired', () => {
    const refused = (text: string): unknown => ['BadRequest', expect.stringContaining(text)];
    expect(said.twice).toEqual(refused('already sharing'));
    expect(said.nobody).toEqual(refused('appears to be invalid'));
    expect(said.received).toEqual(refused('410'));
  });

  test('replaces what a person has, sends no empty list, and shares with who had nothing', async () => {
    expect(said.before).toEqual(['Films']);
    expect(said.updated).toEqual(['Films', 'Kids']);
    expect(said.withNone).toEqual(['Films', 'Kids']);
    expect(said.withoutShare).toEqual(['Shows']);
    const { entries } = await sim.log();
    expect(JSON.stringify(entries)).not.toContain('"library_section_ids":[]');
  });

  test('cannot write settings by the route that no longer answers', () => {
    expect(said.settings).toEqual(['NotFound', expect.stringContaining('404')]);
  });

  test('deletes the whole share with one library, and gets 404 when there is none', () => {
    expect(said.removedOne).toEqual([[]]);
    expect(said.removedNone).toEqual(['NotFound', expect.stringContaining('404')]);
    expect(shareOf(MARA)).toBeUndefined();
  });

  test('takes back an invite to an account, whose row stays', () => {
    expect(said.sentToo).toContainEqual({
      email: 'zoe@example.org',
      isNumber: true,
      servers: [['Attic', 1]],
    });
    expect(said.cancelled).toEqual(said.sent);
    expect(shareOf(ZOE)).toMatchObject({ cancelled: true });
  });

  test('removes a person for good', () => {
    expect(said.removed).toEqual(['Mara', 'Kid', 'Homer', 'Zoe']);
    expect(shareOf(JONAS)).toBeUndefined();
  });

  test('sees who plays what, stops it, and reads what was watched', () => {
    expect(said.sessions).toEqual([
      ['Heat', ['Mara'], expect.stringMatching(/^session-/), 'playing'],
    ]);
    expect(said.stopped).toBe(0);
    expect(said.history).toEqual([
      ['Heat', MARA],
      ['Alien', 1],
      ['Heat', MARA],
    ]);
    expect(said.ofOwner).toEqual(['Alien']);
    expect(said.accounts).toContainEqual([1, 'owner']);
  });

  test('sends nothing of another shape, and knows no other route than those of plex.tv but one', async () => {
    const problems = await sim.problems();
    expect(problems).toMatchObject({
      unknownRoutes: [`DELETE /api/servers/${ATTIC}/shared_servers`],
    });
    expect(problems).toMatchObject({ invalid: [] });
  });
});

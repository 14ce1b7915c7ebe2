import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reconcile } from '../../src/access/reconcile.js';
import { sync } from '../../src/access/sync.js';
import { ATTIC, FILMS, JONAS, KIDS, MARA } from '../plex/target.js';
import { House, lastOf } from './house.js';

let house: House;

beforeAll(async () => {
  house = await House.open();
});
beforeEach(() => house.begin());
afterAll(() => house.close());

const inDays = (days: number) => new Date(+house.clock.now() + days * 86_400_000);
async function give(person: string, library: string, span: { from?: Date; until?: Date } = {}) {
  const { from = null, until = null } = span;
  const wish = { person, library, from, until, reason: null, confirmed: null };
  const outcome = await house.as().grant(wish);
  if (outcome.kind !== 'recorded') throw new Error(`it was ${outcome.kind}`);
  await lastOf(house.as().follow(outcome.recorded));
}
const readAgain = () => sync(house.parts, house.serverId, { priority: 'person' });

/** Deleted in Plex and made anew under its old name, and seen to be gone. */
async function makeAnew(sectionId: number): Promise<number> {
  house.settle();
  const act = { machineId: ATTIC, sectionId };
  const made = (await house.sim.act('recreateLibrary', act)) as { sectionId: number };
  await readAgain();
  house.settle();
  await readAgain();
  const { servers } = await house.world();
  const attic = servers.find(({ machineId }) => machineId === ATTIC);
  expect(attic?.libraries.some((one) => one.sectionId === sectionId)).toBe(false);
  return made.sectionId;
}

/** What somebody has in Plex, with the libraries that were there before by their first number. */
async function sectionsOf(account: number): Promise<readonly number[] | null> {
  const { shares } = await house.world();
  const share = shares.find(
    ({ accountId, machineId }) => accountId === account && machineId === ATTIC,
  );
  return share?.sectionIds ?? null;
}
const move = (confirmed: string | null, from = 'Kids', to = 'Kids') =>
  house.as('admin').libraries.move({ from, to, confirmed });
async function asked(from = 'Kids', to = 'Kids') {
  const outcome = await move(null, from, to);
  if (outcome.kind !== 'ask') throw new Error('it was not asked back');
  return outcome;
}
async function moveNow(from = 'Kids', to = 'Kids') {
  const { shown } = await asked(from, to);
  const outcome = await house.as('admin').libraries.move(shown);
  if (outcome.kind !== 'recorded') throw new Error('it was asked twice');
  return lastOf(house.as('admin').follow(outcome.recorded), 2);
}
const open = () =>
  house.db.sql<{ person: string; startsAt: Date; endsAt: Date | null; section: number }>(
    `select p.title as person, g.starts_at as "startsAt", g.ends_at as "endsAt",
            l.section_id::float8 as section
       from access_grant g join library l on l.id = g.library_id join person p on p.id = g.person_id
      where g.closed_at is null and l.title = 'Kids' order by 1`,
  );

describe('a library that was deleted and made anew', () => {
  test('takes over who had the old one, until when they had it', async () => {
    const end = inDays(5);
    await give('mara', 'Kids', { until: end });
    const anew = await makeAnew(KIDS);
    expect(await sectionsOf(MARA)).not.toContain(anew);
    const { text, people } = await asked();
    expect(text).toMatch(/What people had of \*\*Kids\*\*, deleted in Plex, moves to \*\*Kids\*\*/);
    expect(text).toMatch(/1 person gets it now, and nobody loses anything/);
    expect(people).toBe(1);
    const told = await moveNow();
    expect(told.text).toMatch(/1 person got it\.[^]*Seen in Plex/);
    expect(await sectionsOf(MARA)).toEqual([FILMS, anew]);
    expect(await open()).toMatchObject([{ person: 'Mara', endsAt: end, section: anew }]);
  });

  test('is taken away again when the time is over', async () => {
    await give('mara', 'Kids', { until: inDays(1) });
    await makeAnew(KIDS);
    await moveNow();
    house.pass(86_400);
    await house.lookAtDue();
    expect(await sectionsOf(MARA)).toEqual([FILMS]);
    house.settle();
    await reconcile(house.parts, house.serverId, { people: null, priority: 'timer' });
    expect((await house.told()).at(-1)).toMatch(/no longer has \*\*Kids\*\*: the time is over/);
  });

  test('is given later to those whose time lies ahead', async () => {
    await give('jonas', 'Kids', { from: inDays(2), until: inDays(5) });
    const anew = await makeAnew(KIDS);
    expect((await asked()).text).toMatch(
      /nobody gets it now[^]*1 person gets it later, as planned/,
    );
    await moveNow();
    expect(await sectionsOf(JONAS)).toBeNull();
    house.pass(2 * 86_400);
    await house.lookAtDue();
    expect(await sectionsOf(JONAS)).toContain(anew);
  });

  test('brings somebody back whose share went with it', async () => {
    const wish = { library: 'Default', isDefault: false, isUndo: true };
    const undo = await house.as('admin').setDefault({ ...wish, confirmed: null });
    if (undo.kind === 'ask') {
      await house.as('admin').setDefault({ ...wish, confirmed: undo.count });
    }
    await give('jonas', 'Kids');
    const anew = await makeAnew(KIDS);
    expect(await sectionsOf(JONAS)).toBeNull();
    await moveNow();
    expect(await sectionsOf(JONAS)).toEqual([anew]);
  });

  test('invites nobody again who left', async () => {
    await give('jonas', 'Kids');
    await give('jonas', 'Shows');
    house.settle();
    await reconcile(house.parts, house.serverId, { people: null, priority: 'timer' });
    const { shares } = await house.world();
    const share = shares.find(({ accountId }) => accountId === JONAS);
    await house.sim.act('deleteShare', { shareId: share?.id });
    await makeAnew(KIDS);
    await reconcile(house.parts, house.serverId, { people: null, priority: 'timer' });
    expect((await asked()).text).toMatch(/1 person left the server: use \/grant to invite/);
    await moveNow();
    house.settle();
    await reconcile(house.parts, house.serverId, { people: null, priority: 'timer' });
    expect(await sectionsOf(JONAS)).toBeNull();
  });

  test('takes nothing from those who have the new one for longer', async () => {
    await give('mara', 'Kids', { until: inDays(1) });
    const anew = await makeAnew(KIDS);
    await give('mara', 'Kids');
    expect((await asked()).text).toMatch(/1 person has both: the longer time counts/);
    await moveNow();
    expect(await open()).toMatchObject([{ endsAt: null, section: anew }]);
    house.pass(2 * 86_400);
    await house.lookAtDue();
    expect(await sectionsOf(MARA)).toEqual([FILMS, anew]);
  });

  test('is shown again when somebody changed it meanwhile', async () => {
    await give('mara', 'Kids');
    await give('jonas', 'Kids', { from: inDays(2) });
    await makeAnew(KIDS);
    const { shown } = await asked();
    const wish = { person: 'jonas', library: 'Kids', server: null, reason: null, confirmed: null };
    const taken = await house.as().revoke({ ...wish, library: 'all' });
    if (taken.kind === 'ask') {
      await house.as().revoke({ ...wish, library: 'all', confirmed: taken.sections });
    }
    const again = await house.as('admin').libraries.move(shown);
    expect(again).toMatchObject({ kind: 'ask', people: 1 });
  });
});

describe('a move is refused', () => {
  test('of a library that is there, with what makes it known to be deleted', async () => {
    await expect(move(null, 'Kids', 'Films')).rejects.toThrow(
      /\*\*Kids\*\* is not known to be deleted.*Use \/sync/,
    );
  });

  test('of one that nobody has anything of', async () => {
    await makeAnew(KIDS);
    await expect(move(null)).rejects.toThrow(/Nobody has anything open of \*\*Kids\*\*/);
  });

  test('of one that never was', async () => {
    await expect(move(null, 'Xyzzy')).rejects.toThrow(/No deleted library was called "Xyzzy"/);
  });
});

test('fault 23: a deleted library is listed and suggested as long as somebody has it open', async () => {
  await give('mara', 'Kids');
  await makeAnew(KIDS);
  const list = () => house.as('admin').listLibraries(null);
  expect((await list()).text).toMatch(
    /\*\*Kids\*\* · deleted in Plex · 1 person: see \/library move/,
  );
  const [choice] = await house.as('admin').libraries.suggestDeleted('kid');
  expect(choice?.name).toBe('Kids (Attic) · 1 person');
  await moveNow(choice?.value ?? '');
  expect((await list()).text).not.toContain('deleted');
  expect(await house.as('admin').libraries.suggestDeleted('')).toEqual([]);
});

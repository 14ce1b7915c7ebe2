import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFiles } from '../../src/access/caseFiles.js';
import type { OfferButton } from '../../src/access/offers.js';
import { reconcile } from '../../src/access/reconcile.js';
import { tellFiles } from '../../src/access/tell.js';
import type { CaseId, DriftVerdict } from '../../src/core/model.js';
import { ATTIC, FILMS, JONAS, KIDS, MARA } from '../plex/target.js';
import { House, lastOf } from './house.js';

let house: House;

beforeEach(async () => {
  house = await House.open();
  await house.begin();
});
afterEach(() => house.close());

const look = () => reconcile(house.parts, house.serverId, { people: null, priority: 'timer' });
const wish = { from: null, until: null, reason: null, confirmed: null };

async function give(person: string, library: string, until: Date | null = null) {
  const outcome = await house.as().grant({ ...wish, person, library, until });
  if (outcome.kind !== 'recorded') throw new Error(`not recorded: ${outcome.kind}`);
  return lastOf(house.as().follow(outcome.recorded));
}

const shared = async (accountId: number) =>
  (await house.world()).shares.find((share) => share.accountId === accountId)?.sectionIds ?? [];

const byHand = (accountId: number, sectionIds: readonly number[]) =>
  house.sim.act('setShare', { machineId: ATTIC, accountId, sectionIds: [...sectionIds] });

const writes = async () => (await house.sim.log(0)).entries.filter((e) => e.method !== 'GET');

/** The ids of cases of a kind, oldest first. */
const casesOf = async (type: string) =>
  (
    await house.db.sql<{ id: CaseId }>('select id from "case" where type = $1 order by number', [
      type,
    ])
  ).map(({ id }) => id);

/** What the message of a case shows now, with all cases that share it. */
async function messageOf(id: CaseId) {
  const row = await house.db.store.cases.find(id);
  const rows = await house.db.store.cases.ofNotice(row?.noticeId ?? '');
  return tellFiles(await openFiles(house.db.store, rows), house.clock.now());
}

const labels = (buttons: readonly OfferButton[] = []) => buttons.map(({ label }) => label);

async function decide(id: CaseId, verdict: DriftVerdict) {
  const recorded = await house.as().people.decideDrift({ case: id, verdict });
  return lastOf(house.as().follow(recorded));
}

const grants = () =>
  house.db.sql<{ title: string; endsAt: Date | null; source: string }>(
    `select l.title, g.ends_at as "endsAt", g.source from access_grant g
       join library l on l.id = g.library_id join person p on p.id = g.person_id
      where g.closed_at is null and p.username = 'mara' order by l.title`,
  );

/** Mara has Kids by hand beside what was given; returns the case that tells of it. */
async function addKids(): Promise<CaseId> {
  await byHand(MARA, [...(await shared(MARA)), KIDS]);
  house.settle();
  await look();
  const [id] = await casesOf('drift.found');
  if (!id) throw new Error('no case tells of it');
  return id;
}

/** Films are taken from Mara by hand, which were given with an end. */
async function takeFilms(until: Date): Promise<CaseId> {
  await house.as().revoke({ ...wish, person: 'mara', library: 'Films', server: null });
  await give('mara', 'Kids');
  await give('mara', 'Films', until);
  house.settle();
  await look();
  await byHand(
    MARA,
    (await shared(MARA)).filter((section) => section !== FILMS),
  );
  await look();
  const id = (await casesOf('drift.found')).at(-1);
  if (!id) throw new Error('no case tells of it');
  return id;
}

describe('a library that somebody added in Plex', () => {
  test('is told in a message of its own that asks what is to become of it', async () => {
    const { text, tone, buttons } = await messageOf(await addKids());
    expect(text).toMatch(/\*\*Mara\*\* has \*\*Kids\*\* in Plex, and nobody gave it here\./);
    expect(tone).toBe('attention');
    expect(labels(buttons)).toEqual(['Adopt', 'Revert', 'Ignore']);
    expect(buttons?.find(({ label }) => label === 'Revert')?.style).toBe('danger');
  });

  test('reverted, is taken away with a receipt, in the message that told of it', async () => {
    const id = await addKids();
    expect((await decide(id, 'revert')).text).toContain('Gone from Plex');
    expect(await shared(MARA)).not.toContain(KIDS);
    const { text, tone, buttons } = await messageOf(id);
    expect(text).toMatch(/no longer has \*\*Kids\*\*, which nobody gave here\.\nBy <@\d+>/);
    expect(text).toContain('Gone from Plex');
    expect({ tone, buttons }).toEqual({ tone: 'gone', buttons: undefined });
    house.settle();
    await look();
    expect(await casesOf('drift.found')).toHaveLength(1);
  });

  test('adopted, is granted without end and nothing is written', async () => {
    const id = await addKids();
    const before = await writes();
    expect((await decide(id, 'adopt')).text).toMatch(/keeps \*\*Kids\*\* until you take it away/);
    house.settle();
    await look();
    expect(await writes()).toEqual(before);
    expect(await grants()).toContainEqual({ title: 'Kids', endsAt: null, source: 'import' });
    const { text, tone, buttons } = await messageOf(id);
    expect(text).toContain('keeps **Kids**');
    expect({ tone, buttons }).toEqual({ tone: 'done', buttons: undefined });
  });

  test('ignored, stays, is asked about no more and needs nobody', async () => {
    const id = await addKids();
    await decide(id, 'ignore');
    house.settle();
    await look();
    expect(await shared(MARA)).toContain(KIDS);
    expect(await casesOf('drift.found')).toHaveLength(1);
    expect((await messageOf(id)).buttons).toBeUndefined();
    expect((await house.as().people.overview()).people.drifted).toBe(0);
    const wished = house.as().people.decideDrift({ case: id, verdict: 'revert' });
    await expect(wished).rejects.toMatchObject({ code: 'drift-decided' });
  });

  test('of two who decide at once, one does and the other is told who did what', async () => {
    const id = await addKids();
    const both = await Promise.allSettled([
      house.as().people.decideDrift({ case: id, verdict: 'revert' }),
      house.as().people.decideDrift({ case: id, verdict: 'adopt' }),
    ]);
    const refused = both.flatMap((one) =>
      one.status === 'rejected' ? [(one.reason as Error).message] : [],
    );
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatch(/^<@\d+> has (adopted|reverted) that already\./);
    const decided = [...(await casesOf('drift.adopted')), ...(await casesOf('drift.reverted'))];
    expect(decided).toHaveLength(1);
  });

  test('gone again before anybody decided, is over, and its message says so', async () => {
    const id = await addKids();
    await byHand(
      MARA,
      (await shared(MARA)).filter((section) => section !== KIDS),
    );
    const wished = house.as().people.decideDrift({ case: id, verdict: 'adopt' });
    await expect(wished).rejects.toMatchObject({ code: 'drift-over' });
    expect(await grants()).not.toContainEqual(expect.objectContaining({ title: 'Kids' }));
    const { text, tone, buttons } = await messageOf(id);
    expect(text).toContain('It is not so any more.');
    expect({ tone, buttons }).toEqual({ tone: 'neutral', buttons: undefined });
  });

  test('granted by somebody meanwhile, asks nothing more', async () => {
    const id = await addKids();
    await give('mara', 'Kids');
    expect((await messageOf(id)).buttons).toBeUndefined();
    const [notice] = await house.db.sql<{ due: boolean }>(
      `select n.due_at is not null as due from notice n join "case" c on c.notice_id = n.id where c.id = $1`,
      [id],
    );
    expect(notice).toEqual({ due: true });
  });

  test('is decided by nobody while Plex does not answer', async () => {
    const id = await addKids();
    await house.sim.fault({ path: '/shared_servers' }, { status: 503, body: '' }, 0);
    await expect(house.as().people.decideDrift({ case: id, verdict: 'adopt' })).rejects.toThrow(
      /503|answer/i,
    );
    expect(await casesOf('drift.adopted')).toEqual([]);
  });

  test('is none of the business of another guild', async () => {
    const id = await addKids();
    await house.db.sql(`insert into guild (id) values ('100000000000000009')`);
    await house.db.sql(
      `update "case" set guild_id = '100000000000000009', number = 900 where id = $1`,
      [id],
    );
    const wished = house.as().people.decideDrift({ case: id, verdict: 'adopt' });
    await expect(wished).rejects.toMatchObject({ code: 'drift-over' });
  });
});

describe('a library that somebody took in Plex', () => {
  const inDays = (days: number) => new Date(house.clock.now().getTime() + days * 86_400_000);

  test('reverted, is given again to the end it had', async () => {
    const until = inDays(5);
    const id = await takeFilms(until);
    expect((await decide(id, 'revert')).text).toContain('Seen in Plex');
    expect(await shared(MARA)).toContain(FILMS);
    expect(await grants()).toContainEqual({ title: 'Films', endsAt: until, source: 'command' });
  });

  test('adopted, is over here too, and nothing is written', async () => {
    const id = await takeFilms(inDays(5));
    const before = await writes();
    expect((await decide(id, 'adopt')).text).toMatch(/has \*\*Films\*\* no longer, as Plex has it/);
    house.settle();
    await look();
    expect(await writes()).toEqual(before);
    expect((await grants()).map(({ title }) => title)).toEqual(['Kids']);
    expect(await casesOf('drift.found')).toHaveLength(1);
  });

  test('adopted and back by hand within a day, goes on to the end it had', async () => {
    const until = inDays(5);
    await decide(await takeFilms(until), 'adopt');
    house.pass(20 * 3_600);
    await byHand(MARA, [...(await shared(MARA)), FILMS]);
    await look();
    const again = (await casesOf('drift.found')).at(-1) as CaseId;
    expect((await decide(again, 'adopt')).text).toMatch(/keeps \*\*Films\*\* to the end/);
    expect(await grants()).toContainEqual({ title: 'Films', endsAt: until, source: 'command' });
  });

  test('adopted and back by hand a day later, is kept without end', async () => {
    await decide(await takeFilms(inDays(5)), 'adopt');
    house.pass(26 * 3_600);
    await byHand(MARA, [...(await shared(MARA)), FILMS]);
    await look();
    await decide((await casesOf('drift.found')).at(-1) as CaseId, 'adopt');
    expect(await grants()).toContainEqual({ title: 'Films', endsAt: null, source: 'import' });
  });

  test('a default, adopted, is gone without and not given again', async () => {
    await give('mara', 'Kids');
    house.settle();
    await look();
    const [lobby] = await house.db.store.servers.defaults(house.serverId);
    await house.as('admin').giveDefaults({ server: house.serverId, seen: null });
    await house.db.sql(`update share set exempt = '[]'`);
    await look();
    house.settle();
    await look();
    await byHand(
      MARA,
      (await shared(MARA)).filter((section) => section !== lobby?.sectionId),
    );
    await look();
    const id = (await casesOf('drift.found')).at(-1) as CaseId;
    await decide(id, 'adopt');
    house.settle();
    await look();
    expect(await shared(MARA)).not.toContain(lobby?.sectionId);
    expect(await casesOf('drift.found')).toHaveLength(1);
  });
});

test('each person whose share was edited has a message of their own', async () => {
  await give('jonas', 'Films');
  house.settle();
  await look();
  await byHand(MARA, [...(await shared(MARA)), KIDS]);
  await byHand(JONAS, [...(await shared(JONAS)), KIDS]);
  await look();
  const ids = await casesOf('drift.found');
  expect(ids).toHaveLength(2);
  for (const id of ids) {
    expect(labels((await messageOf(id)).buttons)).toEqual(['Adopt', 'Revert', 'Ignore']);
  }
});

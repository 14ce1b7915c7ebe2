import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFiles } from '../../src/access/caseFiles.js';
import type { Lacked } from '../../src/access/giveDefaults.js';
import type { OfferButton } from '../../src/access/offers.js';
import { reconcile } from '../../src/access/reconcile.js';
import { sync } from '../../src/access/sync.js';
import { tellFiles } from '../../src/access/tell.js';
import type { CaseId } from '../../src/core/model.js';
import { ATTIC, FILMS, HOMER, JONAS, MARA } from '../plex/target.js';
import { House, lastOf } from './house.js';

let house: House;

beforeEach(async () => {
  house = await House.open();
  await house.begin();
});
afterEach(() => house.close());

const admin = () => house.as('admin');

const rowsOf = async (type: string) => {
  const ids = await house.db.sql<{ id: CaseId }>(
    'select id from "case" where type = $1 order by number',
    [type],
  );
  const rows = await Promise.all(ids.map(({ id }) => house.db.store.cases.find(id)));
  return rows.filter((row) => row !== null);
};

/** What the audit channel shows now under the only case of a kind. */
async function shown(type: string) {
  const files = await openFiles(house.db.store, await rowsOf(type));
  return tellFiles(files, house.clock.now());
}

const pressOf = (buttons: readonly OfferButton[] = []) =>
  buttons[0]?.press.payload as { server: string; seen: Lacked | null };

const defaultSection = async () =>
  (await house.world()).servers[0]?.libraries.find(({ title }) => title === 'Default')?.sectionId;

const sectionsOf = async (accountId: number) =>
  (await house.world()).shares.find((one) => one.accountId === accountId)?.sectionIds;

async function recorded(asked: ReturnType<ReturnType<typeof admin>['giveDefaults']>) {
  const outcome = await asked;
  if (outcome.kind !== 'recorded') throw new Error(`it was ${outcome.kind}`);
  return lastOf(admin().follow(outcome.recorded));
}

/** Only friends, so that nothing waits for an invite to be accepted. */
async function again(accounts: readonly number[], homeUsers = false) {
  await house.changeWorld((world) => ({
    ...world,
    shares: accounts.map((accountId, i) => ({
      ...world.shares.find((one) => one.accountId === MARA),
      id: 30_100 + i,
      machineId: ATTIC,
      accountId,
      email: `friend${i}@example.org`,
      sectionIds: [FILMS],
    })),
  }));
  await house.db.sql('delete from access_grant');
  await house.db.sql('delete from share');
  await house.db.sql('delete from "case"');
  await house.db.store.guilds.set(house.guildId, { homeUsers });
  house.settle();
  await sync(house.parts, house.serverId, { priority: 'person' });
}

describe('the message of an import', () => {
  test('says who came without which default, and offers to give it', async () => {
    const { text, buttons } = await shown('people.imported');
    expect(text).toContain('2 of them came without **Default**, a default library');
    expect(buttons).toMatchObject([
      { label: 'Give it to them too', press: { button: 'give-default' } },
    ]);
  });

  test('gives it with its button, is told as a case, and then offers nothing', async () => {
    await again([MARA, JONAS]);
    const before = await shown('people.imported');
    const answer = await recorded(admin().giveDefaults(pressOf(before.buttons)));
    expect(answer.text).toMatch(
      /2 people on \*\*Attic\*\* who came without \*\*Default\*\* got it too\./,
    );
    expect(await sectionsOf(MARA)).toEqual([FILMS, await defaultSection()]);
    expect(await sectionsOf(JONAS)).toEqual([FILMS, await defaultSection()]);
    expect((await shown('people.imported')).buttons).toBeUndefined();
    expect((await shown('default.given')).text).toContain('Seen in Plex');
    house.settle();
    await reconcile(house.parts, house.serverId, { people: null, priority: 'timer' });
    expect(await sectionsOf(MARA)).toEqual([FILMS, await defaultSection()]);
  });

  test('is to be edited once it is answered', async () => {
    await again([MARA]);
    await house.db.sql('update notice set due_at = null');
    await recorded(admin().giveDefaults(pressOf((await shown('people.imported')).buttons)));
    const [notice] = await house.db.sql<{ due: boolean }>(
      `select n.due_at is not null as due from notice n join "case" c on c.notice_id = n.id
        where c.type = 'people.imported'`,
    );
    expect(notice).toEqual({ due: true });
  });

  test('asks again when it concerns others by now, and gives after the number was shown', async () => {
    await again([MARA, JONAS]);
    const wish = pressOf((await shown('people.imported')).buttons);
    const one = await house.db.store.people.called(house.guildId, 'jonas');
    await house.db.sql('update share set exempt = $1 where person_id = $2', ['[]', one[0]?.id]);
    const asked = await admin().giveDefaults(wish);
    if (asked.kind !== 'ask') throw new Error(`it was ${asked.kind}`);
    expect(asked.text).toBe(
      '1 person on **Attic** lacks a default library now.\n**Default**: 1 person',
    );
    expect(await sectionsOf(MARA)).toEqual([FILMS]);
    await recorded(admin().giveDefaults({ ...wish, seen: asked.seen }));
    expect(await sectionsOf(MARA)).toEqual([FILMS, await defaultSection()]);
  });

  test('says that nobody lacks it any more at a second press', async () => {
    await again([MARA]);
    const wish = pressOf((await shown('people.imported')).buttons);
    await recorded(admin().giveDefaults(wish));
    expect(await admin().giveDefaults(wish)).toEqual({
      kind: 'nobody',
      text: 'Nobody on **Attic** lacks a default library any more.',
    });
    expect(await rowsOf('default.given')).toHaveLength(1);
  });

  test('leaves members of the home alone who were taken over while they were switched on', async () => {
    await again([MARA, HOMER], true);
    expect((await shown('people.imported')).text).toContain('2 of them came without');
    await house.db.store.guilds.set(house.guildId, { homeUsers: false });
    const asked = await admin().giveDefaults(pressOf((await shown('people.imported')).buttons));
    expect(asked).toMatchObject({ kind: 'ask', people: 1 });
  });

  test('is of no use to another guild', async () => {
    const wish = { server: '00000000-0000-4000-8000-000000000000', seen: null };
    await expect(admin().giveDefaults(wish)).rejects.toThrow(/no longer connected here/);
  });
});

describe('the message of an adopted default', () => {
  const undo = async (confirmed: number | null) => {
    const [button] = (await shown('default.adopted')).buttons ?? [];
    const { library } = button?.press.payload as unknown as { library: string };
    return admin().setDefault({ library, isDefault: false, confirmed, isUndo: true });
  };

  test('says what kind of library it is', async () => {
    const { text, buttons } = await shown('default.adopted');
    expect(text).toMatch(/\*\*Default\*\*, a library of films, is now the default library/);
    expect(buttons).toMatchObject([{ label: 'Undo', press: { button: 'undo-adopted' } }]);
  });

  test('takes it back though it is the only one, and says what that means', async () => {
    const asked = await undo(null);
    if (asked.kind !== 'ask') throw new Error(`it was ${asked.kind}`);
    expect(asked.text).toMatch(/whose last library there ends leaves the server/);
    const done = await undo(asked.count);
    expect(done.kind).toBe('recorded');
    expect(await house.db.store.servers.defaults(house.serverId)).toEqual([]);
    expect((await shown('default.adopted')).buttons).toBeUndefined();
    // Nothing is left that they could lack.
    expect((await shown('people.imported')).buttons).toBeUndefined();
  });

  test('is the only way: the command does not leave a server without a default', async () => {
    const wish = { library: 'Default', isDefault: false, confirmed: null };
    await expect(admin().setDefault(wish)).rejects.toThrow(/only default library/);
  });
});

test('several cases in one message keep their buttons, each with its subject and none twice', async () => {
  const rows = [...(await rowsOf('default.adopted')), ...(await rowsOf('people.imported'))];
  const files = await openFiles(house.db.store, rows);
  const labels = (all: typeof files) =>
    tellFiles(all, house.clock.now()).buttons?.map(({ label }) => label);
  expect(labels(files)).toEqual(['Undo: Default', 'Give it to them too: Attic']);
  const many = [...files, ...files, ...files];
  expect(labels(many)).toEqual(['Undo: Default', 'Give it to them too: Attic']);
  const [, give] = tellFiles(many, house.clock.now()).buttons ?? [];
  // A digest tells no numbers, so they are shown first.
  expect(give?.press.payload).toMatchObject({ seen: null });
});

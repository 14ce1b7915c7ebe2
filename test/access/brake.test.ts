import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Access } from '../../src/access/access.js';
import { carryOn } from '../../src/access/brakeDesk.js';
import type { AgreeOutcome } from '../../src/access/brakeDesk.js';
import type { Held } from '../../src/access/brake.js';
import { writeLetter } from '../../src/access/letter.js';
import { sync } from '../../src/access/sync.js';
import type { ChannelId, DiscordUserId, Power } from '../../src/core/model.js';
import type { PlexWorld } from '../../sim/plex/world.js';
import type { OfferButton } from '../../src/access/offers.js';
import type { NoticeRow } from '../../src/store/rows.js';
import { withFriends } from '../support/crowd.js';
import { House } from './house.js';

const ANA = '200000000000000011' as DiscordUserId;
const BEN = '200000000000000012' as DiscordUserId;
const PEOPLE = 8;

let house: House;
beforeAll(async () => {
  house = await House.open();
});
beforeEach(async () => {
  await house.begin();
  const more = (world: unknown) => withFriends(world as PlexWorld, PEOPLE, ['Films', 'Default']);
  await house.changeWorld(more);
  await sync(house.parts, house.serverId, { priority: 'person' });
  await house.db.store.servers.setLibrary(await libraryId('Kids'), { isDefault: true });
  // As if they had got it as a default, not by hand before Usher came.
  await house.db.sql('delete from access_grant where library_id = $1', [
    await libraryId('Default'),
  ]);
  const auditChannelId = '400000000000000002' as ChannelId;
  await house.db.store.guilds.set(house.guildId, { auditChannelId });
  await seen(ANA, BEN);
});
afterAll(() => house.close());

const libraryId = async (title: string) => {
  const all = await house.db.store.servers.librariesOfGuild(house.guildId);
  const library = all.find((one) => one.title === title);
  if (!library) throw new Error(`no library is called ${title}`);
  return library.id;
};

/** Used an Admin's power just now. */
const seen = async (...admins: readonly DiscordUserId[]) => {
  for (const id of admins) {
    await house.db.store.troubles.sawAdmin(house.guildId, id, house.clock.now());
  }
};

const as = (userId: DiscordUserId, power: Power = 'admin') =>
  new Access(house.parts, {
    guildId: house.guildId,
    actor: { kind: 'member', userId, power },
  });

const noDefault = { library: 'Default', isDefault: false } as const;

/** Ana wants nobody to keep the default any more. */
async function hold(by = ANA): Promise<Held> {
  const outcome = await as(by).setDefault({ ...noDefault, confirmed: PEOPLE });
  if (outcome.kind !== 'held') throw new Error(`it was ${outcome.kind}`);
  return outcome;
}

const agree = (by: DiscordUserId, { id, count, seal }: Held, typed: string | null = null) =>
  as(by).brake.agree({ held: id, seen: { count, seal }, typed });

async function carryOut(outcome: AgreeOutcome) {
  if (outcome.kind !== 'go') throw new Error(`it was ${outcome.kind}`);
  for await (const step of outcome.steps) if (step.kind === 'done') return step.result;
  throw new Error('it was never done');
}

const isDefault = async () =>
  (await house.db.store.servers.defaults(house.serverId)).some(({ title }) => title === 'Default');

/** What its message in the audit channel says now. */
async function message() {
  const [row] = await house.db.sql<{ id: string }>(
    'select notice_id as id from held order by held_at desc limit 1',
  );
  const [notice] = await house.db.sql<NoticeRow>('select * from notice where id = $1', [row?.id]);
  const letter = notice && (await writeLetter(house.db.store, notice, house.clock.now()));
  const { text = '', buttons = [] } = letter?.told ?? {};
  return { text, buttons: buttons satisfies readonly OfferButton[] };
}

describe('what takes access from more people than the setting allows', () => {
  test('is not done, and told in the audit channel with its count', async () => {
    const held = await hold();
    expect(held.text).toContain('That takes access from **8 of ');
    expect(await isDefault()).toBe(true);
    const { text, buttons } = await message();
    expect(text).toContain(`<@${ANA}> wants to stop keeping **Default**`);
    expect(buttons.map(({ label, style }) => `${label} ${style}`)).toEqual([
      'Take from 8 people danger',
      'Leave it secondary',
    ]);
  });

  test('is done once another Admin agrees, in the name of who wanted it', async () => {
    const recorded = await carryOut(await agree(BEN, await hold()));
    expect(recorded?.caseIds).toHaveLength(1);
    expect(await isDefault()).toBe(false);
    expect((await house.told()).at(-1)).toMatch(
      new RegExp(`no longer a default library.*8 people lose it.*By <@${ANA}>`, 's'),
    );
    expect((await message()).text).toContain(`<@${BEN}> agreed.`);
    expect((await message()).buttons).toEqual([]);
  });

  test('is refused to its author, also with the count', async () => {
    const held = await hold();
    house.pass(61);
    await seen(BEN);
    await expect(agree(ANA, held)).rejects.toThrow(/cannot agree to it.*Ask another Admin/);
    await expect(agree(ANA, held, '8')).rejects.toThrow(/cannot agree to it/);
    expect(await isDefault()).toBe(true);
  });

  test('is dropped after ten minutes, and told so', async () => {
    const held = await hold();
    house.pass(600);
    await expect(agree(BEN, held)).rejects.toThrow(/Nobody agreed within 10 minutes/);
    const { text, buttons } = await message();
    expect(text).toMatch(/^Dropped, because nobody agreed within 10 minutes\. Nothing was changed/);
    expect(buttons).toEqual([]);
    expect(await isDefault()).toBe(true);
  });

  test('is looked at again when it is dropped, though nothing happens', async () => {
    const held = await hold();
    const [notice] = await house.db.sql<NoticeRow>(
      'select * from notice where id = (select notice_id from held)',
    );
    const letter = notice && (await writeLetter(house.db.store, notice, house.clock.now()));
    expect(letter?.dueAt).toEqual(held.expiresAt);
  });

  test('is shown again when it concerns others by now, and done at the next press', async () => {
    const held = await hold();
    await house.db.sql(
      `update share set observed = jsonb_set(observed, '{sections}', '[]')
        where person_id = (select id from person where title = 'Person 0')`,
    );
    const shown = await agree(BEN, held);
    if (shown.kind !== 'show') throw new Error(`it was ${shown.kind}`);
    expect(shown.held.count).toBe(PEOPLE - 1);
    expect(await isDefault()).toBe(true);
    expect((await message()).text).toContain('**7 of ');
    await carryOut(await agree(BEN, shown.held));
    expect(await isDefault()).toBe(false);
  });

  test('is decided once: of two who press at the same time one is told', async () => {
    const held = await hold();
    const tries = await Promise.allSettled([agree(BEN, held), as(ANA).brake.leave(held.id)]);
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [lost] = tries.filter((one) => one.status === 'rejected');
    expect(String(lost?.reason)).toMatch(/was quicker and agreed already|left it as it is already/);
  });

  test('can be left by its author, whatever their power, and by an Admin', async () => {
    const held = await hold();
    await expect(as(BEN, 'moderator').brake.leave(held.id)).rejects.toThrow(/You need Admin/);
    expect((await as(ANA, 'moderator').brake.leave(held.id)).text).toContain(
      'left it as it is. Nothing was changed.',
    );
    await expect(agree(BEN, held)).rejects.toThrow(/left it as it is already/);
  });

  test('is of no use to another guild', async () => {
    const held = await hold();
    const actor = { kind: 'member', userId: BEN, power: 'admin' } as const;
    const guildId = '100000000000000009' as typeof house.guildId;
    const elsewhere = new Access(house.parts, { guildId, actor });
    const press = elsewhere.brake.agree({ held: held.id, seen: held, typed: null });
    await expect(press).rejects.toThrow(/decided long ago/);
  });
});

describe('the only Admin', () => {
  beforeEach(() => house.db.sql('delete from admin where user_id = $1', [BEN]));

  test('confirms alone, a minute later, by typing the count', async () => {
    const held = await hold();
    expect(held.isAlone).toBe(true);
    await expect(agree(ANA, held, '8')).rejects.toThrow(/Wait until/);
    house.pass(61);
    await expect(agree(ANA, held)).rejects.toThrow(/confirm it by typing/);
    await expect(agree(ANA, held, 'eight')).rejects.toThrow(/That is not the number/);
    await carryOut(await agree(ANA, held, ' 8 '));
    expect(await isDefault()).toBe(false);
    expect((await message()).text).toContain('confirmed it alone');
  });

  test('is not alone when another used that power within 30 days', async () => {
    await seen(BEN);
    house.pass(29 * 86_400);
    expect((await hold()).isAlone).toBe(false);
    house.pass(2 * 86_400);
    expect((await hold()).isAlone).toBe(true);
  });

  test('needs no audit channel, and others do', async () => {
    await house.db.store.guilds.set(house.guildId, { auditChannelId: null });
    expect((await hold()).isAlone).toBe(true);
    await seen(BEN);
    await expect(hold()).rejects.toThrow(/another Admin must agree, in the audit channel/);
  });
});

describe('what is agreed to', () => {
  test('is carried out after a restart that came between', async () => {
    const held = await hold();
    const by = { outcome: 'agreed', by: BEN, at: house.clock.now() } as const;
    expect(await house.db.store.held.decide(held.id, by)).toBe(true);
    await carryOn(house.parts);
    expect(await isDefault()).toBe(false);
    await carryOn(house.parts);
    const removed = (await house.told()).filter((one) => /no longer a default/.test(one));
    expect(removed).toHaveLength(1);
  });

  test('and was done by somebody meanwhile is not done twice', async () => {
    const held = await hold();
    await house.db.store.guilds.set(house.guildId, { brakePeople: 100 });
    const done = await as(ANA).setDefault({ ...noDefault, confirmed: PEOPLE });
    expect(done.kind).toBe('recorded');
    await expect(agree(BEN, held)).rejects.toThrow(/is not a default library/);
  });

  test('is heard of by who waits for it', async () => {
    const held = await hold();
    const told: string[] = [];
    const waiting = (async () => {
      for await (const one of as(ANA).brake.follow(held)) {
        told.push(one.told.text);
        if (/no longer a default/.test(one.told.text)) break;
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await carryOut(await agree(BEN, held));
    await waiting;
    expect(told[0]).toContain('wants to stop keeping');
    expect(told.at(-1)).toContain('no longer a default library');
  });
});

describe('what is never held', () => {
  test('a change that few lose by, by the setting of the guild', async () => {
    const told = await as(ANA).conduct.setBrake({ people: '8', percent: '10' });
    expect(told.text).toContain('more than 8 people');
    const outcome = await as(ANA).setDefault({ ...noDefault, confirmed: PEOPLE });
    expect(outcome.kind).toBe('recorded');
  });

  test('a command on one person, and the end of a grant, also where nobody may lose anything', async () => {
    await as(ANA).conduct.setBrake({ people: '0', percent: '0' });
    const until = new Date(+house.clock.now() + 3_600_000);
    const wish = { person: 'Person 1', library: 'Kids', from: null, until, reason: null };
    expect((await as(ANA).grant({ ...wish, confirmed: null })).kind).toBe('recorded');
    const all = { person: 'Person 2', library: 'all', server: null, reason: null };
    const asked = await as(ANA).revoke({ ...all, confirmed: null });
    if (asked.kind !== 'ask') throw new Error(`it was ${asked.kind}`);
    expect((await as(ANA).revoke({ ...all, confirmed: asked.sections })).kind).toBe('recorded');
    house.pass(3_601);
    await house.lookAtDue();
    expect(await house.db.sql('select from held')).toEqual([]);
    expect((await house.told()).at(-1)).toMatch(/the time is over|time of .* is over/i);
  });

  test('a default that is given', async () => {
    await as(ANA).conduct.setBrake({ people: '0', percent: '0' });
    const asked = await as(ANA).setDefault({ library: 'Shows', isDefault: true, confirmed: null });
    if (asked.kind !== 'ask') throw new Error(`it was ${asked.kind}`);
    const wish = { library: 'Shows', isDefault: true, confirmed: asked.count };
    expect((await as(ANA).setDefault(wish)).kind).toBe('recorded');
  });
});

describe('an end policy', () => {
  const choose = (policy: 'keep-default' | 'unshare' | 'remove') =>
    as(ANA).setEndPolicy({ server: 'Attic', policy, confirmed: true });
  const policyNow = async () => (await house.db.store.servers.get(house.serverId)).endPolicy;

  test('by which people lose more is held, and chosen once another Admin agrees', async () => {
    const held = await choose('unshare');
    if (held.kind !== 'held') throw new Error(`it was ${held.kind}`);
    expect(held.text).toContain('they leave the server');
    expect(await policyNow()).toBe('keep-default');
    await carryOut(await agree(BEN, held));
    expect(await policyNow()).toBe('unshare');
    expect((await house.told()).at(-1)).toContain(`By <@${ANA}>`);
  });

  test('by which they lose less is chosen at once', async () => {
    await house.db.store.servers.set(house.serverId, { endPolicy: 'remove' });
    expect((await choose('keep-default')).kind).toBe('done');
  });
});

test.each([
  ['-1', '10'],
  ['five', '10'],
  ['5', '101'],
  ['5.5', '10'],
])('a setting of %s people and %s percent is refused', async (people, percent) => {
  await expect(as(ANA).conduct.setBrake({ people, percent })).rejects.toThrow(/is no whole number/);
});

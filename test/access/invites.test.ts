import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { GrantOutcome } from '../../src/access/grant.js';
import type { GrantWish } from '../../src/access/grantWish.js';
import { sweep } from '../../src/access/sweep.js';
import { sync } from '../../src/access/sync.js';
import { House, lastOf } from './house.js';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());
beforeEach(() => house.begin());

const HOUR_S = 3_600;
const soon = (seconds: number) => new Date(+house.clock.now() + seconds * 1000);

const wish = (how: Partial<GrantWish> = {}): GrantWish => ({
  person: 'new_one@example.org',
  library: 'Films',
  from: null,
  until: soon(24 * HOUR_S),
  reason: null,
  confirmed: null,
  ...how,
});

/** Gives after the button that repeats the name has been pressed; what the asker is told last. */
async function invite(how: Partial<GrantWish> = {}): Promise<string> {
  const asked = wish(how);
  const invitation = { as: asked.person.toLowerCase(), now: false, ...how.invitation };
  return follow(await house.as().grant({ ...asked, invitation }));
}

/** What is told once Plex was asked; the second time something is told. */
async function follow(outcome: GrantOutcome): Promise<string> {
  if (outcome.kind !== 'recorded') throw new Error(`not recorded: ${outcome.text}`);
  return (await lastOf(house.as().follow(outcome.recorded), 2)).text;
}

const sharesTo = async (email: string) => {
  const { shares, accounts } = await house.world();
  const account = accounts.find((a) => a.email === email);
  return shares.filter((s) => (account ? s.accountId === account.id : s.email === email));
};

const titlesTo = async (email: string) => {
  const { servers } = await house.world();
  const [share] = await sharesTo(email);
  return (
    share &&
    servers[0]?.libraries.filter((l) => share.sectionIds.includes(l.sectionId)).map((l) => l.title)
  );
};

const act = (name: string, details: Record<string, unknown>) => house.sim.act(name, details);
const lookAgain = () => sweep(house.parts, house.serverId, { priority: 'sweep' });
const syncAgain = () => sync(house.parts, house.serverId, { priority: 'sweep' });

describe('somebody never seen', () => {
  test('is invited only after their address was repeated in full', async () => {
    const outcome = await house.as().grant(wish());
    expect(outcome).toMatchObject({ kind: 'invite', tone: 'attention', as: 'new_one@example.org' });
    expect('text' in outcome && outcome.text).toContain('new\\_one@example.org');
    expect(await sharesTo('new_one@example.org')).toEqual([]);
    expect(await house.told()).not.toContainEqual(expect.stringContaining('•••@e•••.org gets'));
  });

  test('is invited with what is given and what everybody keeps, and told as not accepted', async () => {
    const text = await invite();
    expect(await titlesTo('new_one@example.org')).toEqual(['Films', 'Default']);
    expect(text).toMatch(
      /\*\*n•••@e•••\.org\*\* has not accepted yet, and is invited to \*\*Films/,
    );
    expect(text).toMatch(/Seen in Plex/);
    expect(text).not.toMatch(/can watch/);
    expect(text).not.toContain('new_one');
  });

  test('by a username is refused with a button, and told which account is behind it', async () => {
    const outcome = await house.as().grant(wish({ person: 'Zoe' }));
    expect(outcome).toMatchObject({ kind: 'invite', tone: 'refused', as: 'zoe' });
    expect('text' in outcome && outcome.text).toMatch(/Nobody here is called "Zoe"/);
    const text = await invite({ person: 'Zoe' });
    expect(text).toMatch(/account behind that name is \*\*zoe\*\*, z•••@e•••\.org/);
    expect(await titlesTo('zoe@example.org')).toEqual(['Films', 'Default']);
  });

  test('whose name could be no username is only refused', async () => {
    for (const person of ['two words', 'a'.repeat(51), 'x']) {
      await expect(house.as().grant(wish({ person }))).rejects.toThrow(/Nobody here is called/);
    }
  });

  test('is not asked about when the time could not be', async () => {
    const late = house.as().grant(wish({ until: soon(-60) }));
    await expect(late).rejects.toThrow(/is over already/);
  });
});

describe('an invite', () => {
  test('that is accepted is told, and what was said of it is said anew', async () => {
    await invite();
    const [share] = await sharesTo('new_one@example.org');
    await act('accept', { shareId: share?.id });
    house.settle();
    await lookAgain();
    const told = await house.told();
    expect(told.at(-1)).toMatch(/accepted the invitation and can watch/);
    expect(told.at(-2)).toMatch(/can watch \*\*Films\*\* until/);
  });

  test('that is accepted under another address is one person, known by the share', async () => {
    await invite();
    const [share] = await sharesTo('new_one@example.org');
    await house.changeWorld((world) => ({
      ...world,
      shares: world.shares.map((s) =>
        s.id === share?.id
          ? { ...s, accountId: 4_410_022, email: 'jonas@example.org', acceptedAt: 1_770_000_000 }
          : s,
      ),
    }));
    house.settle();
    await syncAgain();
    const told = await house.told();
    expect(told).toContainEqual(expect.stringMatching(/turned out to be \*\*Jonas\*\* in Plex/));
    const people = await house.db.store.people.present(house.guildId);
    expect(people.filter((p) => p.title === 'Jonas' || p.kind === 'invited')).toMatchObject([
      { title: 'Jonas', invitedAs: 'new_one@example.org' },
      { title: 't•••@e•••.org' },
    ]);
    await lookAgain();
    const jonas = people.find((p) => p.title === 'Jonas');
    const grants = await house.db.store.grants.open(house.serverId, jonas ? [jonas.id] : []);
    expect(grants).toMatchObject([{ source: 'command' }]);
    house.pass(25 * HOUR_S);
    await house.lookAtDue();
    expect(await titlesTo('jonas@example.org')).toEqual(['Default']);
  });

  test('that is declined is told with what to do next, and not sent again by itself', async () => {
    await invite();
    const [share] = await sharesTo('new_one@example.org');
    house.settle();
    await lookAgain();
    await act('decline', { shareId: share?.id });
    house.settle();
    await lookAgain();
    await lookAgain();
    const told = (await house.told()).filter((text) => /declined/.test(text));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/declined the invitation, or it was cancelled in Plex.*Use \/grant/s);
    expect(await sharesTo('new_one@example.org')).toEqual([]);
    const again = await follow(await house.as().grant(wish()));
    expect(again).toMatch(/before it was until/);
    expect(await titlesTo('new_one@example.org')).toEqual(['Films', 'Default']);
  });

  test('whose last grant ends before it was accepted is withdrawn, invite and share', async () => {
    await invite();
    house.pass(25 * HOUR_S);
    await house.lookAtDue();
    expect(await sharesTo('new_one@example.org')).toEqual([]);
    expect((await house.told()).at(-1)).toMatch(
      /The time is over\. The invitation of .* to \*\*Films\*\* is withdrawn\.[^]*Gone from Plex/,
    );
    const { entries } = await house.sim.log();
    const deletes = entries.filter((entry) => entry.method === 'DELETE').map((e) => e.path);
    expect(deletes.map((path) => path.split('/')[2])).toEqual(['invites', 'servers']);
    house.settle();
    await lookAgain();
    await lookAgain();
    expect((await house.told()).at(-1)).toMatch(/withdrawn/);
  });

  test('of two libraries of which one is revoked keeps the other, also where Plex lets nobody change it', async () => {
    await house.sim.knobs({ pendingFixed: true });
    await invite();
    await invite({ library: 'Kids' });
    const outcome = await house.as().revoke(aRevoke('Films'));
    if (outcome.kind !== 'recorded') throw new Error(outcome.text);
    await lastOf(house.as().follow(outcome.recorded), 2);
    for (let i = 0; i < 4; i += 1) {
      house.settle();
      await lookAgain();
    }
    expect(await titlesTo('new_one@example.org')).toEqual(['Kids', 'Default']);
    expect(await sharesTo('new_one@example.org')).toMatchObject([{ acceptedAt: null }]);
  });
});

const aRevoke = (library: string) => ({
  person: 'new_one@example.org',
  library,
  server: null,
  reason: null,
  confirmed: null,
});

describe('an invite for later', () => {
  const later = () => ({ from: soon(2 * HOUR_S) });

  test('is not sent before, and says so', async () => {
    const outcome = await house.as().grant(wish(later()));
    expect('text' in outcome && outcome.text).toMatch(/Nothing is sent before <t:.*Invite now/s);
    await invite(later());
    await syncAgain();
    house.settle();
    await syncAgain();
    expect(await sharesTo('new_one@example.org')).toEqual([]);
    house.pass(2 * HOUR_S);
    await house.lookAtDue();
    expect(await titlesTo('new_one@example.org')).toEqual(['Films', 'Default']);
  });

  test('goes at once with the default only, when somebody wants that', async () => {
    const text = await invite({ ...later(), invitation: { as: 'new_one@example.org', now: true } });
    expect(text).toMatch(/is invited, with \*\*Default\*\*, and has not accepted yet/);
    expect(await titlesTo('new_one@example.org')).toEqual(['Default']);
    house.pass(2 * HOUR_S);
    await house.lookAtDue();
    expect(await titlesTo('new_one@example.org')).toEqual(['Films', 'Default']);
  });

  test('can go early after it was recorded, once', async () => {
    const invitation = { as: 'new_one@example.org', now: false };
    const outcome = await house.as().grant(wish({ ...later(), invitation }));
    if (outcome.kind !== 'recorded' || outcome.invitable === null) throw new Error('not offered');
    const early = await house.as().inviteNow(outcome.invitable, house.serverId);
    await lastOf(house.as().follow(early));
    expect(await titlesTo('new_one@example.org')).toEqual(['Default']);
    const again = house.as().inviteNow(outcome.invitable, house.serverId);
    await expect(again).rejects.toThrow(/invited already/);
  });

  test('that was sent early is withdrawn when it is revoked before it begins', async () => {
    await invite({ ...later(), invitation: { as: 'new_one@example.org', now: true } });
    const outcome = await house.as().revoke(aRevoke('Films'));
    if (outcome.kind !== 'recorded') throw new Error(outcome.text);
    const { text } = await lastOf(house.as().follow(outcome.recorded));
    expect(text).toMatch(/invitation of .* to \*\*Films\*\* is withdrawn/);
    expect(await sharesTo('new_one@example.org')).toEqual([]);
  });

  test('that was never sent is cancelled without a word to Plex', async () => {
    await invite(later());
    const outcome = await house.as().revoke(aRevoke('Films'));
    if (outcome.kind !== 'recorded') throw new Error(outcome.text);
    await lastOf(house.as().follow(outcome.recorded));
    house.pass(3 * HOUR_S);
    await house.lookAtDue();
    const { entries } = await house.sim.log();
    expect(entries.filter((entry) => entry.method !== 'GET')).toEqual([]);
  });
});

describe('Plex refuses', () => {
  const refused = async (how: Partial<GrantWish>) => {
    const text = await invite(how);
    house.settle();
    await lookAgain();
    const { entries } = await house.sim.log();
    expect(entries.filter((entry) => entry.method === 'POST')).toHaveLength(1);
    expect(await house.db.store.grants.open(house.serverId, null)).not.toContainEqual(
      expect.objectContaining({ source: 'command' }),
    );
    return text;
  };

  test('the owner’s own address', async () => {
    expect(await refused({ person: 'owner@example.org' })).toMatch(
      /Plex refused: You cannot invite yourself\. That is the owner of the server/,
    );
  });

  test('a name that nobody has', async () => {
    expect(await refused({ person: 'nobody_has_it' })).toMatch(
      /Plex knows nobody of that name: check every letter/,
    );
  });

  test('one more than an owner may have', async () => {
    await house.sim.knobs({ limitPeople: 2 });
    expect(await refused({})).toMatch(/reached the limit.*about 100 people/);
  });

  test('what it calls invalid, with its own words', async () => {
    await house.sim.fault(
      { method: 'POST', path: 'shared_servers' },
      {
        status: 400,
        body: '<Response code="400" status="new_one@example.org appears to be invalid."/>',
      },
    );
    const text = await refused({});
    expect(text).toMatch(/Plex refused: n•••@e•••\.org appears to be invalid\. Plex does not take/);
  });

  test('a second share, and then the one that is there is changed', async () => {
    await house.changeWorld((world) => ({
      ...world,
      shares: [
        ...world.shares,
        {
          id: 30_077,
          machineId: world.servers[0]?.machineId ?? '',
          accountId: 4_410_022,
          email: 'jonas@example.org',
          sectionIds: [world.servers[0]?.libraries[1]?.sectionId ?? 0],
          allLibraries: false,
          invitedAt: 1_760_000_000,
          acceptedAt: 1_760_000_000,
        },
      ],
    }));
    await house.sim.fault(
      { method: 'POST', path: 'shared_servers' },
      {
        status: 400,
        body: '<Response code="400" status="You\'re already sharing this server with jonas. Please edit your existing share."/>',
      },
    );
    const outcome = await house
      .as()
      .grant(wish({ invitation: { as: 'new_one@example.org', now: false } }));
    if (outcome.kind !== 'recorded') throw new Error(outcome.text);
    await lastOf(house.as().follow(outcome.recorded), 2);
    for (let i = 0; i < 3; i += 1) {
      house.pass(10);
      await house.lookAtDue();
    }
    expect(await titlesTo('jonas@example.org')).toEqual(['Films', 'Shows', 'Default']);
    expect(await house.told()).toContainEqual(expect.stringMatching(/turned out to be \*\*Jonas/));
  });
});

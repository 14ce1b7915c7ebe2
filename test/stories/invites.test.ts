import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json, LogEntry } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import { Panel } from '../support/panel.js';
import { startWorld, type TestWorld } from '../support/world.js';

const JONAS = 4_410_022;
const ZOE = 4_410_099;
/** Longer than SETTLE_SECONDS of these worlds. */
const SETTLED_MS = 9_000;
const REFUSED = /plex refused with 400 \(POST \S+\/shared_servers\)/;
const SLOW = { timeout: 90_000 };
const WITHIN_MS = 30_000;

let story: TestWorld;

beforeAll(async () => {
  story = await startWorld({ PLEX_WRITES_PER_SECOND: '0' });
  await story.world.startBot();
});
afterAll(() => story.stop());

const use = (name: string, options: Json = {}, user: string = ids.moderator) =>
  new Panel(story, user).open(name, options);
const give = (person: string, more: Json = {}) =>
  use('grant', { person, library: 'Films', ...more });
const sweep = async () => (await use('sweep now')).says(/Looked at/, WITHIN_MS);
const settled = () => new Promise((resolve) => setTimeout(resolve, SETTLED_MS));

/** Gives, and presses the button that repeats who is meant. */
async function invite(person: string, more: Json = {}): Promise<Panel> {
  const asked = await give(person, more);
  await asked.says(new RegExp(`Invite .*\\*\\*${person}\\*\\* to \\*\\*Attic\\*\\*`));
  return asked.press('Invite them');
}

async function calls(method: string, after = 0): Promise<readonly LogEntry[]> {
  const { writes } = await story.checks.calls(after);
  return writes.filter((write) => write.method === method);
}

async function shareOf(email: string): Promise<number> {
  const { shares } = await story.checks.plexState();
  const share = shares.find((one) => one.email === email);
  if (!share) throw new Error(`${email} has no share`);
  return share.id;
}

const shared = (email: string, titles: readonly string[] | null) =>
  story.checks.untilShared(email, titles, WITHIN_MS);
const told = (...patterns: readonly RegExp[]) => story.checks.untilTold(0, patterns, WITHIN_MS);
const suggested = async (person: string, user: string = ids.moderator) =>
  ((await story.checks.suggestions(user, 'access show', { person })).choices ?? []).map(
    ({ name }) => name,
  );

describe('an address never seen', () => {
  test('is repeated in full to the asker alone, and nothing is sent before the button', async () => {
    const mark = await story.checks.mark();
    const asked = await give('nina@example.org');
    const words = await asked.says(/Nobody here has that address/);
    expect(words).toContain(
      'Invite **nina@example.org** to **Attic**, with **Films** and **Default**',
    );
    expect(asked.isPrivate).toBe(true);
    expect(await calls('POST', mark.seq)).toEqual([]);
    expect(await story.checks.audit()).toHaveLength(mark.posts);
    const left = await asked.press('Cancel');
    expect(await left.buttons()).toEqual([]);
    expect(await suggested('n•••')).toEqual([]);
  });

  test(
    'gets an invite with the library and Default, and can watch once accepted',
    SLOW,
    async () => {
      const answer = await invite('nina@example.org');
      await answer.says(
        /\*\*n•••@e•••\.org\*\* has not accepted yet, and is invited to \*\*Films\*\*[^]*Seen in Plex/,
      );
      await shared('nina@example.org', ['Default', 'Films']);
      await told(
        /n•••@e•••\.org\*\* has not accepted yet, and is invited to \*\*Films/,
        /Seen in Plex/,
      );
      expect(await suggested('n•••')).toEqual(['n•••@e•••.org · invited']);
      await story.world.plex.act('accept', { shareId: await shareOf('nina@example.org') });
      await sweep();
      await told(
        /accepted the invitation and can watch \*\*Default\*\* and \*\*Films|accepted the invitation and can watch \*\*Films/,
      );
      await told(/nina|n•••/, /^(?![^]*accepted)[^]*can watch \*\*Films\*\*[^]*Seen in Plex/);
      expect(await suggested('n•••')).toEqual(['n•••@e•••.org (nina)']);
    },
  );

  test('accepted under another account is one person from then on', SLOW, async () => {
    const answer = await invite('olga@example.org', { library: 'Kids' });
    await answer.says(/Seen in Plex/);
    const shareId = await shareOf('olga@example.org');
    await story.world.plex.act('accept', { shareId, accountId: JONAS });
    await (await use('sync')).says(/Read \*\*Attic/, WITHIN_MS);
    await told(/turned out to be \*\*Jonas\*\* in Plex/);
    expect(await suggested('o•••')).toEqual([]);
    expect(await suggested('Jonas')).toEqual(['Jonas (jonas)']);
    await (await use('access show', { person: 'Jonas' })).says(/\*\*Kids\*\*.* given by <@/);
    const taken = await use('revoke', { person: 'Jonas', library: 'Kids' });
    // Also when nothing but the sync has seen yet that they accepted: a share that is in use keeps its default.
    await taken.says(/no longer has \*\*Kids\*\*[^]*Gone from Plex/, WITHIN_MS);
    await story.checks.untilShared('jonas', ['Default'], WITHIN_MS);
  });

  test('accepted under another address is known by it', SLOW, async () => {
    const answer = await invite('karen@example.org');
    await answer.says(/Seen in Plex/);
    const shareId = await shareOf('karen@example.org');
    await story.world.plex.act('accept', { shareId, email: 'private@example.org' });
    await (await use('sync')).says(/Read \*\*Attic/, WITHIN_MS);
    await sweep();
    await told(/\*\*private\*\* accepted the invitation and can watch/);
    expect(await suggested('k•••')).toEqual([]);
    expect(await suggested('private')).toEqual(['private']);
  });
});

describe('an invite', () => {
  test(
    'declined, or cancelled by hand, is told with the way out and not sent again',
    SLOW,
    async () => {
      await (await invite('dora@example.org')).says(/Seen in Plex/);
      await (await invite('carl@example.org')).says(/Seen in Plex/);
      await settled();
      await sweep();
      const { seq } = await story.checks.mark();
      await story.world.plex.act('decline', { shareId: await shareOf('dora@example.org') });
      await story.world.plex.act('deleteShare', { shareId: await shareOf('carl@example.org') });
      for (let i = 0; i < 3; i += 1) await sweep();
      for (const who of ['d', 'c']) {
        await told(
          new RegExp(`${who}•••@e•••\\.org`),
          /declined the invitation, or it was cancelled/,
          /Use \/grant/,
        );
      }
      await settled();
      await sweep();
      expect(await calls('POST', seq)).toEqual([]);
      expect(await story.checks.shared('dora@example.org')).toBeNull();
      expect(await story.checks.shared('carl@example.org')).toBeNull();
    },
  );

  test('whose time is over before it was accepted goes, invite and row', SLOW, async () => {
    const { seq } = await story.checks.mark();
    const until = new Date(Date.now() + 12_000).toISOString();
    await (await invite('emil@example.org', { until })).says(/Seen in Plex/);
    await shared('emil@example.org', ['Default', 'Films']);
    await shared('emil@example.org', null);
    await told(
      /The time is over\. The invitation of .*e•••@e•••\.org.* is withdrawn/,
      /Gone from Plex/,
    );
    const deleted = (await calls('DELETE', seq)).map(({ path }) => path.split('/')[2]);
    expect(deleted).toEqual(['invites', 'servers']);
  });

  test('for later is not sent before, and Invite now sends Default only', SLOW, async () => {
    const { seq } = await story.checks.mark();
    const asked = await give('lena@example.org', { from: '2h' });
    await asked.says(/Nothing is sent before <t:/);
    expect(await asked.buttons()).toEqual(['Invite them', 'Invite now', 'Cancel']);
    await asked.press('Invite them');
    await asked.says(/l•••@e•••\.org/);
    await sweep();
    expect(await calls('POST', seq)).toEqual([]);
    await asked.press('Invite now');
    await asked.says(/is invited, with \*\*Default\*\*, and has not accepted yet/);
    await shared('lena@example.org', ['Default']);
    expect(await calls('POST', seq)).toHaveLength(1);
  });
});

describe('a username', () => {
  test('is refused with a warning and a button, then told with whom it belongs to', async () => {
    const asked = await give('zoe');
    await asked.says(/Nobody here is called "zoe"[^]*A stranger may own that name/);
    expect(await story.checks.shared('zoe')).toBeNull();
    await asked.press('Invite them');
    await asked.says(/account behind that name is \*\*zoe\*\*, z•••@e•••\.org/);
    await shared('zoe', ['Default', 'Films']);
  });

  test.each([
    ['that nobody has', 'nobodyhasit', /Plex knows nobody of that name: check every letter/],
    [
      'or address of the owner',
      'owner@example.org',
      /You cannot invite yourself\. That is the owner/,
    ],
    ['of one person too many', 'tenth@example.org', /reached the limit.*about 100 people/],
  ])('%s is told in a sentence, and asked for once', SLOW, async (_which, person, sentence) => {
    await story.world.plex.knobs({ limitPeople: person.startsWith('tenth') ? 2 : 100 });
    story.forgive(REFUSED);
    const { seq } = await story.checks.mark();
    const answer = await invite(person);
    await answer.says(sentence, WITHIN_MS);
    await told(sentence);
    await settled();
    await sweep();
    expect(await calls('POST', seq)).toHaveLength(1);
    await (await use('access show', { person })).says(/has no access yet|Nobody here is called/);
    await story.world.plex.knobs({ limitPeople: 100 });
  });
});

describe('an address', () => {
  const ADDRESS = /[\w.]+@[\w.]*example\.org/;

  test('is in no suggestion, no hint and no answer about somebody whose name it is', async () => {
    await story.world.plex.act('renameAccount', { accountId: ZOE, username: 'zoe@example.org' });
    await (await use('sync')).says(/Read \*\*Attic/, WITHIN_MS);
    for (const user of [ids.moderator, ids.auditor]) {
      expect((await suggested('', user)).filter((name) => ADDRESS.test(name))).toEqual([]);
    }
    const near = await use('access show', { person: 'zoe@example.or' }, ids.auditor);
    expect(await near.says(/Did you mean/)).toContain('z•••@e•••.org');
    const shown = await use('access show', { person: 'zoe@example.org' }, ids.auditor);
    expect(await shown.says(/On \*\*Attic/)).not.toMatch(ADDRESS);
  });

  test('is shown to nobody without power, and to nobody in the audit channel', async () => {
    expect(await suggested('', ids.member)).toEqual([]);
    const refused = await use('access show', { person: 'lena@example.org' }, ids.member);
    expect(await refused.says(/\S/)).not.toMatch(ADDRESS);
    for (const { text } of await story.checks.audit()) expect(text).not.toMatch(ADDRESS);
  });
});

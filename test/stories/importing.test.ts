import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ids } from '../../sim/tour/world.js';
import type { Account, PlexWorld, Share } from '../../sim/plex/world.js';
import { startWorld, type TestWorld } from '../support/world.js';

const PEOPLE = 200;
const FIRST_ID = 5_000_000;
const TITLES = ['Films', 'Shows', 'Kids', 'Music', 'Concerts', 'Lectures', 'Default'] as const;
const INVITED_AT = Date.parse('2026-01-01T00:00:00Z') / 1000;

/** What a person of the crowd is to Plex; each kind comes with shares of every size. */
type Kind = 'friend' | 'everything' | 'nothing' | 'pending' | 'home' | 'managed' | 'bare';

const kindOf = (i: number): Kind => {
  if (i < 110) return 'friend';
  if (i < 140) return 'everything';
  if (i < 150) return 'bare';
  if (i < 170) return 'pending';
  if (i < 190) return 'nothing';
  return i < 195 ? 'home' : 'managed';
};

/** A share of none of its libraries is one whose rows are all flagged 0; 127 of the sets occur. */
const subsetOf = (i: number, sectionIds: readonly number[]): number[] =>
  sectionIds.filter((_, bit) => ((i % 127) + 1) & (1 << bit));

function account(i: number): Account {
  const kind = kindOf(i);
  const username = kind === 'managed' ? '' : `person${i}`;
  const isHome = kind === 'home' || kind === 'managed';
  return {
    id: FIRST_ID + i,
    username,
    email: username === '' ? '' : `${username}@example.org`,
    title: `Person ${i}`,
    home: isHome,
    restricted: kind === 'managed',
    friend: !isHome,
  };
}

function shares(i: number, [attic, cellar]: PlexWorld['servers']): Share[] {
  const kind = kindOf(i);
  if (kind === 'nothing' || !attic || !cellar) return [];
  const isPending = kind === 'pending';
  const own = attic.libraries.map((library) => library.sectionId);
  const sets: Partial<Record<Kind, number[]>> = { everything: own, bare: [] };
  const base = {
    accountId: isPending ? null : FIRST_ID + i,
    email: `person${i}@example.org`,
    invitedAt: INVITED_AT,
    acceptedAt: isPending ? null : INVITED_AT,
  };
  const here = {
    ...base,
    id: 40_000 + i,
    machineId: attic.machineId,
    sectionIds: sets[kind] ?? subsetOf(i, own),
    allLibraries: kind === 'everything',
  };
  // Every third also has something on a server that Usher does not keep.
  const there = {
    ...base,
    id: 50_000 + i,
    machineId: cellar.machineId,
    sectionIds: cellar.libraries.map((library) => library.sectionId),
    allLibraries: false,
  };
  return i % 3 === 0 && !isPending ? [here, there] : [here];
}

function crowded(world: PlexWorld): PlexWorld {
  const [attic, cellar] = world.servers;
  if (!attic || !cellar) throw new Error('the demo world has two servers');
  const libraries = TITLES.map((title, i) => ({
    key: String(i + 1),
    sectionId: 118_300_000 + i * 41,
    uuid: `c0ffee${i}0-0000-4000-8000-00000000000${i}`,
    title,
    type: 'movie',
  }));
  const servers = [{ ...attic, libraries }, cellar];
  const numbers = Array.from({ length: PEOPLE }, (_, i) => i);
  return {
    ...world,
    servers,
    accounts: numbers.filter((i) => kindOf(i) !== 'pending').map(account),
    shares: numbers.flatMap((i) => shares(i, servers)),
  };
}

let story: TestWorld;
let crowd: PlexWorld;

beforeAll(async () => {
  story = await startWorld();
  crowd = crowded(await story.world.plex.state<PlexWorld>());
  await story.world.plex.put(crowd);
  await story.world.startBot();
});
afterAll(() => story.stop());

/** Library titles of every grant, by the person's title or address. */
async function grants(): Promise<Record<string, string[]>> {
  const client = new pg.Client({ connectionString: story.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ person: string; libraries: string[] }>(
    `select case p.username when '' then p.email else p.username end as person,
            array_agg(l.title order by l.title) as libraries
       from access_grant g join person p on p.id = g.person_id join library l on l.id = g.library_id
      where g.source = 'import' and g.ends_at is null and g.revoked_at is null
      group by 1`,
  );
  await client.end();
  return Object.fromEntries(rows.map(({ person, libraries }) => [person, libraries]));
}

/** The same from Plex: what is flagged on the server that Usher keeps. */
function flagged(): Record<string, string[]> {
  const [attic] = crowd.servers;
  const all: Record<string, string[]> = {};
  for (const share of crowd.shares.filter((one) => one.machineId === attic?.machineId)) {
    const i = share.id - 40_000;
    if (kindOf(i) === 'home' || kindOf(i) === 'managed') continue;
    const libraries = (attic?.libraries ?? [])
      .filter(({ sectionId }) => share.allLibraries || share.sectionIds.includes(sectionId))
      .map(({ title }) => title);
    if (libraries.length > 0)
      all[share.accountId === null ? share.email : `person${i}`] = libraries.sort();
  }
  return all;
}

describe('200 people with shares from before Usher', () => {
  test('become grants of exactly the flagged libraries, and nobody of the home', async () => {
    const expected = flagged();
    expect(Object.keys(expected).length).toBeGreaterThan(150);
    expect(await grants()).toEqual(expected);
  });

  test('are told in one message of the audit channel', async () => {
    const posts = await story.checks.audit();
    expect(posts.filter(({ text }) => /given in Plex before/.test(text))).toHaveLength(1);
  });

  test('stay as they are through three sweeps and a sync: many reads, no write', async () => {
    const { checks, world } = story;
    const before = await world.plex.state<PlexWorld>();
    const mark = await checks.mark();
    const ask = (name: string) => checks.command({ user: ids.moderator, name });
    for (let i = 0; i < 3; i++) {
      await checks.untilSaid(
        await ask('sweep now'),
        /Looked at \d+ people, nothing to change/,
        20_000,
      );
    }
    await checks.untilSaid(await ask('sync'), /Nobody new to take over/, 20_000);
    const { reads, writes } = await checks.calls(mark.seq);
    expect(reads.length).toBeGreaterThanOrEqual(3);
    expect((await checks.calls(0)).writes).toEqual([]);
    expect(writes).toEqual([]);
    expect((await world.plex.state<PlexWorld>()).shares).toEqual(before.shares);
  });

  test('can be looked at one by one', async () => {
    const { checks } = story;
    const show = (person: string) =>
      checks.command({ user: ids.auditor, name: 'access show', options: { person } });
    await checks.untilSaid(await show('person110'), /everything, also libraries to come/);
    await checks.untilSaid(await show('person151@example.org'), /invited, not accepted yet/);
    await checks.untilSaid(await show('person175'), /has no access yet/);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import type { PlexWorld } from '../../sim/plex/world.js';
import { withFriends } from '../support/crowd.js';
import { startWorld, type TestWorld } from '../support/world.js';
import { numbersIn, posts, sql } from './outbox.js';

const PEOPLE = 300;
/** What a spreadsheet would take for a formula, and what Discord would take for markup. */
const HOSTILE = '=HYPERLINK("x") **bold**';
/** From these Plex has to take it; from the others the owner has taken it by hand, which goes faster. */
const WRITTEN = 30;

/** Nobody but people who have Films and Kids. */
function crowded(world: PlexWorld): PlexWorld {
  const crowd = withFriends({ ...world, accounts: [], shares: [] }, PEOPLE, ['Films', 'Kids']);
  const accounts = crowd.accounts.map((one, i) => (i === 0 ? { ...one, title: HOSTILE } : one));
  return { ...crowd, accounts };
}

let story: TestWorld;

beforeAll(async () => {
  story = await startWorld({ PLEX_WRITES_PER_SECOND: '0' });
  await story.world.plex.put(crowded(await story.world.plex.state<PlexWorld>()));
  await story.world.startBot();
  await eventually('the first notices', async () => (await posts(story)).length >= 2, 20_000);
}, 60_000);
afterAll(() => story.stop());

/** Gives everybody's Kids one end, as commands would have. */
async function endAllAt(at: Date): Promise<void> {
  const world = await story.world.plex.state<PlexWorld>();
  const shares = world.shares.map((share, i) =>
    i < WRITTEN ? share : { ...share, sectionIds: share.sectionIds.slice(0, 1) },
  );
  await story.world.plex.put({ ...world, shares });
  await sql(
    story,
    `update access_grant set ends_at = $1, source = 'command', giver = $2
      where library_id in (select id from library where title = 'Kids')`,
    [at, ids.moderator],
  );
  await sql(story, 'update share set next_edge_at = $1', [at]);
}

/** How many ends a message tells as gone: in its file, where it has one. */
const goneIn = ({ text, lines }: { text: string; lines: readonly string[] }): number =>
  lines.length > 0
    ? lines.filter((line) => /Gone from Plex/.test(line)).length
    : [...text.matchAll(/Case \d+ · Gone from Plex/g)].length;

describe('300 grants that end at one instant', () => {
  test(
    'are a handful of messages, with every case in exactly one of them',
    { timeout: 180_000 },
    async () => {
      const before = (await posts(story)).length;
      await endAllAt(new Date(Date.now() + 1_000));
      const found = await eventually(
        'everybody’s end is told as gone',
        async () => {
          const all = (await posts(story)).slice(before);
          return all.reduce((sum, one) => sum + goneIn(one), 0) === PEOPLE && all;
        },
        120_000,
      );
      expect(found.length).toBeLessThanOrEqual(5);
      const numbers = found.flatMap(numbersIn).sort((a, b) => a - b);
      expect(new Set(numbers).size).toBe(PEOPLE);
      expect(numbers).toHaveLength(PEOPLE);
      expect(numbers.at(-1)).toBe((numbers[0] ?? 0) + PEOPLE - 1);
      const [first] = found;
      // On a busy machine Plex may show the last of those it had to be told of a run later: they make a message more.
      const told = first?.lines.length ?? 0;
      expect(told).toBeGreaterThanOrEqual(PEOPLE - WRITTEN);
      expect(first?.text).toContain(`Access ends for **${told} people**: the time is over.`);
      expect(first?.text).toContain(`${told} gone from Plex`);
      expect(first?.text).toContain(`… and ${told - 8} more in the file.`);
    },
  );

  test('are listed in a file without formulas and addresses', async () => {
    const lines = (await posts(story)).flatMap((one) => one.lines);
    const hostile = lines.filter((line) => line.includes('HYPERLINK'));
    expect(hostile).toHaveLength(1);
    expect(hostile[0]).toContain(`"'=HYPERLINK(""x"") **bold**"`);
    expect(lines.filter((line) => line.includes('@example.org'))).toEqual([]);
  });

  test('took no more messages and edits than the channel allows', async () => {
    const { entries } = await story.world.discord.log();
    const times = entries
      .filter((one) => one.method !== 'GET' && one.path.includes(`/channels/${ids.audit}/`))
      .map((one) => one.at);
    const tooMany = times.filter((at, i) => at - (times[i - 5] ?? -Infinity) < 4_500);
    expect(tooMany).toEqual([]);
  });
});

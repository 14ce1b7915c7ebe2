import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlexWorld } from '../../sim/plex/world.js';
import { sectionsOf } from '../../sim/tour/checks.js';
import { eventually } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import { withFriends } from '../support/crowd.js';
import { startWorld, type TestWorld } from '../support/world.js';
import { posts, sql } from './outbox.js';

const PEOPLE = 50;
const WRITES_PER_SECOND = '5';
/** So many are written before the bot is asked to end. */
const BEFORE_STOP = 10;

/** Nobody but people who have Films and Kids. */
function crowded(world: PlexWorld): PlexWorld {
  return withFriends({ ...world, accounts: [], shares: [] }, PEOPLE, ['Films', 'Kids']);
}

let story: TestWorld;

beforeAll(async () => {
  story = await startWorld({ PLEX_WRITES_PER_SECOND: WRITES_PER_SECOND });
  await story.world.plex.put(crowded(await story.world.plex.state<PlexWorld>()));
  await story.world.startBot();
  await eventually('the first notices', async () => (await posts(story)).length >= 2, 20_000);
}, 60_000);
afterAll(() => story.stop());

const writes = async () => (await story.checks.calls(0)).writes;
/** Accounts whose share was written, as Plex saw it. */
const written = async () => {
  const { shares } = await story.checks.plexState();
  const rows = new Set((await writes()).map(({ path }) => Number(path.split('/').at(-1))));
  return shares.flatMap(({ id, accountId }) => (rows.has(id) ? [Number(accountId)] : [])).sort();
};
/** Accounts of whose share the bot has a write on record: that was sent and not looked at yet. */
const recorded = async () => {
  const rows = await sql<{ account: string }>(
    story,
    `select person.account_id as account from share join person on person.id = share.person_id
      where jsonb_typeof(share.attempt) = 'object'`,
  );
  return rows.map(({ account }) => Number(account)).sort();
};

describe('SIGTERM in the middle of 50 writes', () => {
  test(
    'ends the bot within 10 s, with every write on record, and the rest is done after the restart',
    { timeout: 120_000 },
    async () => {
      const kids = await story.checks.sectionOf('Kids');
      await sql(
        story,
        `update access_grant set ends_at = $1, source = 'command', giver = $2
          where library_id in (select id from library where title = 'Kids')`,
        [new Date(Date.now() + 1_000), ids.moderator],
      );
      await sql(story, 'update share set next_edge_at = $1', [new Date(Date.now() + 1_000)]);
      await eventually(
        'the batch is under way',
        async () => (await writes()).length >= BEFORE_STOP,
        30_000,
      );
      const began = performance.now();
      expect(await story.world.stopBot()).toBe(0);
      expect(performance.now() - began).toBeLessThan(10_000);

      const sent = (await writes()).length;
      expect(sent).toBeGreaterThanOrEqual(BEFORE_STOP);
      expect(sent).toBeLessThan(PEOPLE);
      expect(await recorded()).toEqual(await written());

      await story.world.startBot();
      await eventually(
        'nobody has Kids any more',
        async () => {
          const { shares } = await story.checks.plexState();
          return shares.every(({ sectionIds }) => !sectionIds.includes(kids));
        },
        60_000,
      );
      const all = await writes();
      expect(new Set(all.map(({ path }) => path)).size).toBe(PEOPLE);
      expect(all).toHaveLength(PEOPLE);
      expect(all.filter((write) => sectionsOf(write)?.includes(kids))).toEqual([]);
    },
  );
});

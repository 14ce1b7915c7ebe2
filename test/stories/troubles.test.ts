import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import { startWorld, type TestWorld } from '../support/world.js';
import { dmsTo, posts } from './outbox.js';

let story: TestWorld;

beforeEach(async () => {
  story = await startWorld();
  await story.world.startBot();
});
afterEach(() => story.stop());

const answerTo = async (user: string, name: string, pattern: RegExp) =>
  story.checks.untilSaid(await story.checks.command({ user, name }), pattern, 20_000);
const about = async (pattern: RegExp) =>
  (await posts(story)).filter(({ text }) => pattern.test(text));

describe('a Plex token that is dead', () => {
  test(
    'is one message, one direct message each, a line for Admins, and over when Plex accepts it',
    { timeout: 120_000 },
    async () => {
      const { world, checks } = story;
      await answerTo(ids.admin, 'roles show', /Plex Admin|Admin/);
      await world.plex.fault({ method: 'GET', path: '.*' }, { status: 401 }, 0);
      const sweep = () => checks.command({ user: ids.moderator, name: 'sweep now' });
      await sweep();
      await eventually('it is told', async () => (await about(/no longer accepts/)).length, 20_000);
      await sweep();
      const [told, ...more] = await about(/no longer accepts the sign-in for \*\*Attic\*\*/);
      expect(more).toEqual([]);
      expect(told?.text).toContain('Give Usher a new PLEX_TOKEN');
      expect(told?.text).not.toContain('demo-plex-token');
      for (const user of [ids.owner, ids.admin]) {
        const dms = await eventually(
          `${user} is told directly`,
          async () => {
            const all = await dmsTo(story, user);
            return all.length > 0 && all;
          },
          25_000,
        );
        expect(dms).toHaveLength(1);
        expect(dms[0]).toContain('no longer accepts the sign-in');
      }
      await answerTo(ids.admin, 'roles show', /⚠️ Plex no longer accepts the sign-in/);
      const other = await answerTo(ids.auditor, 'roles show', /Admin/);
      expect(other).not.toContain('no longer accepts');
      await world.stopBot();
      await world.startBot();
      expect(await about(/no longer accepts/)).toHaveLength(1);
      await world.plex.healed();
      await sweep();
      await eventually(
        'it is told as over',
        async () => {
          const over = await about(/Plex accepts the sign-in for \*\*Attic\*\* again/);
          return over.length === 1 && over[0]?.id === told?.id;
        },
        25_000,
      );
      expect(await about(/no longer accepts/)).toEqual([]);
      await answerTo(ids.admin, 'roles show', /^(?![^]*no longer accepts)/);
      expect(await dmsTo(story, ids.owner)).toHaveLength(1);
    },
  );
});

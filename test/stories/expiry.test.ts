import { MongoClient } from 'mongodb';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { must } from '../../sim/tour/checks.js';
import { ids } from '../../sim/tour/world.js';
import { mongoForTests, type MongoForTests } from '../support/mongo.js';
import { startWorld, type TestWorld } from '../support/world.js';

const mongo = await mongoForTests();
afterAll(() => mongo?.stop());

interface JobStore {
  readonly name: string;
  /** null: not to be had on this machine. */
  readonly env: NodeJS.ProcessEnv | null;
  readonly empty: (databaseUrl: string) => Promise<void>;
}

const stores: readonly JobStore[] = [
  {
    name: 'PostgreSQL',
    env: {},
    empty: async (databaseUrl) => {
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      await client.query('delete from agenda_jobs');
      await client.end();
    },
  },
  {
    name: 'MongoDB',
    env: mongo && { MONGODB_URI: mongo.url },
    empty: async () => emptied(mongo),
  },
];

async function emptied(mongo: MongoForTests | null): Promise<void> {
  if (!mongo) return;
  const client = await MongoClient.connect(mongo.url);
  await client.db().collection('agendaJobs').deleteMany({});
  await client.close();
}

describe.each(stores)('with alarms in $name', ({ env, empty }) => {
  let story: TestWorld;

  beforeAll(async () => {
    story = await startWorld(env ?? {});
    await story.world.startBot();
  });
  afterAll(() => story.stop());

  const grantKids = (until: Date) =>
    story.checks.command({
      user: ids.moderator,
      name: 'grant',
      options: { person: 'mara', library: 'Kids', until: until.toISOString() },
    });

  test.skipIf(env === null)(
    'a grant that ends in 3 s is gone within a second of its end, with proof',
    async () => {
      const { checks } = story;
      const mark = await checks.mark();
      const until = new Date(Date.now() + 3_000);
      const answer = await grantKids(until);
      await checks.untilSaid(answer, /Seen in Plex <t:/, 2_000);
      await checks.untilShared('mara', ['Films'], 6_000);
      const { writes } = await checks.calls(mark.seq);
      expect(writes.map((write) => write.method)).toEqual(['PUT', 'PUT']);
      const end = writes[1];
      must(end !== undefined, 'the end was not written');
      expect(end.at - until.getTime()).toBeGreaterThanOrEqual(0);
      expect(end.at - until.getTime()).toBeLessThan(1_000);
      await checks.untilTold(mark.posts, [/Mara/, /Kids/, /Seen in Plex/]);
      await checks.untilTold(mark.posts, [/Due <t:.* written <t:.* gone <t:/, /Gone from Plex/]);
      expect((await checks.calls(end.seq)).reads.length).toBeGreaterThanOrEqual(1);
      expect(await checks.audit()).toHaveLength(mark.posts + 2);
    },
  );

  test.skipIf(env === null)(
    'a grant whose alarm is lost is gone within 25 s',
    { timeout: 60_000 },
    async () => {
      const { checks } = story;
      const until = new Date(Date.now() + 3_000);
      await grantKids(until);
      await checks.untilShared('mara', ['Films', 'Kids'], 2_500);
      await empty(story.databaseUrl);
      await checks.untilShared('mara', ['Films'], 25_000);
      const gone = (await checks.calls(0)).writes.at(-1);
      expect((gone?.at ?? Infinity) - until.getTime()).toBeLessThan(25_000);
    },
  );
});

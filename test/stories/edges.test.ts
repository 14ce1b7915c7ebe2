import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { must } from '../../sim/tour/checks.js';
import { ids } from '../../sim/tour/world.js';
import { emptyAlarms } from '../support/alarms.js';
import { mongoForTests, NO_MONGO } from '../support/mongo.js';
import { startWorld, type TestWorld } from '../support/world.js';

const mongo = await mongoForTests();
afterAll(() => mongo?.stop());

const WITHIN = { timeout: 60_000, concurrent: false };
const inMs = (ms: number): Date => new Date(Date.now() + ms);

describe.concurrent.each([
  { name: 'PostgreSQL', isMissing: false, url: undefined },
  { name: 'MongoDB', isMissing: mongo === null, url: mongo?.url },
])('with alarms in $name', ({ isMissing, url }) => {
  let story: TestWorld;

  beforeAll(async () => {
    if (isMissing) return;
    story = await startWorld({ MONGODB_URI: url });
    await story.world.startBot();
  });
  afterAll(() => (isMissing ? undefined : story.stop()));
  const promise = (claim: string, keep: () => Promise<void>) =>
    test(claim, WITHIN, (context) => (isMissing ? context.skip(NO_MONGO) : keep()));

  const grant = (options: { person: string; library: string; from?: string; until: string }) =>
    story.checks.command({ user: ids.moderator, name: 'grant', options });
  const grantKids = (until: Date) =>
    grant({ person: 'mara', library: 'Kids', until: until.toISOString() });

  promise('a grant that ends in 3 s is gone within a second of its end, with proof', async () => {
    const { checks } = story;
    const mark = await checks.mark();
    const until = inMs(3_000);
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
  });

  promise('a grant that starts in 3 s is in Plex within a second, and not before', async () => {
    const { checks } = story;
    const mark = await checks.mark();
    const from = inMs(3_000);
    await grant({ person: 'jonas', library: 'Shows', from: from.toISOString(), until: '1d' });
    expect(await checks.shared('jonas')).toBeNull();
    await checks.untilShared('jonas', ['Default', 'Shows'], 8_000);
    const [first] = (await checks.calls(mark.seq)).writes;
    must(first !== undefined, 'the start was not written');
    expect(first.at - from.getTime()).toBeGreaterThanOrEqual(0);
    expect(first.at - from.getTime()).toBeLessThan(1_000);
    await checks.untilTold(mark.posts, [/Jonas/, /Shows/, /Seen in Plex/]);
  });

  promise('a grant whose end a kill interrupts is gone, and told once', async () => {
    const { checks, world } = story;
    const mark = await checks.mark();
    // The end is on its way to Plex when the bot is killed.
    await grantKids(inMs(3_000));
    await checks.untilShared('mara', ['Films', 'Kids'], 2_500);
    await world.plex.fault({ method: 'PUT', path: '/shared_servers/' }, { hangMs: 2_000 });
    const isSent = async () => (await checks.calls(mark.seq)).writes.length === 2;
    await expect.poll(isSent, { timeout: 8_000, interval: 20 }).toBe(true);
    await world.stopBot('SIGKILL');
    expect(await checks.shared('mara')).toEqual(['Films', 'Kids']);
    await world.startBot();
    await checks.untilShared('mara', ['Films'], 25_000);
    await checks.untilTold(mark.posts, [/Mara/, /Kids/, /Gone from Plex/], 15_000);
    const told = (await checks.audit()).slice(mark.posts);
    expect(told.filter(({ text }) => /no longer/.test(text))).toHaveLength(1);
  });

  promise('a grant whose alarm is lost is gone within 25 s', async () => {
    const { checks } = story;
    const until = inMs(3_000);
    await grantKids(until);
    await checks.untilShared('mara', ['Films', 'Kids'], 2_500);
    await emptyAlarms(story);
    await checks.untilShared('mara', ['Films'], 25_000);
    const gone = (await checks.calls(0)).writes.at(-1);
    expect((gone?.at ?? Infinity) - until.getTime()).toBeLessThan(25_000);
  });
});

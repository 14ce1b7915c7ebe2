import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../sim/tour/drive.js';
import { ids } from '../../sim/tour/world.js';
import { aDatabaseOn, NO_MONGO, StandIn } from '../support/mongo.js';
import { startWorld, type TestWorld } from '../support/world.js';

/** What the watch promises while there is no alarm. */
const LATE_AT_MOST_MS = 20_000;
const WITHIN = { timeout: 120_000 };

let mongo: StandIn;
let story: TestWorld;

beforeAll(async () => {
  const found = await StandIn.start();
  if (found === null) throw new Error(NO_MONGO);
  mongo = found;
  story = await startWorld({ MONGODB_URI: aDatabaseOn(mongo.url) });
  await story.world.startBot();
});
afterAll(async () => {
  await story.stop();
  await mongo.stop();
});

const inMs = (ms: number): Date => new Date(Date.now() + ms);
const grantKids = (until: Date) =>
  story.checks.command({
    user: ids.moderator,
    name: 'grant',
    options: { person: 'mara', library: 'Kids', until: until.toISOString() },
  });

/** Waits for the end of Mara's Kids, and gives how late it was written. */
async function lateness(until: Date): Promise<number> {
  const { checks } = story;
  await checks.untilShared('mara', ['Films'], 3_000 + LATE_AT_MOST_MS + +until - Date.now());
  return ((await checks.calls(0)).writes.at(-1)?.at ?? Infinity) - +until;
}

/** Whether a grant ends by its alarm, and not by the watch. */
async function isPrompt(): Promise<boolean> {
  const until = inMs(3_000);
  await grantKids(until);
  await story.checks.untilShared('mara', ['Films', 'Kids'], 2_500);
  return (await lateness(until)) < 1_000;
}

describe('a job store that is killed, and comes back empty', () => {
  test('while a grant runs delays its end by the watch at most', WITHIN, async () => {
    const { checks } = story;
    const mark = await checks.mark();
    const until = inMs(5_000);
    await grantKids(until);
    await checks.untilShared('mara', ['Films', 'Kids'], 4_000);
    await mongo.kill();
    const lateMs = await lateness(until);
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(LATE_AT_MOST_MS);
    await checks.untilTold(mark.posts, [/Mara/, /Kids/, /Gone from Plex/], 15_000);
  });

  test('is not missed by commands: a grant is given, and ends, without it', WITHIN, async () => {
    const { checks } = story;
    const until = inMs(5_000);
    const answer = await grantKids(until);
    await checks.untilSaid(answer, /Seen in Plex <t:/, 10_000);
    expect(await lateness(until)).toBeLessThan(LATE_AT_MOST_MS);
  });

  test('rings again once it is back, to the second', WITHIN, async () => {
    await mongo.comeBack();
    await eventually('an end is on time', isPrompt, 60_000);
  });

  test('in between loses no grant that was given before', WITHIN, async () => {
    const { checks } = story;
    const until = inMs(12_000);
    await grantKids(until);
    await checks.untilShared('mara', ['Films', 'Kids'], 5_000);
    await mongo.kill();
    await mongo.comeBack();
    expect(await lateness(until)).toBeLessThan(LATE_AT_MOST_MS);
    const { writes } = await checks.calls(0);
    expect(new Set(writes.map(({ method }) => method))).toEqual(new Set(['PUT']));
  });
});

describe('a bot that starts while the job store is away', () => {
  test('ends on time by the watch, and takes it up when it comes', WITHIN, async () => {
    const { world } = story;
    await world.stopBot();
    await mongo.kill();
    await world.startBot();
    const until = inMs(4_000);
    await grantKids(until);
    expect(await lateness(until)).toBeLessThan(LATE_AT_MOST_MS);
    await mongo.comeBack();
    await eventually('an end is on time', isPrompt, 60_000);
  });
});

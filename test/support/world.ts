import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { Checks, sectionsOf } from '../../sim/tour/checks.js';
import { problemLines } from '../../sim/tour/problems.js';
import { World } from '../../sim/tour/world.js';
import type { WorldName } from '../../sim/tour/world.js';
import { aDatabaseOn, dropDatabase } from './mongo.js';
import { createTestDatabase } from './postgres.js';

/** The whole bot between both simulators, on a database of its own. */
export interface TestWorld {
  readonly world: World;
  readonly checks: Checks;
  readonly databaseUrl: string;
  /** Where its alarms are; null: in that database, too. */
  readonly mongoUrl: string | null;
  /**
   * Announces something that this story does wrong on purpose. A simulator's complaint that matches is no failure,
   * e.g. `/discord refused with 50013 \(POST/`; that none matches is one.
   */
  forgive(complaint: RegExp): void;
  /** Ends everything. Fails when the bot ever sent an empty list, or a simulator complained and was not forgiven. */
  stop(): Promise<void>;
}

const SETTLE_SECONDS = 8;

/** Starts both simulators; the bot is started by whoever tells the story. */
export async function startWorld(
  env: NodeJS.ProcessEnv = {},
  settleSeconds = SETTLE_SECONDS,
  worldName: WorldName = 'demo',
): Promise<TestWorld> {
  const database = await createTestDatabase();
  // Of a run with all stories on MongoDB, unless the story says where.
  const server = 'MONGODB_URI' in env ? undefined : inject('mongoUrl');
  const ownMongo = server === undefined ? undefined : aDatabaseOn(server);
  const world = await World.start({
    world: worldName,
    settleSeconds,
    env: {
      DATABASE_URL: database.url,
      SECRET_KEY: randomBytes(32).toString('base64url'),
      MONGODB_URI: ownMongo,
      ...env,
    },
  });
  const checks = new Checks(world, 'Attic');
  const forgiven: RegExp[] = [];
  return {
    world,
    checks,
    databaseUrl: database.url,
    mongoUrl: ownMongo ?? env.MONGODB_URI ?? null,
    forgive: (complaint) => forgiven.push(complaint),
    stop: async () => {
      try {
        await world.stopBot();
        const wrong = [...(await emptyLists(checks)), ...(await unforgiven(world, forgiven))];
        if (wrong.length > 0) throw new Error(wrong.join('\n'));
      } finally {
        await world.stop();
        await database.drop();
        if (ownMongo !== undefined) await dropDatabase(ownMongo);
      }
    },
  };
}

async function emptyLists(checks: Checks): Promise<string[]> {
  const { writes } = await checks.calls(0);
  const empty = writes.filter((write) => sectionsOf(write)?.length === 0);
  return empty.length > 0 ? [`${empty.length} writes had an empty list`] : [];
}

/** Complaints that were not announced, and announcements that nothing came of. */
async function unforgiven(world: World, forgiven: readonly RegExp[]): Promise<string[]> {
  const complaints = [
    ...(await problemLines('plex', world.plex)),
    ...(await problemLines('discord', world.discord)),
  ];
  const isForgiven = (complaint: string) => forgiven.some((one) => one.test(complaint));
  const idle = forgiven.filter((one) => !complaints.some((complaint) => one.test(complaint)));
  return [
    ...complaints.filter((complaint) => !isForgiven(complaint)),
    ...idle.map((one) => `nothing to forgive: ${String(one)}`),
  ];
}

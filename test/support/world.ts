import { Checks, sectionsOf } from '../../sim/tour/checks.js';
import { World } from '../../sim/tour/world.js';
import { createTestDatabase } from './postgres.js';

/** The whole bot between both simulators, on a database of its own. */
export interface TestWorld {
  readonly world: World;
  readonly checks: Checks;
  readonly databaseUrl: string;
  /** Ends everything, and fails when the bot ever sent an empty list. */
  stop(): Promise<void>;
}

const SETTLE_SECONDS = 8;

/** Starts both simulators; the bot is started by whoever tells the story. */
export async function startWorld(
  env: NodeJS.ProcessEnv = {},
  settleSeconds = SETTLE_SECONDS,
): Promise<TestWorld> {
  const database = await createTestDatabase();
  const world = await World.start({
    settleSeconds,
    env: { DATABASE_URL: database.url, MONGODB_URI: undefined, ...env },
  });
  const checks = new Checks(world, 'Attic');
  return {
    world,
    checks,
    databaseUrl: database.url,
    stop: async () => {
      const { writes } = await checks.calls(0);
      await world.stop();
      await database.drop();
      const empty = writes.filter((write) => sectionsOf(write)?.length === 0);
      if (empty.length > 0) throw new Error(`${empty.length} writes had an empty list`);
    },
  };
}

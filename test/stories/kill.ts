import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { armed, patches } from '../../sim/kill/sites.js';
import type { Point } from '../../sim/kill/sites.js';
import { eventually } from '../../sim/tour/drive.js';
import { startWorld, type TestWorld } from '../support/world.js';

/** Of a first start on the demo world: the default library, and the people taken over. */
const FIRST_NOTICES = 2;

/** A world whose bot can be killed at one point. */
export class Mortal {
  private constructor(
    private readonly folder: string,
    private readonly point: Point,
    readonly test: TestWorld,
  ) {}

  static async start(point: Point): Promise<Mortal> {
    const folder = await mkdtemp(join(tmpdir(), 'usher-kill-'));
    const test = await startWorld({
      DIE_WHEN: join(folder, 'die'),
      USHER_PATCHES: JSON.stringify(patches),
    });
    await test.world.startBot();
    await eventually('the first notices', async () => {
      const posts = await test.checks.audit();
      return posts.length === FIRST_NOTICES;
    });
    return new Mortal(folder, point, test);
  }

  /** From now on the bot dies at its point. */
  async arm(): Promise<void> {
    await writeFile(join(this.folder, 'die'), armed(this.point));
  }

  /** Waits for its death, and starts it again. */
  async reborn(): Promise<void> {
    const { world } = this.test;
    const tooLate = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error('the bot never came by the point')), 15_000).unref();
    });
    await Promise.race([world.botEnded(), tooLate]);
    await world.stopBot();
    await world.startBot();
  }

  async stop(): Promise<void> {
    await this.test.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { eventually } from '../../sim/tour/drive.js';
import { startWorld, type TestWorld } from '../support/world.js';

/** A line of the compiled bot at which it is killed, once, when the test says so. */
export interface Point {
  readonly name: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly text: string;
  readonly kill: 'before' | 'after';
}

/** In the order in which a write to Plex passes them. */
export const inWrite: readonly Point[] = [
  {
    name: 'inside the transaction that stores a look',
    file: 'access/record.js',
    text: 'const news = await tables.shares.save(stored, after, closed);',
    kill: 'before',
  },
  {
    name: 'before the commit of the attempt',
    file: 'access/write.js',
    text: 'const planned = await plan(parts, scene, due);',
    kill: 'before',
  },
  {
    name: 'after the commit of the attempt, before the call to Plex',
    file: 'access/write.js',
    text: 'const planned = await plan(parts, scene, due);',
    kill: 'after',
  },
  {
    name: 'after the call to Plex, before its answer is stored',
    file: 'access/write.js',
    text: 'parts.gate.open(scene.server.ownerId);',
    kill: 'after',
  },
  {
    name: 'after the answer is stored, before the read-back',
    file: 'access/reconcile.js',
    text: 'const gaveAll = written.length > 0 ?',
    kill: 'before',
  },
  {
    name: 'after the read-back, before it is stored',
    file: 'access/reconcile.js',
    text: 'for (const { subject, version } of written) {',
    kill: 'before',
  },
  {
    name: 'after the read-back is stored',
    file: 'access/reconcile.js',
    text: 'return { looked: subjects.length, unread, written: written.length, outage, gaveAll };',
    kill: 'before',
  },
];

/** In the order in which a notice passes them. */
export const inNotice: readonly Point[] = [
  {
    name: 'before the notice is marked as being sent',
    file: 'access/notices.js',
    text: 'await store.notices.sending(notice.id, channelId, clock.now());',
    kill: 'before',
  },
  {
    name: 'before the post to Discord',
    file: 'access/notices.js',
    text: 'await store.notices.sending(notice.id, channelId, clock.now());',
    kill: 'after',
  },
  {
    name: 'after the post to Discord, before it is stored',
    file: 'access/notices.js',
    text: 'const { print: shown, dueAt } = letter;',
    kill: 'before',
  },
  {
    name: 'after the post is stored',
    file: 'access/notices.js',
    text: 'await store.notices.shown(notice.id, { messageId, shown, dueAt, news: notice.news });',
    kill: 'after',
  },
];

/** Dies like by kill -9, when the file is there: and takes the file with it, so that the next life goes on. */
const DIE =
  "{ const fs = process.getBuiltinModule('node:fs'); if (fs.existsSync(process.env.DIE_WHEN)) { fs.rmSync(process.env.DIE_WHEN); process.kill(process.pid, 'SIGKILL'); } }";

/** Of a first start on the demo world: the default library, and the people taken over. */
const FIRST_NOTICES = 2;

/** A world whose bot can be killed at one point. */
export class Mortal {
  private constructor(
    private readonly folder: string,
    readonly test: TestWorld,
  ) {}

  static async start(point: Point): Promise<Mortal> {
    const folder = await mkdtemp(join(tmpdir(), 'usher-kill-'));
    const { file, text, kill } = point;
    const replacement = kill === 'before' ? `${DIE} ${text}` : `${text} ${DIE}`;
    const test = await startWorld({
      DIE_WHEN: join(folder, 'die'),
      USHER_PATCHES: JSON.stringify([{ file, text, replacement }]),
    });
    await test.world.startBot();
    await eventually('the first notices', async () => {
      const posts = await test.checks.audit();
      return posts.length === FIRST_NOTICES;
    });
    return new Mortal(folder, test);
  }

  /** From now on the bot dies at its point. */
  async arm(): Promise<void> {
    await writeFile(join(this.folder, 'die'), '');
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

  /** Every case is told in exactly one message, and no number is missing. Ends when the last has come to rest. */
  async everyCaseToldOnce(lastWords: RegExp): Promise<void> {
    const { checks } = this.test;
    const posts = await eventually(
      `the last audit message says ${String(lastWords)}`,
      async () => {
        const all = await checks.audit();
        return lastWords.test(all.at(-1)?.text ?? '') && all;
      },
      25_000,
    );
    const numbers = posts.flatMap(({ text }) =>
      [...text.matchAll(/Case (\d+) ·/g)].map(([, number]) => Number(number)),
    );
    expect([...numbers].sort((a, b) => a - b)).toEqual(numbers.map((_, i) => i + 1));
  }
}

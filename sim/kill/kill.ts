import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { PEOPLE } from '../faults/moves.js';
import type { Move } from '../faults/moves.js';
import { AGAIN, isSlow } from '../faults/hunt.js';
import { Play } from '../faults/play.js';
import { Stage } from '../faults/stage.js';
import { STEPS, patches, tellPoint } from './sites.js';
import type { Point } from './sites.js';

export interface Killing {
  readonly points: number;
  readonly seed: number;
  readonly breaks: string | undefined;
  readonly worlds: number;
  readonly say: (line: string) => void;
}

/** Beyond these the history below is over: the bot would not come by any more. */
const MOST: Readonly<Record<Point['step'], number>> = {
  'a commit': 8,
  'a call to Plex': 6,
  'a post': 2,
  'an edit': 2,
  'a job': 1,
};

const point: fc.Arbitrary<Point> = fc.constantFrom(...STEPS).chain((step) =>
  fc.record({
    step: fc.constant(step),
    moment: fc.constantFrom('before' as const, 'after' as const),
    nth: fc.integer({ min: 1, max: MOST[step] }),
  }),
);

const base = { who: 0, from: null, isRushed: false } as const;
const BEFORE: readonly Move[] = [{ kind: 'grant', ...base, library: 'Shows', until: null }];
/** A grant, its end, and a revoke: all that is recorded, written, read, posted, edited and rung for. */
const DURING: readonly Move[] = [
  { kind: 'grant', ...base, library: 'Films', until: 1_800 },
  { kind: 'wait', ms: 2_600 },
  { kind: 'revoke', who: 0, library: 'Shows', isRushed: false },
  { kind: 'wait', ms: 500 },
];

interface Killed {
  readonly verdict: 'passed' | 'failed' | 'missed';
  readonly why: readonly string[];
}

/** Kills the bot at so many points, and judges what came of it each time; gives how many went wrong. */
export async function killAt({ points, seed, breaks, worlds, say }: Killing): Promise<number> {
  const began = Date.now();
  // Some are missed, for how often the bot comes by differs: there are others then.
  const chosen = fc.sample(point, { seed, numRuns: 2 * points });
  const count = { passed: 0, failed: 0, missed: 0 };
  const isOver = () => count.passed + count.failed >= points;
  const one = async () => {
    const mortals = new Mortals(breaks);
    try {
      for (let next = chosen.shift(); next && !isOver(); next = chosen.shift()) {
        const { verdict, why } = await mortals.kill(next);
        if (isOver()) break; // the other world was quicker
        count[verdict] += 1;
        if (verdict === 'failed') say(`not ok  ${tellPoint(next)}: ${why.join('; ')}`);
      }
    } finally {
      await mortals.close();
    }
  };
  await Promise.all(Array.from({ length: worlds }, one));
  const seconds = Math.round((Date.now() - began) / 1000);
  say(`seed ${seed}; by ${count.missed} more points the bot did not come`);
  say(`kill: ${count.passed} passed, ${count.failed} failed, ${seconds} s`);
  return count.failed;
}

/** One world after another in which a bot can be killed. */
class Mortals {
  private stage: Stage | null = null;
  private folder: string | null = null;

  constructor(private readonly breaks: string | undefined) {}

  /** What was merely slow is done again, for the machine may have been busy with something else. */
  async kill(at: Point): Promise<Killed> {
    let done = await this.killOnce(at);
    for (let i = 0; i < AGAIN && done.verdict === 'failed' && isSlow(done.why); i += 1) {
      done = await this.killOnce(at);
    }
    return done;
  }

  private async killOnce(at: Point): Promise<Killed> {
    if (this.stage !== null && this.stage.left < PEOPLE) await this.close();
    this.folder ??= await mkdtemp(join(tmpdir(), 'usher-kill-'));
    this.stage ??= await Stage.open({
      breaks: this.breaks,
      patches,
      dieWhen: join(this.folder, 'die'),
    });
    const { stage } = this;
    const play = await Play.begin(stage, stage.cast(PEOPLE));
    const early = await play.run(BEFORE);
    play.expectDeath();
    await stage.arm(at);
    const why = early.length > 0 ? early : await play.run(DURING);
    const hasDied = await stage.disarm();
    if (why.length > 0) await this.close();
    return { verdict: why.length > 0 ? 'failed' : hasDied ? 'passed' : 'missed', why };
  }

  async close(): Promise<void> {
    const { stage, folder } = this;
    this.stage = null;
    this.folder = null;
    await stage?.stop();
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }
}

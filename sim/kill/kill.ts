import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { AGAIN, isSlow } from '../faults/hunt.js';
import { PEOPLE } from '../faults/moves.js';
import type { Move } from '../faults/moves.js';
import { Play } from '../faults/play.js';
import { Stage } from '../faults/stage.js';
import { LINES, STEPS, patches, tellPoint } from './sites.js';
import type { Point } from './sites.js';

interface Killing {
  readonly breaks: string | undefined;
  readonly worlds: number;
  readonly say: (line: string) => void;
}

/** Where the bot dies while it gives something, and then, unless null, while that ends. */
interface Deaths {
  readonly inGrant: Point;
  readonly atEnd: Point | null;
}

/** Beyond these the history below is over: the bot would not come by any more. */
const MOST: Readonly<Record<(typeof STEPS)[number], number>> = {
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

/** A grant, its end, and a revoke: all that is recorded, written, read, posted, edited and rung for. */
function history({ inGrant, atEnd }: Deaths): readonly Move[] {
  const lastsMs = atEnd === null ? 1_800 : 4_000;
  return [
    { kind: 'grant', ...base, library: 'Shows', until: null },
    ...(atEnd === null ? [{ kind: 'calm' } as const] : []),
    { kind: 'die', at: inGrant },
    { kind: 'grant', ...base, library: 'Films', until: lastsMs },
    ...(atEnd === null ? [] : [{ kind: 'die', at: atEnd } as const]),
    { kind: 'wait', ms: lastsMs + 800 },
    { kind: 'revoke', who: 0, library: 'Shows', isRushed: false },
    { kind: 'wait', ms: 500 },
  ];
}

/** Kills the bot at so many points, and judges what came of it each time; gives how many went wrong. */
export function killAt(
  { points, seed }: { readonly points: number; readonly seed: number },
  how: Killing,
): Promise<number> {
  how.say(`seed ${seed}`);
  // Some are missed, for how often the bot comes by differs: there are others then.
  const sampled = fc.sample(point, { seed, numRuns: 2 * points });
  return killAll(
    sampled.map((inGrant) => ({ inGrant, atEnd: null })),
    { ...how, points },
  );
}

/** Kills it at every single line that is known, in a grant and again at its end. */
export function killAtLines(how: Killing): Promise<number> {
  const all = LINES.map(({ moment, step }): Deaths => {
    const at = { moment, step, nth: 1 };
    // A grant is announced once only: at its end a job comes by.
    return { inGrant: at, atEnd: step === 'the grant is announced' ? JOB : at };
  });
  return killAll(all, { ...how, points: all.length });
}

const JOB: Point = { moment: 'before', step: 'a job', nth: 1 };

async function killAll(
  all: Deaths[],
  { points, breaks, worlds, say }: Killing & { readonly points: number },
): Promise<number> {
  const began = Date.now();
  const count = { passed: 0, failed: 0, missed: 0 };
  const isOver = () => count.passed + count.failed >= points;
  const one = async () => {
    const mortals = new Mortals(breaks);
    try {
      for (let next = all.shift(); next && !isOver(); next = all.shift()) {
        const { verdict, why } = await mortals.kill(next);
        if (isOver()) break; // the other world was quicker
        count[verdict] += 1;
        const where = [next.inGrant, next.atEnd].flatMap((at) => (at ? [tellPoint(at)] : []));
        if (verdict === 'failed') say(`not ok  ${where.join(', and ')}: ${why.join('; ')}`);
      }
    } finally {
      await mortals.close();
    }
  };
  await Promise.all(Array.from({ length: worlds }, one));
  const seconds = Math.round((Date.now() - began) / 1000);
  say(`by ${count.missed} more the bot did not come`);
  say(`kill: ${count.passed} passed, ${count.failed} failed, ${seconds} s`);
  return count.failed;
}

interface Killed {
  readonly verdict: 'passed' | 'failed' | 'missed';
  readonly why: readonly string[];
}

/** One world after another in which a bot can be killed. */
class Mortals {
  private stage: Stage | null = null;
  private folder: string | null = null;

  constructor(private readonly breaks: string | undefined) {}

  /** What was merely slow is done again, for the machine may have been busy with something else. */
  async kill(deaths: Deaths): Promise<Killed> {
    let done = await this.killOnce(deaths);
    for (let i = 0; i < AGAIN && done.verdict === 'failed' && isSlow(done.why); i += 1) {
      done = await this.killOnce(deaths);
    }
    return done;
  }

  private async killOnce(deaths: Deaths): Promise<Killed> {
    if (this.stage !== null && this.stage.left < PEOPLE) await this.close();
    this.folder ??= await mkdtemp(join(tmpdir(), 'usher-kill-'));
    const dieWhen = join(this.folder, 'die');
    this.stage ??= await Stage.open({ breaks: this.breaks, patches, dieWhen });
    const { stage } = this;
    const play = await Play.begin(stage, stage.cast(PEOPLE));
    const why = await play.run(history(deaths));
    const isMissed = (await stage.disarm()) < (deaths.atEnd === null ? 1 : 2);
    if (why.length > 0) {
      await this.close();
      return { verdict: 'failed', why };
    }
    return { verdict: isMissed ? 'missed' : 'passed', why };
  }

  async close(): Promise<void> {
    const { stage, folder } = this;
    this.stage = null;
    this.folder = null;
    await stage?.stop();
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }
}

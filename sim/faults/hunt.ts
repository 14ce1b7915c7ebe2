import { historyOf } from './alphabet.js';
import { PEOPLE } from './moves.js';
import type { Move } from './moves.js';
import { Play } from './play.js';
import { shorten } from './shorten.js';
import type { Played } from './shorten.js';
import { Stage } from './stage.js';
import { tellMove } from './words.js';

export interface Hunt {
  readonly minutes: number;
  readonly seed: number;
  readonly breaks: string | undefined;
  readonly worlds: number;
  readonly only: number | null;
  /** The number of the first one. */
  readonly from?: number;
  /** How long a history that goes wrong may be played again to find out what of it matters. */
  readonly shortenMs: number;
  readonly say: (line: string) => void;
  readonly isVerbose: boolean;
}

const MINUTE = 60_000;
const FAULTY = ['weather', 'kill', 'posts fail', 'gateway', 'channel', 'store'];
/** A failure that is only about time counts when it comes again and again. */
export const AGAIN = 2;

/** One world after another, on which histories are played; a new one when its people are used up, or it is broken. */
export class Stages {
  private stage: Stage | null = null;

  constructor(private readonly breaks: string | undefined) {}

  async play(
    moves: readonly Move[],
    say: (line: string) => void = () => undefined,
  ): Promise<Played> {
    if (this.stage !== null && this.stage.left < PEOPLE) await this.close();
    this.stage ??= await Stage.open({ breaks: this.breaks });
    const { stage } = this;
    const cast = stage.cast(PEOPLE);
    try {
      const play = await Play.begin(stage, cast);
      const failures = await play.run(moves, say);
      const lastWords = stage.world.botsLastWords();
      // What a failed history leaves behind would be blamed on the next one.
      if (failures.length > 0) await this.close();
      return { failures, cast, lastWords };
    } catch (error) {
      const lastWords = stage.world.botsLastWords();
      await this.close();
      return { failures: [`the history broke off: ${String(error)}`], cast, lastWords };
    }
  }

  async close(): Promise<void> {
    const { stage } = this;
    this.stage = null;
    await stage?.stop();
  }
}

/** Whether it went wrong in time only. */
export const isSlow = (failures: readonly string[]): boolean =>
  failures.every((one) => one.startsWith('slow:'));

/** Plays histories until the time is over, or one goes wrong; gives how many went wrong. */
export async function hunt(how: Hunt): Promise<number> {
  const began = Date.now();
  const count = {
    histories: 0,
    moves: 0,
    faults: 0,
    kills: 0,
    lost: 0,
    false: 0,
    double: 0,
    failed: 0,
  };
  let next = how.only ?? how.from ?? 0;
  const isOver = () =>
    count.failed > 0 ||
    Date.now() - began > how.minutes * MINUTE ||
    (how.only !== null && next > how.only);
  const one = async () => {
    const stages = new Stages(how.breaks);
    try {
      while (!isOver()) {
        const n = next;
        next += 1;
        const moves = historyOf(how.seed, n);
        const played = await steadily(stages, moves, how);
        count.histories += 1;
        count.moves += moves.length;
        count.faults += moves.filter(({ kind }) => FAULTY.includes(kind)).length;
        count.kills += moves.filter(({ kind }) => kind === 'kill').length;
        if (played.failures.length === 0 || count.failed > 0) continue;
        count.failed += 1;
        for (const kind of ['lost', 'false', 'double'] as const) {
          count[kind] += played.failures.filter((text) => text.startsWith(`${kind}:`)).length;
        }
        await report({ stages, n, moves, played }, how);
      }
    } finally {
      await stages.close();
    }
  };
  await Promise.all(Array.from({ length: how.only === null ? how.worlds : 1 }, one));
  const seconds = Math.round((Date.now() - began) / 1000);
  const perMinute = ((count.histories * 60) / Math.max(1, seconds)).toFixed(1);
  how.say(
    `seed ${how.seed}: ${count.histories} histories (${perMinute} a minute), ${count.moves} moves, ${count.faults} faults, ${count.kills} kills`,
  );
  how.say(
    `faults: ${count.histories - count.failed} passed, ${count.failed} failed, ${seconds} s; lost ${count.lost}, false ${count.false}, double ${count.double}`,
  );
  return count.failed;
}

/** Plays it; what was merely slow is played again, for the machine may have been busy with something else. */
async function steadily(stages: Stages, moves: readonly Move[], how: Hunt): Promise<Played> {
  const say = how.isVerbose ? how.say : undefined;
  let played = await stages.play(moves, say);
  for (let i = 0; i < AGAIN && played.failures.length > 0 && isSlow(played.failures); i += 1) {
    played = await stages.play(moves, say);
  }
  return played;
}

async function report(
  {
    stages,
    n,
    moves,
    played,
  }: { stages: Stages; n: number; moves: readonly Move[]; played: Played },
  how: Hunt,
): Promise<void> {
  how.say(`history ${n} of seed ${how.seed} goes wrong:`);
  for (const failure of played.failures) how.say(`  ${failure}`);
  if (how.isVerbose) how.say(played.lastWords);
  const short = await shorten(moves, played, {
    play: (fewer) => stages.play(fewer),
    withinMs: how.shortenMs,
  });
  how.say(`the shortest of it that still does, ${short.moves.length} of ${moves.length} moves:`);
  for (const move of short.moves) how.say(`  - ${tellMove(move, short.played.cast)}`);
  how.say('  - all becomes quiet');
  for (const failure of short.played.failures) how.say(`  ${failure}`);
}

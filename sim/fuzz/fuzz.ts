import { problemLines } from '../tour/problems.js';
import type { World } from '../tour/world.js';
import { wavesOf } from './moves.js';
import { Player } from './play.js';

/** What a run of the fuzzer found. */
export interface Fuzzed {
  readonly passed: number;
  /** One line each. */
  readonly failures: readonly string[];
  /** Not let through by Discord itself. */
  readonly unsent: number;
  readonly seconds: number;
}

/** Too late, answered twice, or with a token that is over: refused because the fuzzer made it so. */
const ANNOUNCED = /^discord refused with (?:10062|40060|10015|50027) /;
const FAILURES_SHOWN = 100;

/** Starts the bot in a world of hostile names, and uses it `n` times in every way. */
export async function fuzz(
  world: World,
  { n, seed }: { readonly n: number; readonly seed: number },
): Promise<Fuzzed> {
  const began = Date.now();
  const player = new Player(world);
  await player.prepare();
  await world.startBot();
  await player.settleIn();
  const life = { isOver: false };
  void world.botEnded().then(() => (life.isOver = true));
  for (const wave of wavesOf(n, seed)) {
    if (life.isOver || player.failures.length > FAILURES_SHOWN) break;
    await player.wave(wave);
  }
  if (!life.isOver) await player.conclude();
  const failures = [...player.failures, ...(await problems(world))];
  if (life.isOver) failures.push(`the bot ended:\n${world.botsLastWords()}`);
  const seconds = Math.round((Date.now() - began) / 1000);
  return { passed: player.passed, failures, unsent: player.unsent, seconds };
}

async function problems({ plex, discord }: World): Promise<string[]> {
  const lines = [
    ...(await problemLines('plex', plex)),
    ...(await problemLines('discord', discord)),
  ];
  return lines.filter((line) => !ANNOUNCED.test(line));
}

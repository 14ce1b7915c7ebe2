import type { Move } from './moves.js';
import type { Cast } from './stage.js';

/** What one playing of a history came to. */
export interface Played {
  readonly failures: readonly string[];
  readonly cast: readonly Cast[];
  readonly lastWords: string;
}

/**
 * Leaves moves out as long as it still goes wrong, for a bounded time: halves first, then smaller parts. It plays for
 * real, so what only goes wrong now and then stays longer than it need be.
 */
export async function shorten(
  moves: readonly Move[],
  played: Played,
  { play, withinMs }: { play: (moves: readonly Move[]) => Promise<Played>; withinMs: number },
): Promise<{ readonly moves: readonly Move[]; readonly played: Played }> {
  const deadline = Date.now() + withinMs;
  let best = { moves, played };
  for (
    let size = Math.ceil(moves.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < best.moves.length && Date.now() < deadline;) {
      const fewer = best.moves.filter((_, i) => i < at || i >= at + size);
      const again = fewer.length === 0 ? null : await play(fewer);
      if (again && again.failures.length > 0) best = { moves: fewer, played: again };
      else at += size;
    }
  }
  return best;
}

import { suggestDeleted } from './findDeleted.js';
import { moveLibrary } from './moveLibrary.js';
import type { MoveOutcome, MoveWish } from './moveLibrary.js';
import type { Parts, Standing } from './parts.js';
import type { Choice } from './suggest.js';

/** What becomes of libraries, bound like `Access`. */
export class LibraryDesk {
  constructor(
    private readonly parts: Parts,
    private readonly standing: Standing,
  ) {}

  /** Carries what people had of a deleted library over to another. */
  move(wish: MoveWish): Promise<MoveOutcome> {
    return moveLibrary(this.parts, this.standing, wish);
  }

  suggestDeleted(typed: string): Promise<Choice[]> {
    return suggestDeleted(this.parts.store, this.standing.guildId, typed);
  }
}

import type { CaseId, PersonId, ServerId } from '../core/model.js';
import type { Loss } from './brake.js';
import type { Going } from './going.js';
import type { Parts, Standing } from './parts.js';

/** What was recorded, to be followed. */
export interface CarriedOut {
  readonly caseIds: readonly CaseId[];
  readonly people: readonly PersonId[];
  readonly servers: readonly ServerId[];
}

/** What a second Admin agreed to. */
export interface Agreed {
  /** As it was stored, maybe by an older release: read it with suspicion. */
  readonly wish: unknown;
  /** From so many people it takes something. */
  readonly count: number;
  readonly going: Going;
}

/** A use case that the brake can hold, and carry out later in the name of whoever wanted it. */
export interface HeldUse {
  /** What it would take by now. Throws a refusal where there is nothing left to do. */
  weigh(parts: Parts, standing: Standing, wish: unknown): Promise<Loss>;
  /** Safe to run twice: after a restart it runs again. null: it concerns others by now, and nothing was done. */
  carryOut(parts: Parts, standing: Standing, agreed: Agreed): Promise<CarriedOut | null>;
}

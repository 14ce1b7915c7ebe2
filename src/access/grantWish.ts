import type { Span } from '../core/cases.js';

/** A wish as it was typed and read: names by text, instants already exact. */
export interface GrantWish {
  readonly person: string;
  readonly library: string;
  /** null: from now. */
  readonly from: Date | null;
  /** null: until it is taken away. */
  readonly until: Date | null;
  readonly reason: string | null;
  /** The span that the asker was shown and wants changed; null: none was shown. */
  readonly confirmed: Span | null;
  /** The asker knows that the person then no longer has everything; left out: nobody said so. */
  readonly isWarned?: boolean;
  /** Where it was wished; left out: by a command. */
  readonly source?: 'panel';
  /** Whom the asker was shown in full and wants invited; left out: nobody. */
  readonly invitation?: Invitation;
}

/** Whom the asker was shown in full and wants invited. */
export interface Invitation {
  readonly as: string;
  /** Before the grant begins, with the default libraries only. */
  readonly now: boolean;
}

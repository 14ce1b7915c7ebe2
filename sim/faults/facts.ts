import type { Library, Policy } from './moves.js';

/** A grant as the model knows it; instants are epoch ms. */
export interface Grant {
  readonly from: number;
  readonly until: number | null;
}

/** What somebody must have in Plex. 'either': no rule can give which (a hand edit met an order on its way). */
export type Has = 'yes' | 'no' | 'either';
export type DriftKind = 'added' | 'removed';

/** Somebody, as far as orders and hands go. */
export interface Person {
  readonly has: Map<Library, Has>;
  readonly grants: Map<Library, Grant>;
  readonly exempt: Set<Library>;
  /** Defaults that came back because nothing else was left. */
  readonly keptByPolicy: Set<Library>;
  isManaged: boolean;
  /** A first grant: what Plex has already is taken over at the next quiet. */
  importOwed: boolean;
  /** Managed since a planned start that came since all was last quiet, and by nothing else. */
  isNewByEdge: boolean;
  /** Something was ordered since all was last quiet, so that a write may be on its way. */
  isMoving: boolean;
  /** Their whole share was taken away by hand since. */
  wasDropped: boolean;
  /** Usher keeps its hands off them. */
  isOff: boolean;
  /** Invited, and has not accepted. */
  isPending: Has;
  /** Has everything, also what is to come. */
  hasAll: Has;
  /** Edited by hand since all was last quiet. */
  readonly edited: Map<Library, DriftKind>;
  /** Differences that were told, and still are. */
  readonly told: Map<Library, DriftKind>;
  /** What ordered each library last, and when it was known to be recorded. */
  readonly ordered: Map<Library, { readonly want: 'add' | 'remove'; readonly at: number }>;
}

/** What is set for everybody on the server. */
export interface Settings {
  readonly defaults: Set<Library>;
  policy: Policy;
}

/** A difference that nobody ordered, as it must be told. */
export interface Difference {
  readonly who: number;
  readonly library: Library;
  readonly kind: DriftKind;
  /** It was not told when all was quiet before: it must be now. */
  readonly isOwed: boolean;
}

/** What happened, as far as the bot has certainly recorded it. */
export type Happening = { readonly at: number } & (
  | {
      readonly kind: 'granted';
      readonly who: number;
      readonly library: Library;
      readonly from: number | null;
      readonly until: number | null;
      /** The end of an open grant was moved: no order. */
      readonly isChange: boolean;
      /** To somebody who is no friend: they must accept first. */
      readonly isInvite: boolean;
    }
  | { readonly kind: 'revoked'; readonly who: number; readonly library: Library | 'all' }
  | {
      readonly kind: 'edited';
      readonly who: number;
      readonly library: Library;
      readonly to: DriftKind;
    }
  | { readonly kind: 'dropped' | 'accepted' | 'given all'; readonly who: number }
  | { readonly kind: 'hands off' | 'hands on' | 'removed'; readonly who: number }
  /** A library is no more; `isNew`: there is another one of its name. */
  | { readonly kind: 'library lost'; readonly library: Library; readonly isNew: boolean }
  | { readonly kind: 'lagged' }
  | { readonly kind: 'synced' }
  | { readonly kind: 'default'; readonly library: Library; readonly isDefault: boolean }
  | { readonly kind: 'policy'; readonly policy: Policy }
);

/** What Plex holds for somebody, as it is. */
export interface Holding {
  readonly row: number;
  readonly libraries: readonly Library[];
  readonly isPending: boolean;
  readonly hasAll: boolean;
}

import type { CaseId, DiscordUserId, EndPolicy, Power, RoleId } from './model.js';
import type { DriftFacts } from './driftCases.js';
import type { LibraryFact } from './libraryFact.js';
import type { SetupFacts } from './setupCases.js';

export type { LibraryFact } from './libraryFact.js';

/** A default that people were taken over without. */
export interface Lacking extends LibraryFact {
  readonly people: number;
}

/** How many people a move concerns, and how. */
export interface MovedPeople {
  /** They get it at once, or when their time begins. */
  readonly now: number;
  readonly later: number;
  /** They have the other library too: the longer time counts. */
  readonly joined: number;
  /** Likewise, at another time: theirs stays where it is. */
  readonly apart: number;
  /** Of all these, those who left: they are not invited again. */
  readonly left: number;
}

/** Start and end of a grant. */
export interface Span {
  readonly startsAt: Date;
  readonly endsAt: Date | null;
}

/** What happened, past tense, with all that is needed to tell it years later. */
export type CaseFacts =
  | {
      readonly type: 'grant.created';
      readonly libraries: readonly LibraryFact[];
      readonly span: Span;
      readonly scheduled: boolean;
      /** Plex shared it already, by hand; it ends with the grant. */
      readonly byHand?: readonly LibraryFact[];
    }
  | {
      /** Given again because Plex did not show what was granted. */
      readonly type: 'grant.renewed';
      readonly libraries: readonly LibraryFact[];
      readonly span: Span;
    }
  | {
      readonly type: 'grant.changed';
      readonly libraries: readonly LibraryFact[];
      readonly before: Span;
      readonly span: Span;
    }
  | {
      readonly type: 'grant.revoked';
      readonly libraries: readonly LibraryFact[];
      /** Taken although nobody gave them through Usher. */
      readonly byHand: readonly LibraryFact[];
      /** Default libraries that stay. */
      readonly stay: readonly LibraryFact[];
      /** The invite was not accepted yet, and goes with it. */
      readonly invitation?: boolean;
    }
  | { readonly type: 'grant.started'; readonly libraries: readonly LibraryFact[] }
  | {
      readonly type: 'grant.ended';
      readonly libraries: readonly LibraryFact[];
      readonly stay: readonly LibraryFact[];
      /** As with `grant.revoked`. */
      readonly invitation?: boolean;
    }
  | {
      readonly type: 'people.imported';
      readonly server: string;
      readonly people: number;
      readonly grants: number;
      /** How many of them came without which default, and go without it. */
      readonly lacking?: readonly Lacking[];
    }
  | {
      readonly type: 'default.adopted';
      readonly libraries: readonly LibraryFact[];
      readonly server: string;
      /** What kind of library it is, in Plex's word: "movie", "show", "artist", "photo". */
      readonly kind?: string;
    }
  | {
      /** To people who were taken over without it. */
      readonly type: 'default.given';
      readonly libraries: readonly LibraryFact[];
      readonly server: string;
      readonly people: number;
    }
  | {
      readonly type: 'default.added' | 'default.removed';
      readonly libraries: readonly LibraryFact[];
      readonly server: string;
      /** How many get or lose it by this. */
      readonly people: number;
    }
  | {
      /** The open grants of a library that is gone are now those of another. */
      readonly type: 'library.moved';
      readonly libraries: readonly LibraryFact[];
      /** What the other was called. */
      readonly was: string;
      readonly server: string;
      readonly moved: MovedPeople;
    }
  | {
      readonly type: 'drift.found';
      readonly added: readonly LibraryFact[];
      readonly removed: readonly LibraryFact[];
    }
  /** Taken not long ago, settled, and shown again. */
  | { readonly type: 'drift.cameBack'; readonly libraries: readonly LibraryFact[] }
  | {
      /** A write whose libraries were all gone when it arrived gave everything. */
      readonly type: 'accident.undone';
      readonly lost: readonly LibraryFact[];
      /** What is taken back. */
      readonly libraries: readonly LibraryFact[];
    }
  /** The last libraries of a person cannot end: there is no default to keep. */
  | { readonly type: 'policy.stuck'; readonly libraries: readonly LibraryFact[] }
  | {
      readonly type: 'policy.changed';
      readonly server: string;
      readonly before: EndPolicy;
      readonly after: EndPolicy;
    }
  | {
      readonly type: 'setting.changed';
      /** What it is called, and what it was and is: words for people. */
      readonly setting: string;
      readonly before: string;
      readonly after: string;
    }
  | {
      readonly type: 'share.gone';
      readonly libraries: readonly LibraryFact[];
      /** They had not accepted. */
      readonly invitation?: boolean;
    }
  | { readonly type: 'invite.accepted'; readonly libraries: readonly LibraryFact[] }
  | { readonly type: 'person.linked'; readonly member: DiscordUserId }
  | { readonly type: 'person.unlinked'; readonly member: DiscordUserId }
  | {
      /** Before any grant begins, so that they can accept in time. */
      readonly type: 'person.invited';
      readonly libraries: readonly LibraryFact[];
    }
  | {
      readonly type: 'person.merged';
      /** What the other row was called. */
      readonly was: string;
    }
  | {
      /** Hands off: what Plex shows stays, and these grants ended here. */
      readonly type: 'person.unmanaged';
      readonly libraries: readonly LibraryFact[];
    }
  | { readonly type: 'person.managed' }
  /** Everything they had, and the friendship. */
  | { readonly type: 'person.removed'; readonly libraries: readonly LibraryFact[] }
  | { readonly type: 'role.bound'; readonly role: RoleId; readonly power: BoundPower }
  | { readonly type: 'role.unbound'; readonly role: RoleId; readonly power: BoundPower }
  | DriftFacts
  | SetupFacts;

/** A power that a role can give. */
export type BoundPower = Exclude<Power, 'everyone'>;

/** One numbered change in a guild. */
export interface Case {
  readonly id: CaseId;
  readonly number: number;
  readonly at: Date;
  /** null: Usher itself. */
  readonly actor: DiscordUserId | null;
  readonly reason: string | null;
  /** Title of the person concerned, if one is. */
  readonly person: string | null;
  /** The person's invite waits to be accepted; `behind`: the account behind a username, its address masked. */
  readonly waiting?: { readonly behind: string | null };
  /** Of a difference in Plex: whether somebody is to decide on it still. */
  readonly drift?: 'open' | 'over' | 'decided';
  readonly facts: CaseFacts;
}

/** Every library that a case is about, default ones that stay left out. */
export function librariesOf(facts: CaseFacts): readonly LibraryFact[] {
  const of = (name: 'libraries' | 'byHand' | 'added' | 'removed') =>
    (facts as Partial<Record<typeof name, readonly LibraryFact[]>>)[name] ?? [];
  const byHand = facts.type === 'grant.created' ? [] : of('byHand');
  return [...of('libraries'), ...byHand, ...of('added'), ...of('removed')];
}

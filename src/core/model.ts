/** The words of the house as types. Values are immutable; times are `Date`s in PostgreSQL's clock. */

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Discord snowflakes, 17 to 19 digits. */
export type GuildId = Brand<string, 'GuildId'>;
export type DiscordUserId = Brand<string, 'DiscordUserId'>;
export type RoleId = Brand<string, 'RoleId'>;
export type ChannelId = Brand<string, 'ChannelId'>;
export type MessageId = Brand<string, 'MessageId'>;

/** Our own ids: opaque UUIDs. */
export type ServerId = Brand<string, 'ServerId'>;
export type LibraryId = Brand<string, 'LibraryId'>;
export type PersonId = Brand<string, 'PersonId'>;
export type GrantId = Brand<string, 'GrantId'>;
export type CaseId = Brand<string, 'CaseId'>;

/** plex.tv's id of a library, used for sharing. Global over all servers; a re-created library gets a new one. */
export type SectionId = Brand<number, 'SectionId'>;
/** The server's own key of a library ("4"). Never valid in a share call. */
export type SectionKey = Brand<string, 'SectionKey'>;
/** plex.tv's id of one share row: one per server and person. */
export type ShareId = Brand<number, 'ShareId'>;
/** plex.tv's id of an account. */
export type AccountId = Brand<number, 'AccountId'>;
/** plex.tv's id of an invite: a number as text or an e-mail address, so never to be parsed as a number. */
export type InviteId = Brand<string, 'InviteId'>;
/** 40 hex digits that name a Plex Media Server. */
export type MachineId = Brand<string, 'MachineId'>;

/** What a person may see for a span of time: active in `[max(startsAt, createdAt), revokedAt ?? endsAt)`. */
export interface Grant {
  readonly id: GrantId;
  readonly section: SectionId;
  readonly startsAt: Date;
  /** null = until revoked. */
  readonly endsAt: Date | null;
  /** Set when ended early; never later than `endsAt`. At or before the start: cancelled, was never active. */
  readonly revokedAt: Date | null;
  readonly createdAt: Date;
  readonly source: 'command' | 'panel' | 'import';
}

export type Want = 'add' | 'remove';

/** One library of one person to be added or removed; open until a late enough read agrees. */
export interface Order {
  readonly section: SectionId;
  readonly want: Want;
  /** The instant of the edge, not of noticing it. */
  readonly since: Date;
  readonly cause: 'case' | 'policy' | 'accident' | 'carry' | 'removal';
  /** The case whose receipt this order will be. */
  readonly caseId: CaseId | null;
  /** Part of the latest attempt. */
  readonly tried: boolean;
  /** A read sent after our write agreed. Shown to people; closes nothing. */
  readonly seenAt: Date | null;
  /** A read agreed though we wrote nothing. Shown to people; the plan never uses it. */
  readonly shownAt: Date | null;
}

/** Why an order row went away. */
export interface ClosedOrder {
  readonly order: Order;
  readonly how: 'settled' | 'share-gone' | 'library-gone' | 'refused' | 'replaced' | 'dropped';
  /** The instant of the read that closed it, or of the decision. */
  readonly at: Date;
}

/** The one change that brings Plex in line for one person. */
export type ShareChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'create'; readonly sections: readonly SectionId[] }
  | {
      readonly kind: 'replace';
      readonly shareId: ShareId;
      readonly sections: readonly SectionId[];
    }
  | { readonly kind: 'delete'; readonly shareId: ShareId }
  | { readonly kind: 'cancelInvite'; readonly shareId: ShareId }
  /** Ends the friendship, and with it this share and those on the owner's other servers. */
  | { readonly kind: 'removePerson'; readonly shareId: ShareId };

export type Write = Exclude<ShareChange, { kind: 'none' }>;

/** Base and list of an attempt; kept back to the last ripe read, for the accident rule. */
export interface AttemptLists {
  readonly base: readonly SectionId[];
  readonly baseAll: boolean;
  /** Empty unless create or replace. */
  readonly list: readonly SectionId[];
}

/** The last write we sent, stored before it is sent (`reconcile.md` 2). */
export interface Attempt extends AttemptLists {
  /** Identity: the share's version after this attempt was stored; rises for ever. */
  readonly no: number;
  readonly at: Date;
  readonly kind: Write['kind'];
  /** Share row written to; null for a create. */
  readonly row: ShareId | null;
  /** Every Section of the base read. */
  readonly catalogue: readonly SectionId[];
  /** The row that took our write; set by evidence only. */
  readonly answerRow: ShareId | null;
  /** A create was answered 2xx but its body could not be read: the first ripe read's row may stand for it. */
  readonly answerUnread: boolean;
  /** That read; what follows from its row needs a read more than L later. */
  readonly guessedAt: Date | null;
  readonly rowSeen: boolean;
  readonly accidentDone: boolean;
  readonly lastDeleteAt: Date | null;
  /** This attempt's and earlier ones' back to the last ripe read. */
  readonly lists: readonly AttemptLists[];
  /** What to restore when Plex refuses the write: one level. */
  readonly previous: BeforeAttempt;
}

/** What one attempt overwrote. */
export interface BeforeAttempt {
  /** The attempt before it (its own `previous` cut off), if any. */
  readonly attempt: Attempt | null;
  /** Libraries whose orders were `tried` before. */
  readonly tried: readonly SectionId[];
  /** What keep-default did beside the write; null when it did nothing. */
  readonly policy: PolicyDeed | null;
}

/** How keep-default made the defaults ordered, so that a refused write can take it back. */
export interface PolicyDeed {
  /** Defaults that were exempt. */
  readonly unexempted: readonly SectionId[];
  /** Defaults that joined `ordered`. */
  readonly joined: readonly SectionId[];
  /** Defaults for which it opened an order. */
  readonly opened: readonly SectionId[];
  /** Orders that gave way. */
  readonly displaced: readonly Order[];
}

/** What a trustworthy ("sane") answer of plex.tv showed of one person on one server. */
export interface Read {
  /** When the request was sent. */
  readonly at: Date;
  readonly row: ShareId | null;
  readonly pending: boolean;
  readonly all: boolean;
  /** Libraries with shared=1; with `all`, the whole catalogue. */
  readonly sections: readonly SectionId[];
  /** Every Section of that same answer. */
  readonly catalogue: readonly SectionId[];
}

/** What Usher keeps of one person on one server. Everything that `takeOrders`, `settle` and `plan` need. */
export interface Share {
  /** Fences plans: raised by every change that a plan made before must not survive. */
  readonly version: number;
  readonly managed: boolean;
  readonly importOwed: boolean;
  /** Intended when we last looked. */
  readonly ordered: readonly SectionId[];
  readonly lookedAt: Date;
  /** The last sane read, never replaced by an older one; null = unknown. */
  readonly observed: Read | null;
  readonly attempt: Attempt | null;
  readonly orders: readonly Order[];
  /** Default libraries that this person does not get. */
  readonly exempt: readonly SectionId[];
  readonly driftSeen: readonly Drift[];
  /** When a write of ours on another server of the same owner removed this person; their row here went with it. */
  readonly removedAt: Date | null;
  /** Since when the end of the last library waits for a default to keep; null: it does not. */
  readonly stuckAt: Date | null;
}

/** What Plex shows and nobody ordered. */
export interface Drift {
  readonly section: SectionId;
  /** added: Plex shares it, nobody gave it here. removed: given here, Plex does not share it. */
  readonly kind: 'added' | 'removed';
  /** First ripe read that showed it. */
  readonly firstSeenAt: Date;
  /** A ripe read more than L later that showed the same: only now may a policy act by itself. */
  readonly confirmedAt?: Date;
  /** The case that told of it, whose message asks what is to become of it. */
  readonly caseId?: CaseId;
  /** Somebody said that it is to stay as it is. */
  readonly ignored?: true;
}

/** What becomes of drift by itself: told only, or undone, or taken as given here. */
export type DriftPolicy = 'report' | 'revert' | 'adopt';

/** What somebody, or a policy, makes of a drift. */
export type DriftVerdict = 'adopt' | 'revert' | 'ignore';

/** What decides `intended`, beside the share itself. */
export interface Entitlement {
  readonly grants: readonly Grant[];
  readonly defaults: readonly SectionId[];
  /** Libraries that two agreeing reads no longer showed. */
  readonly gone: readonly SectionId[];
  /** Libraries that a grant can be made of; left out: all. One that no sync has read yet is not among them. */
  readonly known?: readonly SectionId[];
  readonly ending: Ending;
}

/** What happens to a share whose last library ends, as chosen for its server. */
export type EndPolicy = 'keep-default' | 'unshare' | 'remove';

/** What may become of a person whose last library on a server ends. */
export interface Ending {
  readonly policy: EndPolicy;
  /** A member of the owner's Plex Home: keeps a default whatever the policy, and is never taken off the server. */
  readonly isHome: boolean;
  /** A friend with nothing given, planned or on order on another server of the same owner; what goes with them counts not. */
  readonly isRemovable: boolean;
}

/** Settle time W and its parts, in ms (`reconcile.md` 2). */
export interface SettleTimes {
  /** W: after it, a read tells the truth about a write. */
  readonly settleMs: number;
  /** S: between storing an attempt and sending it. */
  readonly stallMs: number;
  /** Longest wait for the answer to a write. */
  readonly writeTimeoutMs: number;
  /** L: longest lag of plex.tv's lists. */
  readonly lagMs: number;
}

export type Power = 'everyone' | 'auditor' | 'moderator' | 'admin';

/** Who caused a change: a Discord user, or Usher itself (an edge, a policy, a sync). */
export type Actor =
  | { readonly kind: 'member'; readonly userId: DiscordUserId; readonly power: Power }
  | { readonly kind: 'usher' };

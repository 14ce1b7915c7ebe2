/** What each table's row is, in the core's own types; documents (jsonb) keep instants as ISO text. */
import type { Burst } from '../core/nudge.js';
import type {
  AccountId,
  CaseId,
  ChannelId,
  ClosedOrder,
  DiscordUserId,
  DriftPolicy,
  EndPolicy,
  Grant,
  GrantId,
  GuildId,
  LibraryId,
  MachineId,
  MessageId,
  Order,
  PersonId,
  Power,
  RoleId,
  SectionId,
  SectionKey,
  ServerId,
  ShareId,
  Want,
} from '../core/model.js';

export interface SettingRow {
  readonly name: string;
  readonly value: string;
}

/** A Plex account that owns servers. */
export interface OwnerRow {
  readonly accountId: AccountId;
  readonly username: string;
  /** Sealed; null when the environment gives it. */
  readonly token: string | null;
}

export interface GuildRow {
  readonly id: GuildId;
  /** IANA name; null until somebody chose one (then UTC is used, and said). */
  readonly timeZone: string | null;
  readonly auditChannelId: ChannelId | null;
  /** Members of the owner's Plex Home can be given libraries. */
  readonly homeUsers: boolean;
  readonly lastCaseNumber: number;
  readonly leftAt: Date | null;
  /** Whether the people concerned are told by direct message. */
  readonly dms: boolean;
  /** From how many people one act may take access before a second Admin must agree: the larger of the two. */
  readonly brakePeople: number;
  readonly brakePercent: number;
  /** The Plex account that `/setup` connected last: whose servers can be chosen. */
  readonly ownerId: AccountId | null;
  /** Minutes from one sweep, or sync, to the next; of a sweep unless `sweepAt` says otherwise. */
  readonly sweepEvery: number;
  /** HH:MM of the guild's zone: once a day; null: every so many minutes. */
  readonly sweepAt: string | null;
  readonly syncEvery: number;
  readonly driftPolicy: DriftPolicy;
  /** What becomes of a stream whose library was taken: it goes on, or is stopped once Plex shows it gone. */
  readonly streams: 'finish' | 'stop';
}

export interface RoleBindingRow {
  readonly guildId: GuildId;
  readonly roleId: RoleId;
  readonly power: Exclude<Power, 'everyone'>;
}

export interface ServerRow {
  readonly id: ServerId;
  readonly guildId: GuildId;
  readonly machineId: MachineId;
  readonly ownerId: AccountId;
  /** The owner's username at plex.tv; "" until it was read. */
  readonly ownerName: string;
  /** What happens to a share whose last library ends. */
  readonly endPolicy: EndPolicy;
  readonly name: string;
  readonly pmsUrl: string;
  readonly syncedAt: Date | null;
  readonly sweptAt: Date | null;
  /** Share ids of the last sane list: what a shorter one is held against. */
  readonly saneRows: readonly ShareId[];
  /** A sane list that lacked too many of them, waiting for a second one that agrees. */
  readonly doubtedRows: { readonly at: string; readonly rows: readonly ShareId[] } | null;
}

export interface LibraryRow {
  readonly id: LibraryId;
  readonly serverId: ServerId;
  readonly sectionId: SectionId;
  readonly key: SectionKey;
  readonly uuid: string;
  readonly title: string;
  readonly type: string;
  readonly isDefault: boolean;
  readonly missingSince: Date | null;
  readonly goneAt: Date | null;
}

export type PersonKind = 'friend' | 'home' | 'managed' | 'invited';

export interface PersonRow {
  readonly id: PersonId;
  readonly guildId: GuildId;
  /** null: invited by an address that has no account yet. */
  readonly accountId: AccountId | null;
  readonly kind: PersonKind;
  readonly title: string;
  readonly username: string;
  /** Lower case, trimmed; "" when plex.tv gives none. */
  readonly email: string;
  /** Address or username an invite is sent to, lower case; "" = was never invited through Usher. */
  readonly invitedAs: string;
  /** Turned out to be the same as another, who has everything now; null = still a person of their own. */
  readonly mergedInto: PersonId | null;
  /** The first full answer of plex.tv that lacked this person; a second one, later, makes them gone. */
  readonly missingSince: Date | null;
  readonly goneAt: Date | null;
}

export interface LinkRow {
  readonly guildId: GuildId;
  readonly userId: DiscordUserId;
  readonly personId: PersonId;
}

export interface ShareRowStored {
  readonly serverId: ServerId;
  readonly personId: PersonId;
  readonly version: number;
  readonly managed: boolean;
  readonly importOwed: boolean;
  readonly ordered: readonly SectionId[];
  readonly lookedAt: Date;
  readonly observed: unknown;
  readonly attempt: unknown;
  readonly exempt: readonly SectionId[];
  readonly driftSeen: unknown;
  readonly removedAt: Date | null;
  readonly stuckAt: Date | null;
  /** Somebody said that Usher keeps its hands off: a sync does not take it over. Ends with the next grant. */
  readonly handsOff: boolean;
  /** When the watch looks at the latest; null = no open order. */
  readonly nextLookAt: Date | null;
  /** The next start or end of a grant not yet taken into orders. */
  readonly nextEdgeAt: Date | null;
  /** Fruitless looks since the last order or success: the back-off's exponent. */
  readonly looks: number;
}

/** The latest writes on one server, as far as its PMS may have missed some of them (`architecture.md` 8.16). */
export interface BurstRow extends Burst {
  readonly serverId: ServerId;
}

export interface OrderRow extends Omit<Order, 'section'> {
  readonly serverId: ServerId;
  readonly personId: PersonId;
  readonly sectionId: SectionId;
}

export interface GrantRow extends Omit<Grant, 'section'> {
  readonly personId: PersonId;
  readonly libraryId: LibraryId;
  /** Set in the transaction that took its end, early or not: an open grant has none. */
  readonly closedAt: Date | null;
  /** null: Usher itself (an import). */
  readonly giver: DiscordUserId | null;
  readonly reason: string | null;
  readonly id: GrantId;
}

export interface CaseRow {
  readonly id: CaseId;
  readonly guildId: GuildId;
  readonly number: number;
  /** null: it was told so long ago that its message is forgotten. */
  readonly noticeId: string | null;
  readonly at: Date;
  readonly type: string;
  readonly personId: PersonId | null;
  readonly serverId: ServerId | null;
  /** null: Usher itself. */
  readonly actorId: DiscordUserId | null;
  readonly reason: string | null;
  readonly facts: object;
}

/** What Plex showed of one library of one case: due, written, seen, closed. */
export interface ReceiptRow {
  readonly caseId: CaseId;
  readonly serverId: ServerId;
  readonly personId: PersonId;
  readonly sectionId: SectionId;
  readonly want: Want;
  readonly dueAt: Date;
  readonly writtenAt: Date | null;
  readonly seenAt: Date | null;
  readonly shownAt: Date | null;
  readonly closedAt: Date | null;
  readonly how: ClosedOrder['how'] | null;
  /** Plex's own sentence when it refused. */
  readonly why: string | null;
}

export interface NoticeRow {
  readonly id: string;
  readonly guildId: GuildId;
  readonly owedAt: Date;
  readonly place: string;
  readonly channelId: ChannelId | null;
  readonly messageId: MessageId | null;
  /** Set before the post is sent: a later try looks for it in the channel first. */
  readonly sendingAt: Date | null;
  /** Digest of the text as last posted or edited. */
  readonly shown: string | null;
  /** When something is to be posted or edited; null = nothing owed. */
  readonly dueAt: Date | null;
  /** Counts the news about its cases, so that none is lost while an edit is under way. */
  readonly news: number;
  readonly tries: number;
}

/** An answer in Discord that is still being edited. */
export interface OpenAnswerRow {
  /** The interaction's id. */
  readonly id: string;
  readonly guildId: GuildId;
  readonly applicationId: string;
  /** Lets whoever has it edit this one answer for 15 minutes. */
  readonly token: string;
  readonly follows: object;
  readonly until: Date;
}

export interface AskRow {
  readonly id: string;
  readonly guildId: GuildId;
  /** Whom it is for; null: anyone with the power. */
  readonly userId: DiscordUserId | null;
  readonly button: string;
  readonly payload: object;
  /** null: lives as long as its message. */
  readonly expiresAt: Date | null;
}

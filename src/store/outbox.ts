import { EntitySchema } from 'typeorm';
import type {
  CaseId,
  DiscordUserId,
  GrantId,
  GuildId,
  MessageId,
  PersonId,
  SectionId,
  ServerId,
} from '../core/model.js';
import type { TroubleKind } from '../core/troubles.js';
import { count, instant, key, orNull, plexNumber, text, to, uuid } from './columns.js';

/** Something that stays wrong until somebody or something changes it. */
export interface TroubleRow {
  readonly id: string;
  readonly guildId: GuildId;
  readonly kind: TroubleKind;
  /** What it is about: an owner's account id, a channel, a server; "" = the guild itself. */
  readonly subject: string;
  /** More about it, in our own words only: nothing of Plex or Discord, no address, no token. */
  readonly detail: string | null;
  readonly since: Date;
  /** What is over before this is never told. */
  readonly tellAt: Date;
  /** null: it stands. */
  readonly until: Date | null;
  readonly noticeId: string;
  /** When people were told of it by direct message; null = nobody was. */
  readonly dmAt: Date | null;
  /** Before this nothing is tried where it stands. */
  readonly retryAt: Date | null;
  readonly tries: number;
}

export type DmKind = 'began' | 'ending' | 'ended' | 'trouble';

/** A direct message, or a part of one, that is owed to a Discord user. */
export interface DmRow {
  readonly id: string;
  readonly guildId: GuildId;
  readonly userId: DiscordUserId;
  readonly kind: DmKind;
  readonly personId: PersonId | null;
  readonly serverId: ServerId | null;
  readonly sectionId: SectionId | null;
  /** What Plex must have shown first. */
  readonly caseId: CaseId | null;
  /** Whose end is near, and when it is. */
  readonly grantId: GrantId | null;
  readonly endsAt: Date | null;
  readonly troubleId: string | null;
  readonly owedAt: Date;
  /** null while it waits for Plex, and when it is done with. */
  readonly dueAt: Date | null;
  /** Set before it is sent: a later try looks for it first. */
  readonly sendingAt: Date | null;
  readonly doneAt: Date | null;
  /** closed: that user takes no direct messages. dropped: it is no longer true. */
  readonly outcome: 'sent' | 'closed' | 'dropped' | null;
  /** Parts of one message share it. */
  readonly messageId: MessageId | null;
  readonly tries: number;
}

/** A Discord user who was an Admin when last seen. */
export interface AdminRow {
  readonly guildId: GuildId;
  readonly userId: DiscordUserId;
  readonly seenAt: Date;
}

export const troubleTable = new EntitySchema<TroubleRow>({
  name: 'trouble',
  columns: {
    id: key(uuid),
    guildId: text,
    kind: text,
    subject: text,
    detail: orNull(text),
    since: instant,
    tellAt: instant,
    until: orNull(instant),
    noticeId: uuid,
    dmAt: orNull(instant),
    retryAt: orNull(instant),
    tries: count,
  },
  indices: [
    { columns: ['guildId', 'kind', 'subject'], unique: true, where: 'until is null' },
    { columns: ['noticeId'] },
  ],
  foreignKeys: [to('guild', 'guildId'), to('notice', 'noticeId')],
});

export const dmTable = new EntitySchema<DmRow>({
  name: 'dm',
  columns: {
    id: key(uuid),
    guildId: text,
    userId: text,
    kind: text,
    personId: orNull(uuid),
    serverId: orNull(uuid),
    sectionId: orNull(plexNumber),
    caseId: orNull(uuid),
    grantId: orNull(uuid),
    endsAt: orNull(instant),
    troubleId: orNull(uuid),
    owedAt: instant,
    dueAt: orNull(instant),
    sendingAt: orNull(instant),
    doneAt: orNull(instant),
    outcome: orNull(text),
    messageId: orNull(text),
    tries: count,
  },
  indices: [
    { columns: ['dueAt'], where: 'due_at is not null' },
    { columns: ['caseId'], where: 'done_at is null' },
    { columns: ['userId', 'doneAt'] },
    { columns: ['grantId', 'endsAt', 'userId'], unique: true, where: 'grant_id is not null' },
    { columns: ['troubleId', 'userId'], unique: true, where: 'trouble_id is not null' },
  ],
  foreignKeys: [to('guild', 'guildId'), to('case', 'caseId'), to('trouble', 'troubleId')],
});

export const adminTable = new EntitySchema<AdminRow>({
  name: 'admin',
  columns: { guildId: key(text), userId: key(text), seenAt: instant },
  foreignKeys: [to('guild', 'guildId')],
});

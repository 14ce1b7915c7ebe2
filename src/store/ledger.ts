import { EntitySchema } from 'typeorm';
import { count, instant, json, key, orNull, plexNumber, text, to, uuid } from './columns.js';
import type { AskRow, CaseRow, NoticeRow, OpenAnswerRow, ReceiptRow } from './rows.js';

export const caseTable = new EntitySchema<CaseRow>({
  name: 'case',
  columns: {
    id: key(uuid),
    guildId: text,
    number: { type: 'integer' },
    noticeId: orNull(uuid),
    at: instant,
    type: text,
    personId: orNull(uuid),
    serverId: orNull(uuid),
    actorId: orNull(text),
    reason: orNull(text),
    facts: json,
  },
  uniques: [{ columns: ['guildId', 'number'] }],
  indices: [{ columns: ['noticeId'] }, { columns: ['personId'] }],
  foreignKeys: [
    to('guild', 'guildId'),
    to('notice', 'noticeId'),
    to('person', 'personId'),
    to('server', 'serverId'),
  ],
});

export const receiptTable = new EntitySchema<ReceiptRow>({
  name: 'receipt',
  columns: {
    caseId: key(uuid),
    serverId: key(uuid),
    personId: key(uuid),
    sectionId: key(plexNumber),
    want: text,
    dueAt: instant,
    writtenAt: orNull(instant),
    seenAt: orNull(instant),
    shownAt: orNull(instant),
    closedAt: orNull(instant),
    how: orNull(text),
    why: orNull(text),
  },
  indices: [
    { columns: ['closedAt'], where: "how = 'refused'" },
    // Over coalesce(seen_at, shown_at) of removals, which TypeORM cannot say: the migration makes it.
    { name: 'receipt_removed', columns: ['seenAt', 'shownAt'], synchronize: false },
  ],
  foreignKeys: [to('case', 'caseId')],
});

export const noticeTable = new EntitySchema<NoticeRow>({
  name: 'notice',
  columns: {
    id: key(uuid),
    guildId: text,
    owedAt: instant,
    /** Rises in the order in which notices are to be posted. */
    place: { type: 'bigint', generated: 'increment' },
    channelId: orNull(text),
    messageId: orNull(text),
    sendingAt: orNull(instant),
    shown: orNull(text),
    dueAt: orNull(instant),
    news: count,
    tries: count,
  },
  indices: [{ columns: ['guildId', 'place'], where: 'due_at is not null' }],
  foreignKeys: [to('guild', 'guildId')],
});

export const askTable = new EntitySchema<AskRow>({
  name: 'ask',
  columns: {
    id: key(text),
    guildId: text,
    userId: orNull(text),
    button: text,
    payload: json,
    expiresAt: orNull(instant),
  },
  indices: [{ columns: ['expiresAt'] }],
});

export const openAnswerTable = new EntitySchema<OpenAnswerRow>({
  name: 'open_answer',
  columns: {
    id: key(text),
    guildId: text,
    applicationId: text,
    token: text,
    follows: json,
    until: instant,
  },
});

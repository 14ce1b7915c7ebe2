import { EntitySchema } from 'typeorm';
import { count, flag, instant, json, key, orNull, plexNumber, text, to, uuid } from './columns.js';
import { heldTable } from './held.js';
import { askTable, caseTable, noticeTable, openAnswerTable, receiptTable } from './ledger.js';
import { adminTable, dmTable, troubleTable } from './outbox.js';
import type {
  BurstRow,
  GrantRow,
  GuildRow,
  LibraryRow,
  LinkRow,
  OrderRow,
  OwnerRow,
  PersonRow,
  RoleBindingRow,
  ServerRow,
  SettingRow,
  ShareRowStored,
} from './rows.js';

export const settingTable = new EntitySchema<SettingRow>({
  name: 'setting',
  columns: { name: key(text), value: text },
});

export const ownerTable = new EntitySchema<OwnerRow>({
  name: 'owner',
  columns: { accountId: key(plexNumber), username: text, token: orNull(text) },
});

export const guildTable = new EntitySchema<GuildRow>({
  name: 'guild',
  columns: {
    id: key(text),
    timeZone: orNull(text),
    auditChannelId: orNull(text),
    homeUsers: flag,
    lastCaseNumber: count,
    leftAt: orNull(instant),
    dms: { type: 'boolean', default: true },
    brakePeople: { type: 'integer', default: 5 },
    brakePercent: { type: 'integer', default: 10 },
    ownerId: orNull(plexNumber),
    sweepEvery: { type: 'integer', default: 15 },
    sweepAt: orNull(text),
    syncEvery: { type: 'integer', default: 60 },
    driftPolicy: { ...text, default: 'report' },
    streams: { ...text, default: 'finish' },
  },
});

export const roleBindingTable = new EntitySchema<RoleBindingRow>({
  name: 'role_binding',
  columns: { guildId: key(text), roleId: key(text), power: text },
  foreignKeys: [to('guild', 'guildId')],
});

export const serverTable = new EntitySchema<ServerRow>({
  name: 'server',
  columns: {
    id: key(uuid),
    guildId: text,
    machineId: { ...text, unique: true },
    ownerId: plexNumber,
    ownerName: { ...text, default: '' },
    endPolicy: { ...text, default: 'keep-default' },
    name: text,
    pmsUrl: text,
    syncedAt: orNull(instant),
    sweptAt: orNull(instant),
    saneRows: { ...json, default: [] },
    doubtedRows: orNull(json),
  },
  indices: [{ columns: ['guildId'] }],
  foreignKeys: [to('guild', 'guildId')],
});

export const libraryTable = new EntitySchema<LibraryRow>({
  name: 'library',
  columns: {
    id: key(uuid),
    serverId: uuid,
    sectionId: plexNumber,
    key: text,
    uuid: text,
    title: text,
    type: text,
    isDefault: flag,
    missingSince: orNull(instant),
    goneAt: orNull(instant),
  },
  uniques: [{ columns: ['serverId', 'sectionId'] }],
  foreignKeys: [to('server', 'serverId')],
});

export const personTable = new EntitySchema<PersonRow>({
  name: 'person',
  columns: {
    id: key(uuid),
    guildId: text,
    accountId: orNull(plexNumber),
    kind: text,
    title: text,
    username: text,
    email: text,
    invitedAs: { ...text, default: '' },
    mergedInto: orNull(uuid),
    missingSince: orNull(instant),
    goneAt: orNull(instant),
  },
  indices: [
    { columns: ['guildId', 'accountId'], unique: true, where: 'account_id is not null' },
    { columns: ['guildId', 'email'] },
    { columns: ['guildId', 'invitedAs'], unique: true, where: "invited_as <> ''" },
    // Over lower(title), which TypeORM cannot say: the migration makes it.
    { name: 'person_by_title', columns: ['guildId', 'title', 'id'], synchronize: false },
  ],
  foreignKeys: [to('guild', 'guildId'), to('person', 'mergedInto')],
});

export const linkTable = new EntitySchema<LinkRow>({
  name: 'link',
  columns: { guildId: key(text), userId: key(text), personId: uuid },
  indices: [{ columns: ['personId'] }],
  foreignKeys: [to('guild', 'guildId'), to('person', 'personId')],
});

export const shareTable = new EntitySchema<ShareRowStored>({
  name: 'share',
  columns: {
    serverId: key(uuid),
    personId: key(uuid),
    version: count,
    managed: flag,
    importOwed: flag,
    ordered: { ...json, default: [] },
    lookedAt: instant,
    observed: orNull(json),
    attempt: orNull(json),
    exempt: { ...json, default: [] },
    driftSeen: { ...json, default: [] },
    removedAt: orNull(instant),
    stuckAt: orNull(instant),
    handsOff: flag,
    nextLookAt: orNull(instant),
    nextEdgeAt: orNull(instant),
    looks: count,
  },
  indices: [
    { columns: ['personId'] },
    { columns: ['nextLookAt'], where: 'next_look_at is not null' },
    { columns: ['nextEdgeAt'], where: 'next_edge_at is not null' },
  ],
  foreignKeys: [to('server', 'serverId'), to('person', 'personId')],
});

export const burstTable = new EntitySchema<BurstRow>({
  name: 'burst',
  columns: {
    serverId: key(uuid),
    wroteAt: instant,
    dueAt: orNull(instant),
    personId: orNull(uuid),
    no: orNull({ type: 'integer' }),
  },
  indices: [{ columns: ['dueAt'], where: 'due_at is not null' }],
  foreignKeys: [to('server', 'serverId')],
});

export const orderTable = new EntitySchema<OrderRow>({
  name: 'share_order',
  columns: {
    serverId: key(uuid),
    personId: key(uuid),
    sectionId: key(plexNumber),
    want: text,
    since: instant,
    cause: text,
    caseId: orNull(uuid),
    tried: flag,
    seenAt: orNull(instant),
    shownAt: orNull(instant),
  },
  indices: [{ columns: ['personId'] }],
  foreignKeys: [to('server', 'serverId'), to('person', 'personId'), to('case', 'caseId')],
});

export const grantTable = new EntitySchema<GrantRow>({
  name: 'access_grant',
  columns: {
    id: key(uuid),
    personId: uuid,
    libraryId: uuid,
    startsAt: instant,
    endsAt: orNull(instant),
    revokedAt: orNull(instant),
    createdAt: instant,
    closedAt: orNull(instant),
    source: text,
    giver: orNull(text),
    reason: orNull(text),
  },
  indices: [
    { columns: ['personId', 'libraryId'], unique: true, where: 'closed_at is null' },
    { columns: ['libraryId'] },
    { name: 'grant_by_start', columns: ['startsAt', 'id'], where: 'closed_at is null' },
    { name: 'grant_by_end', columns: ['endsAt', 'id'], where: 'closed_at is null' },
  ],
  foreignKeys: [to('person', 'personId'), to('library', 'libraryId')],
});

export const tables = [
  settingTable,
  ownerTable,
  guildTable,
  roleBindingTable,
  serverTable,
  libraryTable,
  personTable,
  linkTable,
  shareTable,
  burstTable,
  orderTable,
  grantTable,
  caseTable,
  receiptTable,
  noticeTable,
  askTable,
  troubleTable,
  dmTable,
  adminTable,
  openAnswerTable,
  heldTable,
];

import type { DmPart } from '../core/dms.js';
import type { ServerId } from '../core/model.js';
import type { DmRow } from '../store/outbox.js';
import type { ReceiptRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';

/** What becomes of a part of a direct message: it is said, waits until Plex has shown it, or is no longer true. */
export type Fate = { readonly row: DmRow; readonly part: DmPart } | 'waits' | 'dropped';

/** The part as it is to be said, whether or not it is still to be. null: what it is about is gone. */
export async function partOf(tables: Tables, row: DmRow): Promise<DmPart | null> {
  const { serverId, sectionId, personId, kind } = row;
  if (kind === 'trouble' || !serverId || sectionId === null || !personId) return null;
  const server = (await tables.servers.ofGuild(row.guildId)).find((one) => one.id === serverId);
  const library = await tables.servers.library(serverId, sectionId);
  if (!server || !library) return null;
  const grant = await tables.grants.newest(library.id, personId);
  const caseRow = row.caseId === null ? null : await tables.cases.find(row.caseId);
  const endedAt = (await receiptOf(tables, row))?.dueAt ?? row.owedAt;
  const at = { began: grant?.endsAt ?? null, ending: row.endsAt, ended: endedAt }[kind];
  const giver = grant?.giver ?? null;
  return {
    kind,
    library: library.title,
    server: server.name,
    at,
    ask: kind === 'ended' ? (caseRow?.actorId ?? giver) : giver,
    isInvite: kind === 'began' && (await isPending(tables, { serverId, row })),
  };
}

/** What is to become of a part that is due. */
export async function fateOf(tables: Tables, row: DmRow, now: Date): Promise<Fate> {
  if (!(await isWanted(tables, row))) return 'dropped';
  if (row.kind === 'ending') {
    const grant = row.grantId && (await tables.grants.find(row.grantId));
    const isAsSaid =
      grant && grant.closedAt === null && +(grant.endsAt ?? 0) === +(row.endsAt ?? 0);
    if (!isAsSaid || grant.revokedAt !== null || +(row.endsAt ?? 0) <= +now) return 'dropped';
  } else {
    const receipt = await receiptOf(tables, row);
    const isSeen = receipt && (receipt.seenAt ?? receipt.shownAt) !== null;
    if (!receipt || (!isSeen && receipt.closedAt !== null)) return 'dropped';
    if (!isSeen) return 'waits';
  }
  const part = await partOf(tables, row);
  return part === null ? 'dropped' : { row, part };
}

/** The guild still wants it, and the user is still that person. */
async function isWanted(tables: Tables, { guildId, userId, personId }: DmRow): Promise<boolean> {
  const guild = await tables.guilds.find(guildId);
  if (!guild?.dms || guild.leftAt !== null || personId === null) return false;
  return (await tables.people.membersOf(guildId, personId)).includes(userId);
}

async function receiptOf(tables: Tables, row: DmRow): Promise<ReceiptRow | undefined> {
  if (row.caseId === null) return undefined;
  const receipts = await tables.cases.receipts([row.caseId]);
  return receipts.find(
    (one) =>
      one.personId === row.personId &&
      one.serverId === row.serverId &&
      one.sectionId === row.sectionId,
  );
}

async function isPending(tables: Tables, about: { serverId: ServerId; row: DmRow }) {
  const { personId } = about.row;
  if (personId === null) return false;
  const [stored] = await tables.shares.on(about.serverId, [personId]);
  return stored?.share.observed?.pending ?? false;
}

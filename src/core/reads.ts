import type { AccountId, InviteId, Read, SectionId, ShareId } from './model.js';
import { isSame, setOf } from './sections.js';

/** One row of a server's share list as plex.tv sent it. */
export interface ShareRow {
  readonly id: ShareId;
  /** null: an invite to an address without an account. */
  readonly accountId: AccountId | null;
  /** As sent: casing differs between plex.tv's lists; "" for managed users. */
  readonly email: string;
  readonly username: string;
  /** Not accepted yet: the person has no rights. */
  readonly pending: boolean;
  /** Everything, also libraries to come. */
  readonly all: boolean;
  /** Libraries with shared=1. */
  readonly sections: readonly SectionId[];
  /** Every Section of the row; the same array object in rows that list the same. Empty: the row carried none. */
  readonly catalogue: readonly SectionId[];
}

/** A well-formed answer of `GET /api/servers/{m}/shared_servers`. */
export interface SharesAnswer {
  /** When the request was sent. */
  readonly at: Date;
  /** The container's own count; null when it gave none. */
  readonly size: number | null;
  readonly rows: readonly ShareRow[];
}

/** A share that waits for its person to accept, as the owner's list of pending invites shows it. */
export interface PendingInvite {
  readonly shareId: ShareId;
  readonly inviteId: InviteId;
  readonly machineId: string;
  readonly accountId: AccountId | null;
  readonly email: string;
  readonly username: string;
  readonly sections: readonly SectionId[];
  readonly all: boolean;
}

/** Whether an answer can be believed at all: complete by its own count, no row twice, the same libraries everywhere. */
export function isSane({ size, rows }: SharesAnswer): boolean {
  if (size !== null && size !== rows.length) return false;
  if (new Set(rows.map((row) => row.id)).size !== rows.length) return false;
  const listed = rows.map((row) => row.catalogue).filter((catalogue) => catalogue.length > 0);
  const first = listed[0];
  // Equal catalogues are one array, so this costs nothing where all is well.
  return listed.every((catalogue) => catalogue === first || isSame(catalogue, first ?? []));
}

/** Rows of the last sane answer that this one lacks, leaving out those that a DELETE of ours explains. */
export function missingRows(
  { rows }: SharesAnswer,
  last: readonly ShareId[],
  deleted: ReadonlySet<ShareId>,
): readonly ShareId[] {
  const present = new Set(rows.map((row) => row.id));
  return last.filter((id) => !present.has(id) && !deleted.has(id));
}

const FEW_ROWS = 2;
const FEW_SHARE = 0.1;

/** Whether so few rows went away between two answers that people may simply have left. */
export const isFew = (missing: number, last: number): boolean =>
  missing <= Math.max(FEW_ROWS, last * FEW_SHARE);

/** Who is looked for in an answer. */
export interface PersonKey {
  readonly accountId: AccountId | null;
  /** Lower case, trimmed; "" = none. */
  readonly email: string;
  /** The address or username an invite was or will be sent to, lower case; "" = none. */
  readonly invitedAs: string;
  /** As plex.tv writes it; "" = not known. */
  readonly username: string;
  /** Rows of this server that are known to be theirs: what our write made, or an earlier read showed. */
  readonly shareIds: readonly ShareId[];
}

interface Lists {
  readonly answer: SharesAnswer;
  /** The owner's pending invites on this server; null when they were not asked for. */
  readonly pending: readonly PendingInvite[] | null;
  /** The server's libraries, for when no row lists them. */
  readonly catalogue: readonly SectionId[];
}

/** The account that a row of plex.tv is of, as far as it has one. */
export interface Account {
  readonly accountId: AccountId | null;
  readonly email: string;
  readonly username: string;
}

/** A name or address as it is compared: plex.tv's lists differ in casing. */
export const foldName = (text: string): string => text.trim().toLowerCase();

const folded = ({ email, username }: Account): string[] => [email, username].map(foldName);

/**
 * Finds a person's row: the one that is known to be theirs, else their account's, else one without an account under
 * their address. Who has no account yet is also found under the address or username they were invited by, and then
 * the row tells which account that is. An empty name is nobody's.
 */
function finder<Row extends Account>(
  rows: readonly Row[],
  idOf: (row: Row) => ShareId,
): (key: PersonKey) => Row | undefined {
  const byId = new Map(rows.map((row) => [idOf(row), row]));
  const byAccount = new Map(rows.map((row) => [row.accountId, row]));
  const waiting = rows.filter((row) => row.accountId === null);
  const byAddress = new Map(waiting.map((row) => [foldName(row.email), row]));
  // An address comes before a username that looks the same.
  const byName = new Map(
    [1, 0].flatMap((i) => rows.map((row) => [folded(row)[i] ?? '', row] as const)),
  );
  return ({ accountId, email, invitedAs, username, shareIds }) => {
    const known = shareIds.map((id) => byId.get(id)).find((row) => row !== undefined);
    if (known) return known;
    const own = accountId === null ? undefined : byAccount.get(accountId);
    if (own) return own;
    const names = [invitedAs, email, foldName(username)].filter((name) => name !== '');
    const rowOf = accountId === null ? byName : byAddress;
    return names.map((name) => rowOf.get(name)).find((row) => row !== undefined);
  };
}

/** Which account an answer shows behind a person, and whether they have accepted; null: no row. */
export function accounts({
  answer,
  pending,
}: Pick<Lists, 'answer' | 'pending'>): (
  key: PersonKey,
) => (Account & { readonly pending: boolean }) | null {
  const rowOf = finder(answer.rows, (row) => row.id);
  const inviteOf = finder(pending ?? [], (invite) => invite.shareId);
  return (key) => {
    const row = rowOf(key);
    if (row) return row;
    const invite = inviteOf(key);
    return invite ? { ...invite, pending: true } : null;
  };
}

/**
 * What the lists show of each person. "No row" needs both lists; an empty catalogue is no knowledge at all.
 */
export function reader({
  answer,
  pending,
  catalogue,
}: Lists): (key: PersonKey) => Read | 'unknown' | 'needs-pending' {
  const rowOf = finder(answer.rows, (row) => row.id);
  const inviteOf = finder(pending ?? [], (invite) => invite.shareId);
  return (key) => {
    const row = rowOf(key);
    const listed = row?.catalogue.length ? row.catalogue : catalogue;
    if (listed.length === 0) return 'unknown';
    const found = row ?? inviteOf(key);
    if (!found && pending === null) return 'needs-pending';
    const base = { at: answer.at, catalogue: listed };
    if (!found) return { ...base, row: null, pending: false, all: false, sections: [] };
    const sections = setOf(found.all ? listed : found.sections);
    const id = row?.id ?? inviteOf(key)?.shareId ?? null;
    return { ...base, row: id, pending: row?.pending ?? true, all: found.all, sections };
  };
}

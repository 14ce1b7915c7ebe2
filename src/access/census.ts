import { randomUUID } from 'node:crypto';
import type { PendingInvite } from '../core/reads.js';
import type { GuildId, LibraryId, PersonId, SectionId, ServerId } from '../core/model.js';
import { maskEmail } from '../core/text.js';
import type { PlexLibrary, PlexPerson } from '../plex/plex.js';
import type { LibraryRow, PersonKind, PersonRow } from '../store/rows.js';

/** What a sync found: how many are new, look different, or are gone. */
export interface Difference<Row> {
  readonly rows: readonly Row[];
  readonly added: number;
  readonly changed: number;
  readonly gone: number;
}

interface Moment {
  readonly now: Date;
  /** Two answers that lack something must be further apart than this before it counts as gone. */
  readonly lagMs: number;
}

/** Marks a row that an answer lacks: missing at first, gone when a second answer, late enough, lacks it too. */
function lacking<Row extends { missingSince: Date | null; goneAt: Date | null }>(
  row: Row,
  { now, lagMs }: Moment,
): Row {
  if (row.goneAt !== null) return row;
  if (row.missingSince === null) return { ...row, missingSince: now };
  return +now - +row.missingSince > lagMs ? { ...row, goneAt: now } : row;
}

function difference<Row extends { id: string; goneAt: Date | null }>(
  before: readonly Row[],
  after: readonly Row[],
  differs: (a: Row, b: Row) => boolean,
): Difference<Row> {
  const old = new Map(before.map((row) => [row.id, row]));
  const fresh = after.filter((row) => !old.has(row.id));
  const touched = after.filter((row) => {
    const was = old.get(row.id);
    return was !== undefined && JSON.stringify(was) !== JSON.stringify(row);
  });
  const pairs = touched.map((row) => ({ row, was: old.get(row.id) as Row }));
  return {
    rows: [...fresh, ...touched],
    added: fresh.length + pairs.filter(({ row, was }) => was.goneAt && !row.goneAt).length,
    changed: pairs.filter(({ row, was }) => differs(was, row)).length,
    gone: pairs.filter(({ row, was }) => row.goneAt && !was.goneAt).length,
  };
}

/** Libraries of a server as they are to be stored; an answer without any library changes nothing. */
export function countLibraries(
  { serverId, known }: { serverId: ServerId; known: readonly LibraryRow[] },
  seen: readonly PlexLibrary[],
  moment: Moment,
): Difference<LibraryRow> {
  const shareable = seen.flatMap((library) =>
    library.sectionId === null || !library.isLocal
      ? []
      : { ...library, sectionId: library.sectionId },
  );
  if (shareable.length === 0) return { rows: [], added: 0, changed: 0, gone: 0 };
  const bySection = new Map<SectionId, LibraryRow>(known.map((row) => [row.sectionId, row]));
  const present = shareable.map((library): LibraryRow => {
    const row = bySection.get(library.sectionId);
    return {
      ...(row ?? { id: randomUUID() as LibraryId, serverId, isDefault: false }),
      sectionId: library.sectionId,
      key: library.key,
      uuid: library.uuid,
      title: library.title,
      type: library.type,
      missingSince: null,
      goneAt: null,
    };
  });
  const sections = new Set(shareable.map((library) => library.sectionId));
  // A library of which only one side tells is neither there nor missing.
  const half = seen.filter((l) => l.sectionId === null || !l.isLocal);
  const isHalf = (row: LibraryRow) =>
    half.some((l) => l.sectionId === row.sectionId || (l.sectionId === null && l.key === row.key));
  const absent = known.filter((row) => !sections.has(row.sectionId) && !isHalf(row));
  return difference(
    known,
    [...present, ...absent.map((row) => lacking(row, moment))],
    (a, b) => a.title !== b.title,
  );
}

const kindOf = (person: PlexPerson): PersonKind =>
  person.restricted ? 'managed' : person.home ? 'home' : 'friend';

/** plex.tv gives the address as a name to those who never chose one. */
const named = (text: string): string => (text.includes('@') ? maskEmail(text) : text);

const email = (text: string): string => text.trim().toLowerCase();

/** People of an owner as they are to be stored; who only has an invite to an address is a person too. */
export function countPeople(
  { guildId, known }: { guildId: GuildId; known: readonly PersonRow[] },
  seen: { readonly people: readonly PlexPerson[]; readonly pending: readonly PendingInvite[] },
  moment: Moment,
): Difference<PersonRow> {
  const byAccount = new Map(known.map((row) => [row.accountId, row]));
  const byAddress = new Map(
    known.filter((row) => row.accountId === null).map((row) => [row.email, row]),
  );
  const base = (row: PersonRow | undefined) => ({
    id: row?.id ?? (randomUUID() as PersonId),
    guildId,
    missingSince: null,
    goneAt: null,
  });
  const accounts = seen.people.map((person): PersonRow => {
    const address = email(person.email);
    const row = byAccount.get(person.accountId) ?? (address ? byAddress.get(address) : undefined);
    return {
      ...base(row),
      accountId: person.accountId,
      kind: kindOf(person),
      title: named(person.title) || named(person.username) || maskEmail(address),
      username: person.username,
      email: address,
    };
  });
  const accountIds = new Set(seen.people.map((person) => person.accountId));
  const invited = seen.pending
    .filter((invite) => invite.accountId === null || !accountIds.has(invite.accountId))
    .map((invite): PersonRow => {
      const address = email(invite.email);
      const row = invite.accountId ? byAccount.get(invite.accountId) : byAddress.get(address);
      return {
        ...base(row),
        accountId: invite.accountId,
        kind: 'invited',
        title: named(invite.username) || maskEmail(address),
        username: invite.username,
        email: address,
      };
    });
  const invitedOnce = [
    ...new Map(invited.map((row) => [row.accountId ?? row.email, row])).values(),
  ];
  const present = new Map([...invitedOnce, ...accounts].map((row) => [row.id, row]));
  const absent = known.filter((row) => !present.has(row.id));
  return difference(
    known,
    [...present.values(), ...absent.map((row) => lacking(row, moment))],
    (a, b) => a.title !== b.title || a.kind !== b.kind || a.accountId !== b.accountId,
  );
}

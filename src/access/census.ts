import { randomUUID } from 'node:crypto';
import { foldName } from '../core/reads.js';
import type { PendingInvite } from '../core/reads.js';
import type {
  AccountId,
  GuildId,
  LibraryId,
  PersonId,
  SectionId,
  ServerId,
  ShareId,
} from '../core/model.js';
import { maskAddress, maskEmail } from '../core/text.js';
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

/** In which order a row's fields come says nothing: the store has one of its own. */
const isSameRow = <Row extends object>(a: Row, b: Row): boolean =>
  (Object.keys(b) as (keyof Row)[]).every(
    (key) => JSON.stringify(a[key]) === JSON.stringify(b[key]),
  );

function difference<Row extends { id: string; goneAt: Date | null }>(
  before: readonly Row[],
  after: readonly Row[],
  differs: (a: Row, b: Row) => boolean,
): Difference<Row> {
  const old = new Map(before.map((row) => [row.id, row]));
  const fresh = after.filter((row) => !old.has(row.id));
  const touched = after.filter((row) => {
    const was = old.get(row.id);
    return was !== undefined && !isSameRow(was, row);
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

const kindOf = ({ restricted, home, shares }: PlexPerson): PersonKind => {
  if (restricted) return 'managed';
  if (home) return 'home';
  return shares.length > 0 && shares.every((share) => share.pending) ? 'invited' : 'friend';
};

/** What is stored of a guild's people, and what ties it to what plex.tv shows. */
export interface KnownPeople {
  readonly guildId: GuildId;
  readonly known: readonly PersonRow[];
  /** Whose share a row is known to be. */
  readonly ownerOf: ReadonlyMap<ShareId, PersonId>;
  /** Not to be forgotten, though no list of plex.tv has them. */
  readonly needed: ReadonlySet<PersonId>;
}

/** Two rows that turn out to be one person. */
export interface SamePerson {
  readonly into: PersonId;
  readonly from: PersonId;
}

/** Finds the stored row of what plex.tv shows: by share, else by the address or name of the invite, else by account. */
class Matcher {
  private readonly byId: ReadonlyMap<PersonId, PersonRow>;
  private readonly byAccount: ReadonlyMap<AccountId | null, PersonRow>;
  private readonly byName: ReadonlyMap<string, PersonRow>;
  private readonly taken = new Set<PersonId>();
  readonly same: SamePerson[] = [];

  constructor(private readonly people: KnownPeople) {
    const { known } = people;
    this.byId = new Map(known.map((row) => [row.id, row]));
    this.byAccount = new Map(known.map((row) => [row.accountId, row]));
    const waiting = known.filter((row) => row.accountId === null);
    this.byName = new Map(
      waiting.flatMap((row) => [row.email, row.invitedAs].map((name) => [name, row] as const)),
    );
  }

  /** The row that stays; another one that is the same person is noted, to be merged into it. */
  find(seen: {
    accountId: AccountId | null;
    names: readonly string[];
    shares: readonly ShareId[];
  }) {
    const account = seen.accountId === null ? undefined : this.byAccount.get(seen.accountId);
    const claims = [
      ...seen.shares.map((id) => this.byId.get(this.people.ownerOf.get(id) ?? ('' as PersonId))),
      ...seen.names.filter((name) => name !== '').map((name) => this.byName.get(foldName(name))),
    ].filter((row) => row !== undefined && this.isFree(row));
    const row = account ?? claims[0];
    for (const claim of claims) {
      if (!claim || !row || claim.id === row.id || this.taken.has(claim.id)) continue;
      this.taken.add(claim.id);
      this.same.push({ into: row.id, from: claim.id });
    }
    if (row) this.taken.add(row.id);
    return row;
  }

  /** Only who was invited can turn out to be another account; nobody is found twice. */
  private isFree(row: PersonRow): boolean {
    return !this.taken.has(row.id) && (row.accountId === null || row.kind === 'invited');
  }
}

/** People as they are to be stored, and who of them are one. */
export type PeopleDifference = Difference<PersonRow> & { readonly same: readonly SamePerson[] };

/** People of an owner as they are to be stored; who only has an invite to an address is a person too. */
export function countPeople(
  known: KnownPeople,
  seen: { readonly people: readonly PlexPerson[]; readonly pending: readonly PendingInvite[] },
  moment: Moment,
): PeopleDifference {
  const matcher = new Matcher(known);
  const accounts = seen.people.map((person) => accountRow(known.guildId, person, matcher));
  const accountIds = new Set(seen.people.map((person) => person.accountId));
  const invited = seen.pending
    .filter((invite) => invite.accountId === null || !accountIds.has(invite.accountId))
    .map((invite) => invitedRow(known.guildId, invite, matcher));
  const invitedOnce = [
    ...new Map(invited.map((row) => [row.accountId ?? row.email, row])).values(),
  ];
  const present = new Map([...invitedOnce, ...accounts].map((row) => [row.id, row]));
  const merged = new Set(matcher.same.map(({ from }) => from));
  const absent = known.known.filter((row) => !present.has(row.id) && !merged.has(row.id));
  const left = absent.map((row) => (known.needed.has(row.id) ? row : lacking(row, moment)));
  const differs = (a: PersonRow, b: PersonRow) =>
    a.title !== b.title || a.kind !== b.kind || a.accountId !== b.accountId;
  const found = difference(known.known, [...present.values(), ...left], differs);
  return { ...found, same: matcher.same };
}

const baseOf = (guildId: GuildId, row: PersonRow | undefined) => ({
  id: row?.id ?? (randomUUID() as PersonId),
  guildId,
  invitedAs: row?.invitedAs ?? '',
  mergedInto: null,
  missingSince: null,
  goneAt: null,
});

function accountRow(guildId: GuildId, person: PlexPerson, matcher: Matcher): PersonRow {
  const { accountId, username } = person;
  const address = foldName(person.email);
  const shares = person.shares.map((share) => share.id);
  const row = matcher.find({ accountId, names: [address, username], shares });
  return {
    ...baseOf(guildId, row),
    accountId,
    kind: kindOf(person),
    title: maskAddress(person.title) || maskAddress(username) || maskEmail(address),
    username,
    email: address,
  };
}

function invitedRow(guildId: GuildId, invite: PendingInvite, matcher: Matcher): PersonRow {
  const { accountId, username, shareId } = invite;
  const address = foldName(invite.email);
  const row = matcher.find({ accountId, names: [address, username], shares: [shareId] });
  return {
    ...baseOf(guildId, row),
    accountId,
    kind: 'invited',
    title: maskAddress(username) || maskEmail(address),
    username,
    email: address,
  };
}

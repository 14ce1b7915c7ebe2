import { createHash } from 'node:crypto';
import { isAsked } from '../core/drift.js';
import type {
  CaseId,
  DiscordUserId,
  Drift,
  EndPolicy,
  GuildId,
  LibraryId,
  Order,
  PersonId,
  SectionId,
  ServerId,
  Share,
} from '../core/model.js';
import { atLeast } from '../core/power.js';
import { minus, setOf, union } from '../core/sections.js';
import type { Sections } from '../core/sections.js';
import type { OpenGrant } from '../store/grants.js';
import type { PersonRow, ServerRow } from '../store/rows.js';
import type { StoredShare } from '../store/shares.js';
import type { Tables } from '../store/store.js';
import { findPerson, libraryName } from './find.js';
import type { Parts, Standing } from './parts.js';

/** One library, and how one person stands to it. */
export interface LibraryPortrait {
  readonly id: LibraryId;
  readonly section: SectionId;
  readonly serverId: ServerId;
  /** With the server's name where the guild has several. */
  readonly title: string;
  readonly grant: OpenGrant | null;
  readonly isDefault: boolean;
  /** A default library that this person keeps. */
  readonly isKept: boolean;
  /** As of Plex's last answer. */
  readonly isShown: boolean;
  readonly order: Order | null;
  /** Otherwise in Plex, and the case whose question about it nobody has answered yet. */
  readonly drift: { readonly kind: Drift['kind']; readonly caseId: CaseId } | null;
}

/** One person on one server. */
export interface ServerPortrait {
  readonly id: ServerId;
  readonly name: string;
  readonly endPolicy: EndPolicy;
  readonly isManaged: boolean;
  /** Somebody said so; a sync does not take them over. */
  readonly isHandsOff: boolean;
  /** Invited, and not accepted yet. */
  readonly isPending: boolean;
  /** Has everything, also libraries to come. */
  readonly hasAll: boolean;
  readonly readAt: Date | null;
  readonly shown: number;
}

/** Everything about one person that a panel shows. */
export interface Portrait {
  readonly id: PersonId;
  readonly title: string;
  readonly kind: PersonRow['kind'];
  readonly goneAt: Date | null;
  /** For Admins only, and "" for everybody else. */
  readonly email: string;
  readonly members: readonly DiscordUserId[];
  readonly servers: readonly ServerPortrait[];
  /** Every library of every server, server by server, by title. */
  readonly libraries: readonly LibraryPortrait[];
  /** The next start or end of what was given. */
  readonly nextChange: Date | null;
  /** Equal as long as nobody changed what this person has or is to have; a read of Plex that agrees leaves it alone. */
  readonly seal: string;
  readonly now: Date;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** Who is meant: by id also somebody who is gone. */
export async function anybody(tables: Tables, guildId: GuildId, typed: string): Promise<PersonRow> {
  const byId = UUID.test(typed) ? await tables.people.get(guildId, typed as PersonId) : null;
  return byId ?? findPerson(tables, guildId, typed);
}

/** Reads one person. */
export async function portrait(
  { store, clock }: Parts,
  { guildId, actor }: Standing,
  typed: string,
): Promise<Portrait> {
  return store.byIndex(async (tables) => {
    const person = await anybody(tables, guildId, typed);
    const drawn = await draw(tables, person, clock.now());
    const maySee = actor.kind === 'member' && atLeast(actor.power, 'admin');
    return maySee ? { ...drawn, email: person.email } : drawn;
  });
}

/** What a transaction that holds the person's shares sees of them. */
export async function draw(tables: Tables, person: PersonRow, now: Date): Promise<Portrait> {
  const { id, guildId, title, kind, goneAt } = person;
  const shares = await tables.shares.ofPerson(id);
  const all = await tables.servers.librariesOfGuild(guildId);
  const servers: ServerPortrait[] = [];
  const libraries: LibraryPortrait[] = [];
  const sealed: unknown[] = [];
  const edges: Date[] = [];
  for (const server of await tables.servers.ofGuild(guildId)) {
    const stored = shares.find((one) => one.serverId === server.id);
    const share = stored?.share;
    const grants = await tables.grants.open(server.id, [id]);
    servers.push(serverPortrait(server, stored));
    for (const library of all.filter((one) => one.serverId === server.id)) {
      const own = libraryPortrait(library, { share, grants });
      libraries.push({ ...own, title: libraryName(library, all) });
    }
    sealed.push([server.id, server.endPolicy, sealOf(share, grants)]);
    edges.push(
      ...grants.flatMap((grant) => [grant.startsAt, ...(grant.endsAt ? [grant.endsAt] : [])]),
    );
  }
  const nextChange = edges.filter((at) => at > now).sort((a, b) => +a - +b)[0] ?? null;
  const members = await tables.people.membersOf(guildId, id);
  const seal = createHash('sha256').update(JSON.stringify(sealed)).digest('base64url').slice(0, 22);
  return { id, title, kind, goneAt, email: '', members, servers, libraries, nextChange, seal, now };
}

const serverPortrait = (server: ServerRow, stored: StoredShare | undefined): ServerPortrait => ({
  id: server.id,
  name: server.name,
  endPolicy: server.endPolicy,
  isManaged: stored?.share.managed ?? false,
  isHandsOff: stored?.handsOff ?? false,
  isPending: stored?.share.observed?.pending ?? false,
  hasAll: stored?.share.observed?.all ?? false,
  readAt: stored?.share.observed?.at ?? null,
  shown: stored?.share.observed?.sections.length ?? 0,
});

type Row = Awaited<ReturnType<Tables['servers']['librariesOfGuild']>>[number];

function libraryPortrait(
  { id, sectionId: section, serverId, isDefault }: Row,
  { share, grants }: { share: StoredShare['share'] | undefined; grants: readonly OpenGrant[] },
): Omit<LibraryPortrait, 'title'> {
  return {
    id,
    section,
    serverId,
    grant: grants.find((grant) => grant.libraryId === id) ?? null,
    isDefault,
    isKept: isDefault && share?.managed === true && !share.exempt.includes(section),
    isShown: share?.observed?.sections.includes(section) ?? false,
    order: share?.orders.find((order) => order.section === section) ?? null,
    drift: askedOf(share, section),
  };
}

function askedOf(share: Share | undefined, section: SectionId): LibraryPortrait['drift'] {
  const drift = share?.driftSeen.find((one) => one.section === section);
  if (!share || drift?.caseId === undefined || !isAsked(share, drift.caseId)) return null;
  return drift.ignored === true ? null : { kind: drift.kind, caseId: drift.caseId };
}

/** What Plex shows, or will once it has done what is on order. */
export function expected(share: Share | undefined): Sections {
  const ordered = (want: Order['want']) =>
    setOf((share?.orders ?? []).filter((o) => o.want === want).map((o) => o.section));
  return minus(union(share?.observed?.sections ?? [], ordered('add')), ordered('remove'));
}

const sealOf = (share: Share | undefined, grants: readonly OpenGrant[]): unknown => [
  share?.observed?.all ?? false,
  expected(share),
  grants.map(({ id, startsAt, endsAt }) => [id, +startsAt, endsAt && +endsAt]).sort(),
];

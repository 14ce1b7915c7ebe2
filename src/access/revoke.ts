import { randomUUID } from 'node:crypto';
import type { CaseFacts } from '../core/cases.js';
import { UserError } from '../core/errors.js';
import type { CaseId, Grant, SectionId, ServerId } from '../core/model.js';
import { isActive } from '../core/intended.js';
import { lookInstant, orderRemoval, takeOrders, withdrawInvite } from '../core/orders.js';
import { both, isSame, minus, setOf, union } from '../core/sections.js';
import type { Sections } from '../core/sections.js';
import { bold, listed } from '../core/text.js';
import type { PersonRow, ServerRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';
import { findLibrary, findPerson } from './find.js';
import type { NamedLibrary } from './find.js';
import { findServer } from './findServer.js';
import type { Recorded } from './follow.js';
import { mustBeRevocable } from './grantable.js';
import { giverOf } from './parts.js';
import type { Parts, Standing } from './parts.js';
import { announce, hold, libraryFacts, libraryNames, openCase, record } from './record.js';
import type { CaseHead, Held, LibraryNames, Recorded as Stored } from './record.js';
import { settleEdges } from './settleEdges.js';

/** What is to be taken: a library by its name, or `all`. */
export interface RevokeWish {
  readonly person: string;
  readonly library: string;
  /** Only on this server. */
  readonly server: string | null;
  readonly reason: string | null;
  /** The libraries of the plan that the asker has seen and wants; null: none was shown. */
  readonly confirmed: readonly SectionId[] | null;
}

export type RevokeOutcome =
  | { readonly kind: 'recorded'; readonly recorded: Recorded }
  | { readonly kind: 'ask'; readonly text: string; readonly sections: Sections };

/** What a revoke would do on one server. */
export interface Taking {
  readonly serverId: ServerId;
  readonly serverName: string;
  readonly names: LibraryNames;
  /** Libraries of open grants, active and scheduled. */
  readonly granted: Sections;
  /** Shown by Plex, given by nobody here. */
  readonly byHand: Sections;
  /** Default libraries that stay. */
  readonly stay: Sections;
  /** The invite was not accepted yet, and nothing else is given: it is withdrawn, with the defaults in it. */
  readonly withdrawn: Sections | null;
  /** Has everything, also libraries to come: any removal ends that for good. */
  readonly all: boolean;
}

/** The word that stands for everything this person was given. */
const isAll = ({ library }: RevokeWish): boolean => library.trim().toLowerCase() === 'all';

/** Takes libraries from a person: ends the grants, orders the removal of what was given by hand, after asking. */
export async function revoke(
  parts: Parts,
  standing: Standing,
  wish: RevokeWish,
): Promise<RevokeOutcome> {
  const person = await findPerson(parts.store, standing.guildId, wish.person);
  const weighed = await weigh(parts, standing, { wish, person });
  const on = weighed.map((taking) => taking.serverId);
  await mustBeRevocable(parts.store, person, on);
  const takings = weighed.filter((taking) => taking.granted.length + taking.byHand.length > 0);
  if (takings.length === 0) throw nothingToTake(person, wish);
  const asks = isAll(wish) || takings.some((t) => t.byHand.length > 0 || t.all);
  const sections = takings.reduce<Sections>((all, t) => union(all, union(t.granted, t.byHand)), []);
  // What was shown is what is taken: when something changed meanwhile, it is shown again.
  const isSeen = wish.confirmed !== null && isSame(wish.confirmed, sections);
  if (asks && !isSeen) return plan(person, takings);
  const caseIds: CaseId[] = [];
  const batch = randomUUID();
  for (const taking of takings) {
    const { stored, caseId } = await parts.store.transaction((tables) =>
      takeIn(tables, parts, { standing, reason: wish.reason, person, taking, batch }),
    );
    announce(parts, stored);
    caseIds.push(caseId);
  }
  const servers = takings.map((taking) => taking.serverId);
  return { kind: 'recorded', recorded: { caseIds, people: [person.id], servers } };
}

function nothingToTake(person: PersonRow, wish: RevokeWish): UserError {
  const what = isAll(wish) ? 'has nothing' : 'does not have this library';
  return new UserError(
    'nothing-to-take',
    `${bold(person.title)} ${what}, so there is no access to take. Default libraries stay.`,
  );
}

interface Wanted {
  readonly wish: RevokeWish;
  readonly person: PersonRow;
}

const notThere = ({ title }: NamedLibrary, { name }: ServerRow): UserError =>
  new UserError(
    'not-there',
    `${bold(title)} is not a library of ${bold(name)}. Leave the server out, or choose a library of it.`,
  );

async function weigh(
  parts: Parts,
  { guildId }: Standing,
  { wish, person }: Wanted,
): Promise<Taking[]> {
  const { store } = parts;
  const one = wish.server === null ? null : await findServer(store, guildId, wish.server);
  if (!isAll(wish)) {
    const { library } = await findLibrary(store, guildId, wish.library);
    if (one && library.serverId !== one.id) throw notThere(library, one);
    return [
      await weighServer(parts, { person, serverId: library.serverId, only: library.sectionId }),
    ];
  }
  const servers = one ? [one] : await store.servers.ofGuild(guildId);
  return Promise.all(
    servers.map((server) => weighServer(parts, { person, serverId: server.id, only: null })),
  );
}

/** What could be taken from a person on one server, or of one library of it. */
export async function weighServer(
  { store, clock }: { readonly store: Tables; readonly clock: Parts['clock'] },
  { person, serverId, only }: { person: PersonRow; serverId: ServerId; only: SectionId | null },
): Promise<Taking> {
  const [stored] = await store.shares.on(serverId, [person.id]);
  const grants = await store.grants.open(serverId, [person.id]);
  const { defaults } = await store.grants.libraries(serverId);
  const names = await libraryNames(store, serverId);
  const wanted = (sections: Sections) => (only === null ? sections : both(sections, [only]));
  const share = stored?.share;
  const kept = share?.managed ? minus(defaults, share.exempt) : [];
  const now = clock.now();
  const sectionsOf = (some: readonly Grant[]) => setOf(some.map((grant) => grant.section));
  const granted = wanted(sectionsOf(grants));
  const active = sectionsOf(grants.filter((grant) => isActive(grant, now)));
  const removing = share?.orders.filter((o) => o.want === 'remove').map((o) => o.section) ?? [];
  const shown = minus(share?.observed?.sections ?? [], removing);
  const byHand = minus(minus(shown, active), kept);
  const ordered = share?.orders.filter((o) => o.want === 'add').map((o) => o.section) ?? [];
  const left = grants.filter((grant) => !granted.includes(grant.section));
  const isLast = granted.length > 0 && share?.managed === true && left.length === 0;
  const withdrawn = isLast && share.observed?.pending === true ? kept : null;
  return {
    serverId,
    serverName: (await store.servers.get(serverId)).name,
    names,
    granted,
    byHand: minus(wanted(byHand), ordered),
    stay: withdrawn === null ? both(kept, union(shown, kept)) : [],
    withdrawn,
    all: share?.observed?.all === true,
  };
}

const titles = (names: LibraryNames, sections: Sections): string =>
  listed(sections.map((section) => names.get(section) ?? 'a library not read yet'));

const isOne = (sections: Sections): boolean => sections.length === 1;

function plan(person: PersonRow, takings: readonly Taking[]): RevokeOutcome {
  const who = bold(person.title);
  const lines = takings.flatMap(({ names, serverName, granted, byHand, stay, ...taking }) => [
    `This takes ${titles(names, union(granted, byHand))} from ${who} on ${bold(serverName)}.`,
    byHand.length > 0
      ? `${titles(names, byHand)} ${isOne(byHand) ? 'was' : 'were'} given in Plex by hand.`
      : '',
    stay.length > 0 ? `${titles(names, stay)} ${isOne(stay) ? 'stays' : 'stay'}.` : '',
    taking.withdrawn ? `${who} has not accepted yet: the invitation is withdrawn.` : '',
    taking.all ? `${who} has everything, also libraries to come: Plex ends that for good.` : '',
  ]);
  const sections = takings.flatMap(({ granted, byHand }) => union(granted, byHand));
  return { kind: 'ask', text: lines.filter((line) => line !== '').join(' '), sections };
}

/** What is to be taken on one server, from whom and why. */
export interface TakingFrom {
  readonly standing: Standing;
  readonly reason: string | null;
  readonly person: PersonRow;
  readonly taking: Taking;
  /** The notice that it shares with what else is done at once. */
  readonly batch: string;
}

/** Takes inside a transaction what was weighed. Announce what it recorded afterwards. */
export async function takeIn(tables: Tables, parts: Parts, from: TakingFrom) {
  const { standing, reason, person, taking, batch } = from;
  const { serverId, names } = taking;
  const who = { guildId: standing.guildId, serverId, personId: person.id, names };
  const held = await settleEdges(tables, parts, await hold(tables, who, parts.clock.now()));
  const t = lookInstant(held.stored.share, parts.clock.now());
  const head = headOf(standing, { personId: person.id, serverId, reason, at: t, batch });
  const caseId = await openCase(tables, head, factsOf(taking));
  return { stored: await end(tables, parts, { held, taking, caseId, t }), caseId };
}

const headOf = (
  standing: Standing,
  about: Pick<CaseHead, 'personId' | 'serverId' | 'reason' | 'at' | 'batch'>,
): CaseHead => ({ guildId: standing.guildId, actorId: giverOf(standing), ...about });

const factsOf = ({ names, granted, byHand, stay, withdrawn }: Taking): CaseFacts => ({
  type: 'grant.revoked',
  libraries: libraryFacts(names, granted),
  byHand: libraryFacts(names, byHand),
  stay: libraryFacts(names, minus(stay, union(granted, byHand))),
  ...(withdrawn && { invitation: true as const }),
});

async function end(
  tables: Tables,
  parts: Parts,
  { held, taking, caseId, t }: { held: Held; taking: Taking; caseId: CaseId; t: Date },
): Promise<Stored> {
  const over = held.entitlement.grants.filter((grant) => taking.granted.includes(grant.section));
  const revokedAt = (grant: Grant) =>
    grant.endsAt !== null && grant.endsAt < t ? grant.endsAt : t;
  for (const grant of over) await tables.grants.change(grant.id, { revokedAt: revokedAt(grant) });
  const grants = held.entitlement.grants.map((grant) =>
    over.includes(grant) ? { ...grant, revokedAt: revokedAt(grant) } : grant,
  );
  const now: Held = { ...held, entitlement: { ...held.entitlement, grants } };
  const share = withdrawInvite(held.stored.share, now.entitlement, t);
  const taken = takeOrders(share, now.entitlement, t);
  // Given through Usher meanwhile: that grant was not in the plan.
  const given = now.entitlement.grants.filter((grant) => isActive(grant, taken.t));
  const byHand = minus(taking.byHand, setOf(given.map((grant) => grant.section)));
  const removal = orderRemoval(taken.share, byHand, taken.t);
  const step =
    byHand.length === 0
      ? taken
      : { ...taken, share: removal.share, closed: [...taken.closed, ...removal.closed] };
  // A grant cancelled before its start never counted, so no edge tells of it.
  await tables.grants.close(
    over.map((grant) => grant.id),
    taken.t,
  );
  const sections = union(union(taking.granted, taking.byHand), taking.withdrawn ?? []);
  return record(tables, parts, { held: now, step, own: { caseId, sections }, looks: 0 });
}

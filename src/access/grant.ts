import { randomUUID } from 'node:crypto';
import type { CaseFacts, Span } from '../core/cases.js';
import { UserError } from '../core/errors.js';
import type { GrantId } from '../core/model.js';
import { lookInstant, orderAnew, takeOrders } from '../core/orders.js';
import { isSameSpan, judgeGrant } from '../core/rules.js';
import type { GrantVerdict } from '../core/rules.js';
import { bold, dateTime, until } from '../core/text.js';
import type { OpenGrant } from '../store/grants.js';
import type { PersonRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';
import { findLibrary, findPerson, libraryName } from './find.js';
import type { NamedLibrary } from './find.js';
import type { Recorded } from './follow.js';
import { mustBeGrantable } from './grantable.js';
import { giverOf } from './parts.js';
import type { Parts, Standing } from './parts.js';
import { announce, hold, libraryFacts, libraryNames, openCase, record } from './record.js';
import type { Held } from './record.js';
import { settleEdges } from './settleEdges.js';

/** A wish as it was typed and read: names by text, instants already exact. */
export interface GrantWish {
  readonly person: string;
  readonly library: string;
  /** null: from now. */
  readonly from: Date | null;
  /** null: until it is taken away. */
  readonly until: Date | null;
  readonly reason: string | null;
  /** The span that the asker was shown and wants changed; null: none was shown. */
  readonly confirmed: Span | null;
}

/** Either it is recorded, or it waits for a button that shows what would be lost. */
export type GrantOutcome =
  | { readonly kind: 'recorded'; readonly recorded: Recorded }
  | { readonly kind: 'same'; readonly text: string }
  | { readonly kind: 'ask'; readonly text: string; readonly before: Span; readonly after: Span };

/** Gives a person a library: grant, orders, case and notice in one transaction. Plex is told after it. */
export async function grant(
  parts: Parts,
  standing: Standing,
  wish: GrantWish,
): Promise<GrantOutcome> {
  const { store } = parts;
  const person = await findPerson(store, standing.guildId, wish.person);
  const { library, all } = await findLibrary(store, standing.guildId, wish.library);
  await mustBeGrantable(store, person, library.serverId);
  const title = libraryName(library, all);
  const names = await libraryNames(store, library.serverId);
  const outcome = await store.transaction(async (tables) => {
    const now = parts.clock.now();
    const { guildId } = standing;
    const who = { guildId, serverId: library.serverId, personId: person.id, names };
    const held = await settleEdges(tables, parts, await hold(tables, who, now));
    const open = openGrant(held, library);
    const verdict = judgeGrant(open, { startsAt: wish.from, endsAt: wish.until }, now);
    return decideWish(tables, parts, {
      standing,
      wish,
      person,
      library,
      title,
      held,
      open,
      verdict,
    });
  });
  if ('announced' in outcome) {
    announce(parts, outcome.announced);
    const { caseId } = outcome;
    const servers = [library.serverId];
    return { kind: 'recorded', recorded: { caseIds: [caseId], people: [person.id], servers } };
  }
  return outcome;
}

const openGrant = (held: Held, library: NamedLibrary): OpenGrant | null =>
  (held.entitlement.grants as readonly OpenGrant[]).find((g) => g.libraryId === library.id) ?? null;

interface Case {
  readonly standing: Standing;
  readonly wish: GrantWish;
  readonly person: PersonRow;
  readonly library: NamedLibrary;
  readonly title: string;
  readonly held: Held;
  readonly open: OpenGrant | null;
  readonly verdict: GrantVerdict;
}

const refusals: Record<Extract<GrantVerdict, { kind: 'refuse' }>['why'], (c: Case) => string> = {
  'ends-before-start': ({ wish }) =>
    `That would end (${dateTime(wish.until ?? new Date(0))}) before it starts (${dateTime(wish.from ?? new Date(0))}). Choose a later end.`,
  'ends-in-past': ({ wish }) =>
    `That end (${dateTime(wish.until ?? new Date(0))}) is over already. Choose one that lies ahead.`,
  apart: ({ person, title, open }) =>
    `${bold(person.title)} has ${bold(title)} ${until(open?.endsAt ?? null)}, and the new time does not touch it. Choose one that does, or wait until that one is over.`,
};

async function decideWish(tables: Tables, parts: Parts, c: Case) {
  const { verdict, person, title } = c;
  switch (verdict.kind) {
    case 'refuse':
      throw new UserError(verdict.why, refusals[verdict.why](c));
    case 'same':
      if (isMissing(c)) return renew(tables, parts, c);
      return {
        kind: 'same' as const,
        text: `${bold(person.title)} has ${bold(title)} ${until(c.open?.endsAt ?? null)} already.`,
      };
    case 'ask':
      // Changed by somebody else since it was shown: it is shown again.
      if (!isSameSpan(c.wish.confirmed, verdict.before)) return question(c, verdict);
      return change(tables, parts, { ...c, before: verdict.before, after: verdict.after });
    case 'lengthen':
      return change(tables, parts, { ...c, before: verdict.before, after: verdict.after });
    case 'new':
      return create(tables, parts, c);
  }
}

/** Granted, not on order, and not in Plex: somebody took it away there by hand. */
function isMissing({ held, library, open }: Case): boolean {
  const { observed, orders } = held.stored.share;
  const isOrdered = orders.some((order) => order.section === library.sectionId);
  return (
    open !== null &&
    open.startsAt <= held.stored.share.lookedAt &&
    !isOrdered &&
    observed?.sections.includes(library.sectionId) === false
  );
}

/** The grant stands; only Plex is told again, because somebody asks for it by name. */
async function renew(tables: Tables, parts: Parts, c: Case) {
  const { open, held, library } = c;
  if (open === null) throw new Error('there is no grant to renew');
  const facts: CaseFacts = {
    type: 'grant.renewed',
    libraries: libraryFacts(held.names, [library.sectionId]),
    span: { startsAt: open.startsAt, endsAt: open.endsAt },
  };
  const { grants } = held.entitlement;
  return commit(tables, parts, { ...c, grants, facts, t: parts.clock.now(), anew: true });
}

function question({ person, title }: Case, { before, after }: { before: Span; after: Span }) {
  const has = `${bold(person.title)} has ${bold(title)} ${until(before.endsAt)}.`;
  const start = after.startsAt > before.startsAt ? `start it ${dateTime(after.startsAt)} and ` : '';
  return {
    kind: 'ask' as const,
    text: `${has} Shorten it: ${start}end it ${after.endsAt ? dateTime(after.endsAt) : 'never'}?`,
    before,
    after,
  };
}

async function create(tables: Tables, parts: Parts, c: Case) {
  const { held, wish, library } = c;
  const now = parts.clock.now();
  const t = lookInstant(held.stored.share, now);
  const startsAt = wish.from !== null && wish.from > t ? wish.from : t;
  const row = {
    id: randomUUID() as GrantId,
    personId: c.person.id,
    libraryId: library.id,
    startsAt,
    endsAt: wish.until,
    revokedAt: null,
    createdAt: t,
    closedAt: null,
    source: 'command' as const,
    giver: giverOf(c.standing),
    reason: wish.reason,
  };
  await tables.grants.add(row);
  const grants = [...held.entitlement.grants, { ...row, section: library.sectionId }];
  const span = { startsAt, endsAt: wish.until };
  const facts: CaseFacts = {
    type: 'grant.created',
    libraries: libraryFacts(held.names, [library.sectionId]),
    span,
    scheduled: startsAt > t,
  };
  return commit(tables, parts, { ...c, grants, facts, t });
}

async function change(tables: Tables, parts: Parts, c: Case & { before: Span; after: Span }) {
  const { open, held, library, before, after } = c;
  if (open === null) throw new Error('there is no grant to change');
  await tables.grants.change(open.id, after);
  const grants = held.entitlement.grants.map((g) => (g.id === open.id ? { ...g, ...after } : g));
  const facts: CaseFacts = {
    type: 'grant.changed',
    libraries: libraryFacts(held.names, [library.sectionId]),
    before,
    span: after,
  };
  return commit(tables, parts, { ...c, grants, facts, t: parts.clock.now() });
}

async function commit(
  tables: Tables,
  parts: Parts,
  c: Case & {
    grants: Held['entitlement']['grants'];
    facts: CaseFacts;
    t: Date;
    /** Orders the library though no edge does. */
    anew?: boolean;
  },
) {
  const { standing, wish, person, library } = c;
  const held: Held = { ...c.held, entitlement: { ...c.held.entitlement, grants: c.grants } };
  const caseId = await openCase(
    tables,
    {
      guildId: standing.guildId,
      personId: person.id,
      serverId: library.serverId,
      actorId: giverOf(standing),
      reason: wish.reason,
      at: c.t,
    },
    c.facts,
  );
  const sections = [library.sectionId];
  const taken = takeOrders(held.stored.share, held.entitlement, c.t);
  const anew = orderAnew(taken.share, { sections, want: 'add' }, taken.t);
  const step =
    c.anew === true
      ? { ...taken, share: anew.share, closed: [...taken.closed, ...anew.closed] }
      : taken;
  const own = { caseId, sections };
  const announced = await record(tables, parts, { held, step, own, looks: 0 });
  return { announced, caseId };
}

import { randomUUID } from 'node:crypto';
import type { CaseFacts, Span } from '../core/cases.js';
import type { GrantId, PersonId, SectionId } from '../core/model.js';
import { lookInstant, orderAnew, takeOrders } from '../core/orders.js';
import type { Taken } from '../core/orders.js';
import { isSameSpan, judgeGrant } from '../core/rules.js';
import { bold, until } from '../core/text.js';
import type { OpenGrant } from '../store/grants.js';
import type { Tables } from '../store/store.js';
import { findLibrary, libraryName } from './find.js';
import type { NamedLibrary } from './find.js';
import { isByHand, isMissing, isWarned, question, refuseWish, warning } from './grantCase.js';
import type { GrantCase } from './grantCase.js';
import type { GrantWish } from './grantWish.js';
import { addInvited, askToInvite, canInviteNow, findWhom, inviteNow } from './invite.js';
import type { InviteQuestion } from './invite.js';
import type { Recorded } from './follow.js';
import { mustBeGrantable } from './grantable.js';
import { giverOf } from './parts.js';
import type { Parts, Standing } from './parts.js';
import { announce, hold, libraryFacts, libraryNames, openCase, record } from './record.js';
import type { Held, LibraryNames } from './record.js';
import { settleEdges } from './settleEdges.js';

/** Either it is recorded, or it waits for a button that shows what would be lost. */
export type GrantOutcome =
  | {
      readonly kind: 'recorded';
      readonly recorded: Recorded;
      /** It begins later, and nothing was sent yet: whom the invite could go to now. */
      readonly invitable: PersonId | null;
    }
  | { readonly kind: 'same'; readonly text: string }
  | InviteQuestion
  | ReturnType<typeof warning>;

/** Gives a person a library: grant, orders, case and notice in one transaction. Plex is told after it. */
export async function grant(
  parts: Parts,
  standing: Standing,
  wish: GrantWish,
): Promise<GrantOutcome> {
  const { store } = parts;
  const { guildId } = standing;
  const whom = await findWhom(store, guildId, wish.person);
  const { library, all } = await findLibrary(store, guildId, wish.library);
  if (whom.kind === 'known') await mustBeGrantable(store, whom.person, library.serverId);
  const title = libraryName(library, all);
  if (whom.kind === 'stranger' && wish.invitation?.as !== whom.as) {
    return askToInvite(parts, { guildId, wish, whom, library, title });
  }
  const names = await libraryNames(store, library.serverId);
  const outcome = await store.transaction(async (tables) => {
    const person = whom.kind === 'known' ? whom.person : await addInvited(tables, guildId, whom.as);
    const given = { standing, wish, person, library, title, names };
    return { done: await giveIn(tables, parts, given), person };
  });
  const { done, person } = outcome;
  if (!('announced' in done)) return done;
  announce(parts, done.announced);
  const { serverId } = library;
  const about = { guildId, person, serverId };
  const invitable = done.isScheduled && (await canInviteNow(parts, about)) ? person.id : null;
  const caseIds = [done.caseId];
  if (invitable !== null && wish.invitation?.now === true) {
    caseIds.push(await inviteNow(parts, standing, about));
    return recordedAs({ caseIds, people: [person.id], servers: [serverId] }, null);
  }
  return recordedAs({ caseIds, people: [person.id], servers: [serverId] }, invitable);
}

/** What is to be given to whom. */
export interface Giving extends Pick<
  GrantCase,
  'standing' | 'wish' | 'person' | 'library' | 'title'
> {
  readonly names: LibraryNames;
  /** The notice that it shares with what else is done at once. */
  readonly batch?: string;
}

/** Gives one library inside a transaction, or says what has to be asked before. Announce what it recorded afterwards. */
export async function giveIn(tables: Tables, parts: Parts, giving: Giving) {
  const { names, batch, ...subject } = giving;
  const { standing, wish, person, library } = subject;
  const now = parts.clock.now();
  const { guildId } = standing;
  const who = { guildId, serverId: library.serverId, personId: person.id, names, batch };
  const held = await settleEdges(tables, parts, await hold(tables, who, now));
  const open = openGrant(held, library);
  const verdict = judgeGrant(open, { startsAt: wish.from, endsAt: wish.until }, now);
  return decideWish(tables, parts, { ...subject, held, open, verdict });
}

const recordedAs = (recorded: Recorded, invitable: PersonId | null): GrantOutcome => ({
  kind: 'recorded',
  recorded,
  invitable,
});

const openGrant = (held: Held, library: NamedLibrary): OpenGrant | null =>
  (held.entitlement.grants as readonly OpenGrant[]).find((g) => g.libraryId === library.id) ?? null;

async function decideWish(tables: Tables, parts: Parts, c: GrantCase) {
  const { verdict, person, title } = c;
  switch (verdict.kind) {
    case 'refuse':
      throw refuseWish(verdict.why, c, parts.clock.now());
    case 'same':
      if (isMissing(c)) return renew(tables, parts, c);
      return {
        kind: 'same' as const,
        text: `${bold(person.title)} has ${bold(title)} ${until(c.open?.endsAt ?? null)} already.`,
      };
    case 'ask':
      // Changed by somebody else since it was shown: it is shown again.
      if (!isSameSpan(c.wish.confirmed, verdict.before) || !isWarned(c)) {
        return warning(c, question(c, verdict, parts.clock.now()));
      }
      return change(tables, parts, { ...c, before: verdict.before, after: verdict.after });
    case 'lengthen':
      return change(tables, parts, { ...c, before: verdict.before, after: verdict.after });
    case 'new':
      return isWarned(c) ? create(tables, parts, c) : warning(c, null);
  }
}

/** The grant stands; only Plex is told again, because somebody asks for it by name. */
async function renew(tables: Tables, parts: Parts, c: GrantCase) {
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

async function create(tables: Tables, parts: Parts, c: GrantCase) {
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
    source: wish.source ?? ('command' as const),
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
    ...(isByHand(c) && { byHand: libraryFacts(held.names, [library.sectionId]) }),
  };
  return commit(tables, parts, { ...c, grants, facts, t });
}

async function change(tables: Tables, parts: Parts, c: GrantCase & { before: Span; after: Span }) {
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

interface Committing extends GrantCase {
  readonly grants: Held['entitlement']['grants'];
  readonly facts: CaseFacts;
  readonly t: Date;
  /** Orders the library though no edge does. */
  readonly anew?: boolean;
}

async function commit(tables: Tables, parts: Parts, c: Committing) {
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
      batch: held.batch,
    },
    c.facts,
  );
  const taken = takeOrders(held.stored.share, held.entitlement, c.t);
  const { sections, missing } = orderedBy(c, taken);
  const anew = orderAnew(taken.share, { sections: missing, want: 'add' }, taken.t);
  const step = { ...taken, share: anew.share, closed: [...taken.closed, ...anew.closed] };
  const own = { caseId, sections };
  const announced = await record(tables, parts, { held, step, own, looks: 0 });
  const isScheduled = c.facts.type === 'grant.created' && c.facts.scheduled;
  return { announced, caseId, isScheduled };
}

/**
 * What a grant is about, and what of it no edge orders. Whose share is gone as a whole is invited with everything that
 * is theirs now, not with one library only; but never by what makes access shorter.
 */
function orderedBy(c: Committing, { intended, share }: Taken) {
  const { sectionId } = c.library;
  const { managed, observed } = c.held.stored.share;
  const isGone = managed && observed?.row === null && c.verdict.kind !== 'ask';
  const sections = isGone && intended.includes(sectionId) ? intended : [sectionId];
  const isOrdered = (section: SectionId) => share.orders.some((o) => o.section === section);
  const isAnew = c.anew === true || sections === intended;
  return { sections, missing: isAnew ? sections.filter((one) => !isOrdered(one)) : [] };
}

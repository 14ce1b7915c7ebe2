import type { MovedPeople } from '../core/cases.js';
import { movedWords } from '../core/caseWords.js';
import { UserError } from '../core/errors.js';
import { intendedLibraries } from '../core/intended.js';
import type { CaseId, Entitlement, GuildId, LibraryId, PersonId, Share } from '../core/model.js';
import { hasLeft, moveGrant } from '../core/move.js';
import type { MovedGrant } from '../core/move.js';
import { lookInstant, takeOrders } from '../core/orders.js';
import { union } from '../core/sections.js';
import { bold, counted } from '../core/text.js';
import type { OpenGrant } from '../store/grants.js';
import type { Tables } from '../store/store.js';
import { findDeleted } from './findDeleted.js';
import { findLibrary, libraryName } from './find.js';
import type { NamedLibrary } from './find.js';
import type { Recorded } from './follow.js';
import { headOf } from './note.js';
import type { Parts, Standing } from './parts.js';
import { announce, hold, libraryFacts, libraryNames, openCase, record } from './record.js';
import type { Held, OwnCase, Recorded as Stored } from './record.js';

/** A library that was deleted in Plex, and the one that takes its place. */
export interface MoveWish {
  /** As typed, or an id. */
  readonly from: string;
  readonly to: string;
  /** What the asker was shown; null: nothing was. */
  readonly confirmed: string | null;
}

export type MoveOutcome =
  | { readonly kind: 'recorded'; readonly recorded: Recorded }
  | {
      readonly kind: 'ask';
      readonly text: string;
      readonly people: number;
      /** The wish once this was shown: when it would be something else by then, that is shown. */
      readonly shown: MoveWish;
    };

interface Subject {
  readonly from: NamedLibrary;
  readonly to: NamedLibrary;
  /** Of the other library, as its guild tells it apart. */
  readonly title: string;
}

/** Carries the open grants of a deleted library over to the one made anew; shows what that does first. */
export async function moveLibrary(
  parts: Parts,
  standing: Standing,
  wish: MoveWish,
): Promise<MoveOutcome> {
  const { store } = parts;
  const subject = await meant(store, standing.guildId, wish);
  const planned = await weigh(parts, subject);
  const { now, later, joined, apart } = planned;
  const { from, to, title } = subject;
  const people = now + later + joined;
  if (people === 0) {
    const why =
      apart === 0
        ? `Nobody has anything open of ${bold(from.title)}, deleted in Plex.`
        : `Who had ${bold(from.title)}, deleted in Plex, has ${bold(title)} at another time.`;
    throw new UserError('nothing-to-move', `${why} Use /grant to give ${bold(title)}.`);
  }
  const confirmed = JSON.stringify(planned);
  if (wish.confirmed !== confirmed) {
    const shown = { from: from.id, to: to.id, confirmed };
    return { kind: 'ask', text: question(subject, planned), people, shown };
  }
  const done = await move(parts, standing, subject);
  done.stored.forEach((one) => announce(parts, one));
  parts.knock(standing.guildId);
  const recorded = { caseIds: [done.caseId], people: done.people, servers: [to.serverId] };
  return { kind: 'recorded', recorded };
}

async function meant(tables: Tables, guildId: GuildId, wish: MoveWish): Promise<Subject> {
  const from = await findDeleted(tables, guildId, wish.from);
  const { library: to, all } = await findLibrary(tables, guildId, wish.to);
  const title = libraryName(to, all);
  if (from.serverId !== to.serverId) {
    throw new UserError(
      'another-server',
      `${bold(from.title)} was on ${bold(from.serverName)}, and ${bold(to.title)} is on ${bold(to.serverName)}. Choose a library of the same server.`,
    );
  }
  return { from, to, title };
}

/** What a move would do by now, person by person, counted. */
async function weigh(
  { store, clock }: Parts,
  { from, to }: Pick<Subject, 'from' | 'to'>,
): Promise<MovedPeople> {
  const people = await store.grants.holders(from.id);
  const [grants, shares, libraries] = await Promise.all([
    store.grants.open(from.serverId, people),
    store.shares.on(from.serverId, people),
    store.grants.libraries(from.serverId),
  ]);
  const byPerson = new Map<PersonId, OpenGrant[]>(people.map((personId) => [personId, []]));
  for (const grant of grants) byPerson.get(grant.personId)?.push(grant);
  const plans = shares.map(({ personId, share }) => {
    const entitlement = { ...libraries, grants: byPerson.get(personId) ?? [] };
    return planOf({ share, entitlement }, { from, to }, clock.now());
  });
  return countOf(plans);
}

/** What becomes of one person. */
interface Plan {
  readonly moved: MovedGrant<OpenGrant>;
  readonly isLeft: boolean;
}

function planOf(
  of: {
    readonly share: Share;
    readonly entitlement: Pick<Entitlement, 'defaults' | 'gone'> & {
      readonly grants: readonly OpenGrant[];
    };
  },
  { from, to }: Pick<Subject, 'from' | 'to'>,
  now: Date,
): Plan | null {
  const t = lookInstant(of.share, now);
  const move = { from: from.sectionId, to: to.sectionId };
  const moved = moveGrant(of.entitlement.grants, move, t);
  return moved && { moved, isLeft: hasLeft(of.share, intendedLibraries(of, t)) };
}

function countOf(plans: readonly (Plan | null)[]): MovedPeople {
  const there = plans.filter((plan) => plan !== null);
  const as = (how: Plan['moved']['how']) => there.filter(({ moved }) => moved.how === how).length;
  return {
    now: as('now'),
    later: as('later'),
    joined: as('joined'),
    apart: as('apart'),
    left: there.filter(({ isLeft }) => isLeft).length,
  };
}

function question({ from, to, title }: Subject, planned: MovedPeople): string {
  const { now } = planned;
  const wasDefault =
    from.isDefault && !to.isDefault
      ? `\n${bold(from.title)} was a default library: use /library default add for ${bold(title)}.`
      : '';
  return (
    `What people had of ${bold(from.title)}, deleted in Plex, moves to ${bold(title)} on ${bold(to.serverName)}, with the same times: ` +
    `${now === 0 ? 'nobody gets' : counted(now, 'person gets', 'people get')} it now, and nobody loses anything.` +
    movedWords(planned) +
    wasDefault
  );
}

async function move(
  parts: Parts,
  standing: Standing,
  subject: Subject,
): Promise<{ caseId: CaseId; people: readonly PersonId[]; stored: readonly Stored[] }> {
  const { guildId } = standing;
  const { from, to } = subject;
  const { serverId } = to;
  return parts.store.transaction(async (tables) => {
    const names = await libraryNames(tables, serverId);
    const people = await tables.grants.holders(from.id);
    // Every lock before the number of the case: whoever else waits for a number holds one share only.
    const helds: Held[] = [];
    for (const personId of people) {
      const who = { guildId, serverId, personId, names };
      helds.push(await hold(tables, who, parts.clock.now()));
    }
    const plans = helds.map((held) => planOf(openOf(held), subject, parts.clock.now()));
    const caseId = await openCase(
      tables,
      { ...headOf(standing, parts.clock.now()), serverId },
      {
        type: 'library.moved',
        libraries: libraryFacts(names, [to.sectionId]),
        was: from.title,
        server: to.serverName,
        moved: countOf(plans),
      },
    );
    const own = { caseId, sections: [to.sectionId], isQuiet: true };
    const stored: Stored[] = [];
    for (const [index, held] of helds.entries()) {
      const plan = plans[index];
      if (plan) stored.push(await moveOne(tables, parts, { held, plan, own, libraryId: to.id }));
    }
    return { caseId, people, stored };
  });
}

/** What `hold` read are grants as they are stored. */
const openOf = ({ stored, entitlement }: Held) => ({
  share: stored.share,
  entitlement: { ...entitlement, grants: entitlement.grants as readonly OpenGrant[] },
});

async function moveOne(
  tables: Tables,
  parts: Parts,
  about: {
    readonly held: Held;
    readonly plan: Plan;
    readonly own: OwnCase;
    readonly libraryId: LibraryId;
  },
): Promise<Stored> {
  const { held, own, libraryId } = about;
  const { moved, isLeft } = about.plan;
  const now = parts.clock.now();
  const { share } = held.stored;
  // First what is over: a person has one open grant of a library at most.
  await tables.grants.close(
    moved.closed.map(({ id }) => id),
    lookInstant(share, now),
  );
  const { changed } = moved;
  if (changed) {
    const { startsAt, endsAt } = changed;
    await tables.grants.change(changed.id, { libraryId, startsAt, endsAt });
  }
  const entitlement = { ...held.entitlement, grants: moved.grants };
  const before = isLeft ? { ...share, ordered: union(share.ordered, own.sections) } : share;
  const step = takeOrders(before, entitlement, now);
  return record(tables, parts, { held: { ...held, entitlement }, step, own, looks: 0 });
}

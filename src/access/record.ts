import { randomUUID } from 'node:crypto';
import { librariesOf } from '../core/cases.js';
import type { CaseFacts, LibraryFact } from '../core/cases.js';
import { mergedMeanwhile } from '../core/errors.js';
import { intendedLibraries, nextEdge } from '../core/intended.js';
import { endsSeen } from '../core/lateness.js';
import { nextLook } from '../core/look.js';
import type {
  CaseId,
  Entitlement,
  Grant,
  GuildId,
  Order,
  PersonId,
  SectionId,
  ServerId,
} from '../core/model.js';
import { CAME_BACK_MS, addedIn, surprises } from '../core/surprises.js';
import type { Found } from '../core/surprises.js';
import type { StoredShare } from '../store/shares.js';
import type { Tables } from '../store/store.js';
import { cardsOf, tied } from './driftCards.js';
import { oweDms } from './oweDms.js';
import type { Recorded } from './announce.js';
import type { CaseHead } from './caseHead.js';
import type { Parts } from './parts.js';

export type { CaseHead } from './caseHead.js';

export { announce } from './announce.js';

export type { Recorded } from './announce.js';

/** Alarms are asked for this far ahead; the sweep and the start ask for the rest in time. */
export const ALARM_HORIZON_MS = 60 * 60_000;

/** Everything about one person on one server, inside a transaction that holds the share's lock. */
export interface Held {
  readonly guildId: GuildId;
  readonly stored: StoredShare;
  readonly entitlement: Entitlement;
  readonly names: LibraryNames;
  /** The notice that all cases of one run share; none: each case has its own. */
  readonly batch?: string | undefined;
}

/** Titles by section, with the server's name where the guild has several servers. */
export type LibraryNames = ReadonlyMap<SectionId, string>;

/** What a pure step made of a share, to be stored with all that it owes. */
export interface Step extends Found {
  readonly began: readonly Grant[];
  readonly ended: readonly Grant[];
  readonly t: Date;
}

/** A case that the transaction itself is about; edges of its libraries belong to it. */
export interface OwnCase {
  readonly caseId: CaseId;
  readonly sections: readonly SectionId[];
  /** The people concerned are not told of it one by one. */
  readonly isQuiet?: boolean;
}

export const libraryFacts = (
  names: LibraryNames,
  sections: readonly SectionId[],
): readonly LibraryFact[] =>
  [...new Set(sections)].map((section) => ({
    section,
    title: names.get(section) ?? 'a library not read yet',
  }));

/**
 * Opens a case, with a notice of its own or in the one of its batch; a batch that is posted already hears of it by
 * `record`. Its number is taken here: do it late in the transaction.
 */
export async function openCase(tables: Tables, head: CaseHead, facts: CaseFacts): Promise<CaseId> {
  const id = randomUUID() as CaseId;
  const { batch, ...rest } = head;
  const noticeId = batch ?? randomUUID();
  await tables.notices.owe(noticeId, head.guildId, head.at);
  await tables.cases.append({ id, noticeId, type: facts.type, facts, ...rest });
  return id;
}

/** Titles of a server's libraries, as its guild tells them apart. */
export async function libraryNames(tables: Tables, serverId: ServerId): Promise<LibraryNames> {
  const server = await tables.servers.get(serverId);
  const several = (await tables.servers.ofGuild(server.guildId)).length > 1;
  const rows = await tables.servers.libraries([serverId]);
  return new Map(
    rows.map((row) => [row.sectionId, several ? `${row.title} (${server.name})` : row.title]),
  );
}

/** Which share a transaction is about. */
export interface Who {
  readonly guildId: GuildId;
  readonly serverId: ServerId;
  readonly personId: PersonId;
  readonly names: LibraryNames;
  readonly batch?: string | undefined;
}

/** Locks one person's share on a server and reads what decides it. */
export async function hold(tables: Tables, who: Who, now: Date): Promise<Held> {
  const stored = await tables.shares.lock(who.serverId, who.personId, now);
  const grants = await tables.grants.open(who.serverId, [who.personId]);
  const libraries = await tables.grants.libraries(who.serverId);
  const endings = await tables.endings.on(who.serverId, [who.personId]);
  const ending = endings.get(who.personId);
  if (!ending) throw mergedMeanwhile(who.personId);
  const { guildId, names, batch } = who;
  return { guildId, names, batch, stored, entitlement: { grants, ...libraries, ending } };
}

/**
 * Stores a step: cases of edges that nobody's command caused, orders tied to their cases, receipts, closed grants, and
 * when to look again.
 */
export async function record(
  tables: Tables,
  parts: Pick<Parts, 'times'>,
  { held, step, own, looks }: { held: Held; step: Step; own?: OwnCase | undefined; looks?: number },
): Promise<Recorded> {
  const { stored, entitlement } = held;
  const edges = await edgeCases(tables, { held, step, own });
  const { ids: surprising, undoing, cards } = await surpriseCases(tables, held, step);
  const caseOf = (order: Order): CaseId | null =>
    order.caseId ??
    (order.cause === 'accident' ? undoing : null) ??
    edges.get(order.section) ??
    (own?.sections.includes(order.section) ? own.caseId : null);
  const share = {
    ...step.share,
    driftSeen: tied(step, cards),
    orders: step.share.orders.map((order) => ({ ...order, caseId: caseOf(order) })),
  };
  await tables.grants.close(
    step.ended.map((grant) => grant.id),
    step.t,
  );
  const live = entitlement.grants.filter((grant) => !step.ended.some((e) => e.id === grant.id));
  const turn = looks ?? stored.looks;
  const after: StoredShare = {
    ...stored,
    share,
    looks: share.orders.length === 0 ? 0 : turn,
    nextLookAt: nextLook(share, { looks: turn, now: step.t, settleMs: parts.times.settleMs }),
    nextEdgeAt: nextEdge(live, step.t),
  };
  // An end noticed late may be ordered and settled at once: its case has a receipt all the same.
  const closed = step.closed.map((one) =>
    one.how === 'settled' && isNew(stored, one.order)
      ? { ...one, order: { ...one.order, caseId: caseOf(one.order) } }
      : one,
  );
  const news = await tables.shares.save(stored, after, closed);
  const told = cardsOf(stored.share, share);
  const opened = [...edges.values(), ...surprising, ...told, ...(own ? [own.caseId] : [])];
  await oweDms(tables, stored, {
    guildId: held.guildId,
    after: share.orders,
    edges,
    own,
    now: step.t,
  });
  await tables.dms.touch(news, step.t);
  // All at once and last: whoever holds a notice waits for nothing else.
  await tables.notices.touch([...news, ...opened], step.t);
  return {
    guildId: held.guildId,
    serverId: stored.serverId,
    news,
    ends: endsSeen(stored.share, share, closed),
    wakeAt: [after.nextLookAt, after.nextEdgeAt]
      .filter((at) => at !== null)
      .filter((at) => at.getTime() <= step.t.getTime() + ALARM_HORIZON_MS),
  };
}

const isNew = ({ share }: StoredShare, { section, want }: Order): boolean =>
  !share.orders.some((order) => order.section === section && order.want === want);

type OwnFacts = { readonly facts: CaseFacts; readonly at: Date };

/** Opens a case of Usher itself about a share. */
const openOwn = (tables: Tables, { guildId, stored, batch }: Held, { facts, at }: OwnFacts) => {
  const { personId, serverId } = stored;
  const head = { guildId, personId, serverId, actorId: null, reason: null, at, batch };
  return openCase(tables, head, facts);
};

/** Cases for what nobody ordered, and among them the one that an accident is undone by. */
async function surpriseCases(tables: Tables, held: Held, step: Step) {
  const { stored, names } = held;
  const since = new Date(step.t.getTime() - CAME_BACK_MS);
  const removed = await tables.cases.settledRemovals(stored, addedIn(step), since);
  const named = (sections: readonly SectionId[]) => libraryFacts(names, sections);
  const ids: CaseId[] = [];
  const cards = new Map<SectionId, CaseId>();
  let undoing: CaseId | null = null;
  for (const found of surprises(step, { before: stored.share.observed, removed, facts: named })) {
    const isOfInvite =
      found.type === 'share.gone' && (await tables.people.isInvited(stored.personId));
    const facts = isOfInvite ? { ...found, invitation: true as const } : found;
    const isCard = facts.type === 'drift.found' || facts.type === 'drift.cameBack';
    // What somebody is to decide on stands in a message of its own, whatever else the run found.
    const about = isCard ? { ...held, batch: undefined } : held;
    const id = await openOwn(tables, about, { facts, at: step.t });
    if (isCard) librariesOf(facts).forEach(({ section }) => cards.set(section, id));
    if (facts.type === 'invite.accepted') await tables.notices.touchAbout(stored.personId, step.t);
    ids.push(id);
    if (facts.type === 'accident.undone') undoing = id;
  }
  return { ids, undoing, cards };
}

/** One case for all that began, one for all that ended, of one person at one instant. */
async function edgeCases(
  tables: Tables,
  { held, step, own }: { held: Held; step: Step; own: OwnCase | undefined },
): Promise<Map<SectionId, CaseId>> {
  const isOwn = (grant: Grant) => own?.sections.includes(grant.section) ?? false;
  const ended = step.ended.filter((grant) => !isOwn(grant)).map((grant) => grant.section);
  const began = step.began
    .filter((grant) => !isOwn(grant) && !ended.includes(grant.section))
    .map((grant) => grant.section);
  const intended = intendedLibraries({ share: step.share, entitlement: held.entitlement }, step.t);
  const named = (sections: readonly SectionId[]) => libraryFacts(held.names, sections);
  const cases = new Map<SectionId, CaseId>();
  const open = async (sections: readonly SectionId[], facts: CaseFacts) => {
    if (sections.length === 0) return;
    const id = await openOwn(tables, held, { facts, at: step.t });
    sections.forEach((section) => cases.set(section, id));
  };
  const stay = named(ended.filter((section) => intended.includes(section)));
  await open(began, { type: 'grant.started', libraries: named(began) });
  // Usher lets go of a share with an end only where an invite goes with it.
  const was = held.stored.share;
  const isWithdrawn = was.managed && !step.share.managed && was.observed?.pending === true;
  const extra = isWithdrawn ? { invitation: true as const } : {};
  await open(ended, { type: 'grant.ended', libraries: named(ended), stay, ...extra });
  const [id] = ended.flatMap((section) => cases.get(section) ?? []);
  if (isWithdrawn && id) step.share.orders.forEach((order) => cases.set(order.section, id));
  return cases;
}

import { randomUUID } from 'node:crypto';
import type { CaseFacts, LibraryFact } from '../core/cases.js';
import { intendedLibraries, nextEdge } from '../core/intended.js';
import { nextLook } from '../core/look.js';
import type {
  CaseId,
  DiscordUserId,
  Entitlement,
  Grant,
  GuildId,
  Order,
  PersonId,
  SectionId,
  ServerId,
} from '../core/model.js';
import { takeOrders } from '../core/orders.js';
import { CAME_BACK_MS, addedIn, surprises } from '../core/surprises.js';
import type { Found } from '../core/surprises.js';
import type { StoredShare } from '../store/shares.js';
import type { Tables } from '../store/store.js';
import type { Parts } from './parts.js';

/** Alarms are asked for this far ahead; the sweep and the start ask for the rest in time. */
export const ALARM_HORIZON_MS = 60 * 60_000;

/** Everything about one person on one server, inside a transaction that holds the share's lock. */
export interface Held {
  readonly guildId: GuildId;
  readonly stored: StoredShare;
  readonly entitlement: Entitlement;
  readonly names: LibraryNames;
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
}

/** Who and why, for a case. */
export interface CaseHead {
  readonly guildId: GuildId;
  readonly personId: PersonId | null;
  readonly serverId: ServerId | null;
  readonly actorId: DiscordUserId | null;
  readonly reason: string | null;
  readonly at: Date;
}

export const libraryFacts = (
  names: LibraryNames,
  sections: readonly SectionId[],
): readonly LibraryFact[] =>
  [...new Set(sections)].map((section) => ({
    section,
    title: names.get(section) ?? 'a library not read yet',
  }));

/** Opens a case with a notice of its own. Its number is taken here: do it late in the transaction. */
export async function openCase(tables: Tables, head: CaseHead, facts: CaseFacts): Promise<CaseId> {
  const id = randomUUID() as CaseId;
  const noticeId = randomUUID();
  await tables.notices.owe(noticeId, head.guildId, head.at);
  const { at, ...rest } = head;
  await tables.cases.append({ id, noticeId, at, type: facts.type, facts, ...rest });
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
}

/** Locks one person's share on a server and reads what decides it. */
export async function hold(tables: Tables, who: Who, now: Date): Promise<Held> {
  const stored = await tables.shares.lock(who.serverId, who.personId, now);
  const grants = await tables.grants.open(who.serverId, [who.personId]);
  const libraries = await tables.grants.libraries(who.serverId);
  const endings = await tables.endings.on(who.serverId, [who.personId]);
  const ending = endings.get(who.personId);
  if (!ending) throw new Error(`person ${who.personId} is not of the guild of that server`);
  const { guildId, names } = who;
  return { guildId, names, stored, entitlement: { grants, ...libraries, ending } };
}

/** What a commit brought: for whoever waits in this process, and for the alarm clock. */
export interface Recorded {
  readonly guildId: GuildId;
  readonly serverId: ServerId;
  readonly news: readonly string[];
  readonly wakeAt: readonly Date[];
}

/** After the commit, never inside: tells who waits, delivers what is owed, asks for alarms. */
export function announce(
  parts: Pick<Parts, 'news' | 'knock' | 'wakeAt'>,
  { guildId, serverId, news, wakeAt }: Recorded,
): void {
  parts.news.tell(news);
  parts.knock(guildId);
  wakeAt.forEach((when) => parts.wakeAt(serverId, when));
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
  const undoing = await surpriseCases(tables, held, step);
  const caseOf = (order: Order): CaseId | null =>
    order.caseId ??
    (order.cause === 'accident' ? undoing : null) ??
    edges.get(order.section) ??
    (own?.sections.includes(order.section) ? own.caseId : null);
  const share = {
    ...step.share,
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
  const news = await tables.shares.save(stored, after, step.closed);
  await tables.notices.touch(news, step.t);
  return {
    guildId: held.guildId,
    serverId: stored.serverId,
    news,
    wakeAt: [after.nextLookAt, after.nextEdgeAt]
      .filter((at) => at !== null)
      .filter((at) => at.getTime() <= step.t.getTime() + ALARM_HORIZON_MS),
  };
}

/** A case that Usher itself opens about a share. */
const ownHead = ({ guildId, stored }: Held, at: Date): CaseHead => ({
  guildId,
  personId: stored.personId,
  serverId: stored.serverId,
  actorId: null,
  reason: null,
  at,
});

/** Cases for what nobody ordered; the id of the one that an accident is undone by. */
async function surpriseCases(tables: Tables, held: Held, step: Step): Promise<CaseId | null> {
  const { stored, names } = held;
  const since = new Date(step.t.getTime() - CAME_BACK_MS);
  const removed = await tables.cases.settledRemovals(stored, addedIn(step), since);
  const facts = (sections: readonly SectionId[]) => libraryFacts(names, sections);
  let undoing: CaseId | null = null;
  for (const found of surprises(step, { removed, facts })) {
    const id = await openCase(tables, ownHead(held, step.t), found);
    if (found.type === 'accident.undone') undoing = id;
  }
  return undoing;
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
  const head = ownHead(held, step.t);
  const cases = new Map<SectionId, CaseId>();
  if (began.length > 0) {
    const facts = libraryFacts(held.names, began);
    const id = await openCase(tables, head, { type: 'grant.started', libraries: facts });
    began.forEach((section) => cases.set(section, id));
  }
  if (ended.length > 0) {
    const stay = libraryFacts(
      held.names,
      ended.filter((section) => intended.includes(section)),
    );
    const facts = libraryFacts(held.names, ended);
    const id = await openCase(tables, head, { type: 'grant.ended', libraries: facts, stay });
    ended.forEach((section) => cases.set(section, id));
  }
  return cases;
}

/** What ended or began a moment ago, and nobody took yet, comes before the new wish. */
export async function settleEdges(tables: Tables, parts: Parts, held: Held): Promise<Held> {
  const taken = takeOrders(held.stored.share, held.entitlement, parts.clock.now());
  if (!taken.changed) return held;
  await record(tables, parts, { held, step: taken });
  const { serverId, personId } = held.stored;
  return hold(tables, { guildId: held.guildId, names: held.names, serverId, personId }, taken.t);
}

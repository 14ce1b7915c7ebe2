import { confirm, decide } from '../core/decide.js';
import type { Decision } from '../core/decide.js';
import type { Attempt, Ending, Entitlement, PersonId, Read, Share } from '../core/model.js';
import { isUnseen } from '../core/look.js';
import { takeOrders } from '../core/orders.js';
import { isSame } from '../core/sections.js';
import type { OpenGrant } from '../store/grants.js';
import type { PersonRow, ServerRow } from '../store/rows.js';
import type { StoredShare } from '../store/shares.js';
import type { Tables } from '../store/store.js';
import type { Parts } from './parts.js';
import { importGrants } from './importGrants.js';
import { announce, hold, record } from './record.js';
import type { Held, LibraryNames, Recorded, Who } from './record.js';

/** One person of a run, as stored just before the latest list was asked for: its version is the fence. */
export interface Subject {
  readonly person: PersonRow;
  readonly stored: StoredShare;
}

/** What all people of a run have in common. */
export interface Scene {
  readonly server: ServerRow;
  readonly names: LibraryNames;
  /** The notice that all cases of the run share, however many people it looks at. */
  readonly batch: string;
}

export const whoOf = ({ server, names, batch }: Scene, { person }: Subject): Who => ({
  batch,
  guildId: server.guildId,
  serverId: server.id,
  personId: person.id,
  names,
});

const nextLooks = (share: Share, looks: number): number => (isUnseen(share) ? looks + 1 : 0);

/** Whether something newer was read meanwhile: `observed` never goes back. */
export const isOlder = (read: Read, share: Share): boolean =>
  share.observed !== null && read.at < share.observed.at;

/** Whether the locked share is still the one that the list was asked for. */
export const isStale = (held: Held, subject: Subject, read: Read): boolean =>
  held.stored.share.version !== subject.stored.share.version || isOlder(read, held.stored.share);

/** What a look would decide, nothing stored. null: the read says nothing of this person. */
export function rehearse(
  parts: Parts,
  { stored }: Subject,
  {
    read,
    entitlement,
    nudge,
  }: { read: Read | 'unknown'; entitlement: Entitlement; nudge: Attempt['no'] | null },
): Decision | null {
  if (read === 'unknown' || isOlder(read, stored.share)) return null;
  const { times, clock } = parts;
  return decide(stored.share, read, { entitlement, times, now: clock.now(), nudge });
}

/** What decides for each of many people, with three queries. */
export async function entitlements(
  tables: Tables,
  { server }: Scene,
  people: readonly PersonId[] | null,
): Promise<(person: PersonId) => Entitlement> {
  const libraries = await tables.grants.libraries(server.id);
  const byPerson = new Map<PersonId, OpenGrant[]>();
  for (const grant of await tables.grants.open(server.id, people)) {
    const theirs = byPerson.get(grant.personId);
    if (theirs) theirs.push(grant);
    else byPerson.set(grant.personId, [grant]);
  }
  const endings = await tables.endings.on(server.id, people);
  return (person) => ({
    grants: byPerson.get(person) ?? [],
    ...libraries,
    ending: endings.get(person) ?? HANDS_OFF,
  });
}

/** Nobody knows this person any more: nothing may end. */
const HANDS_OFF: Ending = { policy: 'keep-default', isHome: true, isRemovable: false };

const isSameRead = (a: Read | null, b: Read | null): boolean =>
  a !== null &&
  b !== null &&
  a.row === b.row &&
  a.pending === b.pending &&
  a.all === b.all &&
  isSame(a.sections, b.sections) &&
  isSame(a.catalogue, b.catalogue);

/** Whether a look without a write has anything to store: a sweep over quiet people stores nothing. */
export function isWorthStoring(parts: Parts, { stored }: Subject, decision: Decision): boolean {
  const { share } = decision;
  const now = parts.clock.now();
  const isDue = (at: Date | null) => at !== null && at <= now;
  return (
    share.version !== stored.share.version ||
    share.orders.length > 0 ||
    decision.imported.length > 0 ||
    JSON.stringify(share.driftSeen) !== JSON.stringify(stored.share.driftSeen) ||
    JSON.stringify(share.attempt) !== JSON.stringify(stored.share.attempt) ||
    !isSameRead(share.observed, stored.share.observed) ||
    isDue(stored.nextLookAt) ||
    isDue(stored.nextEdgeAt)
  );
}

/** Stores a decision with all it owes, inside the transaction that holds the share. */
export async function store(
  tables: Tables,
  parts: Parts,
  { held, decision }: { held: Held; decision: Decision },
): Promise<Recorded> {
  await importGrants(tables, held.stored, { sections: decision.imported, t: decision.t });
  // A look that ends with a write is judged by its read-back.
  const isSent = decision.change.kind !== 'none';
  const looks = isSent ? held.stored.looks : nextLooks(decision.share, held.stored.looks);
  return record(tables, parts, { held, step: decision, looks });
}

/** Step 2 for somebody who needs no write. */
export async function storeQuiet(
  parts: Parts,
  scene: Scene,
  { subject, read }: { subject: Subject; read: Read },
): Promise<void> {
  const { clock, times } = parts;
  const recorded = await parts.store.transaction(async (tables) => {
    const held = await hold(tables, whoOf(scene, subject), clock.now());
    if (isStale(held, subject, read)) return null;
    const { entitlement } = held;
    const decision = decide(held.stored.share, read, { entitlement, times, now: clock.now() });
    if (decision.change.kind !== 'none') return null; // an edge came in between: the next look writes
    return store(tables, parts, { held, decision });
  });
  if (recorded) announce(parts, recorded);
}

/** Step 5: what the read-back shows of one write. Skipped when anything happened since. true: it gave everything. */
export async function settleBack(
  parts: Parts,
  scene: Scene,
  { subject, version, read }: { subject: Subject; version: number; read: Read },
): Promise<boolean> {
  const { clock, times } = parts;
  const recorded = await parts.store.transaction(async (tables) => {
    const held = await hold(tables, whoOf(scene, subject), clock.now());
    if (held.stored.share.version !== version || isOlder(read, held.stored.share)) return null;
    const now = clock.now();
    const done = confirm(held.stored.share, read, { entitlement: held.entitlement, times, now });
    const step = { ...done, began: [], ended: [], t: now };
    const looks = nextLooks(done.share, held.stored.looks);
    const { accident } = done;
    return { accident, ...(await record(tables, parts, { held, step, looks })) };
  });
  if (recorded) announce(parts, recorded);
  return recorded?.accident === true;
}

/** Plex does not answer: what is due is recorded all the same, and looked at again later. */
export async function putOff(parts: Parts, scene: Scene, subject: Subject): Promise<void> {
  const { clock } = parts;
  const isDue = subject.stored.nextEdgeAt !== null && subject.stored.nextEdgeAt <= clock.now();
  const { share } = subject.stored;
  if (!isDue && share.orders.length === 0 && !share.importOwed) return;
  const recorded = await parts.store.transaction(async (tables) => {
    const held = await hold(tables, whoOf(scene, subject), clock.now());
    const taken = takeOrders(held.stored.share, held.entitlement, clock.now());
    const looks = held.stored.looks + 1;
    return record(tables, parts, { held, step: taken, looks });
  });
  announce(parts, recorded);
}

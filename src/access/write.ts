import { answered, giveUp, refusedAttempt } from '../core/attempt.js';
import type { Attempt, Read, Share, Write } from '../core/model.js';
import { foldName } from '../core/reads.js';
import { PlexBusy, PlexRejected, PlexUnauthorised, PlexUnavailable } from '../plex/errors.js';
import type { PlexWrite } from '../plex/plex.js';
import type { PersonRow } from '../store/rows.js';
import { noteWrite } from './burst.js';
import { decideHeld } from './ending.js';
import { isStale, store, whoOf } from './look.js';
import type { Scene, Subject } from './look.js';
import type { Parts, Priority } from './parts.js';
import { refusalSentence, sharedName } from './refusals.js';
import { announce, hold, record } from './record.js';
import type { Step } from './record.js';

/** A write that was sent, for the read-back. */
export interface Written {
  readonly subject: Subject;
  /** The share's version after this run stored its attempt; the read-back counts only while it is still this. */
  readonly version: number;
}

/** One person to be written, and what the list showed of them. */
export interface Due {
  readonly subject: Subject;
  readonly read: Read;
  readonly priority: Priority;
  /** The write that is to be repeated when there is none to be made. */
  readonly nudge: Attempt['no'] | null;
}

interface Planned {
  readonly write: Write;
  readonly attempt: Attempt;
  readonly isNudge: boolean;
  readonly sentBy: number;
}

/**
 * Steps 2 to 4 of a run, when the owner's queue grants the slot: decide on what is stored now, store the attempt, send
 * it at once. null: nothing was sent, because something happened since the list was read, or too much time passed.
 */
export async function writeOne(parts: Parts, scene: Scene, due: Due): Promise<Written | null> {
  const plex = parts.plexOf(scene.server.id);
  await parts.gate.pass(scene.server.ownerId, plex);
  return plex.writeSlot(due.priority, async (send) => {
    const planned = await plan(parts, scene, due);
    if (planned === null) return null;
    if (performance.now() > planned.sentBy) {
      // Somebody may have decided otherwise meanwhile: a late plan is dropped, never sent.
      await amend(parts, { scene, subject: due.subject }, (share) =>
        refusedAttempt(share, planned.attempt.no),
      );
      return null;
    }
    try {
      const answer = await send(
        scene.server.machineId,
        addressed(planned.write, due.subject.person),
      );
      parts.gate.open(scene.server.ownerId);
      await amend(parts, { scene, subject: due.subject, sent: planned }, (share) =>
        answered(share, planned.attempt.no, answer.row),
      );
      return { subject: due.subject, version: planned.attempt.no };
    } catch (error) {
      return await failed(parts, scene, { due, planned, error });
    }
  });
}

/** Decides under the share's lock and stores the attempt before it is sent. */
async function plan(
  parts: Parts,
  scene: Scene,
  { subject, read, nudge }: Due,
): Promise<Planned | null> {
  const { clock, times } = parts;
  const outcome = await parts.store.transaction(async (tables) => {
    const held = await hold(tables, whoOf(scene, subject), clock.now());
    if (isStale(held, subject, read)) return null;
    const sentBy = performance.now() + times.stallMs;
    const { decision, elsewhere } = await decideHeld(tables, parts, { held, read, nudge });
    const recorded = await store(tables, parts, { held, decision });
    const { change, isNudge } = decision;
    const { attempt } = decision.share;
    const planned =
      change.kind === 'none' || attempt === null
        ? null
        : { write: change, attempt, isNudge, sentBy };
    return { recorded, planned, elsewhere };
  });
  if (outcome === null) return null;
  announce(parts, outcome.recorded);
  for (const { serverId, at } of outcome.elsewhere) parts.wakeAt(serverId, at);
  return outcome.planned;
}

const inviteTo = ({ invitedAs, email }: PersonRow): string => invitedAs || email;

/** A write with whom it is for. */
function addressed(write: Write, person: PersonRow): PlexWrite {
  switch (write.kind) {
    case 'create':
      return person.accountId === null
        ? { ...write, email: inviteTo(person) }
        : { ...write, accountId: person.accountId };
    case 'cancelInvite':
      return { ...write, accountId: person.accountId, email: inviteTo(person) };
    case 'removePerson':
      if (person.accountId === null) throw new Error('only an account can be removed');
      return { ...write, accountId: person.accountId };
    case 'replace':
    case 'delete':
      return write;
  }
}

interface Outcome {
  readonly due: Due;
  readonly planned: Planned;
}

/** Makes of a failure what `reconcile.md` 6 says; an outage goes on to whoever started the run. */
async function failed(
  parts: Parts,
  scene: Scene,
  { due, planned, error }: Outcome & { error: unknown },
): Promise<Written | null> {
  const { subject } = due;
  const { no } = planned.attempt;
  const undo = (share: Share) => refusedAttempt(share, no);
  if (error instanceof PlexRejected && error.meaning === 'invalid') {
    const why = refusalSentence(error.sentence, subject.person);
    await refuse(parts, scene, { due, planned, why });
    return null;
  }
  if (error instanceof PlexRejected) {
    parts.log.info({ err: error, serverId: scene.server.id }, 'Plex has it otherwise; read again');
    await learnName(parts, subject.person, error);
    await amend(parts, { scene, subject, fruitless: true }, undo);
    return null;
  }
  if (error instanceof PlexUnauthorised) {
    parts.gate.close(scene.server.ownerId, error);
    await amend(parts, { scene, subject }, undo);
    throw error;
  }
  if (error instanceof PlexBusy) {
    await amend(parts, { scene, subject }, undo);
    throw error;
  }
  if (!(error instanceof PlexUnavailable)) throw error;
  // It may have landed, or land yet: the attempt stays, and the read-back looks.
  parts.log.warn({ err: error, serverId: scene.server.id }, 'the answer to a write did not come');
  await amend(parts, { scene, subject, sent: planned }, (share) => share);
  return { subject, version: no };
}

/** Plex shares with them under a name that we did not know: the next list is searched for it too. */
async function learnName({ store }: Parts, person: PersonRow, { sentence }: PlexRejected) {
  const name = sharedName(sentence);
  if (person.accountId !== null || name === null) return;
  await store.people.change(
    person.id,
    name.includes('@') ? { email: foldName(name) } : { username: name },
  );
}

/** Plex will never take it: the orders are closed as refused, and their grants end with Plex's own sentence. */
async function refuse(
  parts: Parts,
  scene: Scene,
  { due, planned, why }: Outcome & { why: string },
): Promise<void> {
  const { subject } = due;
  const recorded = await parts.store.transaction(async (tables) => {
    const t = parts.clock.now();
    const held = await hold(tables, whoOf(scene, subject), t);
    const { share, closed } = giveUp(
      refusedAttempt(held.stored.share, planned.attempt.no),
      held.entitlement.defaults,
      t,
    );
    const sections = closed.map(({ order }) => order.section);
    const over = held.entitlement.grants.filter((grant) => sections.includes(grant.section));
    for (const grant of over) await tables.grants.change(grant.id, { revokedAt: t });
    await tables.grants.close(
      over.map((grant) => grant.id),
      t,
    );
    const grants = held.entitlement.grants.filter((grant) => !over.includes(grant));
    const left = { ...held, entitlement: { ...held.entitlement, grants } };
    const step = { share, closed, began: [], ended: [], t };
    // What is left was refused too: it is not tried at the same pace for ever.
    const looks = held.stored.looks + 1;
    const done = await record(tables, parts, { held: left, step, looks });
    await tables.shares.explain(done.news, why);
    return done;
  });
  announce(parts, recorded);
}

interface Amendment {
  readonly scene: Scene;
  readonly subject: Subject;
  /** Plex has it otherwise: looked at again later each time. */
  readonly fruitless?: boolean;
  /** The write that was taken, or may have been. */
  readonly sent?: Planned;
}

/** Changes a share under its lock, whatever its version. */
async function amend(
  parts: Parts,
  { scene, subject, fruitless = false, sent }: Amendment,
  change: (share: Share) => Share,
): Promise<void> {
  const { recorded, nudgeAt } = await parts.store.transaction(async (tables) => {
    const t = parts.clock.now();
    const held = await hold(tables, whoOf(scene, subject), t);
    const next = change(held.stored.share);
    const step: Step = { share: next, began: [], ended: [], closed: [], t };
    const looks = held.stored.looks + (fruitless ? 1 : 0);
    const recorded = await record(tables, parts, { held, step, looks });
    const nudgeAt = sent ? await noteWrite(tables, parts, { ...held.stored, ...sent }) : null;
    return { recorded, nudgeAt };
  });
  announce(parts, recorded);
  if (nudgeAt !== null) parts.wakeAt(scene.server.id, nudgeAt);
}

import type { Attempt, PersonId, Read, Share, ShareChange } from './model.js';
import { isSame, isSubset } from './sections.js';

/** A PMS that was told of a change drops what it is told within this time (`plex-protocol.md` 4.6). */
const DEAF_MS = 6_000;
const NUDGE_AFTER_MS = 10_000;

/** The latest writes on one server, as far as its PMS may have missed some of them (`architecture.md` 8.16). */
export interface Burst {
  /** When plex.tv answered the latest write. */
  readonly wroteAt: Date;
  /** When to look whether one list is to be written once more; null: no nudge is owed. */
  readonly dueAt: Date | null;
  /** Who was written last with a list, and by which attempt; null: the writes since only ended shares. */
  readonly personId: PersonId | null;
  readonly no: Attempt['no'] | null;
}

/** A write that plex.tv took, or may have taken. */
export interface Landed {
  readonly personId: PersonId;
  readonly attempt: Pick<Attempt, 'no' | 'at' | 'list'>;
  readonly answeredAt: Date;
  /** It was a nudge itself: what the PMS misses of it is no loss, though it may miss what comes after it. */
  readonly isNudge: boolean;
}

/** Counts a write: several within 6 s owe one nudge, 10 s after the last of them. */
export function countWrite(before: Burst | null, landed: Landed): Burst {
  const { personId, attempt, answeredAt, isNudge } = landed;
  if (isNudge) {
    return { wroteAt: answeredAt, dueAt: null, personId: null, no: null };
  }
  const isClose = before !== null && attempt.at.getTime() - before.wroteAt.getTime() <= DEAF_MS;
  const isOwed = isClose || (before !== null && before.dueAt !== null);
  const last =
    attempt.list.length > 0
      ? { personId, no: attempt.no }
      : { personId: isOwed ? before.personId : null, no: isOwed ? before.no : null };
  const due = isClose ? new Date(answeredAt.getTime() + NUDGE_AFTER_MS) : null;
  return { wroteAt: answeredAt, dueAt: due ?? before?.dueAt ?? null, ...last };
}

/**
 * The same list once more, when Plex still shows the last person exactly as written and nothing was decided since: the
 * sole write without an order. It changes nothing at plex.tv; the PMS hears of all that it had missed.
 */
export function nudge(share: Share, read: Read, no: Attempt['no']): ShareChange {
  const none: ShareChange = { kind: 'none' };
  const { attempt } = share;
  if (attempt?.no !== no || attempt.list.length === 0) return none;
  if (read.row === null || read.pending || read.all || read.at < attempt.at) return none;
  const row = attempt.answerRow ?? attempt.row ?? read.row;
  const isAsWritten = row === read.row && isSame(read.sections, attempt.list);
  if (!isAsWritten || !isSubset(attempt.list, read.catalogue)) return none;
  return { kind: 'replace', shareId: read.row, sections: attempt.list };
}

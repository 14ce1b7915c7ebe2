import type { SectionId, Want } from './model.js';
import { exactTime } from './text.js';

/** What Plex showed of one library of a case. */
export interface Receipt {
  readonly section: SectionId;
  readonly want: Want;
  readonly dueAt: Date;
  readonly writtenAt: Date | null;
  /** Seen after our write, or shown without one. */
  readonly seenAt: Date | null;
  readonly closedAs:
    'settled' | 'share-gone' | 'library-gone' | 'refused' | 'replaced' | 'dropped' | null;
  readonly why: string | null;
}

/** How far a case has come: what its last word says. */
export type CaseState = 'recorded' | 'seen' | 'gone' | 'refused' | 'open';

/** After this long without agreement of Plex, a case says that it is still open. */
export const STILL_OPEN_MS = 5 * 60_000;

/** Whether nothing of a case is open any more. */
export const isClosed = (receipts: readonly Receipt[]): boolean =>
  receipts.every((r) => r.closedAs !== null);

/** What the receipts of a case say together. What Plex once showed stays true when a later case undoes it. */
export function caseState(receipts: readonly Receipt[], now: Date): CaseState {
  if (receipts.some((r) => r.closedAs === 'refused')) return 'refused';
  const told = receipts.filter((r) => r.closedAs === null || r.seenAt !== null);
  if (told.length === 0) return 'recorded';
  const waiting = told.filter((r) => r.seenAt === null);
  if (waiting.length === 0) return told.every((r) => r.want === 'remove') ? 'gone' : 'seen';
  return waiting.some((r) => now.getTime() - r.dueAt.getTime() >= STILL_OPEN_MS)
    ? 'open'
    : 'recorded';
}

/** A later case took the place of this one before Plex ever showed it. */
export const isOvertaken = (receipts: readonly Receipt[]): boolean =>
  receipts.length > 0 && isClosed(receipts) && receipts.every((r) => r.seenAt === null);

/** The latest of several instants, null when there is none. */
export const latest = (dates: readonly (Date | null)[]): Date | null =>
  dates.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);

/** When the write of an end was due, sent and seen. */
export function receiptLine(receipts: readonly Receipt[]): string | null {
  const isTold = ({ closedAs, seenAt }: Receipt) => closedAs !== 'replaced' || seenAt !== null;
  const removals = receipts.filter((r) => r.want === 'remove' && isTold(r));
  const gone = latest(removals.map((r) => r.seenAt));
  if (gone === null || removals.some((r) => r.seenAt === null)) return null;
  const due = latest(removals.map((r) => r.dueAt)) ?? gone;
  const written = latest(removals.map((r) => r.writtenAt));
  const sent = written === null ? 'nothing to write' : `written ${exactTime(written)}`;
  return `Due ${exactTime(due)} · ${sent} · gone ${exactTime(gone)}`;
}

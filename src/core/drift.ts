import type { Drift, Read, SettleTimes, Share } from './model.js';
import type { Sections } from './sections.js';
import { isRipe } from './settle.js';

/** What became of the differences between Plex and what was given here. */
export interface DriftNews {
  /** As it is to be stored. */
  readonly seen: readonly Drift[];
  /** Never told before, or of another kind than before. */
  readonly fresh: readonly Drift[];
}

interface Judging {
  readonly intended: Sections;
  readonly times: SettleTimes;
}

/** Compares a read with what is intended, leaving out what is on order (`reconcile.md` 7; policy *report*). */
export function findDrift(share: Share, read: Read, { intended, times }: Judging): DriftNews {
  if (!isJudged(share, read, times)) return { seen: share.driftSeen, fresh: [] };
  const ordered = new Set(share.orders.map((order) => order.section));
  const differing = read.all
    ? []
    : read.catalogue.filter(
        (section) =>
          !ordered.has(section) && read.sections.includes(section) !== intended.includes(section),
      );
  const now = differing.map((section): Drift => {
    const kind = read.sections.includes(section) ? 'added' : 'removed';
    const known = share.driftSeen.find((drift) => drift.section === section);
    return known?.kind === kind
      ? seenAgain(known, read, times)
      : { section, kind, firstSeenAt: read.at };
  });
  return { seen: now, fresh: now.filter((drift) => !has(share.driftSeen, drift)) };
}

/** Whether a read says anything about what nobody ordered. */
const isJudged = (share: Share, read: Read, times: SettleTimes): boolean =>
  share.managed &&
  !share.importOwed &&
  (share.attempt === null || isRipe(share.attempt.at, read.at, times));

/** A list may lie for as long as L: what two show that are further apart is so. */
const seenAgain = (known: Drift, read: Read, { lagMs }: SettleTimes): Drift =>
  known.confirmedAt === undefined && +read.at - +known.firstSeenAt > lagMs
    ? { ...known, confirmedAt: read.at }
    : known;

const isSameDrift = (a: Drift, b: Drift): boolean => a.section === b.section && a.kind === b.kind;

const has = (drift: readonly Drift[], one: Drift): boolean =>
  drift.some((known) => isSameDrift(known, one));

/** What is otherwise in Plex as last read, and nobody has said yet what is to become of it. */
export function openDrift(share: Share, { intended, times }: Judging): readonly Drift[] {
  const { observed } = share;
  if (observed === null || !isJudged(share, observed, times)) return [];
  const { seen } = findDrift(share, observed, { intended, times });
  return share.driftSeen.filter((drift) => drift.ignored !== true && has(seen, drift));
}

/** Whether the message of a case still has something to ask; cheaper than the above, and as right after each look. */
export const isAsked = (share: Share, caseId: Drift['caseId']): boolean =>
  share.managed &&
  share.driftSeen.some(
    (drift) =>
      drift.caseId === caseId &&
      drift.ignored !== true &&
      !share.orders.some((order) => order.section === drift.section),
  );

/** The share without these, for they are decided. */
export const forget = (share: Share, decided: readonly Drift[]): Share => ({
  ...share,
  driftSeen: share.driftSeen.filter((drift) => !has(decided, drift)),
});

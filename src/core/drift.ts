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

/** Compares a read with what is intended, leaving out what is on order (`reconcile.md` 7; policy *report*). */
export function findDrift(
  share: Share,
  read: Read,
  { intended, times }: { intended: Sections; times: SettleTimes },
): DriftNews {
  const unripe = share.attempt !== null && !isRipe(share.attempt.at, read.at, times);
  if (!share.managed || share.importOwed || unripe) return { seen: share.driftSeen, fresh: [] };
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
    return known?.kind === kind ? known : { section, kind, firstSeenAt: read.at };
  });
  return { seen: now, fresh: now.filter((drift) => !share.driftSeen.includes(drift)) };
}

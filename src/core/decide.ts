import { beginAttempt } from './attempt.js';
import { findDrift } from './drift.js';
import { intendedLibraries } from './intended.js';
import type {
  ClosedOrder,
  Drift,
  EndPolicy,
  Entitlement,
  Grant,
  Read,
  SettleTimes,
  Share,
  ShareChange,
} from './model.js';
import { takeOrders } from './orders.js';
import { plan } from './plan.js';
import { minus } from './sections.js';
import type { Sections } from './sections.js';
import { importShare, letGo, settle, undoAccident } from './settle.js';

/** What one look at one person decided: to be stored as a whole, then sent. */
export interface Decision {
  readonly share: Share;
  readonly change: ShareChange;
  readonly t: Date;
  readonly began: readonly Grant[];
  readonly ended: readonly Grant[];
  readonly closed: readonly ClosedOrder[];
  /** Libraries to be granted without end, because Plex had them before Usher managed this person. */
  readonly imported: Sections;
  readonly drift: readonly Drift[];
  /** A write gave everything by accident; it is being undone. */
  readonly accident: boolean;
  /** keep-default has no default left: nothing can be written. */
  readonly stuck: boolean;
}

/** What decides beside the share and the read. */
export interface Context {
  readonly entitlement: Entitlement;
  readonly times: SettleTimes;
  readonly now: Date;
}

/** Keep a default library where there is one, else end the share. */
export const endPolicyOf = (entitlement: Entitlement): EndPolicy =>
  entitlement.defaults.some((section) => !entitlement.gone.includes(section))
    ? 'keep-default'
    : 'unshare';

/** Step 2 of a run (`reconcile.md` 6), without storing or sending anything. The read is not older than `observed`. */
export function decide(before: Share, read: Read, { entitlement, times, now }: Context): Decision {
  const taken = takeOrders(before, entitlement, now);
  const { t } = taken;
  const seen: Share = { ...taken.share, observed: read };
  const safe = undoAccident(seen, read, { intended: taken.intended, times, t });
  const settled = settle(safe.share, read, times);
  const context = { entitlement, times, t };
  let share = letGo(settled.share, read, context) ?? settled.share;
  let imported: Sections = [];
  const import_ = share.importOwed ? importShare(share, read, context) : null;
  if (import_ !== null) {
    share = import_.share;
    imported = import_.granted;
  }
  // Import grants are made by the caller, so that they do not yet count in `entitlement`.
  const intended = [...intendedLibraries({ share, entitlement }, t), ...imported];
  const drift = findDrift(share, read, { intended, times });
  const planned = plan({ ...share, driftSeen: drift.seen }, read, {
    times,
    t,
    endPolicy: endPolicyOf(entitlement),
    defaults: minus(entitlement.defaults, entitlement.gone),
  });
  const { change, deed } = planned;
  return {
    share:
      change.kind === 'none'
        ? planned.share
        : beginAttempt(planned.share, change, { read, deed, times, t }),
    change,
    t,
    began: taken.began,
    ended: taken.ended,
    closed: [...taken.closed, ...settled.closed, ...(import_?.closed ?? [])],
    imported,
    drift: drift.fresh,
    accident: safe.alarm,
    stuck: planned.stuck,
  };
}

/** Step 5 of a run: what the read-back after the writes shows. Changes nothing but orders and the attempt. */
export function confirm(
  before: Share,
  read: Read,
  { entitlement, times, now }: Context,
): { readonly share: Share; readonly closed: readonly ClosedOrder[]; readonly accident: boolean } {
  const intended = intendedLibraries({ share: before, entitlement }, now);
  const safe = undoAccident(before, read, { intended, times, t: now });
  const settled = settle(safe.share, read, times);
  return {
    share: { ...settled.share, observed: read, version: settled.share.version + 1 },
    closed: settled.closed,
    accident: safe.alarm,
  };
}

import { beginAttempt, beginNudge } from './attempt.js';
import { findDrift } from './drift.js';
import { intendedLibraries } from './intended.js';
import type {
  Attempt,
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
import { nudge } from './nudge.js';
import { plan } from './plan.js';
import type { Plan, Terms } from './plan.js';
import { minus } from './sections.js';
import type { Sections } from './sections.js';
import { importShare, letGo, settle, undoAccident } from './settle.js';

/** What one look at one person decided: to be stored as a whole, then sent. */
export interface Decision {
  readonly share: Share;
  readonly change: ShareChange;
  /** The change is a list that was sent before, ordered by nobody. */
  readonly isNudge: boolean;
  readonly t: Date;
  readonly began: readonly Grant[];
  readonly ended: readonly Grant[];
  readonly closed: readonly ClosedOrder[];
  /** Libraries to be granted without end, because Plex had them before Usher managed this person. */
  readonly imported: Sections;
  readonly drift: readonly Drift[];
  /** A write gave everything by accident; it is being undone. */
  readonly accident: boolean;
  /** keep-default has no default left, and had one before: nothing can be written. */
  readonly stuck: boolean;
}

/** What decides beside the share and the read. */
export interface Context {
  readonly entitlement: Entitlement;
  readonly times: SettleTimes;
  readonly now: Date;
  /** The attempt whose list is to be written once more, where nothing else is to be written. */
  readonly nudge?: Attempt['no'] | null;
}

/** What the end of the last library means for this person: the choice for the server, as far as it can be had. */
export function endPolicyOf({ defaults, gone, ending }: Entitlement): EndPolicy {
  const { policy, isHome, isRemovable } = ending;
  if (isHome) return 'keep-default';
  if (policy === 'remove') return isRemovable ? 'remove' : 'unshare';
  const isKept = policy === 'keep-default' && minus(defaults, gone).length > 0;
  return isKept ? 'keep-default' : 'unshare';
}

/** Step 2 of a run (`reconcile.md` 6), without storing or sending anything. The read is not older than `observed`. */
export function decide(before: Share, read: Read, given: Context): Decision {
  const { entitlement, times, now } = given;
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
  const planned = plan({ ...share, driftSeen: drift.seen }, read, termsOf(entitlement, times, t));
  const sent = sending(planned, read, { times, t, nudge: given.nudge ?? null });
  const stuckAt = planned.stuck ? (before.stuckAt ?? t) : null;
  return {
    share: { ...sent.share, stuckAt },
    change: sent.change,
    isNudge: sent.change !== planned.change,
    t,
    began: taken.began,
    ended: taken.ended,
    closed: [
      ...taken.closed,
      ...settled.closed,
      ...(import_?.closed ?? []),
      ...displaced(planned, t),
    ],
    imported,
    drift: drift.fresh,
    accident: safe.alarm,
    stuck: planned.stuck && before.stuckAt === null,
  };
}

/** Removals that gave way to a default that is kept: no read will ever show them. */
const displaced = ({ deed }: Plan, t: Date): readonly ClosedOrder[] =>
  deed?.displaced.map((order) => ({ order, how: 'replaced', at: t })) ?? [];

const termsOf = (entitlement: Entitlement, times: SettleTimes, t: Date): Terms => ({
  times,
  t,
  endPolicy: endPolicyOf(entitlement),
  isHome: entitlement.ending.isHome,
  isRemovable: entitlement.ending.isRemovable,
  defaults: minus(entitlement.defaults, entitlement.gone),
});

/** The share with its attempt stored, when there is something to send. */
function sending(
  { share, change, deed, stuck }: Plan,
  read: Read,
  { times, t, nudge: no }: { times: SettleTimes; t: Date; nudge: Attempt['no'] | null },
): { readonly share: Share; readonly change: ShareChange } {
  if (change.kind !== 'none') {
    return { change, share: beginAttempt(share, change, { read, deed, times, t }) };
  }
  const again = no === null || stuck ? change : nudge(share, read, no);
  if (again.kind === 'none') return { share, change };
  return { change: again, share: beginNudge(share, again, { read, times, t }) };
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

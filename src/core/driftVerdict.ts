import { forget } from './drift.js';
import { isOver } from './intended.js';
import type { ClosedOrder, Drift, Entitlement, Grant, SectionId, Share } from './model.js';
import { orderAnew } from './orders.js';
import { both, minus, setOf, union } from './sections.js';
import type { Sections } from './sections.js';

/** The libraries of drift of one kind. */
export const driftOf = (drift: readonly Drift[], kind: Drift['kind']): Sections =>
  drift.filter((one) => one.kind === kind).map((one) => one.section);

/** Back to what was given here: what a hand added is ordered away, what it took is ordered again. */
export function revertDrift(
  share: Share,
  drift: readonly Drift[],
  t: Date,
): { readonly share: Share; readonly closed: readonly ClosedOrder[] } {
  const gone = orderAnew(share, { sections: driftOf(drift, 'added'), want: 'remove' }, t);
  const back = orderAnew(gone.share, { sections: driftOf(drift, 'removed'), want: 'add' }, t);
  return { share: forget(back.share, drift), closed: [...gone.closed, ...back.closed] };
}

/** What taking over Plex's word makes of the grants: the caller stores it. */
export interface Adoption<G extends Grant> {
  /** Libraries to be granted without end, as an import does. */
  readonly granted: Sections;
  /** Ended by an earlier adoption that a hand has undone since: they go on to the ends they had. */
  readonly reopened: readonly G[];
  /** Planned for later; a hand was quicker, so that they count from now. */
  readonly hastened: readonly G[];
  /** Over from now on. */
  readonly ended: readonly G[];
  /** Defaults that this person goes without. */
  readonly exempt: Sections;
}

/**
 * Plex is right (`reconcile.md` 7): what a hand added is granted, what it took is over. `endedByAdoption`: grants that an
 * adoption of the last 24 h ended.
 */
export function adoptDrift<G extends Grant>(
  share: Share,
  drift: readonly Drift[],
  {
    entitlement,
    endedByAdoption,
    t,
  }: {
    entitlement: Omit<Entitlement, 'grants'> & { readonly grants: readonly G[] };
    endedByAdoption: readonly G[];
    t: Date;
  },
): Adoption<G> {
  const added = driftOf(drift, 'added');
  const removed = driftOf(drift, 'removed');
  const open = entitlement.grants.filter((grant) => !isOver(grant, t));
  const hastened = open.filter((grant) => added.includes(grant.section));
  const planned = setOf(hastened.map((grant) => grant.section));
  const reopened = endedByAdoption.filter(
    (grant) =>
      added.includes(grant.section) &&
      !planned.includes(grant.section) &&
      (grant.endsAt === null || grant.endsAt > t),
  );
  const back = setOf(reopened.map((grant): SectionId => grant.section));
  return {
    granted: minus(minus(added, planned), back),
    reopened,
    hastened: hastened.map((grant) => ({ ...grant, startsAt: t })),
    ended: open.filter((grant) => removed.includes(grant.section)),
    exempt: union(minus(share.exempt, added), both(entitlement.defaults, removed)),
  };
}

import { isActive, isOver } from './intended.js';
import { widest } from './merge.js';
import type { Grant, SectionId, Share } from './model.js';
import type { Sections } from './sections.js';

/** A library that is gone, and the one that takes its place. */
export interface Move {
  readonly from: SectionId;
  readonly to: SectionId;
}

/** What becomes of one person's open grant of a library that is gone. */
export interface MovedGrant<G extends Grant> {
  /**
   * `now` and `later`: it moves, and counts already or not yet. `joined`: there is one of the other library already, and
   * that has the span of both. `apart`: likewise, with a gap between them; nothing is done.
   */
  readonly how: 'now' | 'later' | 'joined' | 'apart';
  /** What is open afterwards, of every library. */
  readonly grants: readonly G[];
  /** The grant that changed, as it is then. */
  readonly changed: G | null;
  /** Over at once: another grant says it all, or its time was over anyway. */
  readonly closed: readonly G[];
}

/** Carries an open grant over to another library; null: there is none. Nobody loses an hour that was promised. */
export function moveGrant<G extends Grant>(
  grants: readonly G[],
  { from, to }: Move,
  t: Date,
): MovedGrant<G> | null {
  const of = (section: SectionId) => (grant: G) => grant.section === section && !isOver(grant, t);
  const old = grants.find(of(from));
  if (!old) return null;
  const other = grants.find(of(to));
  if (!other) {
    const changed = { ...old, section: to };
    return {
      how: isActive(old, t) ? 'now' : 'later',
      grants: grants.map((grant) => (grant === old ? changed : grant)),
      changed,
      closed: grants.filter((grant) => grant.section === to),
    };
  }
  if (isApart(old, other)) return { how: 'apart', grants, changed: null, closed: [] };
  const changed = { ...other, ...widest(old, other) };
  return {
    how: 'joined',
    grants: grants.flatMap((one) => (one === old ? [] : [one === other ? changed : one])),
    changed,
    closed: [old],
  };
}

/** Whether there is a time between them in which neither counts. */
function isApart(a: Grant, b: Grant): boolean {
  const isBefore = (x: Grant, y: Grant) => x.endsAt !== null && x.endsAt < y.startsAt;
  return isBefore(a, b) || isBefore(b, a);
}

/**
 * Whether somebody who has no share left, or was removed by hand: a share that went with its last library is no such
 * thing. `intended` is what they should see without the move; who left is not invited again unasked.
 */
export const hasLeft = ({ observed }: Share, intended: Sections): boolean =>
  observed !== null && observed.row === null && intended.length > 0;

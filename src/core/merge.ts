import type { Span } from './cases.js';
import { intendedLibraries } from './intended.js';
import type { Attempt, ClosedOrder, Entitlement, Grant, Order, SectionId, Share } from './model.js';
import { LISTS_KEPT } from './attempt.js';
import { freshOrder } from './orders.js';
import { latest } from './receipts.js';
import { both, union } from './sections.js';
import type { Sections } from './sections.js';

/** What becomes of the open grants of two people who turn out to be one. */
export interface MergedGrants<G extends Grant> {
  /** What is open afterwards, as it is then. */
  readonly grants: readonly G[];
  /** Those of them whose span is another than before. */
  readonly changed: readonly G[];
  /** Over at once: another grant of the same library says it all. */
  readonly closed: readonly G[];
}

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);
const later = (a: Date, b: Date): Date => (a > b ? a : b);
const laterEnd = (a: Date | null, b: Date | null): Date | null =>
  a === null || b === null ? null : later(a, b);

/**
 * One open grant a library: nobody loses access that a person gave, so the longer span counts. What was merely imported
 * yields, both to a grant that somebody gave and to a removal on order: it was read from the very share that is merged.
 */
export function mergeGrants<G extends Grant>(
  kept: readonly G[],
  other: readonly G[],
  removing: Sections,
): MergedGrants<G> {
  const all = [...kept, ...other];
  const isUndone = (grant: G) => grant.source === 'import' && removing.includes(grant.section);
  const closed = all.filter(isUndone);
  const bySection = new Map<SectionId, G>();
  for (const grant of all.filter((one) => !isUndone(one))) {
    const first = bySection.get(grant.section);
    const chosen = first === undefined ? grant : joined(first, grant);
    bySection.set(grant.section, chosen);
    if (first !== undefined) closed.push(chosen.id === first.id ? grant : first);
  }
  const grants = [...bySection.values()];
  return { grants, changed: grants.filter((grant) => !all.includes(grant)), closed };
}

/** From the earlier start to the later end. */
export const widest = (a: Span, b: Span): Span => ({
  startsAt: earlier(a.startsAt, b.startsAt),
  endsAt: laterEnd(a.endsAt, b.endsAt),
});

function joined<G extends Grant>(a: G, b: G): G {
  if (a.source === 'import' && b.source !== 'import') return b;
  if (b.source === 'import' && a.source !== 'import') return a;
  const span = widest(a, b);
  const isSame = +span.startsAt === +a.startsAt && span.endsAt?.getTime() === a.endsAt?.getTime();
  return isSame ? a : { ...a, ...span };
}

interface Merging {
  /** What decides once they are one. */
  readonly entitlement: Entitlement;
  /** Both shares were looked at not later than this. */
  readonly t: Date;
}

/**
 * Two shares of one server that turn out to be of one person. Nothing that is intended is lost, a removal on order stays
 * unless something still gives that library, and nothing that was sent is forgotten.
 */
export function mergeShares(
  a: Share,
  b: Share,
  { entitlement, t }: Merging,
): { readonly share: Share; readonly closed: readonly ClosedOrder[] } {
  const sides = [a, b];
  const managed = sides.filter((share) => share.managed);
  const [first, ...rest] = managed;
  const exempt = rest.reduce<Sections>((all, s) => both(all, s.exempt), first?.exempt ?? []);
  const attempt = mergeAttempts(a.attempt, b.attempt);
  const base: Share = {
    version: Math.max(a.version, b.version) + 1,
    managed: managed.length > 0,
    importOwed: a.importOwed || b.importOwed,
    ordered: union(a.ordered, b.ordered),
    lookedAt: later(a.lookedAt, b.lookedAt),
    observed: newer(a.observed, b.observed),
    attempt,
    exempt,
    orders: [],
    driftSeen: [
      ...a.driftSeen,
      ...b.driftSeen.filter((drift) => !a.driftSeen.some((d) => d.section === drift.section)),
    ],
    removedAt: latest([a.removedAt, b.removedAt]),
    stuckAt: null,
  };
  const intended = intendedLibraries({ share: base, entitlement }, t);
  const candidates = sides.flatMap((share) =>
    share.orders.map((order) => untried(order, share.attempt?.at !== attempt?.at)),
  );
  const sections = union(
    candidates.map((order) => order.section),
    [],
  );
  const orders = sections.map((section) =>
    choose(
      candidates.filter((order) => order.section === section),
      { isIntended: intended.includes(section), t },
    ),
  );
  const closed = candidates
    .filter((order) => !orders.includes(order))
    .map((order): ClosedOrder => ({ order, how: 'replaced', at: t }));
  return { share: { ...base, orders }, closed };
}

const newer = <T extends { readonly at: Date }>(a: T | null, b: T | null): T | null =>
  a === null || (b !== null && b.at > a.at) ? b : a;

/** The later one, which keeps in mind what the earlier one may still do. */
function mergeAttempts(a: Attempt | null, b: Attempt | null): Attempt | null {
  const last = newer(a, b);
  const first = last === a ? b : a;
  if (last === null || first === null) return last;
  const deletes = [last.lastDeleteAt, first.lastDeleteAt].filter((at) => at !== null);
  return {
    ...last,
    lists: [...first.lists, ...last.lists].slice(-LISTS_KEPT),
    lastDeleteAt: deletes.length === 0 ? null : deletes.reduce(later),
  };
}

/** An order whose attempt is not the one that is kept is written again. */
const untried = (order: Order, isForgotten: boolean): Order =>
  isForgotten ? { ...order, tried: false, seenAt: null } : order;

function choose(
  candidates: readonly Order[],
  { isIntended, t }: { isIntended: boolean; t: Date },
): Order {
  const wanted = candidates.filter((order) => (order.want === 'add') === isIntended);
  const latest = [...(wanted.length > 0 ? wanted : candidates)].sort((x, y) => +y.since - +x.since);
  const [order] = latest;
  if (order === undefined) throw new Error('there is no order to choose');
  // A removal that may be under way, of what is still given: it is given again.
  if (isIntended && order.want === 'remove') {
    return freshOrder(order.section, 'add', { since: t, cause: 'case' });
  }
  return order;
}

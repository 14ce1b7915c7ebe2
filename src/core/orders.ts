import { endOf, intendedLibraries, isActive, isEverActive, isOver, startOf } from './intended.js';
import type { ClosedOrder, Entitlement, Grant, Order, SectionId, Share, Want } from './model.js';
import { both, isSame, minus, setOf, union } from './sections.js';
import type { Sections } from './sections.js';

/** What looking at the grants at `t` made of a share. */
export interface Taken {
  readonly share: Share;
  /** The instant it was taken at: strictly after the one before, so that no clock can hide an edge. */
  readonly t: Date;
  /** Grants that began to count since the last look, imports left out. */
  readonly began: readonly Grant[];
  /** Grants that counted and ended since the last look. */
  readonly ended: readonly Grant[];
  readonly closed: readonly ClosedOrder[];
  readonly intended: Sections;
  /** false: there is nothing to store. */
  readonly changed: boolean;
}

/** An order that nothing was done for yet. */
export const freshOrder = (
  section: SectionId,
  want: Want,
  { since, cause }: Pick<Order, 'since' | 'cause'>,
): Order => ({
  section,
  want,
  since,
  cause,
  caseId: null,
  tried: false,
  seenAt: null,
  shownAt: null,
});

/** Puts orders in place of older ones on the same libraries. */
export function putOrders(
  share: Share,
  fresh: readonly Order[],
  at: Date,
): { readonly share: Share; readonly closed: readonly ClosedOrder[] } {
  const isFresh = (order: Order) => fresh.some((one) => one.section === order.section);
  const closed = share.orders
    .filter(isFresh)
    .map((order): ClosedOrder => ({ order, how: 'replaced', at }));
  const kept = share.orders.filter((order) => !isFresh(order));
  return { share: { ...share, orders: [...kept, ...fresh], version: share.version + 1 }, closed };
}

/** The instant after the last look at which to look now. */
export const lookInstant = (share: Share, now: Date): Date =>
  new Date(Math.max(now.getTime(), share.lookedAt.getTime() + 1));

const latest = (dates: readonly Date[]): Date => dates.reduce((a, b) => (a > b ? a : b));

interface Edges {
  readonly began: readonly Grant[];
  readonly ended: readonly Grant[];
}

function edges(grants: readonly Grant[], after: Date, t: Date): Edges {
  const isWithin = (at: Date | null) => at !== null && at > after && at <= t;
  const counted = grants.filter(isEverActive);
  return {
    began: counted.filter((grant) => grant.source !== 'import' && isWithin(startOf(grant))),
    ended: counted.filter((grant) => isWithin(endOf(grant))),
  };
}

function ordersOf(
  share: Share,
  { began, ended }: Edges,
  { intended, gone, t }: { intended: Sections; gone: Sections; t: Date },
): readonly Order[] {
  const fromEdge = (section: SectionId, want: Want, instants: readonly Date[]) =>
    freshOrder(section, want, { since: latest(instants), cause: 'case' });
  const startsOf = (section: SectionId) =>
    began.filter((grant) => grant.section === section).map(startOf);
  const endsOf = (section: SectionId) =>
    ended.flatMap((grant) => (grant.section === section ? (endOf(grant) ?? []) : []));
  const starting = both(setOf(began.map((grant) => grant.section)), intended);
  const ending = minus(setOf(ended.map((grant) => grant.section)), union(intended, gone));
  const has = (section: SectionId, want: Want) =>
    share.orders.some((order) => order.section === section && order.want === want);
  const differing = (sections: Sections, want: Want) =>
    sections
      .filter((section) => !has(section, want))
      .map((section) => freshOrder(section, want, { since: t, cause: 'case' }));
  return [
    ...starting.map((section) => fromEdge(section, 'add', startsOf(section))),
    ...ending.map((section) => fromEdge(section, 'remove', endsOf(section))),
    ...differing(minus(minus(intended, share.ordered), starting), 'add'),
    ...differing(minus(minus(share.ordered, union(intended, gone)), ending), 'remove'),
  ];
}

/** From now on Usher keeps this share; what Plex has of it already is taken over first. */
export const startManaging = (share: Share): Share =>
  share.managed ? share : { ...share, managed: true, importOwed: true };

/**
 * An invite that nobody accepted yet goes with the last grant: who has nothing keeps no default either, and Usher keeps
 * their share no longer. Nothing is withdrawn while a grant is active or to come.
 */
export function withdrawInvite(share: Share, { grants }: Entitlement, t: Date): Share {
  const waits = share.observed !== null && share.observed.row !== null && share.observed.pending;
  const isLast = grants.every((grant) => isOver(grant, t));
  return share.managed && waits && isLast
    ? { ...share, managed: false, importOwed: false, exempt: [] }
    : share;
}

/** Makes orders of what began, ended or differs since the last look (`reconcile.md` 3). */
export function takeOrders(before: Share, entitlement: Entitlement, now: Date): Taken {
  const t = lookInstant(before, now);
  const becomes =
    !before.managed &&
    entitlement.grants.some((grant) => grant.source !== 'import' && isActive(grant, t));
  const found = edges(entitlement.grants, before.lookedAt, t);
  const kept = found.ended.length > 0 ? withdrawInvite(before, entitlement, t) : before;
  const share = becomes ? startManaging(before) : kept;
  const intended = intendedLibraries({ share, entitlement }, t);
  const fresh = ordersOf(share, found, { intended, gone: entitlement.gone, t });
  const goneOrders = share.orders.filter((order) => entitlement.gone.includes(order.section));
  const nothing =
    !becomes &&
    found.began.length + found.ended.length + fresh.length + goneOrders.length === 0 &&
    isSame(share.ordered, intended);
  if (nothing)
    return { share: before, t, began: [], ended: [], closed: [], intended, changed: false };
  const put = putOrders(
    { ...share, orders: share.orders.filter((order) => !goneOrders.includes(order)) },
    fresh,
    t,
  );
  const lost = goneOrders.map((order): ClosedOrder => ({ order, how: 'library-gone', at: t }));
  return {
    share: { ...put.share, ordered: intended, lookedAt: t },
    t,
    ...found,
    closed: [...lost, ...put.closed],
    intended,
    changed: true,
  };
}

/** A confirmed revoke of libraries that only Plex shows: nobody granted them, so nothing but this orders it. */
export const orderRemoval = (share: Share, sections: Sections, t: Date) =>
  orderAnew(share, { sections, want: 'remove' }, t);

/** What somebody asks for by name, though no edge of a grant orders it. */
export function orderAnew(
  share: Share,
  { sections, want }: { sections: Sections; want: Want },
  t: Date,
): { readonly share: Share; readonly closed: readonly ClosedOrder[] } {
  const fresh = sections.map((section) => freshOrder(section, want, { since: t, cause: 'case' }));
  return putOrders(share, fresh, t);
}

import { intendedLibraries, isOver } from './intended.js';
import type {
  Attempt,
  ClosedOrder,
  Entitlement,
  Order,
  Read,
  SettleTimes,
  Share,
  Write,
} from './model.js';
import { freshOrder, lookInstant, putOrders } from './orders.js';
import { both, isSubset, minus, union } from './sections.js';
import type { Sections } from './sections.js';

/** W, S and L from `SETTLE_SECONDS` (`reconcile.md` 2). */
export function settleTimes(seconds: number): SettleTimes {
  const settleMs = seconds * 1000;
  const stallMs = Math.min(5_000, settleMs / 24);
  const writeTimeoutMs = Math.min(15_000, settleMs / 8);
  return { settleMs, stallMs, writeTimeoutMs, lagMs: settleMs - stallMs - writeTimeoutMs };
}

/** Whether a read sent at `readAt` tells the truth about what happened at `x`. */
export const isRipe = (x: Date, readAt: Date, { settleMs }: SettleTimes): boolean =>
  readAt.getTime() >= x.getTime() + settleMs;

/** A read so soon after our own write that plex.tv may still show the time before it. */
export const isHot = (share: Share, read: Read, times: SettleTimes): boolean =>
  share.attempt !== null && !isRipe(share.attempt.at, read.at, times);

export const agrees = (order: Order, read: Read): boolean =>
  read.sections.includes(order.section) === (order.want === 'add');

/** Whether a write takes a row away, alone or with its person. */
export const endsRow = (kind: Write['kind']): boolean => kind !== 'create' && kind !== 'replace';

/** A row seen soon after a DELETE of ours may be the old one. */
const followsDelete = ({ at, lastDeleteAt }: Attempt, times: SettleTimes): boolean =>
  lastDeleteAt !== null && !isRipe(lastDeleteAt, at, times);

/** Learns from a read which row took our write, and whether it was there. */
export function witness(attempt: Attempt, read: Read, times: SettleTimes): Attempt {
  if (read.row === null || read.at < attempt.at || endsRow(attempt.kind)) return attempt;
  if (followsDelete(attempt, times)) return attempt;
  const ripe = isRipe(attempt.at, read.at, times);
  let known = attempt;
  if (attempt.answerRow === null && ripe) {
    if (attempt.kind === 'replace' && attempt.row === read.row) {
      known = { ...attempt, answerRow: read.row };
    }
    if (attempt.kind === 'create' && attempt.answerUnread) {
      known = { ...attempt, answerRow: read.row, guessedAt: read.at };
    }
  }
  return known.answerRow === read.row ? { ...known, rowSeen: true } : known;
}

interface View {
  readonly share: Share;
  readonly read: Read;
  readonly times: SettleTimes;
}

/** The person's share went away after our write had arrived: they left, declined, or it was deleted by hand. */
function isShareGone(order: Order, { read, share: { attempt }, times }: View): boolean {
  if (attempt === null || order.want !== 'add' || !order.tried || !attempt.rowSeen) return false;
  const guessed = attempt.guessedAt;
  const sure = guessed === null || read.at.getTime() > guessed.getTime() + times.lagMs;
  return read.row === null && sure && isSubset(attempt.catalogue, read.catalogue);
}

type Verdict = { readonly order: Order } | { readonly closed: ClosedOrder };

function judge(order: Order, view: View): Verdict {
  const { read, share, times } = view;
  const { attempt } = share;
  const from = attempt !== null && attempt.at > order.since ? attempt.at : order.since;
  const ripe = isRipe(from, read.at, times);
  if (!agrees(order, read)) {
    if (ripe && isShareGone(order, view)) {
      return { closed: { order, how: 'share-gone', at: read.at } };
    }
    return { order: { ...order, shownAt: null, seenAt: ripe ? null : order.seenAt } };
  }
  if (ripe) return { closed: { order, how: 'settled', at: read.at } };
  if (order.tried && attempt !== null && read.at >= attempt.at) {
    return { order: { ...order, seenAt: order.seenAt ?? read.at } };
  }
  if (!order.tried && !isHot(share, read, times)) {
    return { order: { ...order, shownAt: order.shownAt ?? read.at } };
  }
  return { order };
}

/** Closes the orders that a late enough read agrees with, and notes what the others look like (`reconcile.md` 4). */
export function settle(
  share: Share,
  read: Read,
  times: SettleTimes,
): { readonly share: Share; readonly closed: readonly ClosedOrder[] } {
  const attempt = share.attempt && witness(share.attempt, read, times);
  const seen = { ...share, attempt };
  const verdicts = share.orders.map((order) => judge(order, { read, share: seen, times }));
  const orders = verdicts.flatMap((verdict) => ('order' in verdict ? verdict.order : []));
  const closed = verdicts.flatMap((verdict) => ('closed' in verdict ? verdict.closed : []));
  const version = closed.length > 0 ? share.version + 1 : share.version;
  return { share: { ...seen, orders, version }, closed };
}

/** Somebody without a share, an open order or any grant is no longer managed: a new default must not invite them back. */
export function letGo(
  share: Share,
  read: Read,
  { entitlement, times, t }: { entitlement: Entitlement; times: SettleTimes; t: Date },
): Share | null {
  const ripe = share.attempt === null || isRipe(share.attempt.at, read.at, times);
  const over = entitlement.grants.every((grant) => isOver(grant, t));
  const idle = share.orders.length === 0 && !share.importOwed && over;
  if (!share.managed || !ripe || read.row !== null || !idle) return null;
  return {
    ...share,
    managed: false,
    ordered: [],
    exempt: [],
    lookedAt: lookInstant(share, t),
    version: share.version + 1,
  };
}

/**
 * A write whose libraries had all vanished meanwhile gave everything instead: orders away what nobody gave
 * (`reconcile.md` 4, accident). Returns null when there is nothing to note.
 */
export function undoAccident(
  share: Share,
  read: Read,
  { intended, times, t }: { intended: Sections; times: SettleTimes; t: Date },
): { readonly share: Share; readonly alarm: boolean } {
  const { attempt } = share;
  if (attempt === null || attempt.accidentDone || read.at < attempt.at)
    return { share, alarm: false };
  const last = isRipe(attempt.at, read.at, times);
  const emptied = attempt.lists.filter(
    ({ baseAll, list }) => !baseAll && list.length > 0 && both(list, read.catalogue).length === 0,
  );
  if (!read.all || emptied.length === 0) {
    return {
      share: last ? { ...share, attempt: { ...attempt, accidentDone: true } } : share,
      alarm: false,
    };
  }
  const given = emptied.reduce<Sections>(
    (all, { base, list }) => union(all, union(base, list)),
    [],
  );
  const ordered = share.orders.map((order) => order.section);
  const excess = minus(minus(minus(read.sections, given), intended), ordered);
  const orders = excess.map((section) =>
    freshOrder(section, 'remove', { since: t, cause: 'accident' }),
  );
  const put = putOrders({ ...share, attempt: { ...attempt, accidentDone: true } }, orders, t);
  return { share: put.share, alarm: true };
}

/** What an import makes of a share. */
export interface Imported {
  readonly share: Share;
  /** Libraries to grant without end. */
  readonly granted: Sections;
  readonly closed: readonly ClosedOrder[];
}

/**
 * Takes over what Plex shares with a person: grants without end, and defaults that this person keeps lacking. Never a
 * write: an order to take what is intended from now on is dropped. null: the read came too soon after a write.
 */
export function importShare(
  share: Share,
  read: Read,
  { entitlement, times, t }: { entitlement: Entitlement; times: SettleTimes; t: Date },
): Imported | null {
  if (share.attempt !== null && !isRipe(share.attempt.at, read.at, times)) return null;
  const managed = { ...share, managed: true, importOwed: false };
  const ordered = share.orders.map((order) => order.section);
  const adding = share.orders.filter((order) => order.want === 'add').map((o) => o.section);
  const before = intendedLibraries({ share, entitlement }, t);
  // Also what is planned: there is one open grant of a library at most.
  const open = entitlement.grants.filter((grant) => !isOver(grant, t)).map((g) => g.section);
  const { known, defaults, gone } = entitlement;
  const shared = both(read.sections, known === undefined ? read.catalogue : known);
  const granted = minus(
    both(shared, read.catalogue),
    union(union(before, open), union(ordered, gone)),
  );
  const lacking = minus(minus(defaults, read.sections), adding);
  const exempt = union(share.exempt, lacking);
  const after = union(
    granted,
    intendedLibraries({ share: { ...managed, exempt }, entitlement }, t),
  );
  const isUndone = (order: Order) => order.want === 'remove' && after.includes(order.section);
  const undone = share.orders.filter(isUndone);
  return {
    share: {
      ...managed,
      exempt,
      orders: share.orders.filter((order) => !isUndone(order)),
      ordered: minus(after, gone),
      lookedAt: t,
      version: share.version + 1,
    },
    granted,
    closed: undone.map((order): ClosedOrder => ({ order, how: 'dropped', at: t })),
  };
}

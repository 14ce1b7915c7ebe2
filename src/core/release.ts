import { orderAnew, takeOrders } from './orders.js';
import type { Taken } from './orders.js';
import type { ClosedOrder, Entitlement, Grant, Order, Share } from './model.js';
import { minus, setOf } from './sections.js';
import type { Sections } from './sections.js';

/** What a grant looks like that is over at `t`, whatever end it had. */
export const endedAt = <G extends Grant>(grant: G, t: Date): G => ({
  ...grant,
  revokedAt: grant.endsAt !== null && grant.endsAt < t ? grant.endsAt : t,
});

/**
 * Hands off (`reconcile.md` 7): what Plex shows stays. What ended or began until now still counts; from then on nothing
 * is intended, and only removals that were on order are carried out. The grants are ended by the caller.
 */
export function handsOff(before: Share, entitlement: Entitlement, now: Date): Taken {
  const taken = takeOrders(before, entitlement, now);
  const { share, t } = taken;
  const isAdd = (order: Order) => order.want === 'add';
  const dropped = share.orders
    .filter(isAdd)
    .map((order): ClosedOrder => ({ order, how: 'dropped', at: t }));
  return {
    ...taken,
    share: {
      ...share,
      managed: false,
      importOwed: false,
      ordered: [],
      lookedAt: t,
      driftSeen: [],
      stuckAt: null,
      orders: share.orders.filter((order) => !isAdd(order)),
      version: share.version + 1,
    },
    closed: [...taken.closed, ...dropped],
    intended: [],
    changed: true,
  };
}

/** What removing somebody makes of a share: everything that Plex shows is ordered away, and the person with it. */
export interface Removal {
  readonly taken: Taken;
  /** The libraries that go. */
  readonly sections: Sections;
}

/** `over`: the entitlement with every grant ended. What is given later is given as to anybody else. */
export function removal(before: Share, over: Entitlement, now: Date): Removal {
  const released = { ...before, managed: false, importOwed: false, exempt: [], driftSeen: [] };
  const taken = takeOrders(released, over, now);
  const removing = setOf(
    taken.share.orders.filter((o) => o.want === 'remove').map((o) => o.section),
  );
  const rest = minus(minus(taken.share.observed?.sections ?? [], over.gone), removing);
  const put = orderAnew(taken.share, { sections: rest, want: 'remove' }, taken.t);
  const orders = put.share.orders.map((order): Order =>
    order.want === 'remove' ? { ...order, cause: 'removal' } : order,
  );
  return {
    taken: {
      ...taken,
      share: { ...put.share, orders, ordered: [], lookedAt: taken.t },
      closed: [...taken.closed, ...put.closed],
      changed: true,
    },
    sections: setOf(orders.filter((o) => o.want === 'remove').map((o) => o.section)),
  };
}

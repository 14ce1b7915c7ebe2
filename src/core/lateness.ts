import type { ClosedOrder, Order, Share } from './model.js';

/** A library that Plex showed to be gone for the first time since it was due to go. */
export interface EndSeen {
  readonly dueAt: Date;
  /** null: nothing had to be written. */
  readonly writtenAt: Date | null;
  readonly goneAt: Date;
}

const shown = (order: Order): Date | null => order.seenAt ?? order.shownAt;

/** The ends that a step was the first to see: each is told once, unless Plex shows the library again in between. */
export function endsSeen(
  before: Share,
  after: Share,
  closed: readonly ClosedOrder[],
): readonly EndSeen[] {
  const wasShown = ({ section, want, since }: Order): boolean =>
    before.orders.some(
      (was) =>
        was.section === section &&
        was.want === want &&
        +was.since === +since &&
        shown(was) !== null,
    );
  const settled = closed.filter(({ how }) => how === 'settled');
  const candidates = [
    ...after.orders.map((order) => ({ order, goneAt: shown(order) })),
    ...settled.map(({ order, at }) => ({ order, goneAt: shown(order) ?? at })),
  ];
  return candidates.flatMap(({ order, goneAt }) => {
    if (order.want !== 'remove' || goneAt === null || wasShown(order)) return [];
    const writtenAt = order.tried ? (after.attempt ?? before.attempt)?.at : null;
    return { dueAt: order.since, writtenAt: writtenAt ?? null, goneAt };
  });
}

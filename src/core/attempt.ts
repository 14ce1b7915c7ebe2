import type {
  Attempt,
  AttemptLists,
  ClosedOrder,
  PolicyDeed,
  Read,
  SettleTimes,
  Share,
  ShareId,
  Write,
} from './model.js';
import { minus, setOf, union } from './sections.js';
import type { Sections } from './sections.js';
import { latest } from './receipts.js';
import { endsRow, isRipe } from './settle.js';

/** Entries kept for the accident rule when ripe reads fail to come. */
export const LISTS_KEPT = 7;

interface Beginning {
  readonly read: Read;
  readonly deed: PolicyDeed | null;
  readonly times: SettleTimes;
  readonly t: Date;
}

/** Stores a write before it is sent: whatever happens from here on, later looks know that it may land. */
export function beginAttempt(share: Share, write: Write, beginning: Beginning): Share {
  const { read, deed, times, t } = beginning;
  const before = share.attempt;
  const list = 'sections' in write ? write.sections : [];
  const lists: AttemptLists = { base: read.sections, baseAll: read.all, list };
  const earlier = before !== null && !isRipe(before.at, read.at, times) ? before.lists : [];
  const no = share.version + 1;
  const attempt: Attempt = {
    ...lists,
    no,
    at: t,
    kind: write.kind,
    row: 'shareId' in write ? write.shareId : null,
    catalogue: read.catalogue,
    answerRow: null,
    answerUnread: false,
    guessedAt: null,
    rowSeen: false,
    accidentDone: false,
    lastDeleteAt: endsRow(write.kind) ? t : latest([before?.lastDeleteAt ?? null, share.removedAt]),
    lists: [...earlier.slice(1 - LISTS_KEPT), lists],
    previous: {
      attempt: before && {
        ...before,
        previous: { attempt: null, tried: [], policy: null },
      },
      tried: share.orders.filter((order) => order.tried).map((order) => order.section),
      policy: deed,
    },
  };
  const orders = share.orders.map((order) => ({ ...order, tried: true, seenAt: null }));
  return { ...share, attempt, orders, version: no };
}

/**
 * Stores the same list once more. What its orders have come to stays as it is, and so does what is known of the row: the
 * base read showed both.
 */
export function beginNudge(
  share: Share,
  write: Write,
  { read, times, t }: Omit<Beginning, 'deed'>,
): Share {
  const { attempt, ...begun } = beginAttempt(share, write, { read, deed: null, times, t });
  if (attempt === null || share.attempt === null) throw new Error('a nudge repeats a write');
  const { answerRow, rowSeen } = share.attempt;
  return { ...begun, attempt: { ...attempt, answerRow, rowSeen }, orders: share.orders };
}

/** Plex took the write. `row` is the share it was written to, null when the answer's body could not be read. */
export function answered(share: Share, no: number, row: ShareId | null): Share {
  const { attempt } = share;
  if (attempt?.no !== no) return share;
  const answerRow = attempt.kind === 'replace' ? attempt.row : row;
  const answerUnread = attempt.kind === 'create' && row === null;
  return { ...share, attempt: { ...attempt, answerRow, answerUnread } };
}

/** Plex refused the write, so nothing was written: as if it had never been tried. */
export function refusedAttempt(share: Share, no: number): Share {
  const { attempt } = share;
  if (attempt?.no !== no) return share;
  const { previous } = attempt;
  const orders = share.orders.map((order) => ({
    ...order,
    tried: order.tried && previous.tried.includes(order.section),
  }));
  const restored = { ...share, attempt: previous.attempt, orders, version: share.version + 1 };
  return previous.policy === null ? restored : undoPolicy(restored, previous.policy);
}

function undoPolicy(share: Share, deed: PolicyDeed): Share {
  const isDeed = (section: (typeof deed.opened)[number], cause: string) =>
    cause === 'policy' && deed.opened.includes(section);
  const orders = share.orders.filter((order) => !isDeed(order.section, order.cause));
  const back = deed.displaced.filter((was) => !orders.some((o) => o.section === was.section));
  return {
    ...share,
    orders: [...orders, ...back],
    exempt: union(share.exempt, deed.unexempted),
    ordered: minus(share.ordered, deed.joined),
  };
}

/** Plex will never take this: the additions are given up. A default that was refused is not ordered anew by itself. */
export function giveUp(
  share: Share,
  defaults: Sections,
  at: Date,
): { readonly share: Share; readonly closed: readonly ClosedOrder[] } {
  const given = share.orders.filter((order) => order.want === 'add');
  return {
    share: {
      ...share,
      orders: share.orders.filter((order) => order.want !== 'add'),
      ordered: minus(share.ordered, minus(setOf(given.map((order) => order.section)), defaults)),
      version: share.version + 1,
    },
    closed: given.map((order): ClosedOrder => ({ order, how: 'refused', at })),
  };
}

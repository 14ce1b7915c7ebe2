import type {
  EndPolicy,
  Order,
  PolicyDeed,
  Read,
  SettleTimes,
  Share,
  ShareChange,
  ShareId,
} from './model.js';
import { freshOrder } from './orders.js';
import { both, isSame, minus, setOf, union } from './sections.js';
import type { Sections } from './sections.js';
import { agrees, isHot } from './settle.js';

/** What the plan weighs beside the share and the read. */
export interface Terms {
  readonly times: SettleTimes;
  readonly endPolicy: EndPolicy;
  /** A member of the owner's home: nothing ever ends their share. */
  readonly isHome: boolean;
  /** Nothing holds them on the owner's other servers; left out: something does. */
  readonly isRemovable?: boolean;
  /** Default libraries of the server that are not gone. */
  readonly defaults: Sections;
  readonly t: Date;
}

/** The one change, and the share as it must be stored before it is sent. */
export interface Plan {
  readonly share: Share;
  readonly change: ShareChange;
  readonly deed: PolicyDeed | null;
  /** keep-default has no default left to keep: nothing may be written. */
  readonly stuck: boolean;
}

interface View {
  readonly share: Share;
  readonly read: Read;
  readonly hot: boolean;
}

/** Whether an attempt was a replace of this very row that has had its time. */
const isTriedOnRow = (order: Order, { read, share, hot }: View): boolean =>
  read.pending &&
  !hot &&
  order.tried &&
  share.attempt?.kind === 'replace' &&
  share.attempt.row === read.row;

/** Whether an order asks for a write now (`reconcile.md` 5). */
function needsWrite(order: Order, view: View): boolean {
  const { read, share, hot } = view;
  if (!agrees(order, read)) {
    if (hot && order.seenAt !== null) return false;
    // An invite may keep its libraries until it is accepted: the order waits with it.
    return !(order.want === 'add' && isTriedOnRow(order, view));
  }
  // Our own fresh write beats an older-looking read.
  const sent = share.attempt?.list.includes(order.section) ?? false;
  return hot && sent !== (order.want === 'add');
}

const wanted = (orders: readonly Order[], want: Order['want']): Sections =>
  setOf(orders.filter((order) => order.want === want).map((order) => order.section));

function targetOf(orders: readonly Order[], read: Read): Sections {
  // Who is removed loses also what a hand gave since, unless something is given to them again.
  const isRemoved = orders.some((order) => order.cause === 'removal');
  if (isRemoved && orders.every((order) => order.want === 'remove')) return [];
  const added = union(read.sections, wanted(orders, 'add'));
  return both(minus(added, wanted(orders, 'remove')), read.catalogue);
}

/** Ends a row: an invite that waits is cancelled, a share is deleted, with its person where that is the policy. */
function ending(shareId: ShareId, pending: boolean, policy: EndPolicy): ShareChange {
  if (pending) return { kind: 'cancelInvite', shareId };
  return { kind: policy === 'remove' ? 'removePerson' : 'delete', shareId };
}

/** Orders × attempt × read → at most one write. Pure; an empty list never comes out. */
export function plan(share: Share, read: Read, terms: Terms): Plan {
  const none: Plan = { share, change: { kind: 'none' }, deed: null, stuck: false };
  const hot = isHot(share, read, terms.times);
  const view = { share, read, hot };
  if (!share.orders.some((order) => needsWrite(order, view))) return none;
  const target = targetOf(share.orders, read);
  if (isSame(target, read.sections) && !hot) return none;
  if (read.row === null) {
    return target.length === 0 ? none : { ...none, change: { kind: 'create', sections: target } };
  }
  const kept =
    target.length === 0 ? endOfAccess(share, read, terms) : replacing(share, read, target);
  if (kept.stuck || terms.isHome) return kept;
  // An order that gave way to the default that is kept asks for nothing any more.
  const isStuckInvite = kept.share.orders.some(
    (order) => order.want === 'remove' && !agrees(order, read) && isTriedOnRow(order, view),
  );
  return isStuckInvite ? inviteAgain(kept, read.row, terms.t) : kept;
}

function replacing(share: Share, read: Read, sections: Sections): Plan {
  if (read.row === null) throw new Error('a replace needs a row');
  const change: ShareChange = { kind: 'replace', shareId: read.row, sections };
  return { share, change, deed: null, stuck: false };
}

/** The last library of a share ends: what the server's end policy makes of it. */
function endOfAccess(share: Share, read: Read, terms: Terms): Plan {
  const none: Plan = { share, change: { kind: 'none' }, deed: null, stuck: false };
  if (read.row === null) return none;
  const has = (cause: Order['cause']) => share.orders.some((order) => order.cause === cause);
  const [accident, removal] = [has('accident'), has('removal')];
  const isEnding = accident || removal || read.pending || terms.endPolicy !== 'keep-default';
  if (!terms.isHome && isEnding) {
    const removed = terms.isRemovable === true ? 'remove' : 'unshare';
    const policy = accident ? 'unshare' : removal ? removed : terms.endPolicy;
    return { ...none, change: ending(read.row, read.pending, policy) };
  }
  const kept = both(terms.defaults, read.catalogue);
  if (kept.length === 0) return { ...none, stuck: true };
  const done = keepDefaults(share, kept, terms.t);
  if (isSame(kept, read.sections) && !isHot(share, read, terms.times)) {
    return { ...none, ...done };
  }
  return { ...replacing(done.share, read, kept), deed: done.deed };
}

/** Orders the defaults, exempt or not, so that the list that is sent is what was ordered. */
function keepDefaults(share: Share, kept: Sections, t: Date) {
  const isAdded = (section: (typeof kept)[number]) =>
    share.orders.some((order) => order.section === section && order.want === 'add');
  const opened = kept.filter((section) => !isAdded(section));
  const displaced = share.orders.filter((order) => opened.includes(order.section));
  const deed: PolicyDeed = {
    unexempted: both(share.exempt, kept),
    joined: share.managed ? minus(kept, share.ordered) : [],
    opened,
    displaced,
  };
  const orders = [
    ...share.orders.filter((order) => !displaced.includes(order)),
    ...opened.map((section) => freshOrder(section, 'add', { since: t, cause: 'policy' })),
  ];
  const next: Share = {
    ...share,
    exempt: minus(share.exempt, kept),
    ordered: union(share.ordered, deed.joined),
    orders,
    version: share.version + 1,
  };
  return { share: next, deed };
}

/** An invite ignores its new list: it is taken back, and made anew with all that it should have. */
function inviteAgain(kept: Plan, row: ShareId, t: Date): Plan {
  const list = 'sections' in kept.change ? kept.change.sections : [];
  const { orders } = kept.share;
  const carried = list
    .filter((section) => !orders.some((o) => o.section === section && o.want === 'add'))
    .map((section) => freshOrder(section, 'add', { since: t, cause: 'carry' }));
  const others = orders.filter((order) => !carried.some((c) => c.section === order.section));
  return {
    ...kept,
    share: { ...kept.share, orders: [...others, ...carried] },
    change: { kind: 'cancelInvite', shareId: row },
  };
}

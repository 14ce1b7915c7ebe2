import type { Attempt, Order, SectionId, ShareId, Want } from '../../../src/core/model.js';
import type { Taken } from '../../../src/core/orders.js';
import { both, minus } from '../../../src/core/sections.js';
import { Judge } from './judge.js';
import type { Sent } from './judge.js';
import { nameOf, namesOf } from './libraries.js';
import { NOTHING, PlexTv, holds } from './plexTv.js';
import type { Shown } from './plexTv.js';
import type { Rules } from './rules.js';
import { Store } from './store.js';
import type { Stored } from './store.js';
import { NOBODY } from './steps.js';
import type { Setting, Stage } from './steps.js';

/** A run as far as it has come. */
export interface Run {
  readonly stage: Stage;
  /** The version just before the list was asked for; after the write, the one that the read-back must find. */
  readonly version: number;
  readonly base: Shown;
  /** Whether the list asks for a write. */
  readonly isDue: boolean;
  /** The attempt whose list it may repeat. */
  readonly nudge: Attempt['no'] | null;
  readonly sent?: Sent;
  readonly no?: Attempt['no'];
  readonly sentBy?: number;
  readonly answer?: 'taken' | 'refused' | 'none';
  /** The share row that the answer named; null when it could not be read. */
  readonly row?: ShareId | null;
  readonly back?: Shown;
  /** What the judge knew before a policy of this run ordered anything. */
  readonly undo?: { readonly memory: Judge['memory']; readonly since: number };
}

/** One person on one server: plex.tv, Usher's store, its two processes, and the judge over all of them. */
export class World {
  plex: PlexTv;
  store: Store;
  judge = new Judge();
  /** Where the first and the second process stand. */
  runs: readonly [Run | null, Run | null] = [null, null];
  /** Writes whose answer never came, and that land yet. */
  late: readonly { readonly at: number; readonly sent: Sent }[] = [];
  /** Removals by another server that land yet; `since`: what had happened when they were decided. */
  removals: readonly { readonly at: number; readonly since: number }[] = [];
  /** What was written and what came of it, in words. */
  log: readonly string[] = [];

  constructor(
    readonly setting: Setting,
    readonly rules: Rules,
  ) {
    this.plex = new PlexTv(setting.shared);
    this.store = new Store({ ...setting, managed: setting.managed && setting.shared.length === 0 });
    for (const section of setting.shared) {
      this.judge.edited(section, 'add', { seq: 0, against: null });
    }
    this.noteOrders(null, null);
  }

  clone(): World {
    const copy = Object.assign(new World(NOBODY, this.rules), this);
    copy.plex = this.plex.clone();
    copy.store = this.store.clone();
    copy.judge = this.judge.clone();
    return copy;
  }

  get now(): Date {
    return new Date(this.plex.now);
  }

  /** Lets time pass; what is on its way lands at its own instant. */
  pass(ms: number): void {
    const end = this.plex.now + ms;
    const due = this.late.filter(({ at }) => at <= end);
    this.late = this.late.filter(({ at }) => at > end);
    for (const { at, sent } of due) {
      this.plex.now = at;
      this.land(sent);
    }
    const gone = this.removals.filter(({ at }) => at <= end);
    this.removals = this.removals.filter(({ at }) => at > end);
    gone.forEach((removal) => this.removed(removal));
    this.plex.now = end;
  }

  /** The person is removed by way of another server: all that was to be there before it was decided goes. */
  removed({ at, since }: { at: number; since: number }): void {
    const { plex } = this;
    plex.now = Math.max(plex.now, at);
    plex.change({ ...plex.truth, ...NOTHING, friend: false });
    this.judge.removed(plex.seq, since);
  }

  /** A write arrives at plex.tv. false: refused. */
  land(sent: Sent): boolean {
    const fixed = this.setting.invitesFixed;
    const landing = this.plex.tryOn(sent.write, { asInvite: sent.asInvite, fixed });
    if (landing === null) return false;
    const before = holds(this.plex.truth);
    if (landing.gaveAll) this.weighAll(sent);
    if (landing.truth !== this.plex.truth) this.plex.change(landing.truth);
    const after = holds(landing.truth);
    const { seq } = this.plex;
    const judged = landing.gaveAll ? { ...sent, excused: landing.truth.catalogue } : sent;
    for (const section of minus(after, before)) {
      this.judge.flipped(section, 'add', { sent: judged, seq });
    }
    for (const section of minus(before, after)) {
      this.judge.flipped(section, 'remove', { sent: judged, seq });
    }
    this.log = [...this.log, `${sent.write.kind} lands: ${namesOf(after)}`];
    return true;
  }

  /** plex.tv takes a list without a known library for everything: ours only when they all vanished meanwhile. */
  private weighAll({ write, base }: Sent): void {
    const list = 'sections' in write ? write.sections : [];
    if (both(list, base.read.catalogue).length > 0) this.judge.accident = true;
    else this.judge.breach('P6', `${write.kind} with an empty or unknown list`);
  }

  /** Somebody's wish, an edge or a policy: from now on a library is to be there, or away. */
  order(section: SectionId, want: Want): void {
    this.plex.seq += 1;
    this.judge.ordered(section, want, this.plex.seq);
  }

  /** What a look now would find: an edge that nobody noticed yet counts. */
  due(): Taken {
    return this.store.take(this.now);
  }

  /** Tells the judge what became or ceased to be intended; a grant is an order even of what is there. */
  noteOrders(before: Taken | null, library: SectionId | null): void {
    const after = this.due();
    const known = before?.intended ?? [];
    const { catalogue } = this.plex.truth;
    const began = after.intended.filter((one) => !known.includes(one) || one === library);
    for (const section of began) this.order(section, 'add');
    const ceased = both(minus(known, after.intended), catalogue);
    const isReleased = before?.share.managed === true && !after.share.managed;
    for (const section of ceased) {
      // Somebody who was never looked at while managed owes nothing of the defaults, but what was ordered away.
      const { orders } = this.store.share;
      const isAway = orders.some((order) => order.section === section && order.want === 'remove');
      const isOrder = !isReleased || this.store.wasGranted(section) || isAway;
      if (isOrder) this.order(section, 'remove');
      else this.judge.forget([section]);
    }
  }

  /** Stores what a look decided, and tells the judge what it did on its own account. */
  keep(stored: Stored): void {
    const { store, judge } = this;
    const was = store.share;
    const { intended } = this.due();
    store.keep(stored);
    const { share, imported } = stored;
    if (was.managed && !share.managed) judge.forget(intended);
    imported.forEach((section) => judge.imported(section));
    judge.forget(minus(share.exempt, was.exempt));
    const isOld = (order: Order) =>
      was.orders.some((o) => o.section === order.section && +o.since === +order.since);
    const kept = share.orders.filter((order) => order.cause === 'policy' && !isOld(order));
    for (const { section } of kept) this.order(section, 'add');
  }

  /** What is true now, and what Usher would say of it. */
  judgeQuiet(): void {
    const { truth } = this.plex;
    const { share, intended } = this.due();
    this.judge.settled({
      held: holds(truth),
      intended,
      drift: share.driftSeen.map((drift) => drift.section),
      open: share.orders.map((order) => order.section),
      catalogue: truth.catalogue,
      managed: share.managed,
      all: truth.all,
      pending: truth.pending,
    });
  }

  /** One line for a trace. */
  tell(): string {
    const { truth } = this.plex;
    const { share } = this.store;
    const orders = share.orders.map(
      ({ section, want, tried, seenAt }) =>
        `${want === 'add' ? '+' : '-'}${nameOf(section)}${tried ? ' tried' : ''}${seenAt ? ' seen' : ''}`,
    );
    const plex = `${namesOf(holds(truth))}${truth.all ? ' all' : ''}${truth.pending ? ' pending' : ''}`;
    const drift = namesOf(share.driftSeen.map((one) => one.section));
    const ordered = `ordered ${namesOf(share.ordered)}, orders [${orders.join(', ')}], drift ${drift}`;
    return `Plex ${plex} | v${share.version} ${ordered}`;
  }
}

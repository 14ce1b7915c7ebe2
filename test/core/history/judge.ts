import type { SectionId, Want, Write } from '../../../src/core/model.js';
import type { Sections } from '../../../src/core/sections.js';
import { LIBRARIES, nameOf } from './libraries.js';
import type { Shown } from './plexTv.js';

/** The last time that something wanted a library there, or away. */
interface Mark {
  readonly want: Want | null;
  readonly seq: number;
}

/** All that the judge remembers of one library. */
interface Memory {
  readonly order: Mark;
  /** `against`: what an open order wanted when the edit was made. */
  readonly hand: Mark & { readonly against: Want | null };
  /** When a hand last added it. */
  readonly added: number;
  readonly cause: 'start' | 'hand' | 'bot';
  /** When it last came or went. */
  readonly changed: number;
  /** A write undid a hand edit that it could not know of. */
  readonly raced: Want | null;
}

/** A write on its way, with what was known when it was decided. */
export interface Sent {
  readonly write: Write;
  readonly asInvite: boolean;
  readonly base: Shown;
  readonly memory: readonly Memory[];
  /** Libraries that a policy, not a person, wants there or away. */
  readonly excused: Sections;
  /** Libraries with an open order of any kind. */
  readonly open: Sections;
}

/** What is true, and what Usher says of it, once all is quiet. */
export interface Quiet {
  readonly held: Sections;
  readonly intended: Sections;
  readonly drift: Sections;
  readonly open: Sections;
  readonly catalogue: Sections;
  readonly managed: boolean;
  readonly all: boolean;
  readonly pending: boolean;
}

const UNTOUCHED: Memory = {
  order: { want: null, seq: -1 },
  hand: { want: null, seq: -1, against: null },
  added: -1,
  cause: 'start',
  changed: 0,
  raced: null,
};

const opposite = (want: Want): Want => (want === 'add' ? 'remove' : 'add');

/**
 * Knows who wanted what and when, and so which writes were right (`reconcile.md` 8): P1 nothing ended remains; P2 and P3
 * no hand edit undone without an order; P4 no write without an order; P5 none after quiet; P6 never an empty list, and an accident is undone; P7 lost
 * writes are redone; P10 every difference is shown; PI an import undoes no end. What no rule can give is excused: a hand
 * edit that the base of a write could not show, and one made against an order still open.
 */
export class Judge {
  memory: readonly Memory[] = LIBRARIES.map(() => UNTOUCHED);
  breaches: readonly string[] = [];
  /** Orders that were ever given. */
  orders = 0;
  writes = 0;
  /** A lone library vanished under a write, which so gave everything. */
  accident = false;

  clone(): Judge {
    return Object.assign(new Judge(), this);
  }

  breach(property: string, text: string): void {
    this.breaches = [...this.breaches, `${property}: ${text}`];
  }

  private of(section: SectionId): Memory {
    return this.memory[LIBRARIES.indexOf(section)] ?? UNTOUCHED;
  }

  private note(section: SectionId, news: Partial<Memory>): void {
    this.memory = this.memory.with(LIBRARIES.indexOf(section), { ...this.of(section), ...news });
  }

  ordered(section: SectionId, want: Want, seq: number): void {
    this.note(section, { order: { want, seq }, raced: null });
    this.orders += 1;
  }

  /** Nobody wants anything of these any more, neither there nor away. */
  forget(sections: Sections): void {
    for (const section of sections) this.note(section, { order: UNTOUCHED.order });
  }

  /** A refused write took its policy back: so do we, unless something was ordered since. */
  restore(memory: readonly Memory[], sections: Sections, since: number): void {
    for (const section of sections) {
      const was = memory[LIBRARIES.indexOf(section)] ?? UNTOUCHED;
      if (this.of(section).order.seq <= since) this.note(section, { order: was.order });
    }
  }

  edited(section: SectionId, want: Want, { seq, against }: { seq: number; against: Want | null }) {
    const added = want === 'add' ? seq : this.of(section).added;
    this.note(section, { hand: { want, seq, against }, added, cause: 'hand', changed: seq });
  }

  /** Somebody left, or was dropped: all that was to be there counts as taken by hand. */
  dropped(seq: number): void {
    for (const section of LIBRARIES) {
      if (this.of(section).order.want !== 'add') continue;
      this.edited(section, 'remove', { seq, against: 'add' });
    }
  }

  /** A removal of ours that another server caused: what was ordered since it was decided is still owed. */
  removed(seq: number, since: number): void {
    for (const section of LIBRARIES) {
      const { order, cause } = this.of(section);
      if (order.want === 'add' && order.seq > since)
        this.note(section, { cause: 'bot', changed: seq });
      else if (order.want === 'add' || cause === 'hand') {
        this.edited(section, 'remove', { seq, against: order.want });
      }
    }
  }

  imported(section: SectionId): void {
    const { order, added } = this.of(section);
    if (order.want === 'remove' && added < order.seq) {
      this.breach('PI', `an import granted ${nameOf(section)}, which was ended`);
    }
    this.forget([section]);
  }

  /** A write of ours made a library come or go. */
  flipped(section: SectionId, want: Want, { sent, seq }: { sent: Sent; seq: number }): void {
    if (!sent.excused.includes(section)) this.weigh(section, want, sent);
    this.note(section, { cause: 'bot', changed: seq });
  }

  private weigh(section: SectionId, want: Want, sent: Sent): void {
    const { order: now, hand, cause, changed } = this.of(section);
    const then = (sent.memory[LIBRARIES.indexOf(section)] ?? UNTOUCHED).order;
    const order = now.want === want ? now : then;
    const isOrdered = order.want === want;
    if (cause === 'hand') {
      if (hand.want === want || (isOrdered && order.seq > hand.seq)) return;
      const isBlind = sent.base.seq < hand.seq;
      if (isBlind) this.note(section, { raced: want });
      if (isBlind || (isOrdered && hand.against === want)) return;
      const property = want === 'add' ? 'P3' : 'P2';
      this.breach(property, `a hand edit of ${nameOf(section)} was undone without an order`);
      return;
    }
    const isFirst = cause === 'start' && order.want === null;
    const isOld = sent.base.stale || sent.base.seq < changed;
    if (isOrdered || isFirst || isOld || sent.open.includes(section)) return;
    this.breach('P4', `${want} ${nameOf(section)}, which nobody ordered`);
  }

  /** Looks at everything once no hand moves, no fault happens and time has passed. */
  settled(quiet: Quiet): void {
    for (const section of quiet.catalogue) {
      this.weighWish(section, quiet);
      if (quiet.managed && !quiet.all) this.weighWords(section, quiet);
    }
    const isGiven = (section: SectionId) => {
      const { want, seq } = this.of(section).hand;
      return want === 'add' && seq > 0;
    };
    if (this.accident && quiet.all && !quiet.catalogue.some(isGiven)) {
      this.breach('P6', 'after the accident the person keeps everything');
    }
  }

  private weighWish(section: SectionId, { held, drift, open, pending }: Quiet): void {
    const { order, hand, raced } = this.of(section);
    if (order.want === null || held.includes(section) === (order.want === 'add')) return;
    const undone = opposite(order.want);
    if (hand.want === undone && hand.seq > order.seq) return;
    if (raced === undone && drift.includes(section)) return;
    if (order.want === 'add' && pending && open.includes(section)) return;
    const shown = drift.includes(section) ? 'drift' : open.includes(section) ? 'open' : 'silent';
    if (order.want === 'remove') {
      this.breach('P1', `${nameOf(section)} ended and is still shared (${shown})`);
    } else {
      this.breach('P7', `${nameOf(section)} was given and is not shared (${shown})`);
    }
  }

  private weighWords(section: SectionId, { held, intended, drift, open }: Quiet): void {
    const differs = held.includes(section) !== intended.includes(section);
    const isTold = drift.includes(section);
    if (differs && !isTold && !open.includes(section)) {
      this.breach('P10', `${nameOf(section)} differs from what is intended, and nothing says so`);
    }
    if (!differs && isTold) {
      this.breach('P10', `${nameOf(section)} is called drift and is as intended`);
    }
  }
}

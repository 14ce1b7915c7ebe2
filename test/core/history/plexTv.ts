import type { Read, ShareId, Write } from '../../../src/core/model.js';
import { both } from '../../../src/core/sections.js';
import type { Sections } from '../../../src/core/sections.js';
import { A, B, C } from './libraries.js';
import { START, TIMES } from './times.js';

/** What plex.tv holds of one person on one server. */
export interface Truth {
  readonly row: ShareId | null;
  readonly list: Sections;
  readonly all: boolean;
  readonly pending: boolean;
  readonly catalogue: Sections;
  /** A friend gets a new share at once, anybody else has to accept it. */
  readonly friend: boolean;
}

/** What a person has, invites included. */
export const holds = ({ row, list, all, catalogue }: Truth): Sections =>
  row === null ? [] : all ? catalogue : list;

interface Moment {
  readonly from: number;
  readonly seq: number;
  readonly truth: Truth;
}

/** An answer, and which changes of the truth it can know of. */
export interface Shown {
  readonly read: Read;
  /** The last change it shows. */
  readonly seq: number;
  readonly stale: boolean;
}

/** What a write would make of the truth. */
export interface Landing {
  readonly truth: Truth;
  /** No library of the list was left: plex.tv takes an empty list for everything. */
  readonly gaveAll: boolean;
}

export const NOTHING = { row: null, list: [], all: false, pending: false } as const;

/** plex.tv as it is: the truth at once, lists that lag behind it, ids that are never used twice. */
export class PlexTv {
  now = START;
  truth: Truth = { ...NOTHING, catalogue: [A, B, C], friend: true };
  /** Counts everything that a judge must be able to put in order. */
  seq = 3;
  private rows = 0;
  private past: readonly Moment[] = [];

  constructor(shared: Sections) {
    if (shared.length > 0) this.truth = { ...this.truth, row: this.newRow(), list: shared };
    this.past = [{ from: START - 10 * TIMES.settleMs, seq: 0, truth: this.truth }];
  }

  clone(): PlexTv {
    return Object.assign(new PlexTv([]), this);
  }

  newRow(): ShareId {
    this.rows += 1;
    return this.rows as ShareId;
  }

  change(truth: Truth): void {
    this.truth = truth;
    this.seq += 1;
    this.past = [...this.past, { from: this.now, seq: this.seq, truth }];
  }

  /** An answer that is up to `lag` changes old, as far as the longest lag allows. */
  read(lag: number): Shown {
    const oldest = this.now - TIMES.lagMs;
    const isCurrent = (_: Moment, i: number) => (this.past[i + 1]?.from ?? Infinity) >= oldest;
    this.past = this.past.filter(isCurrent);
    const index = Math.max(0, this.past.length - 1 - lag);
    const truth = this.past[index]?.truth ?? this.truth;
    const next = this.past[index + 1];
    const { row, pending, all, catalogue } = truth;
    return {
      read: { at: new Date(this.now), row, pending, all, sections: holds(truth), catalogue },
      seq: next ? next.seq - 1 : this.seq,
      stale: next !== undefined,
    };
  }

  /** What would become of a write that arrives now; null: refused ("already sharing", 404). */
  tryOn(write: Write, { asInvite, fixed }: { asInvite: boolean; fixed: boolean }): Landing | null {
    const { truth } = this;
    if (write.kind === 'removePerson') {
      // It names the account, not the row: it ends whatever share there is when it arrives.
      const isKnown = truth.friend || truth.row !== null;
      return isKnown ? { truth: { ...truth, ...NOTHING, friend: false }, gaveAll: false } : null;
    }
    const isThere = write.kind === 'create' ? truth.row === null : truth.row === write.shareId;
    if (!isThere) return null;
    if (!('sections' in write)) return { truth: { ...truth, ...NOTHING }, gaveAll: false };
    const list = both(write.sections, truth.catalogue);
    const gaveAll = list.length === 0;
    const given = gaveAll ? { list: truth.catalogue, all: true } : { list, all: false };
    if (write.kind === 'create') {
      const pending = (asInvite || !truth.friend) && !gaveAll;
      return { truth: { ...truth, ...given, row: this.newRow(), pending }, gaveAll };
    }
    if (truth.pending && fixed && !gaveAll) return { truth, gaveAll };
    return { truth: { ...truth, ...given }, gaveAll };
  }
}

import type { Feature } from './alphabets.js';

/** A rule of the core that some history needs, as a patch that leaves it out. */
export interface Ablation {
  readonly name: string;
  /** What must happen for it to be missed, beside hand edits, lag, lost writes, crashes and time. */
  readonly features: readonly Feature[];
  readonly patches: readonly {
    /** In `src/core/`. */
    readonly file: string;
    /** Occurs exactly once. */
    readonly text: string;
    readonly replacement: string;
  }[];
}

export const ablations: readonly Ablation[] = [
  {
    name: 'settle time',
    features: [],
    patches: [{ file: 'settle.ts', text: 'x.getTime() + settleMs;', replacement: 'x.getTime();' }],
  },
  {
    name: 'edges since the last look',
    features: [],
    patches: [
      {
        file: 'orders.ts',
        text: 'edges(entitlement.grants, before.lookedAt, t)',
        replacement: 'edges(entitlement.grants, new Date(t.getTime() - 1), t)',
      },
    ],
  },
  {
    name: 'a row that was seen',
    features: [],
    patches: [{ file: 'settle.ts', text: '|| !attempt.rowSeen) return', replacement: ') return' }],
  },
  {
    name: 'no row learnt soon after a DELETE',
    features: [],
    patches: [
      {
        file: 'settle.ts',
        text: 'if (followsDelete(attempt, times)) return attempt;',
        replacement: '',
      },
    ],
  },
  {
    name: 'a share is gone only from a whole catalogue',
    features: [],
    patches: [
      {
        file: 'settle.ts',
        text: '&& isSubset(attempt.catalogue, read.catalogue);',
        replacement: ';',
      },
    ],
  },
  {
    name: 'the accident rule',
    features: ['recreate', 'all'],
    patches: [
      {
        file: 'settle.ts',
        text: 'if (!read.all || emptied.length === 0) {',
        replacement: 'if (emptied.length >= 0) {',
      },
    ],
  },
  {
    name: 'an import skips what is on order',
    features: ['import'],
    patches: [{ file: 'settle.ts', text: 'union(ordered, gone)),', replacement: 'gone),' }],
  },
  {
    name: 'an order waits with its invite',
    features: ['invite'],
    patches: [
      {
        file: 'plan.ts',
        text: "return !(order.want === 'add' && isTriedOnRow(order, view));",
        replacement: 'return true;',
      },
    ],
  },
  {
    name: 'a default is kept by an order',
    features: ['keep'],
    patches: [
      {
        file: 'plan.ts',
        text: 'return { ...replacing(done.share, read, kept), deed: done.deed };',
        replacement: 'return replacing(share, read, kept);',
      },
    ],
  },
];

import type { LibraryFact } from './libraryFact.js';
import type { CaseId, DriftPolicy } from './model.js';
import type { CaseState } from './receipts.js';
import { listed } from './text.js';

interface Decided {
  /** The case that told of the difference. */
  readonly of: CaseId;
  readonly added: readonly LibraryFact[];
  readonly removed: readonly LibraryFact[];
}

/** What somebody, or the policy, made of what Plex shows and nobody ordered. */
export type DriftFacts =
  | ({
      readonly type: 'drift.adopted';
      /** Of `added`: kept to the end they were once given with. */
      readonly withEnd: readonly LibraryFact[];
    } & Decided)
  | ({ readonly type: 'drift.reverted' } & Decided)
  | ({ readonly type: 'drift.ignored' } & Decided);

const titles = (libraries: readonly LibraryFact[]): string =>
  listed(libraries.map((library) => library.title));

const them = ({ length }: readonly unknown[]): string => (length === 1 ? 'it' : 'them');

type Facts<K extends DriftFacts['type']> = DriftFacts & { readonly type: K };

const inLines = (lines: readonly (string | false)[]): string =>
  lines.filter((line) => line !== false).join('\n');

/** Each in a line or two; `who` is the person, in bold. */
export const driftWording = {
  'drift.adopted': ({ added, removed, withEnd }, who) => {
    const sections = withEnd.map(({ section }) => section);
    const endless = added.filter(({ section }) => !sections.includes(section));
    return inLines([
      endless.length > 0 &&
        `${who} keeps ${titles(endless)} until you take ${them(endless)} away, as Plex has it.`,
      withEnd.length > 0 &&
        `${who} keeps ${titles(withEnd)} to the end ${withEnd.length === 1 ? 'it was' : 'they were'} given with.`,
      removed.length > 0 && `${who} has ${titles(removed)} no longer, as Plex has it.`,
    ]);
  },
  'drift.reverted': ({ added, removed }, who, state) => {
    const isDone = state === 'seen' || state === 'gone';
    return inLines([
      added.length > 0 &&
        `${who} ${isDone ? 'no longer has' : 'loses'} ${titles(added)}, which nobody gave here.`,
      removed.length > 0 &&
        `${who} ${isDone ? 'has' : 'gets'} ${titles(removed)} again, as it was given here.`,
    ]);
  },
  'drift.ignored': ({ added, removed }, who) =>
    `${titles([...added, ...removed])} of ${who} stays as Plex has it, and is asked about no more.`,
} satisfies {
  readonly [K in DriftFacts['type']]: (facts: Facts<K>, who: string, state: CaseState) => string;
};

/** What a message that tells of a difference says beside it: what its buttons do, or that it is over. */
export const driftNote: Readonly<Record<'open' | 'over' | 'decided', string>> = {
  open: '\nAdopt keeps what Plex has, Revert restores what was given here, Ignore leaves it so.',
  over: '\nIt is not so any more.',
  decided: '',
};

/** What becomes of drift by itself, as it follows on "What is otherwise in Plex is". */
export const driftPolicyWords: Readonly<Record<DriftPolicy, string>> = {
  report: 'told, and left until somebody decides',
  revert: 'changed back to what was given here',
  adopt: 'taken over as given here',
};

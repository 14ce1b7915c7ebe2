import type { CaseFacts, LibraryFact } from './cases.js';
import type { ClosedOrder, Drift, Read, SectionId, Share } from './model.js';
import { setOf } from './sections.js';
import type { Sections } from './sections.js';

/** A library that shows again this soon after its removal was settled came back: lists lied for longer than they may. */
export const CAME_BACK_MS = 24 * 60 * 60_000;

/** What a look found that nobody ordered. */
export interface Found {
  readonly share: Share;
  readonly closed: readonly ClosedOrder[];
  readonly drift?: readonly Drift[];
  /** A write gave everything, because its libraries were gone. */
  readonly accident?: boolean;
  /** The last library cannot end, for there is no default to keep. */
  readonly stuck?: boolean;
}

interface Telling {
  /** What was seen before this look. */
  readonly before: Read | null;
  /** Libraries whose removal was settled within the last day. */
  readonly removed: Sections;
  readonly facts: (sections: Sections) => readonly LibraryFact[];
}

const sectionsOf = (drift: readonly Drift[], kind: Drift['kind']): Sections =>
  drift.filter((one) => one.kind === kind).map((one) => one.section);

/** Drift that was added, which a removal of ours may have preceded. */
export const addedIn = ({ drift = [] }: Found): Sections => sectionsOf(drift, 'added');

/** Cases for all that nobody ordered, in the order in which they are told. */
export function surprises(found: Found, { before, removed, facts }: Telling): readonly CaseFacts[] {
  const { share, closed, drift = [], accident = false, stuck = false } = found;
  const isBack = (section: SectionId) => removed.includes(section);
  const added = addedIn(found).filter((section) => !isBack(section));
  const back = addedIn(found).filter(isBack);
  const lacking = sectionsOf(drift, 'removed');
  const left = closed.filter(({ how }) => how === 'share-gone').map(({ order }) => order.section);
  // Of a share that went away as a whole, its libraries one by one say nothing.
  const isGone = left.length > 0 || wentAway(share);
  const missing = isGone ? setOf([...left, ...lacking]) : [];
  const changed = isGone ? [] : lacking;
  const ending = share.orders.filter(({ want }) => want === 'remove').map((o) => o.section);
  const taken = share.orders.filter((order) => order.cause === 'accident').map((o) => o.section);
  return [
    ...when(accident, {
      type: 'accident.undone',
      lost: facts(lostIn(share)),
      libraries: facts(taken),
    }),
    ...when(back.length > 0, { type: 'drift.cameBack', libraries: facts(back) }),
    ...when(added.length + changed.length > 0, {
      type: 'drift.found',
      added: facts(added),
      removed: facts(changed),
    }),
    ...when(missing.length > 0, { type: 'share.gone', libraries: facts(missing) }),
    ...acceptance(before, share.observed, facts),
    ...when(stuck, { type: 'policy.stuck', libraries: facts(ending) }),
  ];
}

const when = (holds: boolean, facts: CaseFacts): readonly CaseFacts[] => (holds ? [facts] : []);

/** Libraries that were sent and are no more. */
function lostIn({ attempt, observed }: Share): Sections {
  const lists = attempt?.lists.flatMap(({ list }) => list) ?? [];
  return [...new Set(lists)].filter((section) => !observed?.catalogue.includes(section));
}

/** Without a row, and no DELETE of ours explains it. */
const wentAway = ({ observed, attempt }: Share): boolean =>
  observed?.row === null &&
  !['delete', 'cancelInvite', 'removePerson'].includes(attempt?.kind ?? '');

/** An invite that waited was accepted. */
function acceptance(
  before: Read | null,
  after: Read | null,
  facts: Telling['facts'],
): readonly CaseFacts[] {
  const waited = before !== null && before.row !== null && before.pending;
  if (!waited || after === null || after.row === null || after.pending) return [];
  return [{ type: 'invite.accepted', libraries: facts(after.sections) }];
}

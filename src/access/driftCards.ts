import type { CaseFacts } from '../core/cases.js';
import { isAsked } from '../core/drift.js';
import type { CaseId, Drift, SectionId, Share } from '../core/model.js';
import type { CaseRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';

/** New differences, each with the case that tells of it: its message asks what is to become of it. */
export const tied = (
  { share, drift: fresh = [] }: { readonly share: Share; readonly drift?: readonly Drift[] },
  cards: ReadonlyMap<SectionId, CaseId>,
): readonly Drift[] =>
  share.driftSeen.map((drift) => {
    const caseId = fresh.includes(drift) ? cards.get(drift.section) : undefined;
    return caseId === undefined ? drift : { ...drift, caseId };
  });

const sectionsOf = ({ orders }: Share): string => orders.map((o) => o.section).join();

/** Cases whose messages ask something else after a step than before. */
export function cardsOf(before: Share, after: Share): readonly CaseId[] {
  const isSame =
    JSON.stringify(before.driftSeen) === JSON.stringify(after.driftSeen) &&
    before.managed === after.managed &&
    sectionsOf(before) === sectionsOf(after);
  return isSame ? [] : before.driftSeen.flatMap((drift) => drift.caseId ?? []);
}

/** Cases that tell of a difference, and ask. */
export const CARDS: readonly string[] = [
  'drift.found',
  'drift.cameBack',
] satisfies CaseFacts['type'][];

type CardState = 'open' | 'over' | 'decided';

/** How the messages among these cases stand that ask about a difference. */
export async function cardStates(
  tables: Tables,
  rows: readonly CaseRow[],
): Promise<ReadonlyMap<CaseId, CardState>> {
  const cards = rows.filter(({ type }) => CARDS.includes(type));
  const verdicts = await tables.cases.driftVerdicts(cards.map(({ id }) => id));
  const shares = new Map<string, Share>();
  for (const serverId of new Set(cards.flatMap((row) => row.serverId ?? []))) {
    const people = cards.flatMap((row) => (row.serverId === serverId ? (row.personId ?? []) : []));
    const stored = await tables.shares.on(serverId, people);
    stored.forEach(({ personId, share }) => shares.set(`${serverId} ${personId}`, share));
  }
  const stateOf = ({ id, serverId, personId }: CaseRow): CardState => {
    if (verdicts.has(id)) return 'decided';
    const share = shares.get(`${serverId ?? ''} ${personId ?? ''}`);
    return share !== undefined && isAsked(share, id) ? 'open' : 'over';
  };
  return new Map(cards.map((row) => [row.id, stateOf(row)]));
}

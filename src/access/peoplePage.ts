import type { PeopleState } from '../core/peopleStates.js';
import type { ListedPerson, PageEdge } from '../store/directory.js';

export type { ListedPerson, PageEdge } from '../store/directory.js';
import type { Parts, Standing } from './parts.js';

/** What is shown at once: more lines than these no phone shows well. */
export const PAGE_SIZE = 10;

/** One page of the list of people. */
export interface PeoplePage {
  readonly people: readonly ListedPerson[];
  /** How many there are on all pages, as of a few seconds ago. */
  readonly total: number;
  readonly hasMore: boolean;
}

/** Reads one page; from the first one where the page asked for is empty by now. */
export async function peoplePage(
  { store, clock, counts }: Parts,
  { guildId }: Standing,
  { state, search, edge }: { state: PeopleState; search: string; edge: PageEdge | null },
): Promise<PeoplePage> {
  const now = clock.now();
  const asked = { guildId, state, search, now };
  // One more than is shown: whether there is another page.
  const read = (from: PageEdge | null) =>
    store.byIndex((tables) => tables.directory.page(asked, from, PAGE_SIZE + 1));
  const [rows, totals] = await Promise.all([read(edge), counts.people(guildId, search, now)]);
  const isBack = edge?.way === 'before';
  const people = isBack ? rows.slice(-PAGE_SIZE) : rows.slice(0, PAGE_SIZE);
  return { people, total: totals[state], hasMore: isBack || rows.length > PAGE_SIZE };
}

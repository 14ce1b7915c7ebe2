import { DateTime } from 'luxon';
import type { LibraryId, PersonId } from '../core/model.js';
import type { ScheduleAsked, ScheduledRow, ScheduleEdge } from '../store/schedule.js';
import { findLibrary, findPerson, libraryName } from './find.js';
import type { Parts, Standing } from './parts.js';

export type { ScheduleEdge } from '../store/schedule.js';

const DAYS = 30;
/** What is shown at once: lines on a phone, and rows of a picture. */
export const LINES = 10;
export const ROWS = 20;

/** Whose schedule, and which page of it. */
export interface ScheduleWish {
  /** As typed, or an id; null: everybody, everything. */
  readonly person: string | null;
  readonly library: string | null;
  readonly edge: ScheduleEdge | null;
}

/** One page of what begins and ends. */
export interface SchedulePage {
  readonly personId: PersonId | null;
  readonly libraryId: LibraryId | null;
  /** Titles of the person and the library that it is about, if it is. */
  readonly about: readonly string[];
  readonly rows: readonly (ScheduledRow & {
    /** The day in the guild's zone: lines of the same one stand together. */
    readonly day: string;
    /** With the server's name where the guild has several. */
    readonly libraryName: string;
  })[];
  /** On all pages, as of a few seconds ago. */
  readonly total: number;
  readonly hasMore: boolean;
  readonly zone: string;
  readonly now: Date;
}

/** Reads one page: from the first where none is named. */
export async function schedulePage(
  { store, clock, counts }: Parts,
  { guildId }: Standing,
  wish: ScheduleWish & Pick<ScheduleAsked, 'as'> & { readonly size: number },
): Promise<SchedulePage> {
  const { edge, as, size } = wish;
  const person = wish.person === null ? null : await findPerson(store, guildId, wish.person);
  const found = wish.library === null ? null : await findLibrary(store, guildId, wish.library);
  const [guild, servers] = await Promise.all([
    store.guilds.find(guildId),
    store.servers.ofGuild(guildId),
  ]);
  const zone = guild?.timeZone ?? 'UTC';
  const now = clock.now();
  const to = DateTime.fromJSDate(now, { zone }).plus({ days: DAYS }).toJSDate();
  const personId = person?.id ?? null;
  const libraryId = found?.library.id ?? null;
  const asked = { guildId, personId, libraryId, from: now, to, as };
  // One more than is shown: whether there is another page.
  const [rows, total] = await Promise.all([
    store.byIndex((tables) => tables.schedule.page(asked, edge, size + 1)),
    counts.schedule(asked),
  ]);
  const isBack = edge?.way === 'before';
  const shown = isBack ? rows.slice(-size) : rows.slice(0, size);
  return {
    personId,
    libraryId,
    about: [
      ...(person ? [person.title] : []),
      ...(found ? [libraryName(found.library, found.all)] : []),
    ],
    rows: shown.map((row) => ({
      ...row,
      day: DateTime.fromJSDate(row.at, { zone }).toISODate() ?? '',
      libraryName: servers.length > 1 ? `${row.library} (${row.server})` : row.library,
    })),
    total,
    hasMore: isBack || rows.length > size,
    zone,
    now,
  };
}

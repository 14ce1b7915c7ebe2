import { DateTime } from 'luxon';
import { drawnName } from '../core/letters.js';
import { plainName } from '../core/text.js';
import type { BarKind, Timeline, TimelineRow } from '../pictures/timeline.js';
import type { SchedulePage } from './schedule.js';

type Row = SchedulePage['rows'][number];

const DAY_MS = 86_400_000;
const DAYS = 30;
/** A little of what was, so that one sees what runs already. */
const BEFORE_MS = 1.5 * DAY_MS;
const EVERY_DAYS = 5;
/** Discord's limit of a description. */
const ALT_LENGTH = 1024;

/** What a row is called where its names cannot be drawn; the message says who that is. */
const rowName = (index: number): string => `Row ${index + 1}`;

const drawnPerson = ({ person, username }: Row): string | null =>
  drawnName([person, ...(username.includes('@') ? [] : [username])]);

/** The rows whose names are in letters that the picture lacks. */
export const undrawn = (rows: readonly Row[]): readonly { row: Row; name: string }[] =>
  rows.flatMap((row, index) =>
    drawnPerson(row) === null || drawnName([row.libraryName]) === null
      ? [{ row, name: rowName(index) }]
      : [],
  );

/** A page of the schedule as a picture shows it, in the guild's zone: a picture knows no reader's own. */
export function timelineOf(page: SchedulePage): Timeline {
  const { rows, now, zone, about } = page;
  const at = DateTime.fromJSDate(now, { zone });
  const end = at.plus({ days: DAYS });
  const midnight = at.startOf('day').plus({ days: 1 });
  const ticks = Array.from({ length: Math.ceil(DAYS / EVERY_DAYS) }, (_, index) => {
    const day = midnight.plus({ days: index * EVERY_DAYS });
    return { at: day.toMillis(), label: day.toFormat('d LLL') };
  });
  const names = about.map((name) => drawnName([name])).filter((name) => name !== null);
  const span = `${at.toFormat('d LLL')} to ${end.toFormat('d LLL yyyy')}`;
  return {
    title: [...names, span].join(' · '),
    zone,
    from: at.toMillis() - BEFORE_MS,
    to: end.toMillis(),
    now: at.toMillis(),
    ticks,
    rows: rows.map((row, index) => rowOf(row, index, page)),
  };
}

function rowOf(row: Row, index: number, page: SchedulePage): TimelineRow {
  const { personId, libraryId } = page;
  const person = drawnPerson(row) ?? rowName(index);
  const library = drawnName([row.libraryName]) ?? rowName(index);
  const both =
    personId !== null ? [library, ''] : libraryId !== null ? [person, ''] : [person, library];
  return {
    label: both[0] ?? '',
    small: both[1] ?? '',
    kind: kindOf(row, page),
    from: row.startsAt.getTime(),
    to: row.endsAt?.getTime() ?? null,
    note: noteOf(row, page),
  };
}

function kindOf({ startsAt, endsAt }: Row, { now }: SchedulePage): BarKind {
  if (startsAt > now) return 'begins';
  return endsAt !== null && endsAt.getTime() <= now.getTime() + DAYS * DAY_MS ? 'ends' : 'stays';
}

const written = (at: Date, { zone, now }: SchedulePage): string => {
  const there = DateTime.fromJSDate(at, { zone });
  const isThisYear = there.year === DateTime.fromJSDate(now, { zone }).year;
  return there.toFormat(isThisYear ? 'd LLL HH:mm' : 'd LLL yyyy');
};

function noteOf({ startsAt, endsAt, isDefault }: Row, page: SchedulePage): string {
  const kept = isDefault ? ', stays as default' : '';
  if (startsAt <= page.now) {
    return endsAt === null ? 'no end' : `until ${written(endsAt, page)}${kept}`;
  }
  const from = written(startsAt, page);
  return endsAt === null ? `from ${from}, no end` : `${from} – ${written(endsAt, page)}${kept}`;
}

/** The picture in words, for those who do not see it: as many rows as a description holds. */
export function alternative(page: SchedulePage): string {
  const head = `Timeline of the next ${DAYS} days, times in ${page.zone}.`;
  const said = page.rows.map((row) => `${row.person}, ${row.libraryName}: ${noteOf(row, page)}.`);
  return plainName([head, ...said].join(' '), ALT_LENGTH);
}

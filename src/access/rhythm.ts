import { DateTime } from 'luxon';

/** How often everybody is looked at again: after so many minutes, or once a day at a time of the guild's zone. */
export type Rhythm =
  | { readonly kind: 'every'; readonly minutes: number }
  | { readonly kind: 'daily'; /** HH:MM */ readonly at: string };

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The longest that lies between two of them, a day whose clock changes left out. */
export const lengthOf = (rhythm: Rhythm): number =>
  rhythm.kind === 'every' ? rhythm.minutes * MINUTE_MS : DAY_MS;

/**
 * The next one strictly after `last`. Once a day is once on every day of that zone: a time that the clock skips is taken
 * as much later as the clock skips, one that comes twice the first time.
 */
export function nextAfter(last: Date, rhythm: Rhythm, zone: string): Date {
  if (rhythm.kind === 'every') return new Date(last.getTime() + lengthOf(rhythm));
  const day = DateTime.fromJSDate(last, { zone }).startOf('day');
  for (let days = 0; ; days += 1) {
    const at = timeOfDay(day.plus({ days }), rhythm.at);
    if (at > last) return at;
  }
}

function timeOfDay(day: DateTime, time: string): Date {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const { year, month, day: date } = day;
  const at = DateTime.fromObject({ year, month, day: date, hour, minute }, { zone: day.zone });
  const [first] = at.getPossibleOffsets().sort((a, b) => a.toMillis() - b.toMillis());
  return (first ?? at).toJSDate();
}

/** In words, as it follows on "looks at everybody". */
export const rhythmWords = (rhythm: Rhythm): string =>
  rhythm.kind === 'daily' ? `every day at ${rhythm.at}` : `every ${minutesWords(rhythm.minutes)}`;

/** "15 minutes", "hour", "6 hours": as it follows on "every". */
export function minutesWords(minutes: number): string {
  if (minutes === 60) return 'hour';
  return minutes % 60 === 0 ? `${minutes / 60} hours` : `${minutes} minutes`;
}

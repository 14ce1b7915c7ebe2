import { casual, type ParsedComponents, type ParsedResult } from 'chrono-node';
import { DateTime, FixedOffsetZone, type DurationLikeObject, type Zone } from 'luxon';
import { escapeText } from '../core/text.js';

/** What typed words are read against. */
export interface Reading {
  /** A day means its start as `from`, the start of the day after as `until`. */
  readonly as: 'from' | 'until';
  readonly now: Date;
  /** IANA zone of the guild. */
  readonly zone: string;
  /** Start that a duration given as `until` counts from; without it, now. */
  readonly from?: Date;
}

/** The instant that was meant, or why it cannot be said. */
export type When =
  | { readonly kind: 'instant'; readonly at: Date }
  | {
      readonly kind: 'refused';
      readonly why:
        'not-understood' | 'ambiguous-date' | 'other-zone' | 'skipped' | 'doubled' | 'too-far';
      /** For the asker, in Discord markup: which rule, and the way out. */
      readonly sentence: string;
      /** What may have been meant, earliest reading of the text first; empty when there is no candidate. */
      readonly choices: readonly Date[];
    };

const LONGEST_QUOTE = 40;
const YEARS_AHEAD = 5;
/** Turns typed words into the one instant they can mean; never guesses between two. */
export function readWhen(text: string, reading: Reading): When {
  const words = text.trim().replace(/\s+/g, ' ');
  const exact = exactInstant(words);
  if (exact !== null) return { kind: 'instant', at: exact };
  const meant = meaning(stripped(words), reading) ?? notUnderstood(words);
  return meant.kind === 'instant' && isTooFar(meant.at, reading) ? tooFar(meant.at) : meant;
}

/** An ISO instant with offset, or Discord's `<t:seconds>`; nothing here depends on zone or now. */
function exactInstant(words: string): Date | null {
  const stamp = /^<t:(-?\d{1,12})(?::[tTdDfFsSR])?>$/.exec(words)?.[1];
  if (stamp !== undefined) return upToYear9999(new Date(Number(stamp) * 1000));
  const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|[+-]\d\d:?\d\d)$/i;
  const [, day, time, offset] = iso.exec(words) ?? [];
  if (day === undefined || time === undefined || offset === undefined) return null;
  const at = DateTime.fromISO(`${day}T${time}${offset.toUpperCase()}`);
  return at.isValid ? upToYear9999(at.toJSDate()) : null;
}

const upToYear9999 = (at: Date): Date | null =>
  at < new Date('1970-01-01T00:00Z') || at > new Date('9999-12-31T23:59Z') ? null : at;

/** Without the words that only repeat the option's name. */
const stripped = (words: string): string =>
  words
    .replace(/^(?:until|till|til|from|starting|by|on)\s+/i, '')
    // The dot of "24.12." belongs to the date.
    .replace(/[,;!]+$|(?<=\w{3})\.$/, '');

function meaning(words: string, reading: Reading): When | null {
  if (/^(?:now|right now)$/i.test(words)) return { kind: 'instant', at: reading.now };
  const duration = readDuration(words);
  if (duration !== null) return fromDuration(duration, reading);
  const [first, second] = dateReadings(words);
  if (first === undefined) return null;
  if (second === undefined) return fromWords(first.words, reading);
  return ambiguous(words, [first, second], reading);
}

const UNITS = [
  ['seconds', /^s(?:ec(?:ond)?s?)?$/],
  ['minutes', /^m(?:in(?:ute)?s?)?$/],
  ['hours', /^h(?:(?:ou)?rs?)?$/],
  ['days', /^d(?:ays?)?$/],
  ['weeks', /^w(?:(?:ee)?ks?)?$/],
  ['months', /^mo(?:n(?:th)?s?|s)?$/],
  ['years', /^y(?:(?:ea)?rs?)?$/],
] as const;

/** "2w3d", "1 month", "in an hour and 30 min": number and unit, repeated, and nothing else. */
function readDuration(words: string): DurationLikeObject | null {
  const bare = words.toLowerCase().replace(/^in | from now$/g, '');
  const part = /(\d{1,6}|\ban?\b)\s*([a-z]+)\s*(?:,|and\b)?\s*/y;
  const duration: Record<string, number> = {};
  while (part.lastIndex < bare.length) {
    const [, count, word = ''] = part.exec(bare) ?? [];
    const unit = UNITS.find(([, pattern]) => pattern.test(word))?.[0];
    if (count === undefined || unit === undefined) return null;
    duration[unit] = (duration[unit] ?? 0) + (count.startsWith('a') ? 1 : Number(count));
  }
  return Object.values(duration).some((count) => count > 0) ? duration : null;
}

/** Days and longer keep the local time of day; a time of day that does not exist that day moves on by the gap. */
function fromDuration(duration: DurationLikeObject, { as, now, zone, from }: Reading): When | null {
  const start = as === 'until' ? (from ?? now) : now;
  const end = DateTime.fromJSDate(start, { zone }).plus(duration);
  const at = end.isValid ? upToYear9999(end.toJSDate()) : null;
  return at === null ? null : { kind: 'instant', at };
}

const NUMERIC_DATE =
  /(?<![\d:./-])(?:(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})|(\d{1,2})([./])(\d{1,2})\.?)(?![\d:./-]|\s*[ap]\.?m)/i;

/** One way to read a numeric date of the text: its month as a word, and the whole text with it put in. */
interface DateReading {
  readonly date: string;
  readonly words: string;
}

/** The text with its numeric date spelled out: one reading, or two when day and month could be swapped. */
function dateReadings(words: string): readonly DateReading[] {
  const hit = NUMERIC_DATE.exec(words);
  if (hit === null) return [{ date: '', words }];
  const [a, b] = [Number(hit[1] ?? hit[5]), Number(hit[3] ?? hit[7])];
  const year = hit[4] === undefined ? '' : ` ${hit[4].padStart(4, '20')}`;
  const spelled = (day: number, month: number): readonly DateReading[] => {
    if (day < 1 || day > 31 || month < 1 || month > 12) return [];
    const date = `${day} ${DateTime.utc(2024, month).setLocale('en-GB').monthLong ?? ''}${year}`;
    return [{ date, words: words.replace(hit[0], `${date} `).trim().replace(/\s+/g, ' ') }];
  };
  // "8.30" and "20.12" may be times; "24.12" and "20.12." may not.
  const isTimeLike = hit[6] === '.' && !hit[0].endsWith('.') && (b > 12 || (a > 12 && a < 24));
  if (isTimeLike) return [{ date: '', words }];
  return a === b ? spelled(a, b) : [...spelled(a, b), ...spelled(b, a)];
}

function ambiguous(words: string, readings: readonly DateReading[], reading: Reading): When | null {
  const choices = readings.flatMap((way) => {
    const read = fromWords(way.words, reading);
    return read?.kind === 'instant' ? [read.at] : [];
  });
  if (choices.length === 0) return null;
  const dates = readings.map((way) => way.date).join(' or ');
  return {
    kind: 'refused',
    why: 'ambiguous-date',
    sentence: `“${quoted(words)}” can mean ${dates}. Write the month as a word.`,
    choices,
  };
}

/** Whatever chrono-node understands whole, as one moment or one day. */
function fromWords(words: string, reading: Reading): When | null {
  const start = understood(words, reading);
  if (start === null) return null;
  if (!start.isCertain('timezoneOffset')) return inZone(start, reading, reading.zone);
  if (!/\b(?:utc|gmt)\b|[+-]\d\d:?\d\d$/i.test(words)) return otherZone(reading.zone);
  return inZone(start, reading, FixedOffsetZone.instance(start.get('timezoneOffset') ?? 0));
}

function understood(words: string, { now, zone }: Reading): ParsedComponents | null {
  // chrono swaps "2026-13-01" until it fits, and "last friday" would become the next one.
  if (/\blast\b|\b\d{4}[-/.](?:1[3-9]|[2-9]\d)\b/i.test(words)) return null;
  const { year, month, day } = DateTime.fromJSDate(now, { zone });
  // Noon of the zone's day, said as UTC: chrono reckons with the process's own zone, in which noon is never skipped.
  // Its forwardDate also compares in that zone, so `ahead` does it here.
  const found = casual.parse(words, {
    instant: DateTime.utc(year, month, day, 12).toJSDate(),
    timezone: 0,
  });
  const [only] = found;
  const isWhole = found.length === 1 && only?.index === 0 && only.text.length === words.length;
  return isWhole && !only.end && namesADay(only) ? only.start : null;
}

/** "december" names no day, and "next week" counts from now, which is for durations. */
const namesADay = (found: ParsedResult): boolean =>
  ['day', 'weekday', 'hour'].some((part) => found.start.isCertain(part as 'day')) &&
  ![...found.tags()].some((tag) => tag.startsWith('result/relativeDate'));

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';

function inZone(start: ParsedComponents, { as, now }: Reading, zone: string | Zone): When | null {
  const part = (name: Part): number => start.get(name) ?? 0;
  const time = { hour: part('hour'), minute: part('minute'), second: part('second') };
  const isDay = !start.isCertain('hour');
  const named = DateTime.fromObject(
    { year: part('year'), month: part('month'), day: part('day') },
    { zone },
  );
  const today = DateTime.fromJSDate(now, { zone }).startOf('day');
  const step = repeats(start);
  // Today's date means today, also when its hour is over; a weekday or an hour that is over means the next one.
  const isOver = isDay || 'years' in step ? named < today : +named.set(time) <= +now;
  const day = isOver ? named.plus(step) : named;
  if (!day.isValid || ('years' in step && day.day !== named.day)) return null;
  if (!isDay) return atTime(day, time);
  const edge = (as === 'until' ? day.plus({ days: 1 }) : day).startOf('day');
  return { kind: 'instant', at: edge.toJSDate() };
}

/** After how long the named day comes again; never, when its year was said. */
function repeats(start: ParsedComponents): DurationLikeObject {
  if (start.isCertain('year')) return {};
  if (start.isCertain('day')) return { years: 1 };
  return start.isCertain('weekday') ? { weeks: 1 } : { days: 1 };
}

function atTime(day: DateTime, time: { hour: number; minute: number; second: number }): When {
  const local = day.set(time);
  if (local.hour !== time.hour || local.minute !== time.minute) return skipped(local, time);
  const [first = local, second] = local.getPossibleOffsets();
  if (second !== undefined) return doubled(first, second);
  return { kind: 'instant', at: first.toJSDate() };
}

const refused = (
  why: Extract<When, { kind: 'refused' }>['why'],
  sentence: string,
  choices: readonly Date[] = [],
): When => ({ kind: 'refused', why, sentence, choices });

const notUnderstood = (words: string): When =>
  refused(
    'not-understood',
    `I cannot read “${quoted(words)}” as a time. Try \`7d\`, \`friday 20:00\` or \`2026-12-24\`.`,
  );
const otherZone = (zone: string): When =>
  refused('other-zone', `Times are read in ${zone}. Leave the other zone out, or write UTC.`);
const skipped = (after: DateTime, time: { hour: number; minute: number }): When =>
  refused(
    'skipped',
    `${clock(time)} does not exist on ${date(after)} in ${after.zoneName ?? ''}: the clock jumps over it. Choose another time.`,
  );
const doubled = (first: DateTime, second: DateTime): When =>
  refused(
    'doubled',
    `${clock(first)} comes twice on ${date(first)} in ${first.zoneName ?? ''}. Write \`${iso(first)}\` for the first or \`${iso(second)}\` for the second.`,
    [first.toJSDate(), second.toJSDate()],
  );
const tooFar = (at: Date): When =>
  refused(
    'too-far',
    `That is <t:${Math.floor(+at / 1000)}:f>, more than ${YEARS_AHEAD} years ahead. If it is meant, write \`${at.toISOString()}\`.`,
    [at],
  );
const isTooFar = (at: Date, { now, zone }: Reading): boolean =>
  +at > +DateTime.fromJSDate(now, { zone }).plus({ years: YEARS_AHEAD });

const clock = ({ hour, minute }: { hour: number; minute: number }): string =>
  `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
const date = (local: DateTime): string => local.setLocale('en-GB').toFormat('d LLLL yyyy');
const iso = (local: DateTime): string => local.toFormat("yyyy-MM-dd'T'HH:mm:ssZZ");
/** Typed words as they may be repeated: nothing that Discord would format, mention or link. */
const quoted = (words: string): string =>
  escapeText(words.replace(/[^\p{L}\p{N} ,:./+-]/gu, ''), LONGEST_QUOTE);

import { DateTime } from 'luxon';
import { readWhen, type Reading } from './when.js';

/** One autocomplete suggestion; the value is an ISO instant that `readWhen` takes as it is. */
export interface WhenSuggestion {
  readonly name: string;
  readonly value: string;
}

/** Discord's limits on choices and their names. */
const MOST_CHOICES = 25;
const NAME_LENGTH = 100;

/** Suggests instants for half-typed words, 25 at most; the name says the exact instant and the zone in plain text. */
export function suggestWhen(typed: string, reading: Reading): readonly WhenSuggestion[] {
  const words = typed.trim().toLowerCase();
  const read = readWhen(words, reading);
  if (read.kind === 'instant') return [suggestion(read.at, reading)];
  if (read.choices.length > 0) return read.choices.map((at) => suggestion(at, reading));
  return likely(words, reading.as)
    .flatMap((label) => {
      const at = readWhen(label, reading);
      return at.kind === 'instant' ? [suggestion(at.at, reading, label)] : [];
    })
    .slice(0, MOST_CHOICES);
}

const PRESETS = {
  from: ['now', '1 hour', 'tomorrow', 'friday', 'monday', '1 week', '1 month'],
  until: ['1 day', '3 days', '1 week', '2 weeks', 'sunday', 'end of month', '1 month', '1 year'],
} as const;
const DAYS = 'today tomorrow monday tuesday wednesday thursday friday saturday sunday'.split(' ');

function likely(words: string, as: Reading['as']): readonly string[] {
  if (/^\d{1,3}$/.test(words)) {
    return [`${words} days`, `${words} hours`, `${words} weeks`, `${words} months`, `${words}:00`];
  }
  if (words === '') return PRESETS[as];
  return [...new Set([...DAYS, ...PRESETS[as]])].filter((label) => label.startsWith(words));
}

function suggestion(at: Date, { as, zone }: Reading, label?: string): WhenSuggestion {
  const local = DateTime.fromJSDate(at, { zone }).setLocale('en-GB');
  const isDayEnd = as === 'until' && +local === +local.startOf('day');
  const seconds = local.second === 0 ? '' : ':ss';
  const offset = local.getPossibleOffsets().length > 1 ? ' ZZ' : '';
  const echo = isDayEnd
    ? `end of ${local.minus({ minutes: 1 }).toFormat('ccc d LLL yyyy')}`
    : local.toFormat(`ccc d LLL yyyy, HH:mm${seconds}${offset}`);
  const name = `${label === undefined ? '' : `${label} · `}${echo} (${zone})`;
  return { name: name.slice(0, NAME_LENGTH), value: at.toISOString() };
}

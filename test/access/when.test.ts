import { describe, expect, test } from 'vitest';
import { suggestWhen } from '../../src/access/suggestWhen.js';
import { readWhen, type Reading, type When } from '../../src/access/when.js';

/** Sunday: 14:05 in UTC, 15:05 in Berlin, 09:05 in New York, 19:35 in Kolkata. */
const NOW = new Date('2026-11-22T14:05:00Z');
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata'] as const;

const reading = (over: Partial<Reading> = {}): Reading => ({
  as: 'until',
  now: NOW,
  zone: 'UTC',
  ...over,
});
const outcome = (when: When): string =>
  when.kind === 'refused' ? when.why : when.at.toISOString().replace(':00.000Z', 'Z');

/** Typed words, how they are meant, and the instant in UTC, Berlin, New York and Kolkata. */
const TABLE: readonly (readonly [
  string,
  Reading['as'],
  readonly [string, string, string, string],
])[] = [
  [
    '22 Nov',
    'from',
    ['2026-11-22T00:00Z', '2026-11-21T23:00Z', '2026-11-22T05:00Z', '2026-11-21T18:30Z'],
  ],
  [
    '22 Nov',
    'until',
    ['2026-11-23T00:00Z', '2026-11-22T23:00Z', '2026-11-23T05:00Z', '2026-11-22T18:30Z'],
  ],
  [
    'until 22 Nov',
    'until',
    ['2026-11-23T00:00Z', '2026-11-22T23:00Z', '2026-11-23T05:00Z', '2026-11-22T18:30Z'],
  ],
  [
    '22 nov 9:00',
    'until',
    ['2026-11-22T09:00Z', '2026-11-22T08:00Z', '2026-11-22T14:00Z', '2026-11-22T03:30Z'],
  ],
  [
    '21 nov',
    'until',
    ['2027-11-22T00:00Z', '2027-11-21T23:00Z', '2027-11-22T05:00Z', '2027-11-21T18:30Z'],
  ],
  [
    'friday 20:00',
    'until',
    ['2026-11-27T20:00Z', '2026-11-27T19:00Z', '2026-11-28T01:00Z', '2026-11-27T14:30Z'],
  ],
  [
    '8pm on friday',
    'until',
    ['2026-11-27T20:00Z', '2026-11-27T19:00Z', '2026-11-28T01:00Z', '2026-11-27T14:30Z'],
  ],
  [
    'friday',
    'from',
    ['2026-11-27T00:00Z', '2026-11-26T23:00Z', '2026-11-27T05:00Z', '2026-11-26T18:30Z'],
  ],
  [
    'fri',
    'until',
    ['2026-11-28T00:00Z', '2026-11-27T23:00Z', '2026-11-28T05:00Z', '2026-11-27T18:30Z'],
  ],
  [
    'sunday',
    'until',
    ['2026-11-23T00:00Z', '2026-11-22T23:00Z', '2026-11-23T05:00Z', '2026-11-22T18:30Z'],
  ],
  [
    'sunday 9:00',
    'until',
    ['2026-11-29T09:00Z', '2026-11-29T08:00Z', '2026-11-29T14:00Z', '2026-11-29T03:30Z'],
  ],
  [
    '20:00',
    'until',
    ['2026-11-22T20:00Z', '2026-11-22T19:00Z', '2026-11-23T01:00Z', '2026-11-22T14:30Z'],
  ],
  [
    '9:00',
    'from',
    ['2026-11-23T09:00Z', '2026-11-23T08:00Z', '2026-11-23T14:00Z', '2026-11-23T03:30Z'],
  ],
  [
    'today',
    'until',
    ['2026-11-23T00:00Z', '2026-11-22T23:00Z', '2026-11-23T05:00Z', '2026-11-22T18:30Z'],
  ],
  [
    'tomorrow',
    'from',
    ['2026-11-23T00:00Z', '2026-11-22T23:00Z', '2026-11-23T05:00Z', '2026-11-22T18:30Z'],
  ],
  [
    'tomorrow noon',
    'until',
    ['2026-11-23T12:00Z', '2026-11-23T11:00Z', '2026-11-23T17:00Z', '2026-11-23T06:30Z'],
  ],
  [
    'midnight',
    'until',
    ['2026-11-23T00:00Z', '2026-11-22T23:00Z', '2026-11-23T05:00Z', '2026-11-22T18:30Z'],
  ],
  [
    'end of month',
    'until',
    ['2026-12-01T00:00Z', '2026-11-30T23:00Z', '2026-12-01T05:00Z', '2026-11-30T18:30Z'],
  ],
  [
    '2026-12-24',
    'from',
    ['2026-12-24T00:00Z', '2026-12-23T23:00Z', '2026-12-24T05:00Z', '2026-12-23T18:30Z'],
  ],
  [
    '2026-12-24',
    'until',
    ['2026-12-25T00:00Z', '2026-12-24T23:00Z', '2026-12-25T05:00Z', '2026-12-24T18:30Z'],
  ],
  [
    '2026-12-24 20:00',
    'until',
    ['2026-12-24T20:00Z', '2026-12-24T19:00Z', '2026-12-25T01:00Z', '2026-12-24T14:30Z'],
  ],
  [
    'December 24th, 2026 at 8 pm',
    'until',
    ['2026-12-24T20:00Z', '2026-12-24T19:00Z', '2026-12-25T01:00Z', '2026-12-24T14:30Z'],
  ],
  [
    '24.12.',
    'until',
    ['2026-12-25T00:00Z', '2026-12-24T23:00Z', '2026-12-25T05:00Z', '2026-12-24T18:30Z'],
  ],
  [
    '24.12.2026 20:00',
    'until',
    ['2026-12-24T20:00Z', '2026-12-24T19:00Z', '2026-12-25T01:00Z', '2026-12-24T14:30Z'],
  ],
  [
    '12/24/26',
    'until',
    ['2026-12-25T00:00Z', '2026-12-24T23:00Z', '2026-12-25T05:00Z', '2026-12-24T18:30Z'],
  ],
  [
    '5/5/2027',
    'until',
    ['2027-05-06T00:00Z', '2027-05-05T22:00Z', '2027-05-06T04:00Z', '2027-05-05T18:30Z'],
  ],
  [
    '1 july 2027 10:00',
    'from',
    ['2027-07-01T10:00Z', '2027-07-01T08:00Z', '2027-07-01T14:00Z', '2027-07-01T04:30Z'],
  ],
  // The clocks change within these: days keep the local hour, hours and minutes do not.
  [
    '5 mo',
    'until',
    ['2027-04-22T14:05Z', '2027-04-22T13:05Z', '2027-04-22T13:05Z', '2027-04-22T14:05Z'],
  ],
  [
    '1 year',
    'until',
    ['2027-11-22T14:05Z', '2027-11-22T14:05Z', '2027-11-22T14:05Z', '2027-11-22T14:05Z'],
  ],
  [
    '3600h',
    'until',
    ['2027-04-21T14:05Z', '2027-04-21T14:05Z', '2027-04-21T14:05Z', '2027-04-21T14:05Z'],
  ],
  [
    '150d',
    'until',
    ['2027-04-21T14:05Z', '2027-04-21T13:05Z', '2027-04-21T13:05Z', '2027-04-21T14:05Z'],
  ],
  [
    '20:00 UTC',
    'until',
    ['2026-11-22T20:00Z', '2026-11-22T20:00Z', '2026-11-22T20:00Z', '2026-11-22T20:00Z'],
  ],
];

/** Nothing here depends on the zone. */
const ANYWHERE: readonly (readonly [string, string])[] = [
  ['now', '2026-11-22T14:05Z'],
  ['90s', '2026-11-22T14:06:30.000Z'],
  ['45m', '2026-11-22T14:50Z'],
  ['in an hour and 30 min', '2026-11-22T15:35Z'],
  ['7d', '2026-11-29T14:05Z'],
  ['2w3d', '2026-12-09T14:05Z'],
  ['1w, 2 days', '2026-12-01T14:05Z'],
  ['1 month', '2026-12-22T14:05Z'],
  ['2 years', '2028-11-22T14:05Z'],
  ['2 weeks from now', '2026-12-06T14:05Z'],
  ['2026-12-24T20:00:00+05:30', '2026-12-24T14:30Z'],
  ['2026-12-24T20:00Z', '2026-12-24T20:00Z'],
  ['2051-01-01T00:00:00.000Z', '2051-01-01T00:00Z'],
  ['<t:1800000000:f>', '2027-01-15T08:00Z'],
  ['<t:1800000000>', '2027-01-15T08:00Z'],
  ['20:00 IST', 'other-zone'],
  ['05/06/2027', 'ambiguous-date'],
  ['5.6.', 'ambiguous-date'],
  ['10.11.2027 20:00', 'ambiguous-date'],
  ['1 jan 2040', 'too-far'],
  ['20y', 'too-far'],
  ...[
    '',
    'soon',
    'december',
    'next month',
    'next week',
    'last friday',
    '2 days ago',
    '0d',
    '1.5h',
    '1d 2',
    '7',
    '31 june',
    '30/02/2027',
    '2026-13-01',
    '20.12',
    'friday 8-10pm',
    'friday or monday',
    '99999y',
    '<t:999999999999>',
  ].map((words) => [words, 'not-understood'] as const),
];

describe.each(ZONES.map((zone, index) => ({ zone, index })))('in $zone', ({ zone, index }) => {
  test.each(TABLE)('%s as %s is one instant', (words, as, instants) => {
    expect(outcome(readWhen(words, reading({ as, zone })))).toBe(instants[index]);
  });

  test.each(ANYWHERE)('%j is the same everywhere: %s', (words, expected) => {
    expect(outcome(readWhen(words, reading({ zone })))).toBe(expected);
  });
});

describe('clock changes', () => {
  test.each([
    ['28 march 2027 02:30', 'Europe/Berlin', 'skipped'],
    ['28 march 2027 03:00', 'Europe/Berlin', '2027-03-28T01:00Z'],
    ['31 october 2027 02:30', 'Europe/Berlin', 'doubled'],
    ['31 october 2027 03:00', 'Europe/Berlin', '2027-10-31T02:00Z'],
    ['14 march 2027 2:30', 'America/New_York', 'skipped'],
    ['14 march 2027 1:59', 'America/New_York', '2027-03-14T06:59Z'],
    ['7 november 2027 1:30', 'America/New_York', 'doubled'],
    ['7 november 2027 1:30', 'Asia/Kolkata', '2027-11-06T20:00Z'],
    ['28 march 2027', 'Europe/Berlin', '2027-03-28T22:00Z'],
    ['31 october 2027', 'Europe/Berlin', '2027-10-31T23:00Z'],
  ])('%s in %s: %s', (words, zone, expected) => {
    expect(outcome(readWhen(words, reading({ zone })))).toBe(expected);
  });

  test('a doubled hour is asked back with both instants, which are then taken', () => {
    const when = readWhen('31 oct 2027 02:30', reading({ zone: 'Europe/Berlin' }));
    const both = ['2027-10-31T02:30:00+02:00', '2027-10-31T02:30:00+01:00'];
    expect(when).toMatchObject({ choices: both.map((iso) => new Date(iso)) });
    for (const iso of both) {
      expect(when).toHaveProperty('sentence', expect.stringContaining(`\`${iso}\``));
      expect(readWhen(iso, reading())).toEqual({ kind: 'instant', at: new Date(iso) });
    }
  });

  test('a day that starts with a skipped hour starts after the gap', () => {
    const when = readWhen('24 april 2026', {
      as: 'from',
      now: new Date('2026-04-01T00:00Z'),
      zone: 'Africa/Cairo',
    });
    expect(outcome(when)).toBe('2026-04-23T22:00Z');
  });
});

describe('a refusal', () => {
  test('of an ambiguous date names both readings', () => {
    const when = readWhen('05/06/2027', reading({ zone: 'Europe/Berlin', as: 'from' }));
    expect(when).toMatchObject({
      sentence: '“05/06/2027” can mean 5 June 2027 or 6 May 2027. Write the month as a word.',
      choices: [new Date('2027-06-04T22:00Z'), new Date('2027-05-05T22:00Z')],
    });
  });

  test('of words that show as nothing repeats none of them', () => {
    const refused = readWhen('a\u3164b\u200b', reading());
    expect(refused).toMatchObject({ why: 'not-understood' });
    expect(JSON.stringify(refused)).toContain('“ab”');
  });

  test('of words that are not understood gives three examples, each of which is understood', () => {
    const when = readWhen('soon', reading());
    const sentence = when.kind === 'refused' ? when.sentence : '';
    const examples = [...sentence.matchAll(/`([^`]+)`/g)].map(([, words = '']) => words);
    expect(examples).toHaveLength(3);
    expect(examples.map((words) => readWhen(words, reading()).kind)).toEqual(
      Array(3).fill('instant'),
    );
  });

  test('repeats typed words without anything Discord would format, mention or link', () => {
    const when = readWhen('@everyone **x** `y` <@1> [a](http://b.c)', reading());
    expect(when).toHaveProperty(
      'sentence',
      expect.not.stringMatching(/@|\*|<|\[|(?<!\\):\/\/|“[^”]*`/),
    );
  });

  test('beyond five years asks, and takes the exact instant it names', () => {
    const when = readWhen('23 nov 2031', reading());
    expect(when).toMatchObject({ why: 'too-far', choices: [new Date('2031-11-24T00:00Z')] });
    expect(when).toHaveProperty('sentence', expect.stringContaining('2031-11-24T00:00:00.000Z'));
    expect(readWhen('22 nov 2031 14:05', reading()).kind).toBe('instant');
  });
});

describe('a duration', () => {
  const from = new Date('2027-01-31T10:00Z');

  test('as an end counts from the start that was given', () => {
    expect(outcome(readWhen('1 month', reading({ from })))).toBe('2027-02-28T10:00Z');
  });

  test('as a start counts from now', () => {
    expect(outcome(readWhen('1d', reading({ as: 'from', from })))).toBe('2026-11-23T14:05Z');
  });

  test('onto a skipped hour moves on by the gap', () => {
    const before = new Date('2027-03-27T01:30Z');
    const when = readWhen('1d', reading({ zone: 'Europe/Berlin', from: before }));
    expect(outcome(when)).toBe('2027-03-28T01:30Z');
  });
});

describe('suggestions', () => {
  const berlin = reading({ zone: 'Europe/Berlin' });

  test.each(['', 'f', '3', '22 nov', '5/6/2027', '1 jan 2040', '31 oct 2027 02:30', 'x'])(
    'for %j are exact instants with names Discord takes',
    (typed) => {
      for (const as of ['from', 'until'] as const) {
        const found = suggestWhen(typed, { ...berlin, as });
        expect(found.length).toBeLessThanOrEqual(25);
        for (const { name, value } of found) {
          expect(name.length).toBeLessThanOrEqual(100);
          expect(name).toContain('Europe/Berlin');
          expect(readWhen(value, berlin)).toEqual({ kind: 'instant', at: new Date(value) });
        }
      }
    },
  );

  test('echo the exact local time, and a whole day as its end', () => {
    expect(suggestWhen('friday 20:00', berlin)).toEqual([
      { name: 'Fri 27 Nov 2026, 20:00 (Europe/Berlin)', value: '2026-11-27T19:00:00.000Z' },
    ]);
    expect(suggestWhen('22 Nov', berlin)).toEqual([
      { name: 'end of Sun 22 Nov 2026 (Europe/Berlin)', value: '2026-11-22T23:00:00.000Z' },
    ]);
  });

  test('for nothing typed yet are presets', () => {
    expect(suggestWhen('', berlin).map(({ name }) => name)).toContain(
      '1 week · Sun 29 Nov 2026, 15:05 (Europe/Berlin)',
    );
  });

  test('for a doubled hour are both instants, told apart by their offset', () => {
    expect(suggestWhen('31 oct 2027 2:30', berlin).map(({ name }) => name)).toEqual([
      'Sun 31 Oct 2027, 02:30 +02:00 (Europe/Berlin)',
      'Sun 31 Oct 2027, 02:30 +01:00 (Europe/Berlin)',
    ]);
  });

  test('for a bare number are durations', () => {
    expect(suggestWhen('3', berlin)[0]?.name).toBe(
      '3 days · Wed 25 Nov 2026, 15:05 (Europe/Berlin)',
    );
  });
});

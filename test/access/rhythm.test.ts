import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { nextAfter, rhythmWords } from '../../src/access/rhythm.js';

const BERLIN = 'Europe/Berlin';
const daily = (at: string) => ({ kind: 'daily', at }) as const;
const next = (last: string, at: string, zone = BERLIN) =>
  nextAfter(new Date(last), daily(at), zone).toISOString();

describe('once a day', () => {
  test('is later today while that time is to come, else tomorrow', () => {
    expect(next('2026-11-25T01:00:00Z', '04:30')).toBe('2026-11-25T03:30:00.000Z');
    expect(next('2026-11-25T03:30:00Z', '04:30')).toBe('2026-11-26T03:30:00.000Z');
  });

  test('is as late by the clock on the wall on both sides of a change', () => {
    expect(next('2026-03-28T12:00:00Z', '04:30')).toBe('2026-03-29T02:30:00.000Z');
    expect(next('2026-10-24T12:00:00Z', '04:30')).toBe('2026-10-25T03:30:00.000Z');
  });

  test('at a time that the clock skips in spring, is an hour later that day and back the day after', () => {
    expect(next('2026-03-28T12:00:00Z', '02:30')).toBe('2026-03-29T01:30:00.000Z');
    expect(next('2026-03-29T01:30:00Z', '02:30')).toBe('2026-03-30T00:30:00.000Z');
  });

  test('at a time that comes twice in autumn, is the first of them and no second', () => {
    expect(next('2026-10-24T12:00:00Z', '02:30')).toBe('2026-10-25T00:30:00.000Z');
    expect(next('2026-10-25T00:30:00Z', '02:30')).toBe('2026-10-26T01:30:00.000Z');
  });

  test('at midnight, where a zone skips midnight itself, is the start of that day', () => {
    // In Santiago the clock goes from 23:59 to 01:00.
    expect(next('2026-09-05T12:00:00Z', '00:00', 'America/Santiago')).toBe(
      '2026-09-06T04:00:00.000Z',
    );
  });
});

const ZONES = [
  'UTC',
  BERLIN,
  'America/New_York',
  'America/Santiago',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Africa/Casablanca',
];

describe('whatever the zone, the time and the day', () => {
  const anyTime = fc
    .integer({ min: 0, max: 24 * 60 - 1 })
    .map((m) =>
      [Math.floor(m / 60), m % 60].map((part) => String(part).padStart(2, '0')).join(':'),
    );
  const anyInstant = fc
    .date({ min: new Date('2025-01-01'), max: new Date('2028-01-01'), noInvalidDate: true })
    .map((at) => at);

  test('it is after the last one, never more than 25 hours and a half later, and on each day once', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), anyTime, anyInstant, (zone, at, start) => {
        let last = nextAfter(start, daily(at), zone);
        expect(+last).toBeGreaterThan(+start);
        for (let i = 0; i < 5; i += 1) {
          const following = nextAfter(last, daily(at), zone);
          const hours = (+following - +last) / 3_600_000;
          expect(hours).toBeGreaterThanOrEqual(22.5);
          expect(hours).toBeLessThanOrEqual(25.5);
          const days = [last, following].map((one) =>
            DateTime.fromJSDate(one, { zone }).startOf('day').toISODate(),
          );
          const day = DateTime.fromISO(days[0] ?? '', { zone })
            .plus({ days: 1 })
            .toISODate();
          expect(days[1]).toBe(day);
          last = following;
        }
      }),
      { numRuns: 400 },
    );
  });

  test('what was asked in between makes no other answer', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), anyTime, anyInstant, (zone, at, start) => {
        const first = nextAfter(start, daily(at), zone);
        const between = new Date(+start + Math.floor((+first - +start) / 2));
        expect(nextAfter(between, daily(at), zone)).toEqual(first);
      }),
      { numRuns: 400 },
    );
  });
});

test('an interval is counted from the last one, whatever the clock on the wall does', () => {
  const last = new Date('2026-03-29T00:50:00Z');
  const after = nextAfter(last, { kind: 'every', minutes: 15 }, BERLIN);
  expect(after.toISOString()).toBe('2026-03-29T01:05:00.000Z');
});

test('it is told in words', () => {
  expect(rhythmWords(daily('04:30'))).toBe('every day at 04:30');
  expect(rhythmWords({ kind: 'every', minutes: 15 })).toBe('every 15 minutes');
  expect(rhythmWords({ kind: 'every', minutes: 60 })).toBe('every hour');
  expect(rhythmWords({ kind: 'every', minutes: 1_440 })).toBe('every 24 hours');
});

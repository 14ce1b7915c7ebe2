import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { intendedLibraries, isActive, isEverActive, nextEdge } from '../../src/core/intended.js';
import type { Grant } from '../../src/core/model.js';
import { FILMS, KIDS, LOBBY, SHOWS, aGrant, aShare, anEntitlement, at } from './builders.js';

const intended = (
  share: Parameters<typeof aShare>[0],
  entitlement: Parameters<typeof anEntitlement>[0],
) => intendedLibraries({ share: aShare(share), entitlement: anEntitlement(entitlement) }, at(0));

describe('a grant', () => {
  test.each<[string, Partial<Grant>, boolean]>([
    ['counts at the instant of its start', { startsAt: at(0) }, true],
    ['does not count before its start', { startsAt: at(1) }, false],
    ['does not count before it was made', { createdAt: at(1) }, false],
    ['no longer counts at the instant of its end', { endsAt: at(0) }, false],
    ['counts just before its end', { endsAt: at(0.001) }, true],
    ['no longer counts once revoked', { endsAt: at(60), revokedAt: at(0) }, false],
  ])('%s', (_, how, counts) => expect(isActive(aGrant(how), at(0))).toBe(counts));

  test('that was cancelled before its start never counted', () => {
    expect(isEverActive(aGrant({ startsAt: at(60), revokedAt: at(0) }))).toBe(false);
  });
});

describe('intended', () => {
  test('an expired grant does not take a library that another grant still gives', () => {
    const grants = [aGrant({ endsAt: at(-1) }), aGrant({ endsAt: at(60) })];
    expect(intended({}, { grants })).toEqual([FILMS]);
  });

  test('is what is granted and the defaults, each once', () => {
    const grants = [aGrant({ section: LOBBY }), aGrant({ section: FILMS })];
    expect(intended({}, { grants, defaults: [LOBBY] })).toEqual([FILMS, LOBBY]);
  });

  test('holds no default of somebody who is not managed', () => {
    expect(intended({ managed: false }, { defaults: [LOBBY] })).toEqual([]);
  });

  test('holds no default from which a person is exempt', () => {
    expect(intended({ exempt: [LOBBY] }, { defaults: [LOBBY, KIDS] })).toEqual([KIDS]);
  });

  test('holds an exempt default that is granted', () => {
    const grants = [aGrant({ section: LOBBY })];
    expect(intended({ exempt: [LOBBY] }, { grants, defaults: [LOBBY] })).toEqual([LOBBY]);
  });

  test('holds no library that is gone', () => {
    const wish = { grants: [aGrant()], defaults: [LOBBY], gone: [FILMS, LOBBY] };
    expect(intended({}, wish)).toEqual([]);
  });

  test('does not depend on the order of the grants', () => {
    const grant = fc
      .record({
        section: fc.constantFrom(FILMS, SHOWS, KIDS),
        start: fc.integer({ min: -9, max: 9 }),
        length: fc.integer({ min: 1, max: 9 }),
      })
      .map(({ section, start, length }) =>
        aGrant({ section, startsAt: at(start), endsAt: at(start + length) }),
      );
    const shuffled = fc
      .array(grant, { maxLength: 6 })
      .chain((grants) =>
        fc.tuple(
          fc.constant(grants),
          fc.shuffledSubarray(grants, { minLength: grants.length, maxLength: grants.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([grants, others]) => {
        expect(intended({}, { grants: others })).toEqual(intended({}, { grants }));
      }),
      { seed: 1 },
    );
  });
});

describe('the next edge', () => {
  test('is the earliest start or end ahead', () => {
    const grants = [aGrant({ endsAt: at(90) }), aGrant({ startsAt: at(30), endsAt: at(60) })];
    expect(nextEdge(grants, at(0))).toEqual(at(30));
  });

  test('is strictly ahead', () => {
    expect(nextEdge([aGrant({ endsAt: at(0) })], at(0))).toBeNull();
  });

  test('is never that of a grant cancelled before its start', () => {
    expect(nextEdge([aGrant({ startsAt: at(60), revokedAt: at(30) })], at(0))).toBeNull();
  });
});

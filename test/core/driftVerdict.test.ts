import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findDrift, openDrift } from '../../src/core/drift.js';
import { adoptDrift, revertDrift } from '../../src/core/driftVerdict.js';
import { intendedLibraries } from '../../src/core/intended.js';
import type { Drift, Grant, GrantId, SectionId, Share } from '../../src/core/model.js';
import { both, isSame } from '../../src/core/sections.js';
import {
  CATALOGUE,
  FILMS,
  KIDS,
  LOBBY,
  SHOWS,
  TIMES,
  aGrant,
  aRead,
  aShare,
  anEntitlement,
  at,
} from './builders.js';

const T = at(300);
const added = (section: SectionId): Drift => ({ section, kind: 'added', firstSeenAt: at(0) });
const removed = (section: SectionId): Drift => ({ section, kind: 'removed', firstSeenAt: at(0) });
const grantOf = (section: SectionId, how: Partial<Grant> = {}): Grant =>
  aGrant({ id: `grant ${section}` as GrantId, section, ...how });

describe('a drift that is reverted', () => {
  test('is on order, and drift no more', () => {
    const seen = [added(KIDS), removed(FILMS), added(SHOWS)];
    const share = aShare({ driftSeen: seen, version: 7 });
    const done = revertDrift(share, seen.slice(0, 2), T).share;
    expect(done.orders.map(({ section, want, since }) => ({ section, want, since }))).toEqual([
      { section: KIDS, want: 'remove', since: T },
      { section: FILMS, want: 'add', since: T },
    ]);
    expect(done.driftSeen).toEqual([added(SHOWS)]);
    expect(done.version).toBeGreaterThan(7);
  });
});

describe('a drift that is adopted', () => {
  const adopt = (
    drift: readonly Drift[],
    how: {
      grants?: readonly Grant[];
      before?: readonly Grant[];
      defaults?: readonly SectionId[];
      exempt?: readonly SectionId[];
    } = {},
  ) =>
    adoptDrift(aShare({ exempt: how.exempt ?? [] }), drift, {
      entitlement: anEntitlement({ grants: how.grants ?? [], defaults: how.defaults ?? [] }),
      endedByAdoption: how.before ?? [],
      t: T,
    });

  test('of a library that a hand added, is granted', () => {
    expect(adopt([added(KIDS)])).toMatchObject({ granted: [KIDS], ended: [], reopened: [] });
  });

  test('of one that was planned for later, counts from now to the planned end', () => {
    const later = grantOf(KIDS, { startsAt: at(9_000), endsAt: at(10_000) });
    const { granted, hastened } = adopt([added(KIDS)], { grants: [later] });
    expect({ granted, hastened }).toEqual({ granted: [], hastened: [{ ...later, startsAt: T }] });
  });

  test('of one that an adoption had ended, goes on to the end it had', () => {
    const before = grantOf(KIDS, { endsAt: at(9_000), revokedAt: at(10) });
    const { granted, reopened } = adopt([added(KIDS)], { before: [before] });
    expect({ granted, reopened }).toEqual({ granted: [], reopened: [before] });
  });

  test('of one whose old end is past, is granted like any other', () => {
    const before = grantOf(KIDS, { endsAt: at(200), revokedAt: at(10) });
    expect(adopt([added(KIDS)], { before: [before] })).toMatchObject({
      granted: [KIDS],
      reopened: [],
    });
  });

  test('of a default that a hand took, is gone without; of one that came back, kept again', () => {
    const how = { defaults: [LOBBY, SHOWS], exempt: [SHOWS] };
    expect(adopt([removed(LOBBY), added(SHOWS)], how).exempt).toEqual([LOBBY]);
  });

  test('leaves the grants of all other libraries alone', () => {
    const kept = grantOf(SHOWS);
    const over = grantOf(FILMS);
    expect(adopt([removed(FILMS)], { grants: [kept, over] }).ended).toEqual([over]);
  });
});

const subset = fc.subarray([...CATALOGUE]);

describe('whatever was given and whatever Plex shows', () => {
  /** A share with every difference there is, as a ripe read made it. */
  const world = fc
    .record({ granted: subset, defaults: subset, exempt: subset, shown: subset })
    .map(({ granted, defaults, exempt, shown }) => {
      const entitlement = anEntitlement({ grants: granted.map((s) => grantOf(s)), defaults });
      const read = aRead({ at: T, sections: shown });
      const share = aShare({ exempt: both(exempt, defaults), observed: read });
      const intended = intendedLibraries({ share, entitlement }, T);
      const { seen } = findDrift(share, read, { intended, times: TIMES });
      return { entitlement, read, intended, seen, share: { ...share, driftSeen: seen } };
    });

  test('what is open is every difference, and none once all of it is ignored', () => {
    fc.assert(
      fc.property(world, ({ share, seen, intended, read }) => {
        expect(openDrift(share, { intended, times: TIMES })).toEqual(seen);
        const ignored = seen.map((one) => ({ ...one, ignored: true as const }));
        const quiet: Share = { ...share, driftSeen: ignored };
        expect(openDrift(quiet, { intended, times: TIMES })).toEqual([]);
        expect(seen.length === 0).toBe(isSame(read.sections, intended));
      }),
    );
  });

  test('reverting it orders exactly what makes Plex as intended', () => {
    fc.assert(
      fc.property(world, ({ share, seen, intended, read }) => {
        const { orders } = revertDrift(share, seen, T).share;
        const wanted = (want: 'add' | 'remove') =>
          orders.filter((order) => order.want === want).map((order) => order.section);
        const target = [
          ...read.sections.filter((section) => !wanted('remove').includes(section)),
          ...wanted('add'),
        ];
        expect(isSame(target, intended)).toBe(true);
      }),
    );
  });

  test('adopting it makes intended exactly what Plex shows, so that nothing is left to order', () => {
    fc.assert(
      fc.property(world, ({ share, seen, entitlement, read }) => {
        const done = adoptDrift(share, seen, { entitlement, endedByAdoption: [], t: T });
        const grants = [
          ...entitlement.grants.filter((grant) => !done.ended.includes(grant)),
          ...done.granted.map((section) => grantOf(section, { source: 'import', createdAt: T })),
        ];
        const after = {
          share: { ...share, exempt: done.exempt },
          entitlement: { ...entitlement, grants },
        };
        expect(isSame(intendedLibraries(after, T), read.sections)).toBe(true);
      }),
    );
  });
});

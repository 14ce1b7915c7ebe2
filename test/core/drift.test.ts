import { describe, expect, test } from 'vitest';
import { findDrift } from '../../src/core/drift.js';
import type { Drift, Read, Share } from '../../src/core/model.js';
import {
  CATALOGUE,
  FILMS,
  SHOWS,
  TIMES,
  aRead,
  aShare,
  anAttempt,
  anOrder,
  at,
} from './builders.js';

/** Films and Shows are intended unless told otherwise; Plex shows Films. */
const find = (share: Partial<Share> = {}, read: Partial<Read> = {}, intended = [FILMS, SHOWS]) =>
  findDrift(aShare(share), aRead({ at: at(300), ...read }), { intended, times: TIMES });

const MISSING: Drift = { section: SHOWS, kind: 'removed', firstSeenAt: at(300) };

describe('drift', () => {
  test('is what was given here and Plex does not share', () => {
    expect(find()).toEqual({ seen: [MISSING], fresh: [MISSING] });
  });

  test('is what Plex shares and nobody gave here', () => {
    expect(find({}, {}, []).seen).toMatchObject([{ section: FILMS, kind: 'added' }]);
  });

  test('is not what is on order', () => {
    expect(find({ orders: [anOrder({ section: SHOWS })] }).seen).toEqual([]);
  });

  test('is not a library that the answer does not list', () => {
    expect(find({}, { catalogue: [FILMS] }).seen).toEqual([]);
  });

  test('is nobody’s who has everything, also libraries to come', () => {
    expect(find({}, { all: true, sections: CATALOGUE }).seen).toEqual([]);
  });

  test('is told once', () => {
    const known = { ...MISSING, firstSeenAt: at(0) };
    expect(find({ driftSeen: [known] })).toMatchObject({ seen: [known], fresh: [] });
  });

  test('is sure once two reads show it that are further apart than lists may lie', () => {
    const seenAt = (seconds: number) => ({ ...MISSING, firstSeenAt: at(seconds) });
    const [tooSoon] = find({ driftSeen: [seenAt(300 - TIMES.lagMs / 1000)] }).seen;
    expect(tooSoon?.confirmedAt).toBeUndefined();
    const sure = find({ driftSeen: [seenAt(299 - TIMES.lagMs / 1000)] }).seen;
    expect(sure).toMatchObject([{ confirmedAt: at(300) }]);
    expect(find({ driftSeen: sure }, { at: at(900) }).seen).toEqual(sure);
  });

  test('is told again when it turned round', () => {
    const known: Drift = { section: FILMS, kind: 'removed', firstSeenAt: at(0) };
    expect(find({ driftSeen: [known] }, {}, []).fresh).toMatchObject([{ kind: 'added' }]);
  });

  test('is forgotten once a ripe read is as intended', () => {
    expect(find({ driftSeen: [MISSING] }, { sections: [FILMS, SHOWS] }).seen).toEqual([]);
  });
});

describe('drift is neither found nor forgotten', () => {
  const known: Drift = { section: FILMS, kind: 'removed', firstSeenAt: at(0) };

  test.each<[string, Partial<Share>]>([
    ['by a read that may be from before our write', { attempt: anAttempt({ at: at(200) }) }],
    ['of somebody whom nobody manages', { managed: false }],
    ['before an import that is owed', { importOwed: true }],
  ])('%s', (_, share) => {
    expect(find({ driftSeen: [known], ...share })).toEqual({ seen: [known], fresh: [] });
  });
});

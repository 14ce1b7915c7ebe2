import { describe, expect, test } from 'vitest';
import type { AccountId, InviteId, ShareId } from '../../src/core/model.js';
import { isFew, isSane, missingRows, reader } from '../../src/core/reads.js';
import type { PendingInvite, ShareRow, SharesAnswer } from '../../src/core/reads.js';
import { CATALOGUE, FILMS, KIDS, ROW, SHOWS, at } from './builders.js';

const ANA = 71 as AccountId;

const aRow = (how: Partial<ShareRow> = {}): ShareRow => ({
  id: ROW,
  accountId: ANA,
  email: 'Ana@Example.org',
  username: 'ana',
  pending: false,
  all: false,
  sections: [FILMS],
  catalogue: CATALOGUE,
  ...how,
});

const anAnswer = (rows: readonly ShareRow[], how: Partial<SharesAnswer> = {}): SharesAnswer => ({
  at: at(0),
  size: null,
  rows,
  ...how,
});

const anInvite = (how: Partial<PendingInvite> = {}): PendingInvite => ({
  shareId: 77 as ShareId,
  inviteId: 'ana@example.org' as InviteId,
  machineId: 'machine',
  accountId: null,
  email: 'ANA@example.org',
  username: '',
  sections: [SHOWS],
  all: false,
  ...how,
});

describe('an answer is believed', () => {
  test('when it has no rows', () => expect(isSane(anAnswer([], { size: 0 }))).toBe(true));

  test('when it gives no count', () => expect(isSane(anAnswer([aRow()]))).toBe(true));

  test('when a waiting invite lists no libraries of its own', () => {
    const rows = [aRow(), aRow({ id: 2 as ShareId, catalogue: [] })];
    expect(isSane(anAnswer(rows))).toBe(true);
  });
});

describe('an answer is not believed', () => {
  test('when rows are missing by its own count', () => {
    expect(isSane(anAnswer([aRow()], { size: 2 }))).toBe(false);
  });

  test('when a row is there twice', () => {
    expect(isSane(anAnswer([aRow(), aRow()]))).toBe(false);
  });

  test('when two rows list different libraries', () => {
    const rows = [aRow(), aRow({ id: 2 as ShareId, catalogue: [FILMS] })];
    expect(isSane(anAnswer(rows))).toBe(false);
  });
});

describe('a row that is missing', () => {
  const gone = 9 as ShareId;

  test('is found by comparing with the last answer', () => {
    expect(missingRows(anAnswer([aRow()]), [ROW, gone], new Set())).toEqual([gone]);
  });

  test('is explained by a DELETE of ours', () => {
    expect(missingRows(anAnswer([aRow()]), [ROW, gone], new Set([gone]))).toEqual([]);
  });

  test.each([
    [2, 3, true],
    [3, 3, false],
    [3, 29, false],
    [3, 30, true],
    [11, 100, false],
  ])('is one of %d of %d: people may have left, %s', (missing, last, few) => {
    expect(isFew(missing, last)).toBe(few);
  });
});

describe('what the lists show of a person', () => {
  const ana = { accountId: ANA, email: 'ana@example.org' };
  const stranger = { accountId: 5 as AccountId, email: 'bo@example.org' };
  const of = (
    rows: readonly ShareRow[],
    pending: readonly PendingInvite[] | null,
    catalogue = CATALOGUE,
  ) => reader({ answer: anAnswer(rows), pending, catalogue });

  test('is the row of the account', () => {
    expect(of([aRow()], null)(ana)).toMatchObject({ row: ROW, sections: [FILMS], at: at(0) });
  });

  test('is the whole catalogue of somebody who has everything', () => {
    expect(of([aRow({ all: true, sections: [] })], null)(ana)).toMatchObject({
      all: true,
      sections: CATALOGUE,
    });
  });

  test('is found by address, however it is written, when the invite has no account', () => {
    const row = aRow({ accountId: null, pending: true });
    expect(of([row], null)({ accountId: null, email: 'ana@example.org' })).toMatchObject({
      row: ROW,
      pending: true,
    });
  });

  test('is never the row of another account with the same address', () => {
    const row = aRow({ accountId: 8 as AccountId });
    expect(of([row], [])(ana)).toMatchObject({ row: null });
  });

  test('is a pending invite that only the second list has', () => {
    expect(of([], [anInvite()])(ana)).toMatchObject({ row: 77, pending: true, sections: [SHOWS] });
  });

  test('is no share only when both lists were read', () => {
    expect(of([aRow()], null)(stranger)).toBe('needs-pending');
    expect(of([aRow()], [])(stranger)).toMatchObject({ row: null, sections: [] });
  });

  test('is unknown when nothing lists the libraries', () => {
    expect(of([aRow({ catalogue: [] })], [], [])(ana)).toBe('unknown');
  });

  test('has the libraries of its own row, not older ones', () => {
    const row = aRow({ catalogue: [FILMS, KIDS] });
    expect(of([row], null)(ana)).toMatchObject({ catalogue: [FILMS, KIDS] });
  });
});

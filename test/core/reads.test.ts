import { describe, expect, test } from 'vitest';
import type { AccountId, InviteId, ShareId } from '../../src/core/model.js';
import fc from 'fast-check';
import { accounts, isFew, isSane, missingRows, reader } from '../../src/core/reads.js';
import type { PendingInvite, PersonKey, ShareRow, SharesAnswer } from '../../src/core/reads.js';
import { CATALOGUE, FILMS, KIDS, OTHER_ROW, ROW, SHOWS, at } from './builders.js';

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

const aKey = (how: Partial<PersonKey> = {}): PersonKey => ({
  accountId: null,
  email: '',
  invitedAs: '',
  username: '',
  shareIds: [],
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
  const ana = aKey({ accountId: ANA, email: 'ana@example.org' });
  const stranger = aKey({ accountId: 5 as AccountId, email: 'bo@example.org' });
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
    expect(of([row], null)(aKey({ email: 'ana@example.org' }))).toMatchObject({
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

  test('is the row that our write made, under whatever address it was accepted', () => {
    const row = aRow({ accountId: 9 as AccountId, email: 'other@example.org' });
    const key = aKey({ invitedAs: 'ana@example.org', shareIds: [ROW] });
    expect(of([row], null)(key)).toMatchObject({ row: ROW, pending: false });
  });

  test('is found by the username they were invited by, whatever its case', () => {
    expect(of([aRow({ username: 'Ana' })], null)(aKey({ invitedAs: 'ana' }))).toMatchObject({
      row: ROW,
    });
  });

  test('is their own address, not a username that looks the same', () => {
    const lookalike = aRow({ id: OTHER_ROW, accountId: 8 as AccountId, email: 'bo@example.org' });
    const rows = [{ ...lookalike, username: 'ana@example.org' }, aRow()];
    expect(of(rows, null)(aKey({ invitedAs: 'ana@example.org' }))).toMatchObject({ row: ROW });
  });

  test('is never that of managed users, who have no name and no address', () => {
    const rows = [aRow({ email: '', username: '' })];
    expect(of(rows, [])(aKey())).toMatchObject({ row: null });
  });

  test('is the row that is known to be theirs before any that looks like theirs', () => {
    const rows = fc.array(
      fc.record({
        accountId: fc.constantFrom(null, ANA, 9 as AccountId),
        email: fc.constantFrom('', 'ana@example.org', 'Bo@Example.org'),
        username: fc.constantFrom('', 'ana', 'bo'),
      }),
      { minLength: 1, maxLength: 5 },
    );
    const keys = fc.record({
      accountId: fc.constantFrom(null, ANA),
      email: fc.constantFrom('', 'ana@example.org'),
      invitedAs: fc.constantFrom('', 'bo', 'bo@example.org'),
    });
    fc.assert(
      fc.property(rows, keys, fc.nat(4), (shown, key, n) => {
        const all = shown.map((row, i) => aRow({ ...row, id: (600 + i) as ShareId }));
        const known = all[n % all.length]?.id ?? ROW;
        const read = of(all, [])(aKey({ ...key, shareIds: [known] }));
        expect(read).toMatchObject({ row: known });
      }),
    );
  });
});

describe('the account behind an invite', () => {
  test('is told by the row, also once it was accepted under another address', () => {
    const row = aRow({ accountId: 9 as AccountId, email: 'other@example.org', username: 'ana2' });
    const of = accounts({ answer: anAnswer([row]), pending: null });
    expect(of(aKey({ invitedAs: 'ana@example.org', shareIds: [ROW] }))).toMatchObject({
      accountId: 9,
      username: 'ana2',
      pending: false,
    });
  });

  test('is told by a pending invite that only the second list has', () => {
    const of = accounts({ answer: anAnswer([]), pending: [anInvite()] });
    expect(of(aKey({ email: 'ana@example.org' }))).toMatchObject({ pending: true });
    expect(of(aKey({ email: 'bo@example.org' }))).toBeNull();
  });
});

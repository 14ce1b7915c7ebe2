import { describe, expect, test } from 'vitest';
import { countPeople } from '../../src/access/census.js';
import type { KnownPeople } from '../../src/access/census.js';
import type { AccountId, GuildId, InviteId, PersonId, ShareId } from '../../src/core/model.js';
import type { PendingInvite } from '../../src/core/reads.js';
import type { PlexPerson } from '../../src/plex/plex.js';
import type { PersonRow } from '../../src/store/rows.js';

const GUILD = '100000000000000001' as GuildId;
const NOW = new Date('2026-03-01T12:00:00Z');
const LONG_AGO = new Date('2026-02-01T12:00:00Z');
const moment = { now: NOW, lagMs: 100_000 };
const ROW = 501 as ShareId;

const aRow = (id: string, how: Partial<PersonRow> = {}): PersonRow => ({
  id: id as PersonId,
  guildId: GUILD,
  accountId: null,
  kind: 'invited',
  title: 't•••@e•••.org',
  username: '',
  email: '',
  invitedAs: '',
  mergedInto: null,
  missingSince: null,
  goneAt: null,
  ...how,
});

const anAccount = (how: Partial<PlexPerson> = {}): PlexPerson => ({
  accountId: 71 as AccountId,
  username: 'tove',
  title: 'Tove',
  email: 'Tove@example.org',
  home: false,
  restricted: false,
  shares: [],
  ...how,
});

const anInvite = (how: Partial<PendingInvite> = {}): PendingInvite => ({
  shareId: ROW,
  inviteId: 'tove@example.org' as InviteId,
  machineId: 'machine',
  accountId: null,
  email: 'tove@example.org',
  username: '',
  sections: [],
  all: false,
  ...how,
});

interface World {
  readonly known: readonly PersonRow[];
  readonly people?: readonly PlexPerson[];
  readonly pending?: readonly PendingInvite[];
  readonly ownerOf?: KnownPeople['ownerOf'];
  readonly needed?: readonly string[];
}

const count = ({ known, people = [], pending = [], ownerOf = new Map(), needed = [] }: World) =>
  countPeople(
    { guildId: GUILD, known, ownerOf, needed: new Set(needed as PersonId[]) },
    { people, pending },
    moment,
  );

describe('somebody who was invited', () => {
  const invited = aRow('invited', { invitedAs: 'tove@example.org' });

  test('is the account that accepted under that address', () => {
    const { rows, same, added } = count({ known: [invited], people: [anAccount()] });
    expect(rows).toMatchObject([{ id: 'invited', accountId: 71, kind: 'friend', title: 'Tove' }]);
    expect({ same, added }).toEqual({ same: [], added: 0 });
  });

  test('is the account that has the share, under whatever address it was accepted', () => {
    const people = [
      anAccount({ email: 'other@example.org', shares: [{ id: ROW, pending: false }] }),
    ];
    const ownerOf = new Map([[ROW, 'invited' as PersonId]]);
    const { rows } = count({ known: [invited], people, ownerOf });
    expect(rows).toMatchObject([
      { id: 'invited', accountId: 71, email: 'other@example.org', invitedAs: 'tove@example.org' },
    ]);
  });

  test('turns out to be somebody known when that account has the share', () => {
    const tove = aRow('tove', { accountId: 71 as AccountId, kind: 'friend' });
    const people = [anAccount({ email: 'b@example.org', shares: [{ id: ROW, pending: false }] })];
    const ownerOf = new Map([[ROW, 'invited' as PersonId]]);
    const { rows, same } = count({ known: [tove, invited], people, ownerOf });
    expect(same).toEqual([{ into: 'tove', from: 'invited' }]);
    expect(rows.map((row) => row.id)).toEqual(['tove']);
  });

  test('by a username is the account of that name', () => {
    const known = [aRow('invited', { invitedAs: 'tove', title: 'tove' })];
    const { rows } = count({ known, people: [anAccount()] });
    expect(rows).toMatchObject([{ id: 'invited', accountId: 71 }]);
  });

  test('stays one person while the invite waits', () => {
    const { rows } = count({ known: [invited], pending: [anInvite()] });
    expect(rows).toMatchObject([{ id: 'invited', kind: 'invited', email: 'tove@example.org' }]);
  });

  test('is called invited while every share of the account waits', () => {
    const people = [anAccount({ shares: [{ id: ROW, pending: true }] })];
    expect(count({ known: [], people }).rows).toMatchObject([{ kind: 'invited' }]);
  });

  test('is not forgotten while a grant or an order waits, though no list has them', () => {
    const known = [aRow('invited', { invitedAs: 'tove', missingSince: LONG_AGO })];
    expect(count({ known, needed: ['invited'] }).gone).toBe(0);
    expect(count({ known }).gone).toBe(1);
  });
});

test('two accounts are never one person, whatever they are called', () => {
  const known = [
    aRow('a', { accountId: 71 as AccountId, kind: 'friend', email: 'tove@example.org' }),
    aRow('b', { accountId: 72 as AccountId, kind: 'friend', email: 'tove@example.org' }),
  ];
  const people = [anAccount(), anAccount({ accountId: 72 as AccountId })];
  expect(count({ known, people }).same).toEqual([]);
});

test('people without a name and an address are each their own', () => {
  const nameless = { username: '', email: '', restricted: true };
  const people = [71, 72].map((id) => anAccount({ ...nameless, accountId: id as AccountId }));
  const { rows, same } = count({ known: [aRow('invited')], people });
  expect(rows.filter((row) => row.kind === 'managed')).toHaveLength(2);
  expect(same).toEqual([]);
});

test('a census that finds everybody as they were stores nobody', () => {
  const invited = aRow('invited', { invitedAs: 'tove@example.org' });
  const { rows } = count({ known: [invited], people: [anAccount()] });
  // The store gives the fields of a row in an order of its own.
  const known = rows.map((row) => ({ ...aRow(row.id), ...row }));
  expect(count({ known, people: [anAccount()] }).rows).toEqual([]);
  const renamed = anAccount({ title: 'Tove R.' });
  expect(count({ known, people: [renamed] }).rows).toMatchObject([{ title: 'Tove R.' }]);
});

import { describe, expect, test } from 'vitest';
import { loudest, tellBatch } from '../../src/core/batch.js';
import type { Case, CaseFacts } from '../../src/core/cases.js';
import type { CaseId, DiscordUserId } from '../../src/core/model.js';
import type { Receipt } from '../../src/core/receipts.js';
import { FILMS, at } from './builders.js';

const actor = '200000000000000001' as DiscordUserId;
const gone: Receipt = {
  section: FILMS,
  want: 'remove',
  dueAt: at(0),
  writtenAt: at(1),
  seenAt: at(2),
  closedAs: 'settled',
  why: null,
};

const ended = (title: string): CaseFacts => ({
  type: 'grant.ended',
  libraries: [{ section: FILMS, title }],
  stay: [],
});
const linked: CaseFacts = { type: 'person.linked', member: actor };

const filed = (number: number, how: Partial<Case> = {}, receipts: readonly Receipt[] = []) => ({
  case: {
    id: `case ${number}` as CaseId,
    number,
    at: at(0),
    actor: null,
    reason: null,
    person: `Person ${number}`,
    facts: ended('Films'),
    ...how,
  },
  receipts,
});
const many = (n: number, how: Partial<Case> = {}, receipts: readonly Receipt[] = []) =>
  Array.from({ length: n }, (_, i) => filed(i + 1, how, receipts));

describe('many cases in one message', () => {
  test('of one kind are a sentence, how far they are, the first by name, and how many are left', () => {
    const { tone, text } = tellBatch([...many(10, {}, [gone]), filed(11, {}, [])], at(10));
    expect(text.split('\n').slice(0, 3)).toEqual([
      'Access ends for **11 people**: the time is over.',
      '10 gone from Plex',
      expect.stringMatching(/^\*\*Person 1\*\* · \*\*Films\*\* · Case 1 · Gone from Plex <t:/),
    ]);
    expect(text).toContain('… and 3 more in the file.\n-# 11 cases, 1 to 11');
    expect(tone).toBe('gone');
  });

  test('of several kinds are counted', () => {
    const files = [...many(2), filed(3, { facts: linked }), filed(4, { facts: linked })];
    expect(tellBatch(files, at(10)).text).toMatch(/^\*\*4 changes\*\*: 2 ends, 2 links\.\n/);
  });

  test('of one actor name the actor once, of several none', () => {
    const [one, other] = [many(4, { actor }), [...many(3, { actor }), filed(4)]];
    expect(tellBatch(one, at(10)).text).toContain('By <@200000000000000001>');
    expect(tellBatch(other, at(10)).text).not.toContain('By <@');
  });

  test('fit into a message when every name is as long and as hostile as can be', () => {
    const name = '**_[`|~<'.repeat(40);
    const files = many(500, { person: name, reason: name, actor, facts: ended(name) }, [gone]);
    const { text } = tellBatch(files, at(10));
    expect(text.length).toBeLessThan(4_000);
    expect(text).toMatch(/-# 500 cases, 1 to 500$/);
  });
});

test('what needs somebody is louder than what is done', () => {
  expect(loudest(['done', 'gone', 'attention', 'waiting'])).toBe('attention');
  expect(loudest([])).toBe('neutral');
});

import { describe, expect, test } from 'vitest';
import { caseWord, tellCase } from '../../src/core/tellCase.js';
import type { Case, CaseFacts, LibraryFact } from '../../src/core/cases.js';
import type { CaseId, DiscordUserId } from '../../src/core/model.js';
import { caseState, isClosed, isOvertaken, receiptLine } from '../../src/core/receipts.js';
import type { CaseState, Receipt } from '../../src/core/receipts.js';
import { exactTime, fullTime } from '../../src/core/text.js';
import { FILMS, SHOWS, at } from './builders.js';

const films: LibraryFact = { section: FILMS, title: 'Films' };
const shows: LibraryFact = { section: SHOWS, title: 'Shows' };

const aReceipt = (how: Partial<Receipt> = {}): Receipt => ({
  section: FILMS,
  want: 'add',
  dueAt: at(0),
  writtenAt: null,
  seenAt: null,
  closedAs: null,
  why: null,
  ...how,
});

const created: CaseFacts = {
  type: 'grant.created',
  libraries: [films],
  span: { startsAt: at(0), endsAt: at(3600) },
  scheduled: false,
};

const aCase = (how: Partial<Case> = {}): Case => ({
  id: 'case' as CaseId,
  number: 41,
  at: at(0),
  actor: null,
  reason: null,
  person: 'Ana',
  facts: created,
  ...how,
});

const tell = (how: Partial<Case>, receipts: readonly Receipt[] = [], seconds = 10) =>
  tellCase(aCase(how), receipts, at(seconds));

describe('the state of a case', () => {
  const seen = aReceipt({ seenAt: at(2) });
  const gone = aReceipt({ want: 'remove', seenAt: at(2) });
  const taken = aReceipt({ closedAs: 'replaced' });

  test.each<[string, readonly Receipt[], CaseState]>([
    ['without receipts is recorded', [], 'recorded'],
    ['is recorded while Plex does not show it', [aReceipt()], 'recorded'],
    ['is seen once Plex shows it', [seen], 'seen'],
    ['is recorded until Plex shows all of it', [seen, aReceipt()], 'recorded'],
    ['is gone once Plex shows that all is gone', [gone], 'gone'],
    ['is seen when something came and something went', [seen, gone], 'seen'],
    ['is refused when Plex refused a part', [seen, aReceipt({ closedAs: 'refused' })], 'refused'],
    ['stays seen when a later case undoes it', [{ ...seen, closedAs: 'replaced' }], 'seen'],
    ['goes by the rest when a part was overtaken', [seen, taken], 'seen'],
    ['is recorded when all of it was overtaken', [taken], 'recorded'],
  ])('%s', (_, receipts, state) => expect(caseState(receipts, at(10))).toBe(state));

  test('is open from five minutes after it was due', () => {
    const state = (seconds: number) => caseState([aReceipt()], at(seconds));
    expect([state(299.999), state(300)]).toEqual(['recorded', 'open']);
  });
});

describe('a case', () => {
  test('is closed when all its receipts are', () => {
    expect(isClosed([aReceipt({ closedAs: 'settled' }), aReceipt()])).toBe(false);
  });

  test('is overtaken only when Plex never showed any of it', () => {
    const taken = aReceipt({ closedAs: 'replaced' });
    expect([isOvertaken([taken]), isOvertaken([{ ...taken, seenAt: at(1) }])]).toEqual([
      true,
      false,
    ]);
  });
});

describe('the last words of a message', () => {
  const word = (receipt: Partial<Receipt>, seconds = 10) =>
    caseWord(aCase(), [aReceipt(receipt)], at(seconds));

  test.each<[string, Partial<Receipt>, number, string]>([
    ['when recorded', {}, 10, `Case 41 · Recorded ${exactTime(at(0))}`],
    ['when seen', { seenAt: at(2) }, 10, `Case 41 · Seen in Plex ${exactTime(at(2))}`],
    [
      'when gone',
      { want: 'remove', seenAt: at(2) },
      10,
      `Case 41 · Gone from Plex ${exactTime(at(2))}`,
    ],
    ['when refused', { closedAs: 'refused' }, 10, `Case 41 · Refused ${exactTime(at(0))}`],
    ['when still open', {}, 300, `Case 41 · Still open ${exactTime(at(0))}`],
  ])('name the case, its state and the instant of it %s', (...[, receipt, seconds, words]) => {
    expect(word(receipt, seconds)).toBe(words);
  });
});

describe('what is told of', () => {
  const first = (how: Partial<Case>, receipts: readonly Receipt[] = []) =>
    tell(how, receipts).text.split('\n')[0];

  test('a grant is that the person gets it, until Plex shows it', () => {
    expect(first({}, [aReceipt()])).toBe(`**Ana** gets **Films** until ${fullTime(at(3600))}.`);
  });

  test('a grant that Plex shows is that the person can watch', () => {
    expect(first({}, [aReceipt({ seenAt: at(1) })])).toMatch(
      /^\*\*Ana\*\* can watch \*\*Films\*\*/,
    );
  });

  test('a scheduled grant says from when', () => {
    const span = { startsAt: at(60), endsAt: null };
    expect(first({ facts: { ...created, span, scheduled: true } })).toMatch(
      /gets \*\*Films\*\* from <t:\d+:f> until you take it away\.$/,
    );
  });

  test('a change is the new time and the old one', () => {
    const before = { startsAt: at(0), endsAt: at(60) };
    const facts: CaseFacts = {
      type: 'grant.changed',
      libraries: [films],
      before,
      span: { startsAt: at(0), endsAt: null },
    };
    expect(first({ facts })).toBe(
      `**Ana** has **Films** until you take it away; before it was until ${fullTime(at(60))}.`,
    );
  });

  test.each<[string, Partial<Extract<CaseFacts, { type: 'grant.revoked' }>>, string]>([
    ['a revoke is what is lost', {}, '**Ana** loses **Films**.'],
    [
      'a revoke of a share made by hand says so',
      { libraries: [], byHand: [films] },
      '**Ana** loses **Films**. **Films** was given in Plex by hand.',
    ],
    [
      'a revoke names the default that stays',
      { stay: [shows] },
      '**Ana** loses **Films**. **Shows** stays.',
    ],
  ])('%s', (_, how, text) => {
    const facts: CaseFacts = {
      type: 'grant.revoked',
      libraries: [films],
      byHand: [],
      stay: [],
      ...how,
    };
    expect(first({ facts })).toBe(text);
  });

  test('a removal that Plex shows is that the person no longer has it', () => {
    const facts: CaseFacts = { type: 'grant.ended', libraries: [films], stay: [] };
    const gone = aReceipt({ want: 'remove', seenAt: at(2) });
    expect(first({ facts }, [gone])).toBe('**Ana** no longer has **Films**: the time is over.');
  });

  test('an end that takes nothing is that the default stays', () => {
    const facts: CaseFacts = { type: 'grant.ended', libraries: [films], stay: [films] };
    expect(first({ facts })).toBe(
      'The time of **Ana** for **Films** is over. As a default it stays.',
    );
  });

  test('drift is what nobody gave, and what Plex does not share', () => {
    const facts: CaseFacts = { type: 'drift.found', added: [films], removed: [shows] };
    expect(tell({ facts }).text.split('\n').slice(0, 2)).toEqual([
      '**Ana** has **Films** in Plex, and nobody gave it here.',
      '**Ana** should have **Shows**, and Plex does not share it.',
    ]);
  });

  test('an import counts people and libraries', () => {
    const facts: CaseFacts = { type: 'people.imported', server: 'Attic', people: 1, grants: 3 };
    expect(first({ facts, person: null })).toMatch(
      /^Read \*\*Attic\*\*: 1 person with 3 libraries given in Plex before\./,
    );
  });
});

describe('a message about a case', () => {
  const actor = '200000000000000001' as DiscordUserId;

  test('says who did it and why, and lets no reason format the message', () => {
    expect(tell({ actor, reason: 'was *asked*' }).text).toContain(
      'By <@200000000000000001> · Why: was \\*asked\\*',
    );
  });

  test('gives Plex’s own sentence when it refused', () => {
    const refused = aReceipt({ closedAs: 'refused', why: 'Invalid user' });
    expect(tell({}, [refused]).text).toContain('Plex refused: Invalid user');
  });

  test('promises to go on while it is open', () => {
    expect(tell({}, [aReceipt()], 300).text).toContain('I try again until it does.');
  });

  test('says that a later case took its place', () => {
    expect(tell({}, [aReceipt({ closedAs: 'replaced' })])).toMatchObject({
      tone: 'neutral',
      text: expect.stringContaining('A later case took its place.') as string,
    });
  });

  test.each<[string, Partial<Receipt>, number, string]>([
    ['waits', {}, 10, 'waiting'],
    ['is done', { seenAt: at(1) }, 10, 'done'],
    ['is gone', { want: 'remove', seenAt: at(1) }, 10, 'gone'],
    ['is refused', { closedAs: 'refused' }, 10, 'refused'],
    ['wants attention when it stays open', {}, 300, 'attention'],
  ])('has the tone of one that %s', (...[, receipt, seconds, tone]) => {
    expect(tell({}, [aReceipt(receipt)], seconds).tone).toBe(tone);
  });

  test('about drift wants attention, though nothing is ordered', () => {
    const facts: CaseFacts = { type: 'drift.found', added: [films], removed: [] };
    expect(tell({ facts }).tone).toBe('attention');
  });
});

describe('a case about more than one message can carry', () => {
  const many = (n: number, title: string): LibraryFact[] =>
    Array.from({ length: n }, (_, i) => ({ section: FILMS, title: `${title} ${i}` }));
  const long = (libraries: readonly LibraryFact[]) =>
    tell({ facts: { type: 'grant.revoked', libraries, byHand: [], stay: libraries } });

  test('names the first libraries, counts the rest, and says that it is not whole', () => {
    const { text, isWhole } = long(many(30, 'Films'));
    expect(text).toContain('**Films 8** and 21 more');
    expect([text.includes('Films 9'), isWhole]).toEqual([false, false]);
  });

  test('keeps its fixed words when names are as long as they can be', () => {
    const { text, isWhole } = long(many(9, '*'.repeat(90)));
    expect(text.length).toBeLessThanOrEqual(1_200);
    expect(text).toMatch(/ …\n-# Case 41 · Recorded <t:\d+:T>$/);
    expect(isWhole).toBe(false);
  });
});

describe('the receipt of a removal', () => {
  const removed = aReceipt({ want: 'remove', writtenAt: at(1), seenAt: at(2) });

  test('says when it was due, written and gone', () => {
    expect(receiptLine([removed])).toBe(
      `Due ${exactTime(at(0))} · written ${exactTime(at(1))} · gone ${exactTime(at(2))}`,
    );
  });

  test('says that there was nothing to write', () => {
    expect(receiptLine([{ ...removed, writtenAt: null }])).toContain('nothing to write');
  });

  test('is that of the last library to go', () => {
    const later = { ...removed, section: SHOWS, seenAt: at(9) };
    expect(receiptLine([later, removed])).toContain(`gone ${exactTime(at(9))}`);
  });

  test('is not given before all of it is gone', () => {
    expect(receiptLine([removed, { ...removed, seenAt: null }])).toBeNull();
  });

  test('is not given for what came', () => {
    expect(receiptLine([aReceipt({ seenAt: at(2) })])).toBeNull();
  });
});

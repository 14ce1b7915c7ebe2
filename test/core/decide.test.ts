import { expect, test } from 'vitest';
import { decide } from '../../src/core/decide.js';
import type { Case } from '../../src/core/cases.js';
import type { CaseId } from '../../src/core/model.js';
import type { Receipt } from '../../src/core/receipts.js';
import { tellCase } from '../../src/core/tellCase.js';
import { CATALOGUE, FILMS, LOBBY, TIMES, aRead, aShare, anOrder, at } from './builders.js';

const removes = (section = FILMS) => anOrder({ section, want: 'remove' });

test('a removal that gives way to the default that is kept does not leave its case open for ever', () => {
  const share = aShare({ orders: [removes(), removes(LOBBY)], managed: false, lookedAt: at(0) });
  const { closed, change } = decide(share, aRead({ sections: [FILMS, LOBBY] }), {
    entitlement: {
      grants: [],
      defaults: [LOBBY],
      gone: [],
      known: CATALOGUE,
      ending: { policy: 'keep-default', isHome: false, isRemovable: true },
    },
    times: TIMES,
    now: at(1),
  });
  expect(change).toMatchObject({ kind: 'replace', sections: [LOBBY] });
  expect(closed).toMatchObject([{ order: { section: LOBBY, want: 'remove' }, how: 'replaced' }]);
});

test('an invite that was accepted before it could be withdrawn is told as access that ended', () => {
  const films = { section: FILMS, title: 'Films' };
  const aReceipt = (how: Partial<Receipt>): Receipt => ({
    section: FILMS,
    want: 'remove',
    dueAt: at(0),
    writtenAt: at(1),
    seenAt: null,
    closedAs: null,
    why: null,
    ...how,
  });
  const revoked: Case = {
    id: 'case' as CaseId,
    number: 41,
    at: at(0),
    actor: null,
    reason: null,
    person: 'Ana',
    facts: { type: 'grant.revoked', libraries: [films], byHand: [], stay: [], invitation: true },
  };
  const gone = aReceipt({ seenAt: at(2), closedAs: 'settled' });
  const told = (kept: Partial<Receipt>) =>
    tellCase(revoked, [gone, aReceipt({ section: LOBBY, ...kept })], at(9)).text;
  expect(told({ closedAs: 'replaced' })).toMatch(/^\*\*Ana\*\* no longer has \*\*Films\*\*\.\nDue/);
  expect(told({ closedAs: 'settled', seenAt: at(2) })).toMatch(
    /^The invitation of .* is withdrawn/,
  );
});

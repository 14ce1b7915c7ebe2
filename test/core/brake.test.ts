import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AGREED_WITHIN_MS,
  ALONE_AFTER_MS,
  brakeLimit,
  heldState,
  judgePress,
  tellHeld,
  USUAL_BRAKE,
} from '../../src/core/brake.js';
import type { BrakePress, HeldWish, Toll } from '../../src/core/brake.js';
import type { DiscordUserId } from '../../src/core/model.js';

const [ANA, BEN] = ['200000000000000001', '200000000000000002'] as [DiscordUserId, DiscordUserId];
const NOON = new Date('2026-03-01T12:00:00Z');
const after = (ms: number): Date => new Date(+NOON + ms);

const held: HeldWish = {
  count: 12,
  seal: 'these',
  having: 42,
  authorId: ANA,
  words: 'stop keeping **Kids**',
  heldAt: NOON,
  expiresAt: after(AGREED_WITHIN_MS),
  outcome: null,
  decidedBy: null,
};
const TOLL: Toll = { count: 12, seal: 'these' };
const press = (change: Partial<BrakePress> = {}): BrakePress => ({
  by: BEN,
  now: after(1_000),
  seen: TOLL,
  present: TOLL,
  typed: null,
  hasOthers: true,
  ...change,
});
const refused = (why: string) => ({ kind: 'refuse', why });

describe('the most people from whom one act takes access', () => {
  test.each([
    [0, 5],
    [42, 5],
    [50, 5],
    [59, 5],
    [60, 6],
    [5_000, 500],
  ])('of %i is %i', (having, most) => expect(brakeLimit(having, USUAL_BRAKE)).toBe(most));

  test('is never less than either part of the setting says, and never more than both', () => {
    const parts = [fc.nat(6_000), fc.nat(1_000), fc.nat(100)] as const;
    fc.assert(
      fc.property(...parts, (having, people, percent) => {
        const limit = brakeLimit(having, { people, percent });
        expect(limit).toBeGreaterThanOrEqual(people);
        expect(limit).toBeGreaterThan((having * percent) / 100 - 1);
        expect(limit).toBeLessThanOrEqual(Math.max(people, (having * percent) / 100));
      }),
    );
  });

  test('grows with how many have something', () => {
    fc.assert(
      fc.property(fc.nat(6_000), fc.nat(6_000), (a, b) => {
        const [few, many] = [Math.min(a, b), Math.max(a, b)];
        expect(brakeLimit(few, USUAL_BRAKE)).toBeLessThanOrEqual(brakeLimit(many, USUAL_BRAKE));
      }),
    );
  });
});

describe('a press', () => {
  test('of another Admin lets go', () => expect(judgePress(held, press()).kind).toBe('go'));

  test('of the author is refused, whatever is typed, while there are others', () => {
    for (const typed of [null, 12]) {
      const now = after(2 * ALONE_AFTER_MS);
      expect(judgePress(held, press({ by: ANA, typed, now }))).toEqual(refused('own'));
    }
  });

  const alone = { by: ANA, hasOthers: false, typed: 12, now: after(ALONE_AFTER_MS) };
  test('of the author lets go where nobody else is there, a minute later, with the count', () => {
    expect(judgePress(held, press(alone)).kind).toBe('go');
    const early = press({ ...alone, now: after(ALONE_AFTER_MS - 1) });
    expect(judgePress(held, early)).toEqual(refused('soon'));
    expect(judgePress(held, press({ ...alone, typed: 11 }))).toEqual(refused('miscounted'));
    expect(judgePress(held, press({ ...alone, typed: null }))).toEqual(refused('untyped'));
  });

  test('shows it again when it concerns more, fewer or others by now', () => {
    for (const present of [
      { count: 13, seal: 'more' },
      { count: 12, seal: 'others' },
    ]) {
      expect(judgePress(held, press({ present })).kind).toBe('show');
      expect(judgePress(held, press({ present, seen: present })).kind).toBe('go');
    }
  });

  test('on what Usher itself wants lets go, whoever presses', () => {
    const own = { ...held, authorId: null };
    expect(judgePress(own, press({ by: ANA, hasOthers: false })).kind).toBe('go');
  });

  test('comes too late after ten minutes, and after another', () => {
    expect(judgePress(held, press({ now: held.expiresAt }))).toEqual(refused('dropped'));
    for (const outcome of ['agreed', 'left'] as const) {
      expect(judgePress({ ...held, outcome }, press())).toEqual(refused(outcome));
    }
  });
});

describe('no history of presses', () => {
  const anyPress = fc.record({
    by: fc.constantFrom(ANA, BEN),
    afterMs: fc.nat(2 * AGREED_WITHIN_MS),
    typed: fc.option(fc.constantFrom(0, 11, 12), { nil: null }),
    hasOthers: fc.boolean(),
    seenCount: fc.constantFrom(11, 12),
    presentCount: fc.constantFrom(11, 12),
  });

  test('lets go by its author while there are others, too late, or of what was not shown', () => {
    fc.assert(
      fc.property(anyPress, ({ afterMs, seenCount, presentCount, ...rest }) => {
        const given = press({
          ...rest,
          now: after(afterMs),
          seen: { ...TOLL, count: seenCount },
          present: { ...TOLL, count: presentCount },
        });
        if (judgePress(held, given).kind !== 'go') return;
        expect(afterMs).toBeLessThan(AGREED_WITHIN_MS);
        expect(seenCount).toBe(presentCount);
        if (rest.by === ANA) {
          expect(rest).toMatchObject({ hasOthers: false, typed: presentCount });
          expect(afterMs).toBeGreaterThanOrEqual(ALONE_AFTER_MS);
        }
      }),
    );
  });

  test('decides twice: whatever is decided is refused from then on', () => {
    fc.assert(
      fc.property(anyPress, fc.constantFrom('agreed', 'left'), (given, outcome) => {
        const decided = { ...held, outcome } as HeldWish;
        const late = press({ ...given, now: after(given.afterMs) });
        expect(judgePress(decided, late)).toEqual(refused(outcome));
      }),
    );
  });
});

describe('what is told of it', () => {
  test('says from how many of how many, until when, and what came of it', () => {
    expect(tellHeld(held, NOON).text).toMatch(
      /<@200000000000000001> wants to stop keeping \*\*Kids\*\*\. That takes access from \*\*12 of 42 people\*\*\.\nAnother Admin must agree until <t:/,
    );
    expect(tellHeld(held, held.expiresAt).text).toMatch(/^Dropped, because nobody agreed/);
    const by = { decidedBy: BEN, outcome: 'agreed' } as const;
    expect(tellHeld({ ...held, ...by }, NOON).text).toMatch(/^<@200000000000000002> agreed\./);
    const own = { decidedBy: ANA, outcome: 'agreed' } as const;
    expect(tellHeld({ ...held, ...own }, NOON).text).toMatch(/confirmed it alone/);
    const left = { ...held, decidedBy: BEN, outcome: 'left' } as const;
    expect(tellHeld(left, NOON).text).toMatch(/left it as it is\. Nothing was changed\./);
  });

  test('that nobody decided is dropped at the instant it ends, not before', () => {
    expect(heldState(held, new Date(+held.expiresAt - 1))).toBe('waiting');
    expect(heldState(held, held.expiresAt)).toBe('dropped');
  });
});

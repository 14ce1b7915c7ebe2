import type { Span } from './cases.js';

/** What may become of a wish to give a library from one instant to another. */
export type GrantVerdict =
  | { readonly kind: 'new' }
  | { readonly kind: 'same' }
  /** Done at once: what is open gets longer, and says old and new. */
  | { readonly kind: 'lengthen'; readonly before: Span; readonly after: Span }
  /** Only with a button that shows both: access would end earlier, or start later, than now. */
  | { readonly kind: 'ask'; readonly before: Span; readonly after: Span }
  | { readonly kind: 'refuse'; readonly why: 'ends-before-start' | 'ends-in-past' | 'apart' };

const isLater = (a: Date | null, b: Date | null): boolean => b !== null && (a === null || a > b);

const isEqual = (a: Date | null, b: Date | null): boolean => a?.getTime() === b?.getTime();

/** Whether an asker was shown this span. */
export const isSameSpan = (shown: Span | null, now: Span): boolean =>
  shown !== null && isEqual(shown.startsAt, now.startsAt) && isEqual(shown.endsAt, now.endsAt);

/**
 * Judges a wish against the open grant of that library, if there is one (`architecture.md` 8.3). A start in the past
 * and none at all mean now; what runs already keeps the start it has.
 */
export function judgeGrant(
  open: Span | null,
  wish: { readonly startsAt: Date | null; readonly endsAt: Date | null },
  now: Date,
): GrantVerdict {
  const { endsAt } = wish;
  const startsAt = wish.startsAt !== null && wish.startsAt > now ? wish.startsAt : now;
  if (endsAt !== null && wish.startsAt !== null && endsAt <= wish.startsAt) {
    return { kind: 'refuse', why: 'ends-before-start' };
  }
  if (endsAt !== null && endsAt <= now) return { kind: 'refuse', why: 'ends-in-past' };
  if (open === null) return { kind: 'new' };
  const isApart =
    (open.endsAt !== null && startsAt > open.endsAt) || (endsAt !== null && endsAt < open.startsAt);
  if (isApart) return { kind: 'refuse', why: 'apart' };
  const running = open.startsAt <= now;
  const start = running && startsAt.getTime() === now.getTime() ? open.startsAt : startsAt;
  const after: Span = { startsAt: start, endsAt };
  if (isEqual(start, open.startsAt) && isEqual(endsAt, open.endsAt)) return { kind: 'same' };
  const shrinks = isLater(open.endsAt, endsAt) || start > open.startsAt;
  return { kind: shrinks ? 'ask' : 'lengthen', before: open, after };
}

import type { Share } from './model.js';

/** How far a share is from what was ordered: something is open that no read has shown yet. */
export const isUnseen = (share: Share): boolean =>
  share.orders.some((order) => order.seenAt === null && order.shownAt === null);

const FIRST_MS = 5_000;
const LONGEST_MS = 60 * 60_000;
const SECOND_MS = 1_000;

/** Up to the next whole second, so that people written together are looked at together. */
const wholeSecond = (ms: number): Date => new Date(Math.ceil(ms / SECOND_MS) * SECOND_MS);

/**
 * When this share is to be looked at again; null when nothing is open. What Plex shows already waits for the read that
 * settles it; what it does not show is redone after 5 s, 10 s, 20 s … up to an hour, and at the instant from which a read
 * tells the truth. `looks`: fruitless ones so far.
 */
export function nextLook(
  share: Share,
  { looks, now, settleMs }: { looks: number; now: Date; settleMs: number },
): Date | null {
  const written = share.attempt?.at.getTime() ?? 0;
  const settled = share.orders.map((order) => Math.max(order.since.getTime(), written) + settleMs);
  if (share.importOwed) settled.push(written + settleMs);
  if (settled.length === 0) return null;
  const doubling = 2 ** Math.min(Math.max(looks - 1, 0), 10);
  const backOff = now.getTime() + Math.min(FIRST_MS * doubling, LONGEST_MS);
  const ahead = settled.filter((at) => at > now.getTime());
  if (!isUnseen(share) && ahead.length > 0) return wholeSecond(Math.max(...ahead));
  const cooled = written + settleMs;
  return wholeSecond(cooled > now.getTime() ? Math.min(backOff, cooled) : backOff);
}

import type { Share } from './model.js';

const FIRST_MS = 5_000;
const LONGEST_MS = 60 * 60_000;
const SECOND_MS = 1_000;

/** Up to the next whole second, so that people written together are looked at together. */
const wholeSecond = (ms: number): Date => new Date(Math.ceil(ms / SECOND_MS) * SECOND_MS);

/**
 * When this share is to be looked at again; null when nothing is open. What Plex shows already waits for the read that
 * settles it; what it does not show is redone after 5 s, 10 s, 20 s … up to an hour.
 */
export function nextLook(
  share: Share,
  { looks, now, settleMs }: { looks: number; now: Date; settleMs: number },
): Date | null {
  const written = share.attempt?.at.getTime() ?? 0;
  const settled = share.orders.map((order) => Math.max(order.since.getTime(), written) + settleMs);
  if (share.importOwed) settled.push(written + settleMs);
  if (settled.length === 0) return null;
  const unseen = share.orders.some((order) => order.seenAt === null && order.shownAt === null);
  const backOff = now.getTime() + Math.min(FIRST_MS * 2 ** Math.min(looks, 10), LONGEST_MS);
  const settling = Math.max(...settled);
  if (unseen) return wholeSecond(backOff);
  return wholeSecond(settling > now.getTime() ? settling : backOff);
}

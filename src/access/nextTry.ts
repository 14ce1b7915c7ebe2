import { ChannelClosed, Outage } from '../core/errors.js';
import type { NoticeRow } from '../store/rows.js';

const FIRST_MS = 5_000;
const LONGEST_MS = 10 * 60_000;
/** As many tries count for a notice that is a fault of ours. */
const FAULTY = 100;

/** Whether Discord called it malformed, which waiting does not cure. */
export const isFaulty = ({ tries }: Pick<NoticeRow, 'tries'>): boolean => tries >= FAULTY;

/** When a notice that was not taken is tried again, and as the how manieth time. */
export function nextTry(
  before: number,
  error: unknown,
): { readonly tries: number; readonly waitMs: number; readonly isFault: boolean } {
  const isFault = !(error instanceof Outage || error instanceof ChannelClosed);
  const tries = isFault ? Math.max(FAULTY, before) : before;
  return { tries: tries + 1, waitMs: Math.min(FIRST_MS * 2 ** tries, LONGEST_MS), isFault };
}

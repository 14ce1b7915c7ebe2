import { BATCH, RULES } from '../store/retention.js';
import type { Parts } from './parts.js';

const DAY_MS = 86_400_000;

/** Deletes what was done with long ago, a batch at a time; breaks off when nobody waits for it any more. */
export async function forgetOld(
  { store, clock, log }: Pick<Parts, 'store' | 'clock' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  const gone: Record<string, number> = {};
  for (const rule of RULES) {
    const before = new Date(clock.now().getTime() - rule.days * DAY_MS);
    for (let rows = BATCH; rows === BATCH && !signal.aborted;) {
      rows = await store.retention.forget(rule, before);
      if (rows > 0) gone[rule.table] = (gone[rule.table] ?? 0) + rows;
    }
  }
  if (Object.keys(gone).length > 0) log.info({ gone }, 'what was done with long ago is forgotten');
}

import type { Parts } from './parts.js';

/** Above this distance between our own clock and PostgreSQL's something is wrong with one of them. */
const CLOCK_OFF_MS = 2_000;

/** Says in every guild that the clock of this machine is off, or right again. */
export async function judgeClock(
  { store, troubles }: Pick<Parts, 'store' | 'troubles'>,
  skewMs: number,
): Promise<void> {
  const isOff = Math.abs(skewMs) > CLOCK_OFF_MS;
  const detail = String(Math.round(Math.abs(skewMs) / 1000));
  for (const { id, leftAt } of await store.guilds.all()) {
    if (leftAt !== null) continue;
    await (isOff
      ? troubles.raise(id, { kind: 'clock-off', subject: '', detail })
      : troubles.clear(id, { kinds: ['clock-off'], subject: null }));
  }
}

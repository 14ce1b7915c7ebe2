import { countWrite } from '../core/nudge.js';
import type { Attempt, PersonId, ServerId } from '../core/model.js';
import type { Tables } from '../store/store.js';
import type { Parts } from './parts.js';

/** A write that plex.tv took, or may have taken. */
export interface Sent {
  readonly serverId: ServerId;
  readonly personId: PersonId;
  readonly attempt: Attempt;
  readonly isNudge: boolean;
}

/** Counts a write of a server; the instant at which a nudge is owed, null when none is. */
export async function noteWrite(
  tables: Tables,
  { clock }: Parts,
  { serverId, personId, attempt, isNudge }: Sent,
): Promise<Date | null> {
  const before = await tables.bursts.lock(serverId);
  const after = countWrite(before, { personId, attempt, isNudge, answeredAt: clock.now() });
  await tables.bursts.save({ serverId, ...after });
  return after.dueAt;
}

import type { ServerId } from '../core/model.js';
import type { Parts } from './parts.js';
import { reconcile } from './reconcile.js';
import { ALARM_HORIZON_MS } from './record.js';

/** Asks for an alarm at every instant in the near future at which somebody is to be looked at. */
export async function deriveAlarms(parts: Parts): Promise<void> {
  const until = new Date(parts.clock.now().getTime() + ALARM_HORIZON_MS);
  for (const { serverId, at } of await parts.store.shares.alarms(until)) parts.wakeAt(serverId, at);
}

/** Looks at whoever is due now: an open order whose time has come, or an edge that nobody took. */
export async function lookAtDue(parts: Parts, only: ServerId | null): Promise<void> {
  const due = await parts.store.shares.due(parts.clock.now());
  const byServer = new Map<ServerId, Set<(typeof due)[number]['personId']>>();
  for (const { serverId, personId } of due) {
    if (only !== null && serverId !== only) continue;
    const people = byServer.get(serverId) ?? new Set();
    byServer.set(serverId, people.add(personId));
  }
  for (const [serverId, people] of byServer) {
    await reconcile(parts, serverId, { people: [...people], priority: 'timer' });
  }
}

import type { ServerId } from '../core/model.js';
import type { Parts } from './parts.js';
import { reconcile } from './reconcile.js';
import { ALARM_HORIZON_MS } from './record.js';

/** Asks for an alarm at every instant in the near future at which somebody is to be looked at. */
export async function deriveAlarms(parts: Parts): Promise<void> {
  const until = new Date(parts.clock.now().getTime() + ALARM_HORIZON_MS);
  for (const { serverId, at } of await parts.store.shares.alarms(until)) parts.wakeAt(serverId, at);
  for (const { serverId, dueAt } of await parts.store.bursts.due(until)) {
    if (dueAt !== null) parts.wakeAt(serverId, dueAt);
  }
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
  await nudgeDue(parts, only);
}

/** While Plex does not answer, a nudge is tried again after this. */
const NUDGE_AGAIN_MS = 30_000;

/** Where a PMS may have missed some of several quick writes, the last list is written once more (`architecture.md` 8.16). */
async function nudgeDue(parts: Parts, only: ServerId | null): Promise<void> {
  const { bursts } = parts.store;
  for (const burst of await bursts.due(parts.clock.now())) {
    const { serverId, personId, no } = burst;
    if (only !== null && serverId !== only) continue;
    const isOwed = personId !== null && no !== null;
    const run = isOwed
      ? await reconcile(parts, serverId, {
          people: [personId],
          priority: 'timer',
          nudge: { personId, no },
        })
      : null;
    const again = new Date(parts.clock.now().getTime() + NUDGE_AGAIN_MS);
    await bursts.settle(burst, run?.outage ? again : null);
  }
}

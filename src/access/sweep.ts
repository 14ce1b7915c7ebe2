import type { ServerId } from '../core/model.js';
import type { Parts, Priority } from './parts.js';
import { reconcile } from './reconcile.js';
import type { Run } from './reconcile.js';
import { deriveAlarms } from './watch.js';

/** Looks at everybody on a server again, and asks for the alarms of the next hour. */
export async function sweep(parts: Parts, serverId: ServerId, priority: Priority): Promise<Run> {
  const run = await reconcile(parts, serverId, { people: null, priority });
  if (run.outage === null) await parts.store.servers.set(serverId, { sweptAt: parts.clock.now() });
  await deriveAlarms(parts);
  return run;
}

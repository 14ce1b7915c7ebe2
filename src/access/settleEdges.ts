import { takeOrders } from '../core/orders.js';
import type { Tables } from '../store/store.js';
import type { Parts } from './parts.js';
import { hold, record } from './record.js';
import type { Held } from './record.js';

/** What ended or began a moment ago, and nobody took yet, comes before the new wish. */
export async function settleEdges(tables: Tables, parts: Parts, held: Held): Promise<Held> {
  const taken = takeOrders(held.stored.share, held.entitlement, parts.clock.now());
  if (!taken.changed) return held;
  await record(tables, parts, { held, step: taken });
  const { guildId, names, batch, stored } = held;
  const { serverId, personId } = stored;
  return hold(tables, { guildId, names, batch, serverId, personId }, taken.t);
}

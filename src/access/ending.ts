import { decide } from '../core/decide.js';
import type { Decision } from '../core/decide.js';
import type { Attempt, Read, ServerId } from '../core/model.js';
import type { Tables } from '../store/store.js';
import type { Parts } from './parts.js';
import type { Held } from './record.js';

/** What is decided on: the share as it is locked, what the list showed, and whether a write is to be repeated. */
export interface Weighed {
  readonly held: Held;
  readonly read: Read;
  readonly nudge: Attempt['no'] | null;
}

/** A decision, and when it is to be looked at what it does on other servers. */
export interface Decided {
  readonly decision: Decision;
  readonly elsewhere: readonly { readonly serverId: ServerId; readonly at: Date }[];
}

/**
 * Decides under the share's lock. Before a person is removed, their shares on the owner's other servers are locked too
 * and asked again whether anything is given there: then only the share ends.
 */
export async function decideHeld(tables: Tables, parts: Parts, weighed: Weighed): Promise<Decided> {
  const { held, read, nudge } = weighed;
  const { entitlement, stored } = held;
  const context = { entitlement, times: parts.times, now: parts.clock.now(), nudge };
  const decision = decide(stored.share, read, context);
  if (decision.change.kind !== 'removePerson') return { decision, elsewhere: [] };
  const others = await tables.endings.lockElsewhere(stored);
  const ending = (await tables.endings.on(stored.serverId, [stored.personId])).get(stored.personId);
  if (ending?.isRemovable !== true) {
    const kept = { ...entitlement, ending: { ...entitlement.ending, isRemovable: false } };
    return {
      decision: decide(stored.share, read, { ...context, entitlement: kept }),
      elsewhere: [],
    };
  }
  const at = new Date(decision.t.getTime() + parts.times.settleMs);
  await tables.endings.noteRemoval(others, { at: decision.t, lookAt: at });
  return { decision, elsewhere: others.map(({ serverId }) => ({ serverId, at })) };
}

import type { ServerId } from '../core/model.js';
import type { ServerRow } from '../store/rows.js';
import { keepDriftPolicy } from './driftPolicy.js';
import { unwatched } from './going.js';
import type { Going } from './going.js';
import type { Errand, Parts } from './parts.js';
import { reconcile } from './reconcile.js';
import type { Run } from './reconcile.js';
import { deriveAlarms } from './watch.js';

/** Looks at everybody on a server again, and asks for the alarms of the next hour. One at a time: a second joins the first. */
export function sweep(parts: Parts, serverId: ServerId, errand: Errand): Promise<Run> {
  const { going = unwatched, ...rest } = errand;
  return parts.works.together(`sweep ${serverId}`, going, (together) =>
    sweepOnce(parts, serverId, { ...rest, going: together }),
  );
}

async function sweepOnce(parts: Parts, serverId: ServerId, errand: Errand): Promise<Run> {
  const run = await reconcile(parts, serverId, { people: null, ...errand });
  if (run.outage === null) await parts.store.servers.set(serverId, { sweptAt: parts.clock.now() });
  const more = run.outage === null ? await followPolicy(parts, serverId, errand) : null;
  await deriveAlarms(parts);
  return more ? { ...run, written: run.written + more.written, outage: more.outage } : run;
}

/** What the look showed, and nobody ordered, is judged by the guild's policy; what that orders is written at once. */
async function followPolicy(
  parts: Parts,
  serverId: ServerId,
  { priority, going = unwatched }: Errand,
): Promise<Run | null> {
  if (going.signal.aborted) return null;
  const server = await parts.store.servers.get(serverId);
  const people = await keepDriftPolicy(parts, server);
  if (people.length === 0) return null;
  return reconcile(parts, serverId, { people, priority });
}

/** What a sweep of one server did. */
export interface Swept {
  readonly server: ServerRow;
  readonly run: Run;
}

/** Sweeps servers one after the other, for somebody who waits. */
export async function sweepAll(
  parts: Parts,
  servers: readonly ServerRow[],
  going: Going,
): Promise<Swept[]> {
  const done: Swept[] = [];
  for (const server of servers) {
    if (going.signal.aborted) break;
    done.push({ server, run: await sweep(parts, server.id, { priority: 'person', going }) });
  }
  return done;
}

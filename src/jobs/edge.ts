import { z } from 'zod';
import type { ServerId } from '../core/model.js';
import { defineJob } from './job.js';

/** What jobs can reach. */
export interface JobContext {
  readonly lookAtDue: (serverId: ServerId) => Promise<void>;
}

/** What an alarm is about: one server. */
export const payload = z.object({ serverId: z.uuid().transform((id) => id as ServerId) });

/** An instant has come at which somebody on a server is to be looked at. A stale one finds nothing to do. */
export const edge = defineJob({
  name: 'edge',
  lockFor: 2 * 60_000,
  parse: (data): { readonly serverId: ServerId } => payload.parse(data),
  run: ({ serverId }, context: JobContext) => context.lookAtDue(serverId),
});

import type { Answer, Handled, Request } from '../common/server.js';
import type { Hub, Json } from './hub.js';
import type { Interactions } from './interactions.js';
import type { Messages } from './messages.js';
import type { Pace } from './pace.js';
import type { SchemaName } from './spec.js';

/** One of Discord's routes below `/api/v10`, with the schemas of what it takes and gives. */
export interface DiscordRoute {
  readonly method: string;
  readonly path: string;
  /** Of the body; by the body where Discord tells by it. null = there is none for it. */
  readonly takes?: SchemaName | ((body: Json) => SchemaName | null);
  readonly gives?: SchemaName;
  readonly handle: (request: Request) => Handled;
}

/** What the route families share. */
export interface RestParts {
  readonly hub: Hub;
  readonly interactions: Interactions;
  readonly messages: Messages;
  readonly pace: Pace;
  /** IDENTIFYs that are left. */
  readonly sessionsLeft: () => number;
}

export const bodyOf = (request: Request): Json => (request.body ?? {}) as Json;
export const ok = (body: unknown): Answer => ({ status: 200, body });

import type { Answer, Handled, Request, Route } from '../common/server.js';
import { answerRoutes } from './answerRoutes.js';
import { commandRoutes } from './commandRoutes.js';
import { guildRoutes } from './guildRoutes.js';
import type { Hub } from './hub.js';
import { messageRoutes } from './messageRoutes.js';
import { Messages } from './messages.js';
import { Pace } from './pace.js';
import { Refused } from './refused.js';
import { bodyOf } from './route.js';
import type { DiscordRoute, RestParts } from './route.js';

const API = '/api/v10';

/** Discord's REST routes, as far as a bot like this one uses them. */
export function restRoutes(parts: Omit<RestParts, 'messages' | 'pace'>): Route[] {
  const { hub } = parts;
  const all: RestParts = { ...parts, messages: new Messages(hub), pace: new Pace(hub) };
  const families = [commandRoutes, answerRoutes, messageRoutes, guildRoutes];
  const guard = new Guard(hub, all.pace);
  return families
    .flatMap((family) => family(all))
    .map((route) => ({
      method: route.method,
      path: `${API}${route.path}`,
      handle: (request) => guard.answer(route, request),
    }));
}

/** What every route has in common: token, pace, schemas, and refusals as answers. */
class Guard {
  constructor(
    private readonly hub: Hub,
    private readonly pace: Pace,
  ) {}

  answer(route: DiscordRoute, request: Request): Handled {
    const place = { headers: {} as Record<string, string> };
    const finished = (work: () => Answer): Answer => this.finished(route, request, { work, place });
    let apply: (() => Answer) | null = null;
    const first = finished(() => {
      this.authorise(request);
      place.headers = this.pace.take(route, request);
      this.read(route, request);
      const handled = route.handle(request);
      if (!('apply' in handled)) return handled;
      ({ apply } = handled);
      return { status: 204 };
    });
    const change = apply as (() => Answer) | null;
    if (change === null) return first;
    const ids: string[] = [];
    return { apply: () => finished(() => this.hub.taped(ids, change)) };
  }

  /** An answer with its headers, held against its schema; a refusal becomes one. */
  private finished(
    { gives }: DiscordRoute,
    { seq }: Request,
    { work, place }: { work: () => Answer; place: { headers: Record<string, string> } },
  ): Answer {
    const answer = refusalsAsAnswers(work);
    const { status, body } = answer;
    this.pace.answered(answer);
    const out = { seq, dir: 'out' } as const;
    if (status === 200 && gives !== undefined) this.hub.holdTo(gives, body, out);
    if (status >= 400 && status !== 429) this.hub.holdTo('ErrorResponse', body, out);
    return { ...answer, headers: { ...place.headers, ...answer.headers } };
  }

  /** Interactions carry a token of their own in the path. */
  private authorise(request: Request): void {
    if (/\/(interactions|webhooks)\//.test(request.path)) return;
    if (request.headers.authorization !== `Bot ${this.hub.token}`) {
      throw new Refused(401, 0, '401: Unauthorized');
    }
  }

  private read({ takes }: DiscordRoute, request: Request): void {
    if (typeof request.body === 'string')
      throw new Refused(400, 50109, 'The request body contains invalid JSON.');
    if (takes === undefined) return;
    const schema = typeof takes === 'string' ? takes : takes(bodyOf(request));
    const body = request.body ?? (schema?.endsWith('[]') ? [] : {});
    if (schema !== null) this.hub.holdTo(schema, body, { seq: request.seq, dir: 'in' });
  }
}

function refusalsAsAnswers(work: () => Answer): Answer {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) return error.answer;
    throw error;
  }
}

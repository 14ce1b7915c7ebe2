import type { Request } from '../common/server.js';
import { html, v1Error, v2Error } from './shapes.js';
import { Refused } from './plexTv.js';
import type { Caller, PlexTv } from './plexTv.js';
import type { Server, Share } from './world.js';

export const isV2 = (request: Request): boolean => request.path.startsWith('/api/v2/');

export const tokenIn = (request: Request): string | undefined =>
  request.headers['x-plex-token'] ?? request.query.get('X-Plex-Token') ?? undefined;

/** Who asks plex.tv, and what of it is theirs. */
export class Who {
  constructor(private readonly tv: PlexTv) {}

  /** v2 wants a client that says its name. */
  client(request: Request): string {
    const client = request.headers['x-plex-client-identifier'];
    if (client) return client;
    const message = 'X-Plex-Client-Identifier is missing';
    throw new Refused(v2Error(request.headers.accept, { code: 1000, message, status: 400 }));
  }

  /** The account behind a request; refuses whom nobody knows and, for v2, clients without a name. */
  caller(request: Request): Caller {
    if (isV2(request)) this.client(request);
    const caller = this.tv.callerOf(tokenIn(request));
    if (caller) return caller;
    const message = 'User could not be authenticated';
    throw new Refused(
      isV2(request)
        ? v2Error(request.headers.accept, { code: 1001, message, status: 401 })
        : v1Error(401, 'Invalid token'),
    );
  }

  /** What is not there: an HTML page in v1, a body of its own in v2. */
  notFound(request: Request): Refused {
    const error = { code: 1002, message: 'Not found', status: 404 };
    return new Refused(
      isV2(request) ? v2Error(request.headers.accept, error) : html(404, 'Not Found'),
    );
  }

  /** A server of the one who asks, by its machine id. In v2 somebody else's does not even exist. */
  server(request: Request, machine: string | undefined): Server {
    const caller = this.caller(request);
    const server = this.tv.world.servers.find((one) => one.machineId === machine);
    if (!server || (isV2(request) && !this.tv.isOwn(server, caller))) throw this.notFound(request);
    if (!this.tv.isOwn(server, caller))
      throw new Refused(v1Error(403, 'You do not own that server'));
    return server;
  }

  /** A share of one of the servers of the one who asks. */
  ownShare(request: Request): { server: Server; share: Share } {
    const caller = this.caller(request);
    const share = this.tv.world.shares.find((one) => one.id === Number(request.params.share));
    const server = this.tv.world.servers.find((one) => one.machineId === share?.machineId);
    if (!share || !server || !this.tv.isOwn(server, caller)) throw this.notFound(request);
    return { server, share };
  }
}

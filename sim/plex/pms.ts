import type { Answer, Handled, Request, Route } from '../common/server.js';
import { html, json, tag, xml } from './shapes.js';
import { guestToken } from './plexTv.js';
import type { PlexTv } from './plexTv.js';
import type { Library, Server } from './world.js';

/** What a media server itself serves: its libraries, and who watches what. */
export class MediaServer {
  constructor(
    private readonly tv: PlexTv,
    private readonly machineId: string | null,
  ) {}

  /** The first server stands at the root, every other one below `/pms/<machineId>`. */
  routes(): Route[] {
    const at = this.machineId === null ? '' : `/pms/${this.machineId}`;
    const route = (path: string, handle: Route['handle'], method = 'GET'): Route => ({
      method,
      path: `${at}${path}`,
      handle,
    });
    return [
      route(at === '' ? '/' : '', (r) => this.root(r)),
      route('/identity', (r) => this.identity(r)),
      route('/library', (r) => this.sections(r)),
      route('/library/sections', (r) => this.sections(r)),
      route('/status/sessions', (r) => this.sessions(r)),
      route('/status/sessions/terminate', (r) => this.terminate(r)),
      route('/status/sessions/terminate', (r) => this.terminate(r), 'POST'),
      route('/status/sessions/history/all', (r) => this.history(r)),
      route('/accounts', (r) => this.accounts(r)),
    ];
  }

  private get server(): Server | undefined {
    const { servers } = this.tv.world;
    return this.machineId === null
      ? servers[0]
      : servers.find((s) => s.machineId === this.machineId);
  }

  /** The server and who asks; a guest sees only what the server itself has heard of. */
  private visitor(request: Request): { server: Server; guest: readonly Library[] | null } | Answer {
    const { server } = this;
    if (!server) return html(404, 'Not Found');
    const token = request.headers['x-plex-token'] ?? request.query.get('X-Plex-Token') ?? undefined;
    const owner = this.tv.ownerOf(token);
    if (owner && this.tv.isOwn(server, owner)) return { server, guest: null };
    const enforced = this.tv
      .enforced(server.machineId)
      .find((share) => guestToken(share) === token);
    if (!enforced || enforced.acceptedAt === null) return html(401, 'Unauthorized');
    const libraries = server.libraries.filter(
      (l) => enforced.allLibraries || enforced.sectionIds.includes(l.sectionId),
    );
    return { server, guest: libraries };
  }

  private isJson(request: Request): boolean {
    return request.headers.accept?.includes('application/json') ?? false;
  }

  private root(request: Request): Answer {
    const visitor = this.visitor(request);
    if ('status' in visitor) return visitor;
    const { name, machineId } = visitor.server;
    const attributes = {
      size: 0,
      friendlyName: name,
      machineIdentifier: machineId,
      version: '1.43.2.10687',
      platform: 'Linux',
      myPlexUsername: this.tv.world.owner.username,
      myPlexSubscription: true,
      myPlexSigninState: 'ok',
      allowSharing: true,
      allowSync: true,
    };
    return this.isJson(request)
      ? json({ MediaContainer: attributes })
      : xml(tag('MediaContainer', attributes));
  }

  private identity(request: Request): Answer {
    const { server } = this;
    if (!server) return html(404, 'Not Found');
    const attributes = {
      size: 0,
      claimed: true,
      machineIdentifier: server.machineId,
      version: '1.43.2.10687',
    };
    return this.isJson(request)
      ? json({ MediaContainer: attributes })
      : xml(tag('MediaContainer', attributes));
  }

  private sections(request: Request): Answer {
    const visitor = this.visitor(request);
    if ('status' in visitor) return visitor;
    const libraries = visitor.guest ?? visitor.server.libraries;
    const rows = libraries.map((library) => ({
      key: library.key,
      uuid: library.uuid,
      title: library.title,
      type: library.type,
      agent: 'tv.plex.agents.movie',
      scanner: 'Plex Movie',
      language: 'en-US',
      refreshing: false,
    }));
    if (!this.isJson(request)) {
      const children = rows.map((row) => tag('Directory', row)).join('\n');
      return xml(tag('MediaContainer', { size: rows.length, title1: 'Plex Library' }, children));
    }
    // No libraries: the list is not empty but absent.
    const list = rows.length === 0 ? {} : { Directory: rows };
    return json({
      MediaContainer: { size: rows.length, allowSync: false, title1: 'Plex Library', ...list },
    });
  }

  private sessions(request: Request): Answer {
    const visitor = this.visitor(request);
    if ('status' in visitor) return visitor;
    const { machineId } = visitor.server;
    const playing = this.tv.world.sessions.filter((session) => session.machineId === machineId);
    const rows = playing.map((session, i) => {
      const account = this.tv.world.accounts.find((a) => a.id === session.accountId);
      const isOwner = session.accountId === this.tv.world.owner.id;
      return {
        sessionKey: String(i + 1),
        ratingKey: String(100 + i),
        librarySectionID: session.sectionKey,
        type: 'movie',
        title: session.title,
        User: { id: isOwner ? '1' : String(session.accountId), title: account?.title ?? '' },
        Player: { title: 'TV', state: 'playing', machineIdentifier: 'player' },
        Session: { id: session.sessionId, bandwidth: 1, location: 'wan' },
      };
    });
    const list = rows.length === 0 ? {} : { Metadata: rows };
    if (this.isJson(request)) return json({ MediaContainer: { size: rows.length, ...list } });
    const children = rows.map(({ User, Player, Session, ...video }) =>
      tag(
        'Video',
        video,
        [tag('User', User), tag('Player', Player), tag('Session', Session)].join('\n'),
      ),
    );
    return xml(tag('MediaContainer', { size: rows.length }, children.join('\n')));
  }

  private terminate(request: Request): Handled {
    const visitor = this.visitor(request);
    if ('status' in visitor) return visitor;
    const id = request.query.get('sessionId') ?? '';
    if (id === '') return html(403, 'Forbidden');
    const { world } = this.tv;
    if (!world.sessions.some((session) => session.sessionId === id)) return html(404, 'Not Found');
    return {
      apply: () => {
        world.sessions = world.sessions.filter((session) => session.sessionId !== id);
        this.tv.changed();
        return { status: 200 };
      },
    };
  }

  private history(request: Request): Answer {
    const visitor = this.visitor(request);
    if ('status' in visitor) return visitor;
    return this.isJson(request)
      ? json({ MediaContainer: { size: 0, totalSize: 0, offset: 0 } })
      : xml(tag('MediaContainer', { size: 0, totalSize: 0, offset: 0 }));
  }

  private accounts(request: Request): Answer {
    const visitor = this.visitor(request);
    if ('status' in visitor) return visitor;
    if (visitor.guest) return html(403, 'Forbidden');
    const rows = [
      { id: 1, key: '/accounts/1', name: this.tv.world.owner.username },
      ...this.tv.world.accounts.map((a) => ({ id: a.id, key: `/accounts/${a.id}`, name: a.title })),
    ];
    if (this.isJson(request)) return json({ MediaContainer: { size: rows.length, Account: rows } });
    return xml(
      tag(
        'MediaContainer',
        { size: rows.length },
        rows.map((row) => tag('Account', row)).join('\n'),
      ),
    );
  }
}

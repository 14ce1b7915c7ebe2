import type { Answer, Handled, Request, Route } from '../common/server.js';
import { container, html, json, tag, userElement, v1Error, v2, v2Error, xml } from './shapes.js';
import type { PlexTv } from './plexTv.js';
import type { Sharing } from './sharing.js';
import type { Account, Owner, Server, Share } from './world.js';

/** Accounts, people, servers and invites: what plex.tv serves besides shares and pins. */
export class Accounts {
  constructor(
    private readonly tv: PlexTv,
    private readonly sharing: Sharing,
    private readonly origin: () => string,
  ) {}

  routes(): Route[] {
    const gone = (): Answer => v1Error(410, 'Gone');
    return [
      { method: 'GET', path: '/api/v2/user', handle: (r) => this.user(r) },
      { method: 'GET', path: '/api/v2/ping', handle: (r) => this.ping(r) },
      { method: 'GET', path: '/api/v2/resources', handle: (r) => this.resources(r) },
      { method: 'GET', path: '/api/users', handle: (r) => this.users(r) },
      { method: 'PUT', path: '/api/users/:account', handle: (r) => this.putFilters(r) },
      { method: 'GET', path: '/api/home/users', handle: (r) => this.homeUsers(r) },
      { method: 'GET', path: '/api/v2/home/users', handle: (r) => this.homeUsersV2(r) },
      { method: 'GET', path: '/api/servers/:machine', handle: (r) => this.server(r) },
      { method: 'GET', path: '/api/v2/servers/:machine', handle: (r) => this.serverV2(r) },
      { method: 'GET', path: '/api/v2/sharing_settings', handle: (r) => this.settings(r) },
      { method: 'POST', path: '/api/v2/sharing_settings', handle: (r) => this.putSettings(r) },
      { method: 'PUT', path: '/api/v2/sharings/:account', handle: () => html(404, 'Not Found') },
      { method: 'GET', path: '/api/invites/requested', handle: (r) => this.invites(r) },
      { method: 'DELETE', path: '/api/invites/requested/:invite', handle: (r) => this.cancel(r) },
      { method: 'GET', path: '/api/invites/requests', handle: gone },
      { method: 'GET', path: '/api/v2/friends', handle: gone },
      { method: 'PUT', path: '/api/friends/:id', handle: gone },
      { method: 'DELETE', path: '/api/friends/:id', handle: gone },
    ];
  }

  private user(request: Request): Answer {
    const { id, username, email } = this.sharing.owner(request);
    const base = {
      id,
      uuid: 'b5c4d3e2f1a09687',
      username,
      title: username,
      email,
      friendlyName: username,
    };
    if (request.headers.accept?.includes('application/json')) {
      return json({
        ...base,
        home: true,
        restricted: false,
        guest: false,
        subscription: { active: true },
      });
    }
    const children = [tag('subscription', { active: true }), tag('profile', {})].join('\n');
    return xml(
      tag('user', { ...base, scrobbleTypes: '', home: true, restricted: false }, children),
    );
  }

  private ping(request: Request): Answer {
    this.sharing.owner(request);
    const isJson = request.headers.accept?.includes('application/json');
    return isJson ? json({ pong: true }) : xml('<pong>true</pong>');
  }

  private resources(request: Request): Answer {
    const owner = this.sharing.owner(request);
    const { servers } = this.tv.shown(request.lagMs);
    const value = servers
      .filter((server) => this.tv.isOwn(server, owner) || server.sharedTo?.includes(owner.id))
      .map((server) => {
        const owned = this.tv.isOwn(server, owner);
        const path = server === servers[0] ? '' : `/pms/${server.machineId}`;
        const here = [{ uri: `${this.origin()}${path}`, local: true, relay: false }];
        return {
          name: server.name,
          product: 'Plex Media Server',
          productVersion: '1.43.2',
          platform: 'Linux',
          clientIdentifier: server.machineId,
          provides: 'server',
          ownerId: owned ? null : (server.ownerId ?? this.tv.world.owner.id),
          sourceTitle: owned ? null : 'somebody',
          accessToken: owned ? owner.token : 'guest-of-another-owner',
          owned,
          home: false,
          presence: true,
          connections: (server.connections ?? here).map(({ uri, local, relay }) => {
            const { protocol, hostname, port } = new URL(uri);
            return {
              protocol: protocol.replace(':', ''),
              address: hostname,
              port: Number(port),
              uri,
              local,
              relay,
              IPv6: false,
            };
          }),
        };
      });
    return v2(request.headers.accept, { name: 'resources', value });
  }

  /** Friends, home users and people with a share of this owner's servers; never the owner, never strangers. */
  private users(request: Request): Answer {
    const owner = this.sharing.owner(request);
    const world = this.tv.shown(request.lagMs);
    const own = world.servers.filter((server) => this.tv.isOwn(server, owner));
    const hasShare = (account: Account) =>
      world.shares.some(
        (share) =>
          share.accountId === account.id && own.some((s) => s.machineId === share.machineId),
      );
    const isHome = (account: Account) => account.home && owner.id === world.owner.id;
    const listed = world.accounts.filter(
      (account) => isHome(account) || this.tv.isFriend(account, owner) || hasShare(account),
    );
    const rows = listed.map((account) => userElement(this.tv, world, { account, owner }));
    return container(rows, { totalSize: rows.length });
  }

  private homeUsers(request: Request): Answer {
    const owner = this.sharing.owner(request);
    const members = this.members(request, owner);
    const admin = tag('User', {
      id: owner.id,
      uuid: 'b5c4',
      admin: true,
      guest: false,
      restricted: false,
      title: owner.username,
      username: owner.username,
      email: owner.email,
    });
    const rows = members.map((m) =>
      tag('User', {
        id: m.id,
        uuid: `u${m.id}`,
        admin: false,
        guest: false,
        restricted: m.restricted,
        restrictionProfile: m.restrictionProfile ?? null,
        hasPassword: !m.restricted,
        protected: false,
        title: m.title,
        username: m.username,
        email: m.email,
        thumb: '',
      }),
    );
    return container([admin, ...rows], { totalSize: rows.length + 1, guestUserID: 0 });
  }

  private homeUsersV2(request: Request): Answer {
    const owner = this.sharing.owner(request);
    const members = this.members(request, owner);
    const user = (
      m: { id: number; title: string; username: string; email: string },
      admin: boolean,
      restricted: boolean,
    ) => ({
      id: m.id,
      title: m.title,
      username: m.username,
      email: m.email,
      admin,
      restricted,
    });
    const own = { ...owner, title: owner.username };
    const users = [user(own, true, false), ...members.map((m) => user(m, false, m.restricted))];
    return v2(request.headers.accept, { name: 'home', value: { id: 1, name: 'Home', users } });
  }

  /** The home is that of the first owner. */
  private members(request: Request, owner: Owner): Account[] {
    const world = this.tv.shown(request.lagMs);
    return owner.id === world.owner.id ? world.accounts.filter((account) => account.home) : [];
  }

  private partial<T>(list: readonly T[]): readonly T[] {
    return list.slice(0, this.tv.knobs.partialSections ?? list.length);
  }

  /** A server as plex.tv lists it: with a lag, that of then. */
  private listed(request: Request): Server {
    const now = this.sharing.server(request.params.machine, this.sharing.owner(request));
    const { servers } = this.tv.shown(request.lagMs);
    return servers.find((server) => server.machineId === now.machineId) ?? now;
  }

  private server(request: Request): Answer {
    const server = this.listed(request);
    const sections = this.partial(server.libraries).map((library) =>
      tag('Section', {
        id: library.sectionId,
        key: library.key,
        type: library.type,
        title: library.title,
      }),
    );
    return container([
      tag(
        'Server',
        {
          name: server.name,
          address: '127.0.0.1',
          port: '32400',
          version: '1.43.2',
          scheme: 'http',
          host: '127.0.0.1',
          localAddresses: '127.0.0.1',
          machineIdentifier: server.machineId,
          createdAt: 1_700_000_000,
          updatedAt: 1_700_000_000,
          owned: true,
          synced: false,
        },
        sections.join('\n'),
      ),
    ]);
  }

  private serverV2(request: Request): Answer {
    const server = this.listed(request);
    const librarySections = this.partial(server.libraries).map((library) => ({
      id: library.sectionId,
      key: Number(library.key),
      title: library.title,
      type: library.type,
    }));
    const { name, machineId: machineIdentifier } = server;
    const value = { name, machineIdentifier, owned: true, librarySections };
    return v2(request.headers.accept, { name: 'server', value });
  }

  private accountBy(text: string | number | null | undefined): Account | undefined {
    const wanted = String(text ?? '').toLowerCase();
    return this.tv.world.accounts.find(
      (a) =>
        String(a.id) === wanted ||
        (wanted !== '' && [a.username, a.email].some((n) => n.toLowerCase() === wanted)),
    );
  }

  private settings(request: Request): Answer {
    this.sharing.owner(request);
    const account = this.accountBy(
      request.query.get('invitedId') ?? request.query.get('invitedEmail'),
    );
    const value = { ...account?.settings, ...account?.filters };
    return v2(request.headers.accept, { name: 'sharingSettings', value });
  }

  private putSettings(request: Request): Handled {
    this.sharing.owner(request);
    const body = request.body as {
      invitedId?: number;
      invitedEmail?: string;
      settings?: Record<string, unknown>;
    } | null;
    const account = this.accountBy(body?.invitedId ?? body?.invitedEmail);
    if (!account)
      return v2Error(request.headers.accept, { code: 1002, message: 'Not found', status: 404 });
    if (account.restrictionProfile)
      return v1Error(422, `An error occurred updating the settings for ${account.title}.`);
    return {
      apply: () => {
        const given = body?.settings ?? {};
        const text = (name: string) => (typeof given[name] === 'string' ? given[name] : '');
        account.filters = {
          filterAll: text('filterAll'),
          filterMovies: text('filterMovies'),
          filterMusic: text('filterMusic'),
          filterPhotos: text('filterPhotos'),
          filterTelevision: text('filterTelevision'),
        };
        this.tv.changed();
        return v2(request.headers.accept, { name: 'sharingSettings', value: account.filters });
      },
    };
  }

  private putFilters(request: Request): Handled {
    this.sharing.owner(request);
    const account = this.accountBy(request.params.account);
    if (!account) return html(404, 'Not Found');
    if (account.restrictionProfile)
      return v1Error(422, `An error occurred updating the settings for ${account.title}.`);
    return {
      apply: () => {
        const before = {
          filterAll: '',
          filterMovies: '',
          filterMusic: '',
          filterPhotos: '',
          filterTelevision: '',
          ...account.filters,
        };
        for (const [name, value] of request.query)
          if (name in before) before[name as keyof typeof before] = value;
        account.filters = before;
        this.tv.changed();
        return { status: 200 };
      },
    };
  }

  private pendingShares(owner: Owner): Share[] {
    return this.tv.world.shares.filter((share) => {
      const server = this.tv.world.servers.find((one) => one.machineId === share.machineId);
      return share.acceptedAt === null && server !== undefined && this.tv.isOwn(server, owner);
    });
  }

  private invites(request: Request): Answer {
    const rows = this.pendingShares(this.sharing.owner(request)).map((share) => {
      const account = this.tv.world.accounts.find((a) => a.id === share.accountId);
      const server = this.tv.world.servers.find((one) => one.machineId === share.machineId);
      return tag(
        'Invite',
        {
          id: account?.id ?? share.email,
          createdAt: Math.round(share.invitedAt),
          friend: true,
          home: false,
          server: true,
          username: account?.username ?? '',
          email: account?.email ?? share.email,
          thumb: '',
          friendlyName: account?.title ?? share.email,
        },
        tag('Server', { name: server?.name ?? '', numLibraries: share.sectionIds.length }),
      );
    });
    return container(rows);
  }

  /** Takes the invite back, and leaves the share row where it is: the next invite meets it. */
  private cancel(request: Request): Handled {
    const wanted = (request.params.invite ?? '').toLowerCase();
    const pending = this.pendingShares(this.sharing.owner(request)).filter(
      (share) => String(share.accountId) === wanted || share.email.toLowerCase() === wanted,
    );
    const flags = ['friend', 'home', 'server'].map((name) => request.query.get(name)).join('');
    if (pending.length === 0 || flags !== '101') return html(404, 'Not Found');
    return { apply: () => ({ status: 200 }) };
  }
}

import type { Answer, Request, Route } from '../common/server.js';
import { container, tag, v1Error, v2 } from './shapes.js';
import type { Caller, PlexTv } from './plexTv.js';
import { userElement, uuidOf } from './rows.js';
import type { Account, PlexWorld, Server, Share } from './world.js';
import type { Who } from './who.js';

/** A member of a Plex Home, the owner of it included. */
interface Member {
  readonly id: number;
  readonly title: string;
  readonly username: string;
  readonly email: string;
  readonly admin: boolean;
  readonly restricted: boolean;
  readonly restrictionProfile: string | null;
}

/** Whom plex.tv lists, and which libraries a server has for it. */
export class People {
  constructor(
    private readonly tv: PlexTv,
    private readonly who: Who,
  ) {}

  routes(): Route[] {
    const retired = (): Answer => v1Error(410, 'Gone');
    return [
      { method: 'GET', path: '/api/users', handle: (r) => this.users(r) },
      { method: 'GET', path: '/api/home/users', handle: (r) => this.homeUsers(r) },
      { method: 'GET', path: '/api/v2/home/users', handle: (r) => this.homeUsersV2(r) },
      { method: 'GET', path: '/api/servers/:machine', handle: (r) => this.server(r) },
      { method: 'GET', path: '/api/v2/servers/:machine', handle: (r) => this.serverV2(r) },
      { method: 'GET', path: '/api/v2/friends', handle: retired },
      { method: 'POST', path: '/api/v2/friends/invite', handle: retired },
      { method: 'POST', path: '/api/v2/friends/:id/accept', handle: retired },
      { method: 'DELETE', path: '/api/v2/friends/:id', handle: retired },
      { method: 'PUT', path: '/api/friends/:id', handle: retired },
      { method: 'DELETE', path: '/api/friends/:id', handle: retired },
    ];
  }

  /** Friends, home users and people with a share of the caller's servers; never the caller, never strangers. */
  private users(request: Request): Answer {
    const caller = this.who.caller(request);
    const world = this.tv.shown(request.lagMs);
    const listed = this.tv.peopleOf(caller, world).filter((account) => account.id !== caller.id);
    const people = [...listed, ...this.hosts(caller, listed)];
    const shares = this.sharesByPerson(caller, world);
    const rows = people.map((account) =>
      userElement(world, account, {
        shares: shares.get(account.id) ?? [],
        isHome: this.tv.isHome(account, caller),
      }),
    );
    return container(rows, { totalSize: rows.length });
  }

  /** The shares of a caller's servers, in the order of the servers, by account. */
  private sharesByPerson(caller: Caller, world: PlexWorld): Map<number, Share[]> {
    const byId = new Map<number, Share[]>();
    for (const { machineId } of world.servers.filter((one) => this.tv.isOwn(one, caller))) {
      for (const share of world.shares.filter((one) => one.machineId === machineId)) {
        if (share.accountId === null) continue;
        byId.set(share.accountId, [...(byId.get(share.accountId) ?? []), share]);
      }
    }
    return byId;
  }

  /** To a guest, the owners who are their friends. */
  private hosts(caller: Caller, listed: readonly Account[]): Account[] {
    const me = this.tv.world.accounts.find((one) => one.id === caller.id);
    const { owner, owners } = this.tv.world;
    return [owner, ...owners]
      .filter((one) => me !== undefined && this.tv.isFriend(me, one))
      .filter((one) => !listed.some(({ id }) => id === one.id))
      .map(({ id, username, email }) => {
        const account = { id, username, email, title: username };
        return { ...account, home: false, restricted: false, friend: true };
      });
  }

  /** The home of the first owner, to its members alone; that owner is in it. */
  private members(request: Request): Member[] {
    const caller = this.who.caller(request);
    const { owner, accounts } = this.tv.shown(request.lagMs);
    const members = accounts.filter((account) => account.home);
    if (![owner.id, ...members.map(({ id }) => id)].includes(caller.id)) return [];
    const { id, username, email } = owner;
    const admin = { id, title: username, username, email, admin: true, restricted: false };
    return [
      { ...admin, restrictionProfile: null },
      ...members.map((one) => ({
        id: one.id,
        title: one.title,
        username: one.username,
        email: one.email,
        admin: false,
        restricted: one.restricted,
        restrictionProfile: one.restrictionProfile ?? null,
      })),
    ];
  }

  private homeUsers(request: Request): Answer {
    const rows = this.members(request).map(({ id, admin, restricted, ...rest }) =>
      tag('User', {
        id,
        uuid: uuidOf(id),
        admin,
        guest: false,
        restricted,
        hasPassword: !restricted,
        protected: false,
        thumb: '',
        ...rest,
      }),
    );
    return container(rows, { totalSize: rows.length, guestUserID: 0 });
  }

  private homeUsersV2(request: Request): Answer {
    const users = this.members(request).map((member) => ({
      ...member,
      uuid: uuidOf(member.id),
      guest: false,
      hasPassword: !member.restricted,
      protected: false,
      friendlyName: null,
      thumb: '',
      updatedAt: 1_700_000_000,
    }));
    const value = {
      id: 1,
      name: 'Home',
      guestUserID: null,
      guestUserUUID: null,
      guestEnabled: false,
      subscription: this.tv.knobs.plexPass,
      users,
    };
    return v2(request.headers.accept, { name: 'home', value });
  }

  private partial<T>(list: readonly T[]): readonly T[] {
    return list.slice(0, this.tv.knobs.partialSections ?? list.length);
  }

  /** A server as plex.tv lists it: with a lag, that of then. */
  private listed(request: Request): Server {
    const now = this.who.server(request, request.params.machine);
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
    const attributes = {
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
    };
    return container([tag('Server', attributes, sections.join('\n'))]);
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
}

import type { Answer, Handled, Request, Route } from '../common/server.js';
import { container, tag, v1Error, v2, v2Error } from './shapes.js';
import { Refused, sectionsOf } from './plexTv.js';
import type { Caller, PlexTv } from './plexTv.js';
import { inviteToken, share2 } from './rows.js';
import type { Account, PlexWorld, Share } from './world.js';
import type { Who } from './who.js';

const V2 = '/api/v2/shared_servers';

/** Invites that wait: to the owner who sent them, and to the person who got them. */
export class Invites {
  constructor(
    private readonly tv: PlexTv,
    private readonly who: Who,
  ) {}

  routes(): Route[] {
    const retired = (): Answer => v1Error(410, 'Gone');
    return [
      { method: 'GET', path: '/api/invites/requested', handle: (r) => this.sent(r) },
      { method: 'DELETE', path: '/api/invites/requested/:invite', handle: (r) => this.cancel(r) },
      { method: 'GET', path: '/api/invites/requests', handle: retired },
      { method: 'PUT', path: '/api/invites/requests/:invite', handle: retired },
      { method: 'DELETE', path: '/api/invites/requests/:invite', handle: retired },
      { method: 'GET', path: `${V2}/owned/pending`, handle: (r) => this.ownedPending(r) },
      { method: 'GET', path: `${V2}/invites/owned/pending`, handle: (r) => this.invitesOwned(r) },
      { method: 'GET', path: `${V2}/invites/received/pending`, handle: (r) => this.received(r) },
      { method: 'POST', path: `${V2}/:share/accept`, handle: (r) => this.accept(r) },
    ];
  }

  /** What a caller sent and nobody accepted; `live` leaves out what was taken back. */
  private waiting(world: PlexWorld, caller: Caller, live: boolean): Share[] {
    const own = world.servers.filter((s) => this.tv.isOwn(s, caller)).map((s) => s.machineId);
    return world.shares.filter(
      (share) =>
        share.acceptedAt === null &&
        own.includes(share.machineId) &&
        !(live && share.cancelled === true),
    );
  }

  /** Invites by whom they are for: one person has one, whatever the number of servers. */
  private byPerson(shares: readonly Share[]): Share[][] {
    const byWho = new Map<string, Share[]>();
    for (const share of shares) {
      const key = `${share.accountId ?? share.email.toLowerCase()} ${share.skipFriendship === true}`;
      byWho.set(key, [...(byWho.get(key) ?? []), share]);
    }
    return [...byWho.values()];
  }

  private sent(request: Request): Answer {
    const caller = this.who.caller(request);
    const world = this.tv.shown(request.lagMs);
    const rows = this.byPerson(this.waiting(world, caller, true)).map((shares) => {
      const [share] = shares as [Share];
      const account = world.accounts.find((a) => a.id === share.accountId);
      const servers = shares.map((one) => {
        const server = world.servers.find((s) => s.machineId === one.machineId);
        const numLibraries = server ? sectionsOf(server, one).length : 0;
        return tag('Server', { name: server?.name ?? '', numLibraries });
      });
      const attributes = {
        id: account?.id ?? share.email,
        createdAt: Math.round(share.invitedAt),
        friend: share.skipFriendship !== true,
        home: false,
        server: true,
        username: account?.username ?? '',
        email: account?.email ?? share.email,
        thumb: '',
        friendlyName: account?.title ?? share.email,
      };
      return tag('Invite', attributes, servers.join('\n'));
    });
    return container(rows);
  }

  /** Takes an invite back, and (knob) leaves the share row where it is: the next invite meets it. */
  private cancel(request: Request): Handled {
    const caller = this.who.caller(request);
    const wanted = (request.params.invite ?? '').toLowerCase();
    const flags = ['friend', 'home', 'server'].map((name) => request.query.get(name)).join('');
    const matching = () =>
      this.waiting(this.tv.world, caller, true).filter(
        (share) =>
          flags === (share.skipFriendship ? '001' : '101') &&
          wanted === String(share.accountId ?? share.email).toLowerCase(),
      );
    if (matching().length === 0) throw this.who.notFound(request);
    return {
      apply: () => {
        const shares = matching();
        for (const share of shares) share.cancelled = true;
        if (!this.tv.knobs.cancelLeavesRow) {
          this.tv.world.shares = this.tv.world.shares.filter((one) => !shares.includes(one));
        }
        this.tv.changed();
        return { status: 200 };
      },
    };
  }

  private rows(request: Request, live: boolean) {
    const caller = this.who.caller(request);
    const world = this.tv.shown(request.lagMs);
    const declined = this.tv.knobs.declinedStays
      ? world.ended.filter((one) => one.how === 'declined')
      : [];
    return [...this.waiting(world, caller, live), ...(live ? [] : declined)].flatMap((share) => {
      const server = world.servers.find((one) => one.machineId === share.machineId);
      return server && this.tv.isOwn(server, caller)
        ? [share2(this.tv, { world, server, share })]
        : [];
    });
  }

  private ownedPending(request: Request): Answer {
    return v2(request.headers.accept, { name: 'sharedServers', value: this.rows(request, false) });
  }

  private invitesOwned(request: Request): Answer {
    const rows = this.rows(request, true);
    const ids = [...new Set(rows.map((row) => row.invitedId ?? row.invitedEmail))];
    const value = ids.map((id) => {
      const sharedServers = rows.filter((row) => (row.invitedId ?? row.invitedEmail) === id);
      return { invited: sharedServers[0]?.invited ?? null, sharedServers };
    });
    return v2(request.headers.accept, { name: 'invites', value });
  }

  private isFor(share: Share, caller: Caller): boolean {
    return share.accountId === null
      ? share.email.toLowerCase() === caller.email.toLowerCase()
      : share.accountId === caller.id;
  }

  private received(request: Request): Answer {
    const caller = this.who.caller(request);
    const world = this.tv.shown(request.lagMs);
    const mine = world.shares.filter(
      (share) => share.acceptedAt === null && !share.cancelled && this.isFor(share, caller),
    );
    const rows = mine.flatMap((share) => {
      const server = world.servers.find((one) => one.machineId === share.machineId);
      return server ? [share2(this.tv, { world, server, share }, false)] : [];
    });
    const owners = new Map(rows.map((row) => [row.ownerId, row.owner]));
    const value = [...owners.values()].map((owner) => ({
      owner,
      sharedServers: rows.filter((row) => row.ownerId === owner.id),
    }));
    return v2(request.headers.accept, { name: 'invites', value });
  }

  /** Only whom it is for may accept it, or whoever brings its token. */
  private accept(request: Request): Handled {
    const caller = this.who.caller(request);
    const find = (): Share => {
      const share = this.tv.world.shares.find((one) => one.id === Number(request.params.share));
      const token = request.query.get('inviteToken');
      const isOpen = share?.acceptedAt === null && share.cancelled !== true;
      const mayAccept =
        share !== undefined &&
        (this.isFor(share, caller) || (share.accountId === null && token === inviteToken(share)));
      if (!share || !isOpen || !mayAccept) throw this.who.notFound(request);
      return share;
    };
    find();
    return {
      apply: () => {
        const share = find();
        const account = this.tv.accountBy(caller.id) as Account;
        if (!this.tv.accept(share, account)) throw this.twice(request);
        this.tv.changed(share.machineId);
        const server = this.tv.world.servers.find((one) => one.machineId === share.machineId);
        if (!server) throw this.who.notFound(request);
        const value = share2(this.tv, { world: this.tv.world, server, share }, false);
        return v2(request.headers.accept, { name: 'sharedServer', value });
      },
    };
  }

  /** One person has one share of a server, whatever the addresses they were invited by. */
  private twice(request: Request): Refused {
    const message = 'That server is already shared with you.';
    const error = { code: 1999, message, field: 'base', status: 400, http: 422 };
    return new Refused(v2Error(request.headers.accept, error));
  }
}

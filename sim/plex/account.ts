import type { Answer, Request, Route } from '../common/server.js';
import { json, tag, v2, xml } from './shapes.js';
import { guestToken } from './plexTv.js';
import type { Caller, PlexTv } from './plexTv.js';
import { uuidOf } from './rows.js';
import type { Server, Share } from './world.js';
import type { Who } from './who.js';

const MADE_AT = '2023-11-14T22:13:20Z';

/** Who a caller is, and the servers they can reach. */
export class Accounts {
  constructor(
    private readonly tv: PlexTv,
    private readonly who: Who,
    private readonly origin: () => string,
  ) {}

  routes(): Route[] {
    return [
      { method: 'GET', path: '/api/v2/user', handle: (r) => this.user(r) },
      { method: 'GET', path: '/api/v2/ping', handle: (r) => this.ping(r) },
      { method: 'GET', path: '/api/v2/resources', handle: (r) => this.resources(r) },
    ];
  }

  private user(request: Request): Answer {
    const caller = this.who.caller(request);
    const { id, username, email, title } = caller;
    const { world } = this.tv;
    const members = world.accounts.filter((account) => account.home);
    const isAdmin = id === world.owner.id;
    const inHome = isAdmin ? members.length > 0 : members.some((one) => one.id === id);
    const base = {
      id,
      uuid: uuidOf(id),
      username,
      title,
      email,
      friendlyName: title,
      thumb: '',
      authToken: caller.token,
      home: inHome,
      homeAdmin: inHome && isAdmin,
      homeSize: inHome ? members.length + 1 : 1,
      maxHomeSize: 15,
      guest: false,
      restricted: world.accounts.find((one) => one.id === id)?.restricted ?? false,
      protected: false,
      hasPassword: true,
      twoFactorEnabled: false,
      joinedAt: 1_600_000_000,
      scrobbleTypes: '',
    };
    const active = this.tv.knobs.plexPass;
    const subscription = { active, status: active ? 'Active' : 'Inactive', plan: 'lifetime' };
    if (request.headers.accept?.includes('application/json')) {
      const features = active ? ['home', 'session_termination', 'sharing_restrictions'] : [];
      return json({
        ...base,
        subscription: { ...subscription, subscribedAt: MADE_AT, features },
        profile: {},
        entitlements: [],
        roles: [],
      });
    }
    return xml(
      tag('user', base, [tag('subscription', subscription), tag('profile', {})].join('\n')),
    );
  }

  private ping(request: Request): Answer {
    this.who.caller(request);
    const isJson = request.headers.accept?.includes('application/json');
    return isJson ? json({ pong: true }) : xml('<pong>true</pong>');
  }

  /** The token with which a caller gets into a server; null when it is not theirs to see. A guest's waits for acceptance. */
  private keyTo(server: Server, caller: Caller, shares: readonly Share[]): string | null {
    if (this.tv.isOwn(server, caller)) return caller.token;
    const share = shares.find(
      (one) => one.machineId === server.machineId && one.accountId === caller.id,
    );
    if (share && share.acceptedAt !== null) return guestToken(share);
    return server.sharedTo?.includes(caller.id) ? caller.token : null;
  }

  /** Own servers, and those of others whose invite the caller has accepted. */
  private resources(request: Request): Answer {
    const caller = this.who.caller(request);
    const { servers, accounts, shares } = this.tv.shown(request.lagMs);
    const isMember = accounts.some((one) => one.id === caller.id && one.home);
    const value = servers.flatMap((server) => {
      const accessToken = this.keyTo(server, caller, shares);
      if (accessToken === null) return [];
      const owned = this.tv.isOwn(server, caller);
      const owner = this.tv.ownerOf(server);
      const connections = this.connections(request, server);
      return [
        {
          name: server.name,
          product: 'Plex Media Server',
          productVersion: '1.43.2',
          platform: 'Linux',
          platformVersion: '6.12',
          device: 'PC',
          clientIdentifier: server.machineId,
          createdAt: MADE_AT,
          lastSeenAt: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
          provides: server.provides ?? 'server',
          ownerId: owned ? null : owner.id,
          sourceTitle: owned ? null : owner.username,
          publicAddress: '203.0.113.7',
          accessToken,
          owned,
          home: !owned && isMember && owner.id === this.tv.world.owner.id,
          synced: false,
          relay: connections.some((one) => one.relay),
          presence: true,
          httpsRequired: false,
          publicAddressMatches: true,
          dnsRebindingProtection: false,
          natLoopbackSupported: false,
          connections,
        },
      ];
    });
    return v2(request.headers.accept, { name: 'resources', value });
  }

  /** Addresses behind the relay, and https ones, only for who asks for them. */
  private connections(request: Request, server: Server) {
    const isFirst = server.machineId === this.tv.world.servers[0]?.machineId;
    const path = isFirst ? '' : `/pms/${server.machineId}`;
    const here = [{ uri: `${this.origin()}${path}`, local: true, relay: false }];
    const asks = (name: string) => request.query.get(name) === '1';
    return (server.connections ?? here)
      .map(({ uri, local, relay }) => {
        const { protocol, hostname, port } = new URL(uri);
        const isHttps = protocol === 'https:';
        return {
          protocol: protocol.replace(':', ''),
          address: hostname,
          port: port === '' ? (isHttps ? 443 : 80) : Number(port),
          uri,
          local,
          relay,
          IPv6: hostname.startsWith('['),
        };
      })
      .filter(({ relay }) => !relay || asks('includeRelay'))
      .filter(({ protocol }) => protocol !== 'https' || asks('includeHttps'))
      .filter(({ IPv6 }) => !IPv6 || asks('includeIPv6'));
  }
}

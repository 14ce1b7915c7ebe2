import type { Answer, Handled, Request, Route } from '../common/server.js';
import { container, v1Error, v2, v2Error } from './shapes.js';
import { listOf } from './plexTv.js';
import type { PlexTv } from './plexTv.js';
import { share2, sharedServer } from './rows.js';
import { readSettings, setSettings } from './settings.js';
import { refusedSettings } from './sharingSettings.js';
import { NO_SETTINGS } from './world.js';
import type { Server, Settings, Share } from './world.js';
import { isV2 } from './who.js';
import type { Who } from './who.js';

const V1 = '/api/servers/:machine/shared_servers';
const V2 = '/api/v2/shared_servers';

/** Everything that lists, replaces and deletes shares, v1 and v2. */
export class Sharing {
  constructor(
    private readonly tv: PlexTv,
    private readonly who: Who,
  ) {}

  routes(): Route[] {
    return [
      { method: 'GET', path: V1, handle: (r) => this.list(r) },
      { method: 'GET', path: `${V1}/:share`, handle: (r) => this.one(r) },
      { method: 'PUT', path: `${V1}/:share`, handle: (r) => this.replaceV1(r) },
      { method: 'DELETE', path: `${V1}/:share`, handle: (r) => this.remove(r) },
      { method: 'GET', path: V2, handle: (r) => this.collection(r) },
      { method: 'GET', path: `${V2}/owned/accepted`, handle: (r) => this.accepted(r) },
      { method: 'GET', path: `${V2}/:share`, handle: (r) => this.oneV2(r) },
      { method: 'POST', path: `${V2}/:share`, handle: (r) => this.replaceV2(r) },
      { method: 'DELETE', path: `${V2}/:share`, handle: (r) => this.remove(r) },
      { method: 'DELETE', path: '/api/v2/sharings/:account', handle: (r) => this.removePerson(r) },
    ];
  }

  private element(request: Request, server: Server, share: Share): Answer {
    const world = this.tv.shown(request.lagMs);
    return container([sharedServer({ world, server, share }, this.tv.knobs.pendingMark)]);
  }

  private list(request: Request): Answer {
    const now = this.who.server(request, request.params.machine);
    const world = this.tv.shown(request.lagMs);
    const server = world.servers.find((one) => one.machineId === now.machineId) ?? now;
    const rows = world.shares
      .filter((share) => share.machineId === server.machineId)
      .filter((share) => share.acceptedAt !== null || this.tv.knobs.pendingInV1List);
    return container(
      rows.map((share) => sharedServer({ world, server, share }, this.tv.knobs.pendingMark)),
    );
  }

  private one(request: Request): Answer {
    const now = this.who.server(request, request.params.machine);
    const world = this.tv.shown(request.lagMs);
    const server = world.servers.find((one) => one.machineId === now.machineId) ?? now;
    const share = world.shares.find(
      (one) => one.id === Number(request.params.share) && one.machineId === server.machineId,
    );
    if (!share) throw this.who.notFound(request);
    return this.element(request, server, share);
  }

  /** The collection is there to be posted to, and for nothing else. */
  private collection(request: Request): Answer {
    this.who.caller(request);
    return { status: 405, headers: { allow: 'OPTIONS, POST' } };
  }

  /** Also shares that were left: their rows stay, with the date. */
  private accepted(request: Request): Answer {
    const caller = this.who.caller(request);
    const world = this.tv.shown(request.lagMs);
    const value = [...world.shares, ...world.ended]
      .filter((share) => share.acceptedAt !== null)
      .flatMap((share) => {
        const server = world.servers.find((one) => one.machineId === share.machineId);
        return server && this.tv.isOwn(server, caller)
          ? [share2(this.tv, { world, server, share })]
          : [];
      });
    return v2(request.headers.accept, { name: 'sharedServers', value });
  }

  /** One share, for its owner and for its guest, as long as plex.tv remembers it. */
  private oneV2(request: Request): Answer {
    const caller = this.who.caller(request);
    const world = this.tv.shown(request.lagMs);
    const id = Number(request.params.share);
    const share = [...world.shares, ...world.ended].find((one) => one.id === id);
    const server = world.servers.find((one) => one.machineId === share?.machineId);
    const isOwn = server !== undefined && this.tv.isOwn(server, caller);
    if (!share || !server || (!isOwn && share.accountId !== caller.id))
      throw this.who.notFound(request);
    const value = share2(this.tv, { world, server, share }, isOwn);
    return v2(request.headers.accept, { name: 'sharedServer', value });
  }

  /** The share of a v1 or v2 path, of a server of the one who asks. */
  private target(request: Request): { server: Server; share: Share } {
    if (!isV2(request)) this.who.server(request, request.params.machine);
    const found = this.who.ownShare(request);
    const isElsewhere = found.server.machineId !== request.params.machine;
    if (!isV2(request) && isElsewhere) throw this.who.notFound(request);
    return found;
  }

  private change(request: Request, apply: (server: Server, share: Share) => Answer): Handled {
    const { machineId } = this.target(request).server;
    return {
      apply: () => {
        const { server, share } = this.target(request);
        const answer = apply(server, share);
        this.tv.changed(machineId);
        return answer;
      },
    };
  }

  private replaceV1(request: Request): Handled {
    this.target(request);
    const body = request.body as { shared_server?: { library_section_ids?: unknown } } | null;
    const ids = body?.shared_server?.library_section_ids;
    if (!Array.isArray(ids)) return v1Error(400, 'library_section_ids is missing');
    return this.change(request, (server, share) => {
      const refused = this.replace(request, { server, share }, ids);
      if (refused) return refused;
      if (this.tv.knobs.emptyAnswers) return { status: 204 };
      const row = { world: this.tv.world, server, share };
      return container([sharedServer(row, this.tv.knobs.pendingMark)]);
    });
  }

  /** `settings` may be left out; if it is there it replaces all of them. */
  private replaceV2(request: Request): Handled {
    this.target(request);
    const body = request.body as { librarySectionIds?: unknown; settings?: unknown } | null;
    const ids = body?.librarySectionIds;
    const settings: Settings | null =
      body?.settings === undefined ? null : { ...NO_SETTINGS, ...readSettings(body.settings) };
    return this.change(request, (server, share) => {
      const account = this.tv.world.accounts.find((one) => one.id === share.accountId);
      const refused =
        (settings && refusedSettings(this.tv, account, settings)) ??
        (Array.isArray(ids) ? this.replace(request, { server, share }, ids) : null);
      if (refused) return refused;
      if (settings && account) setSettings(account, settings);
      const value = share2(this.tv, { world: this.tv.world, server, share });
      return v2(request.headers.accept, { name: 'sharedServer', value });
    });
  }

  /** Replaces the whole list; an invite may keep its own until it is accepted. */
  private replace(
    request: Request,
    { server, share }: { server: Server; share: Share },
    ids: readonly unknown[],
  ): Answer | null {
    const { pendingFixed, emptyPut } = this.tv.knobs;
    if (share.acceptedAt === null && pendingFixed) return null;
    const list = listOf(server, ids);
    if (list === null && emptyPut === 'error') return this.noLibraries(request);
    if (list === null && emptyPut === 'delete') {
      this.drop(share);
      return null;
    }
    share.sectionIds = list ?? [];
    share.allLibraries = list === null;
    return null;
  }

  private noLibraries(request: Request): Answer {
    const message = 'No libraries';
    const error = { code: 1999, message, field: 'base', status: 400, http: 422 };
    return isV2(request) ? v2Error(request.headers.accept, error) : v1Error(422, message);
  }

  private drop(share: Share): void {
    this.tv.world.shares = this.tv.world.shares.filter((one) => one !== share);
  }

  /** A body is allowed, and ignored: there is no way to delete a single library. */
  private remove(request: Request): Handled {
    return this.change(request, (_, share) => {
      this.drop(share);
      return { status: isV2(request) || this.tv.knobs.emptyAnswers ? 204 : 200 };
    });
  }

  /** Ends the friendship and every share with this owner's servers; whoever is at home stays there. */
  private removePerson(request: Request): Handled {
    const caller = this.who.caller(request);
    const person = () => {
      const people = this.tv.peopleOf(caller, this.tv.world);
      const found = people.find((one) => one.id === Number(request.params.account));
      if (!found) throw this.who.notFound(request);
      return found;
    };
    person();
    return {
      apply: () => {
        const account = person();
        this.tv.setFriend(account, caller, false);
        const { world } = this.tv;
        const own = world.servers.filter((s) => this.tv.isOwn(s, caller)).map((s) => s.machineId);
        world.shares = world.shares.filter(
          (share) => share.accountId !== account.id || !own.includes(share.machineId),
        );
        for (const machineId of own) this.tv.changed(machineId);
        return { status: this.tv.knobs.emptyAnswers ? 204 : 200 };
      },
    };
  }
}

import type { Answer, Handled, Request, Route } from '../common/server.js';
import { container, html, json, sharedServer, share2, v1Error, v2, v2Error } from './shapes.js';
import { Refused, listOf } from './plexTv.js';
import type { PlexTv } from './plexTv.js';
import type { Account, Owner, Server, Share } from './world.js';

const V1 = '/api/servers/:machine/shared_servers';
const V2 = '/api/v2/shared_servers';

interface Invite {
  readonly server: Server;
  readonly owner: Owner;
  readonly ids: readonly unknown[];
  readonly accountId: number | null;
  readonly text: string;
  readonly skipFriendship: boolean;
  readonly refuse: (kind: 'already' | 'invalid' | 'self' | 'limit', who: string) => Answer;
}

const now = (): number => Date.now() / 1000;
const isAddress = (text: string): boolean => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text);

/** Everything that reads or changes shares, v1 and v2. */
export class Sharing {
  constructor(private readonly tv: PlexTv) {}

  /** The owner behind a request; refuses strangers and, for v2, clients without a name. */
  owner(request: Request): Owner {
    const isV2 = request.path.startsWith('/api/v2/');
    const accept = request.headers.accept;
    if (isV2 && !request.headers['x-plex-client-identifier']) {
      const message = 'X-Plex-Client-Identifier is missing';
      throw new Refused(v2Error(accept, { code: 1000, message, status: 400 }));
    }
    const token = request.headers['x-plex-token'] ?? request.query.get('X-Plex-Token') ?? undefined;
    const owner = this.tv.ownerOf(token);
    if (owner) return owner;
    const message = 'User could not be authenticated';
    throw new Refused(
      isV2 ? v2Error(accept, { code: 1001, message, status: 401 }) : v1Error(401, 'Invalid token'),
    );
  }

  /** An owner's server by its machine id. */
  server(machine: string | undefined, owner: Owner): Server {
    const server = this.tv.world.servers.find((one) => one.machineId === machine);
    if (!server) throw new Refused(html(404, 'Not Found'));
    if (!this.tv.isOwn(server, owner))
      throw new Refused(v1Error(403, 'You do not own that server'));
    return server;
  }

  private shareOf(id: unknown, server: Server): Share {
    const share = this.tv.world.shares.find(
      (one) => one.id === Number(id) && one.machineId === server.machineId,
    );
    if (!share) throw new Refused(html(404, 'Not Found'));
    return share;
  }

  private change(apply: () => Answer, machineId?: string): Handled {
    return {
      apply: () => {
        const answer = apply();
        this.tv.changed(machineId);
        return answer;
      },
    };
  }

  routes(): Route[] {
    return [
      { method: 'GET', path: V1, handle: (r) => this.list(r) },
      { method: 'POST', path: V1, handle: (r) => this.createV1(r) },
      { method: 'GET', path: `${V1}/:share`, handle: (r) => this.one(r) },
      { method: 'PUT', path: `${V1}/:share`, handle: (r) => this.replaceV1(r) },
      { method: 'DELETE', path: `${V1}/:share`, handle: (r) => this.deleteV1(r) },
      {
        method: 'GET',
        path: V2,
        handle: () => ({ status: 405, headers: { allow: 'OPTIONS, POST' } }),
      },
      { method: 'GET', path: `${V2}/owned/accepted`, handle: (r) => this.owned(r, true) },
      { method: 'GET', path: `${V2}/owned/pending`, handle: (r) => this.owned(r, false) },
      { method: 'GET', path: `${V2}/invites/owned/pending`, handle: (r) => this.owned(r, false) },
      { method: 'GET', path: `${V2}/invites/received/pending`, handle: (r) => this.received(r) },
      { method: 'POST', path: V2, handle: (r) => this.createV2(r) },
      { method: 'GET', path: `${V2}/:share`, handle: (r) => this.oneV2(r) },
      { method: 'POST', path: `${V2}/:share`, handle: (r) => this.replaceV2(r) },
      { method: 'DELETE', path: `${V2}/:share`, handle: (r) => this.deleteV2(r) },
      { method: 'POST', path: `${V2}/:share/accept`, handle: (r) => this.accept(r) },
      { method: 'DELETE', path: '/api/v2/sharings/:account', handle: (r) => this.removePerson(r) },
    ];
  }

  private list(request: Request): Answer {
    const server = this.server(request.params.machine, this.owner(request));
    const world = this.tv.shown(request.lagMs);
    const then = world.servers.find((one) => one.machineId === server.machineId) ?? server;
    const rows = world.shares
      .filter((share) => share.machineId === server.machineId)
      .filter((share) => share.acceptedAt !== null || this.tv.knobs.pendingInV1List);
    return container(rows.map((share) => sharedServer(world, then, share)));
  }

  private one(request: Request): Answer {
    const server = this.server(request.params.machine, this.owner(request));
    return container([
      sharedServer(this.tv.world, server, this.shareOf(request.params.share, server)),
    ]);
  }

  private owned(request: Request, accepted: boolean): Answer {
    const owner = this.owner(request);
    const world = this.tv.shown(request.lagMs);
    const rows = world.shares.flatMap((share) => {
      const server = world.servers.find((one) => one.machineId === share.machineId);
      const fits = (share.acceptedAt !== null) === accepted;
      return server && fits && this.tv.isOwn(server, owner) ? [share2(world, server, share)] : [];
    });
    return v2(request.headers.accept, { name: 'sharedServers', value: rows });
  }

  private received(request: Request): Answer {
    this.owner(request);
    return v2(request.headers.accept, { name: 'invites', value: [] });
  }

  private createV1(request: Request): Handled {
    const owner = this.owner(request);
    const server = this.server(request.params.machine, owner);
    const body = request.body as {
      shared_server?: {
        library_section_ids?: unknown;
        invited_email?: unknown;
        invited_id?: unknown;
      };
    } | null;
    const shared = body?.shared_server ?? {};
    if (!Array.isArray(shared.library_section_ids))
      return v1Error(400, 'library_section_ids is missing');
    const invite: Invite = {
      server,
      owner,
      ids: shared.library_section_ids,
      accountId: typeof shared.invited_id === 'number' ? shared.invited_id : null,
      text: typeof shared.invited_email === 'string' ? shared.invited_email.trim() : '',
      skipFriendship: false,
      refuse: (kind, who) => v1Error(400, this.sentence(kind, who)),
    };
    return this.change(() => {
      const share = this.invite(invite);
      if ('status' in share) return share;
      return container([sharedServer(this.tv.world, server, share)]);
    }, server.machineId);
  }

  private createV2(request: Request): Handled {
    const owner = this.owner(request);
    const body = request.body as Record<string, unknown> | null;
    const server = this.server(String(body?.machineIdentifier), owner);
    const ids = body?.librarySectionIds;
    const accept = request.headers.accept;
    const refuse: Invite['refuse'] = (kind, who) =>
      v2Error(accept, { code: 1999, message: this.sentence(kind, who), status: 400, http: 422 });
    if (!Array.isArray(ids)) return refuse('invalid', '');
    const invite: Invite = {
      server,
      owner,
      ids,
      accountId: typeof body?.invitedId === 'number' ? body.invitedId : null,
      text: typeof body?.invitedEmail === 'string' ? body.invitedEmail.trim() : '',
      skipFriendship: body?.skipFriendship === true,
      refuse,
    };
    return this.change(() => {
      const share = this.invite(invite);
      return 'status' in share ? share : this.shown(request, { server, share, status: 201 });
    }, server.machineId);
  }

  private sentence(kind: 'already' | 'invalid' | 'self' | 'limit', who: string): string {
    const sentences = {
      already: `You're already sharing this server with ${who}. Please edit your existing share.`,
      invalid: 'The username or email entered appears to be invalid.',
      self: 'You cannot invite yourself.',
      limit: this.tv.knobs.limitText,
    };
    return sentences[kind];
  }

  /** Makes a share; an empty list, or one of unknown ids alone, is everything. */
  private invite(invite: Invite): Share | Answer {
    const { server, owner, text } = invite;
    const { world } = this.tv;
    const wanted = text.toLowerCase();
    if (
      wanted !== '' &&
      [owner.email, owner.username].some((own) => own.toLowerCase() === wanted)
    ) {
      return invite.refuse('self', text);
    }
    const account =
      invite.accountId === null
        ? world.accounts.find(
            (a) => wanted !== '' && [a.email, a.username].some((n) => n.toLowerCase() === wanted),
          )
        : world.accounts.find((a) => a.id === invite.accountId);
    if (invite.accountId !== null && !account) return invite.refuse('invalid', text);
    if (!account && !isAddress(text)) return invite.refuse('invalid', text);
    const existing = world.shares.find(
      (share) =>
        share.machineId === server.machineId &&
        (account ? share.accountId === account.id : share.email.toLowerCase() === wanted),
    );
    if (existing) return invite.refuse('already', account?.username ?? text);
    const people = new Set(world.shares.map((share) => share.accountId ?? share.email));
    if (people.size >= this.tv.knobs.limitPeople) return invite.refuse('limit', text);
    return this.add(invite, account);
  }

  private add(
    { server, owner, ids, text, skipFriendship }: Invite,
    account: Account | undefined,
  ): Share {
    const list = listOf(server, ids);
    const isKnown = account !== undefined && (account.home || this.tv.isFriend(account, owner));
    const isAccepted = account?.home === true || (isKnown && this.tv.knobs.reshare === 'accepted');
    const share: Share = {
      id: this.tv.nextId(),
      machineId: server.machineId,
      accountId: account?.id ?? null,
      email: account?.email ?? text,
      sectionIds: list ?? [],
      allLibraries: list === null,
      invitedAt: now(),
      acceptedAt: isAccepted ? now() : null,
    };
    if (skipFriendship && account) account.friend = false;
    this.tv.world.shares.push(share);
    return share;
  }

  private replaceV1(request: Request): Handled {
    const server = this.server(request.params.machine, this.owner(request));
    this.shareOf(request.params.share, server);
    const body = request.body as { shared_server?: { library_section_ids?: unknown } } | null;
    const ids = body?.shared_server?.library_section_ids;
    if (!Array.isArray(ids)) return v1Error(400, 'library_section_ids is missing');
    return this.change(() => {
      const share = this.shareOf(request.params.share, server);
      const refused = this.replace(server, share, ids);
      return refused ?? container([sharedServer(this.tv.world, server, share)]);
    }, server.machineId);
  }

  /** Replaces the whole list; an invite may keep its own until it is accepted. */
  private replace(server: Server, share: Share, ids: readonly unknown[]): Answer | null {
    if (share.acceptedAt === null && this.tv.knobs.pendingFixed) return null;
    const list = listOf(server, ids);
    if (list === null && this.tv.knobs.emptyPut === 'error') return v1Error(422, 'No libraries');
    if (list === null && this.tv.knobs.emptyPut === 'delete') {
      this.drop(share);
      return null;
    }
    share.sectionIds = list ?? [];
    share.allLibraries = list === null;
    return null;
  }

  private drop(share: Share): void {
    this.tv.world.shares = this.tv.world.shares.filter((one) => one !== share);
  }

  private deleteV1(request: Request): Handled {
    const server = this.server(request.params.machine, this.owner(request));
    this.shareOf(request.params.share, server);
    return this.change(() => {
      this.drop(this.shareOf(request.params.share, server));
      return { status: 200 };
    }, server.machineId);
  }

  private ownShareV2(request: Request): { server: Server; share: Share } {
    const owner = this.owner(request);
    const share = this.tv.world.shares.find((one) => one.id === Number(request.params.share));
    const server = this.tv.world.servers.find((one) => one.machineId === share?.machineId);
    if (share && server && this.tv.isOwn(server, owner)) return { server, share };
    const message = 'Not found';
    throw new Refused(v2Error(request.headers.accept, { code: 1002, message, status: 404 }));
  }

  private oneV2(request: Request): Answer {
    return this.shown(request, this.ownShareV2(request));
  }

  private shown(
    request: Request,
    { server, share, status = 200 }: { server: Server; share: Share; status?: number },
  ): Answer {
    const value = share2(this.tv.world, server, share);
    return v2(request.headers.accept, { name: 'sharedServer', value, status });
  }

  private replaceV2(request: Request): Handled {
    const { server } = this.ownShareV2(request);
    const body = request.body as {
      librarySectionIds?: unknown;
      settings?: Record<string, string>;
    } | null;
    const ids = body?.librarySectionIds;
    return this.change(() => {
      const { share } = this.ownShareV2(request);
      const refused = Array.isArray(ids) ? this.replace(server, share, ids) : null;
      return refused ?? this.shown(request, { server, share });
    }, server.machineId);
  }

  private deleteV2(request: Request): Handled {
    const { server } = this.ownShareV2(request);
    return this.change(() => {
      this.drop(this.ownShareV2(request).share);
      return { status: 204 };
    }, server.machineId);
  }

  private accept(request: Request): Handled {
    const { share } = this.ownShareV2(request);
    return this.change(() => {
      share.acceptedAt = now();
      return json({});
    }, share.machineId);
  }

  /** Ends the friendship and every share with this owner's servers. */
  private removePerson(request: Request): Handled {
    const owner = this.owner(request);
    const account = this.tv.world.accounts.find((a) => a.id === Number(request.params.account));
    if (!account) {
      const message = 'Not found';
      return v2Error(request.headers.accept, { code: 1002, message, status: 404 });
    }
    return this.change(() => {
      account.friend = false;
      account.friendOf = account.friendOf?.filter((id) => id !== owner.id);
      const own = (machineId: string) =>
        this.tv.world.servers.some((s) => s.machineId === machineId && this.tv.isOwn(s, owner));
      this.tv.world.shares = this.tv.world.shares.filter(
        (share) => share.accountId !== account.id || !own(share.machineId),
      );
      for (const server of this.tv.world.servers) this.tv.changed(server.machineId);
      return { status: 200 };
    });
  }
}

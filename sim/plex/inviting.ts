import type { Answer, Handled, Request, Route } from '../common/server.js';
import { container, v1Error, v2, v2Error } from './shapes.js';
import { listOf } from './plexTv.js';
import type { Caller, PlexTv } from './plexTv.js';
import { share2, sharedServer } from './rows.js';
import { readSettings, setSettings } from './settings.js';
import { refusedSettings } from './sharingSettings.js';
import type { Account, Server, Settings, Share } from './world.js';
import type { Who } from './who.js';

type Why = 'already' | 'invalid' | 'self' | 'limit' | 'empty';

interface Invite {
  readonly server: Server;
  readonly owner: Caller;
  readonly ids: readonly unknown[];
  readonly accountId: number | null;
  /** A name or an address, as it was typed. */
  readonly text: string;
  readonly skipFriendship: boolean;
  readonly settings: Partial<Settings>;
  readonly refuse: (why: Why, who: string) => Answer;
}

const now = (): number => Date.now() / 1000;
const isAddress = (text: string): boolean => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text);

/** Makes shares, in v1 and in v2. */
export class Inviting {
  constructor(
    private readonly tv: PlexTv,
    private readonly who: Who,
  ) {}

  routes(): Route[] {
    return [
      {
        method: 'POST',
        path: '/api/servers/:machine/shared_servers',
        handle: (r) => this.createV1(r),
      },
      { method: 'POST', path: '/api/v2/shared_servers', handle: (r) => this.createV2(r) },
    ];
  }

  private createV1(request: Request): Handled {
    const server = this.who.server(request, request.params.machine);
    const body = request.body as {
      shared_server?: Record<string, unknown>;
      sharing_settings?: unknown;
    } | null;
    const shared = body?.shared_server ?? {};
    if (!Array.isArray(shared.library_section_ids))
      return v1Error(400, 'library_section_ids is missing');
    return this.create(
      {
        server,
        owner: this.who.caller(request),
        ids: shared.library_section_ids,
        ...whomOf(shared.invited_id, shared.invited_email),
        skipFriendship: false,
        settings: readSettings(body?.sharing_settings),
        refuse: (why, who) => v1Error(400, this.sentence(why, who)),
      },
      (share) =>
        container([
          sharedServer({ world: this.tv.world, server, share }, this.tv.knobs.pendingMark),
        ]),
    );
  }

  private createV2(request: Request): Handled {
    const { accept } = request.headers;
    const owner = this.who.caller(request);
    const body = request.body as Record<string, unknown> | null;
    const server = this.who.server(request, String(body?.machineIdentifier));
    const ids = body?.librarySectionIds;
    const refuse: Invite['refuse'] = (why, who) =>
      v2Error(accept, {
        code: 1999,
        message: this.sentence(why, who),
        field: 'base',
        status: 400,
        http: 422,
      });
    if (!Array.isArray(ids)) return refuse('empty', '');
    return this.create(
      {
        server,
        owner,
        ids,
        ...whomOf(body?.invitedId, body?.invitedEmail),
        skipFriendship: body?.skipFriendship === true,
        settings: readSettings(body?.settings),
        refuse,
      },
      (share) => {
        const value = share2(this.tv, { world: this.tv.world, server, share });
        return v2(accept, { name: 'sharedServer', value, status: 201 });
      },
    );
  }

  private create(invite: Invite, answer: (share: Share) => Answer): Handled {
    return {
      apply: () => {
        const made = this.invite(invite);
        if ('status' in made) return made;
        this.tv.changed(invite.server.machineId);
        return answer(made);
      },
    };
  }

  private sentence(why: Why, who: string): string {
    const sentences = {
      already: `You're already sharing this server with ${who}. Please edit your existing share.`,
      invalid: 'The username or email entered appears to be invalid.',
      self: 'You cannot invite yourself.',
      limit: this.tv.knobs.limitText,
      empty: 'Library section ids are missing.',
    };
    return sentences[why];
  }

  private invite(invite: Invite): Share | Answer {
    const { owner, text, accountId } = invite;
    const account = accountId === null ? this.tv.accountNamed(text) : this.tv.accountBy(accountId);
    if (account?.id === owner.id) return invite.refuse('self', text);
    // An address may be anybody's; a name that nobody has, or an id, is nobody.
    if (!account && (accountId !== null || !isAddress(text))) return invite.refuse('invalid', text);
    if (this.existing(invite, account))
      return invite.refuse('already', account?.username || account?.title || text);
    if (this.isFull(owner, account)) return invite.refuse('limit', text);
    return refusedSettings(this.tv, account, invite.settings) ?? this.add(invite, account);
  }

  /** The one share this server has with them; an address may have become an account since. */
  private existing({ server, text }: Invite, account: Account | undefined): Share | undefined {
    const address = (account?.email ?? text).toLowerCase();
    return this.tv.world.shares.find(
      (share) =>
        share.machineId === server.machineId &&
        (share.accountId === null
          ? share.email.toLowerCase() === address
          : share.accountId === account?.id),
    );
  }

  /** Everybody in the home counts, and everybody with a share of any of the owner's servers. */
  private isFull(owner: Caller, account: Account | undefined): boolean {
    const { world } = this.tv;
    const own = world.servers.filter((s) => this.tv.isOwn(s, owner)).map((s) => s.machineId);
    const shares = world.shares.filter((share) => own.includes(share.machineId));
    const home = world.accounts.filter((one) => this.tv.isHome(one, owner));
    const people = new Set<number | string>([
      ...home.map((one) => one.id),
      ...shares.map((share) => share.accountId ?? share.email.toLowerCase()),
    ]);
    return !people.has(account?.id ?? '') && people.size >= this.tv.knobs.limitPeople;
  }

  /** An empty list, or one of unknown ids alone, is everything. */
  private add(invite: Invite, account: Account | undefined): Share {
    const { server, owner, ids, text, skipFriendship, settings } = invite;
    const list = listOf(server, ids);
    const isHome = account !== undefined && this.tv.isHome(account, owner);
    const isFriend = account !== undefined && this.tv.isFriend(account, owner);
    const isAccepted = isHome || (isFriend && this.tv.knobs.reshare === 'accepted');
    const share: Share = {
      id: this.tv.nextId(),
      machineId: server.machineId,
      accountId: account ? this.tv.noted(account).id : null,
      email: account?.email ?? text,
      sectionIds: list ?? [],
      allLibraries: list === null,
      invitedAt: now(),
      acceptedAt: isAccepted ? now() : null,
      ...(skipFriendship ? { skipFriendship } : {}),
    };
    if (Object.keys(settings).length > 0) {
      if (account) setSettings(account, settings);
      else share.given = settings;
    }
    this.tv.world.shares.push(share);
    return share;
  }
}

/** Whom an invite is for; an id goes before a name, and only a number is one. */
const whomOf = (id: unknown, text: unknown): Pick<Invite, 'accountId' | 'text'> => ({
  accountId: typeof id === 'number' ? id : null,
  text: typeof text === 'string' ? text.trim() : '',
});

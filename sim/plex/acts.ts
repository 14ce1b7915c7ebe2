import { z } from 'zod';
import type { Answer } from '../common/server.js';
import type { PlexTv } from './plexTv.js';
import type { Account, Library, Server, Share } from './world.js';

const id = z.number().int();
const act = z.discriminatedUnion('act', [
  z.strictObject({
    act: z.literal('accept'),
    shareId: id,
    /** Under which account; by default the one that was invited, or a new one with the invited address. */
    accountId: id.optional(),
    email: z.string().optional(),
  }),
  z.strictObject({ act: z.literal('decline'), shareId: id }),
  z.strictObject({ act: z.literal('leave'), shareId: id }),
  z.strictObject({ act: z.literal('deleteShare'), shareId: id }),
  z.strictObject({ act: z.literal('unfriend'), accountId: id }),
  z.strictObject({
    act: z.literal('setShare'),
    machineId: z.string(),
    accountId: id,
    sectionIds: z.array(id).optional(),
    allLibraries: z.boolean().optional(),
  }),
  z.strictObject({
    act: z.literal('play'),
    accountId: id,
    machineId: z.string(),
    sectionKey: z.string(),
    title: z.string(),
  }),
  z.strictObject({ act: z.literal('stop'), sessionId: z.string() }),
  z.strictObject({
    act: z.literal('watched'),
    accountId: id,
    machineId: z.string(),
    sectionKey: z.string(),
    title: z.string(),
    viewedAt: z.number().optional(),
  }),
  z.strictObject({
    act: z.literal('renameAccount'),
    accountId: id,
    username: z.string().optional(),
    email: z.string().optional(),
    title: z.string().optional(),
  }),
  z.strictObject({
    act: z.literal('addLibrary'),
    machineId: z.string(),
    title: z.string(),
    type: z.string(),
  }),
  z.strictObject({ act: z.literal('removeLibrary'), machineId: z.string(), sectionId: id }),
  z.strictObject({ act: z.literal('recreateLibrary'), machineId: z.string(), sectionId: id }),
  z.strictObject({
    act: z.literal('renameLibrary'),
    machineId: z.string(),
    sectionId: id,
    title: z.string(),
  }),
  z.strictObject({
    act: z.literal('approvePin'),
    pinId: id.optional(),
    code: z.string().optional(),
    /** Whose account it lets in; the first owner's by default. */
    accountId: id.optional(),
  }),
]);

type Act = z.infer<typeof act>;

class NotThere extends Error {}

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new NotThere();
  return thing;
}

/** What people do at Plex by hand: accept, leave, delete, share, watch. */
export class Acts {
  constructor(private readonly tv: PlexTv) {}

  do(body: unknown): Answer {
    const parsed = act.parse(body);
    try {
      const machineId = this.serverOf(parsed);
      const changed = this.perform(parsed);
      this.tv.changed(machineId);
      return { status: 200, body: changed };
    } catch (error) {
      if (error instanceof NotThere) return { status: 404, body: { error: 'there is no such id' } };
      throw error;
    }
  }

  /** The server that hears of it. */
  private serverOf(one: Act): string | undefined {
    if ('machineId' in one) return this.server(one.machineId).machineId;
    return 'shareId' in one ? this.share(one.shareId).machineId : undefined;
  }

  private perform(one: Act): unknown {
    switch (one.act) {
      case 'accept':
        return this.accept(one);
      case 'decline':
      case 'leave': {
        const share = this.share(one.shareId);
        this.tv.endByPerson(share);
        return share;
      }
      case 'deleteShare': {
        const share = this.share(one.shareId);
        this.tv.world.shares = this.tv.world.shares.filter((other) => other !== share);
        return share;
      }
      case 'unfriend':
        return this.unfriend(one.accountId);
      case 'setShare':
        return this.setShare(one);
      case 'play':
      case 'watched':
        return this.watch(one);
      case 'stop': {
        const stopped = found(this.tv.world.sessions.find((s) => s.sessionId === one.sessionId));
        this.tv.stop(stopped);
        return stopped;
      }
      case 'renameAccount': {
        const account = this.account(one.accountId);
        const { username, email, title } = one;
        return Object.assign(account, username !== undefined && { username }, {
          ...(email !== undefined && { email }),
          ...(title !== undefined && { title }),
        });
      }
      case 'approvePin':
        return this.approve(one);
      case 'addLibrary':
      case 'removeLibrary':
      case 'recreateLibrary':
      case 'renameLibrary':
        return this.changeLibrary(one);
    }
  }

  /** A stream that begins, or one that is over. */
  private watch(one: Extract<Act, { act: 'play' | 'watched' }>): unknown {
    const { accountId, machineId, sectionKey, title } = one;
    found(this.tv.callerBy(accountId));
    found(this.server(machineId).libraries.find((library) => library.key === sectionKey));
    const view = { accountId, machineId, sectionKey, title };
    if (one.act === 'watched') {
      const watched = { ...view, viewedAt: one.viewedAt ?? Math.round(Date.now() / 1000) };
      this.tv.world.history.push(watched);
      return watched;
    }
    const sessionId = `session-${this.tv.nextId()}`;
    this.tv.world.sessions.push({ sessionId, ...view });
    return { sessionId };
  }

  private approve({ pinId, code, accountId }: Extract<Act, { act: 'approvePin' }>): unknown {
    const pin = found(
      this.tv.world.pins.find(
        (one) => (one.id === pinId || one.code === code) && one.expiresAt > Date.now(),
      ),
    );
    if (accountId !== undefined) pin.accountId = found(this.tv.callerBy(accountId)).id;
    pin.approved = true;
    return pin;
  }

  private changeLibrary(one: Extract<Act, { act: `${string}Library` }>): Library {
    const server = this.server(one.machineId);
    if (one.act === 'addLibrary') return this.addLibrary(server, one.title, one.type);
    const library = found(server.libraries.find((l) => l.sectionId === one.sectionId));
    if (one.act === 'renameLibrary') {
      library.title = one.title;
      return library;
    }
    const made =
      one.act === 'recreateLibrary' && this.addLibrary(server, library.title, library.type);
    this.removeLibrary(server, library);
    return made || library;
  }

  private share(shareId: number): Share {
    return found(this.tv.world.shares.find((share) => share.id === shareId));
  }

  private account(accountId: number): Account {
    return found(this.tv.world.accounts.find((account) => account.id === accountId));
  }

  private server(machineId: string): Server {
    return found(this.tv.world.servers.find((server) => server.machineId === machineId));
  }

  /** An address without an account becomes one; an invite by link may be taken under any account. */
  private accept({ shareId, accountId, email }: Extract<Act, { act: 'accept' }>): Share {
    const share = this.share(shareId);
    if (share.cancelled) throw new NotThere();
    const named = accountId ?? (email === undefined ? share.accountId : null);
    const account =
      named === null
        ? this.accountOf(email ?? share.email)
        : found(this.tv.accountBy(named) ?? undefined);
    if (!this.tv.accept(share, account))
      throw new Error('they have a share of that server already');
    return share;
  }

  private accountOf(email: string): Account {
    const known = this.tv.accountNamed(email);
    if (known) return known;
    const name = email.split('@')[0] ?? email;
    const account: Account = {
      id: this.tv.nextId() + 5_000_000,
      username: name,
      email,
      title: name,
      home: false,
      restricted: false,
      friend: false,
    };
    this.tv.world.accounts.push(account);
    return account;
  }

  /** The first owner ends a friendship, and with it every share with them. */
  private unfriend(accountId: number): Account {
    const account = this.account(accountId);
    const { world } = this.tv;
    const own = world.servers.filter((one) => this.tv.isOwn(one, world.owner));
    this.tv.setFriend(account, world.owner, false);
    world.shares = world.shares.filter(
      (one) => one.accountId !== accountId || !own.some((s) => s.machineId === one.machineId),
    );
    return account;
  }

  private setShare({
    machineId,
    accountId,
    sectionIds,
    allLibraries,
  }: Extract<Act, { act: 'setShare' }>): Share {
    const server = this.server(machineId);
    const account = this.account(accountId);
    const known = server.libraries.map((l) => l.sectionId);
    for (const section of sectionIds ?? []) found(known.find((one) => one === section));
    const now = Date.now() / 1000;
    let share = this.tv.world.shares.find(
      (s) => s.machineId === machineId && s.accountId === accountId,
    );
    if (!share) {
      share = {
        id: this.tv.nextId(),
        machineId,
        accountId,
        email: account.email,
        sectionIds: [],
        allLibraries: false,
        invitedAt: now,
        acceptedAt: now,
      };
      this.tv.world.shares.push(share);
    }
    share.sectionIds = [...(sectionIds ?? [])];
    share.allLibraries = allLibraries ?? false;
    return share;
  }

  private addLibrary(server: Server, title: string, type: string): Library {
    const { sectionId, key } = this.tv.nextLibrary(server);
    const library = {
      key,
      sectionId,
      uuid: `${sectionId}-0000-4000-8000-000000000000`,
      title,
      type,
    };
    server.libraries.push(library);
    return library;
  }

  /** A library that goes leaves every list; a share that it was alone in goes with it. */
  private removeLibrary(server: Server, library: Library): void {
    server.libraries = server.libraries.filter((one) => one !== library);
    const { world } = this.tv;
    for (const share of world.shares.filter((s) => s.machineId === server.machineId)) {
      share.sectionIds = share.sectionIds.filter((section) => section !== library.sectionId);
    }
    world.shares = world.shares.filter(
      (s) => s.machineId !== server.machineId || s.allLibraries || s.sectionIds.length > 0,
    );
  }
}

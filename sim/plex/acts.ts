import { z } from 'zod';
import type { Answer } from '../common/server.js';
import type { PlexTv } from './plexTv.js';
import type { Account, Library, Server, Share } from './world.js';

const id = z.number().int();
const act = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('accept'), shareId: id }),
  z.strictObject({ act: z.literal('decline'), shareId: id }),
  z.strictObject({ act: z.literal('leave'), shareId: id }),
  z.strictObject({ act: z.literal('deleteShare'), shareId: id }),
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
      case 'accept': {
        const share = this.share(one.shareId);
        share.acceptedAt = Date.now() / 1000;
        return this.accepted(share);
      }
      case 'decline':
      case 'leave':
      case 'deleteShare':
        return this.drop(this.share(one.shareId), one.act !== 'deleteShare');
      case 'setShare':
        return this.setShare(one);
      case 'play': {
        const { accountId, machineId, sectionKey, title } = one;
        if (accountId !== this.tv.world.owner.id) this.account(accountId);
        found(this.server(machineId).libraries.find((library) => library.key === sectionKey));
        const sessionId = `session-${this.tv.nextId()}`;
        const session = { sessionId, accountId, machineId, sectionKey, title };
        this.tv.world.sessions.push(session);
        return { sessionId: session.sessionId };
      }
      case 'stop': {
        const { world } = this.tv;
        const stopped = found(world.sessions.find((s) => s.sessionId === one.sessionId));
        world.sessions = world.sessions.filter((s) => s !== stopped);
        return stopped;
      }
      case 'approvePin': {
        const pin = found(
          this.tv.world.pins.find((p) => p.id === one.pinId || p.code === one.code),
        );
        pin.approved = true;
        return pin;
      }
      case 'addLibrary':
      case 'removeLibrary':
      case 'recreateLibrary':
      case 'renameLibrary':
        return this.changeLibrary(one);
    }
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

  /** An address that accepts becomes an account, and a friend. */
  private accepted(share: Share): Share {
    if (share.accountId === null) {
      const name = share.email.split('@')[0] ?? share.email;
      const account = {
        id: this.tv.nextId() + 5_000_000,
        username: name,
        email: share.email,
        title: name,
        home: false,
        restricted: false,
        friend: true,
      };
      this.tv.world.accounts.push(account);
      share.accountId = account.id;
    } else {
      const account = this.tv.world.accounts.find((a) => a.id === share.accountId);
      if (account && !account.home) account.friend = true;
    }
    return share;
  }

  private drop(share: Share, endsFriendship: boolean): Share {
    this.tv.world.shares = this.tv.world.shares.filter((one) => one !== share);
    const account = this.tv.world.accounts.find((a) => a.id === share.accountId);
    if (account && endsFriendship) account.friend = false;
    return share;
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

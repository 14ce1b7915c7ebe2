import { patched } from '../common/knobs.js';
import type { Answer } from '../common/server.js';
import { knobsSchema } from './knobs.js';
import type { Knobs } from './knobs.js';
import { readSettings, setSettings } from './settings.js';
import { worldSchema } from './world.js';
import type { Account, Library, Owner, PlexWorld, Server, Session, Share } from './world.js';

/** Thrown by a rule of plex.tv; the routes turn it into the answer of their kind. */
export class Refused extends Error {
  constructor(readonly answer: Answer) {
    super(`refused with ${answer.status}`);
  }
}

/** An account that may ask: an owner, or anybody else who can sign in. */
export type Caller = Owner & Pick<Account, 'title'>;

const PAST_MS = 600_000;
const FIRST_NEW_SECTION = 118_300_000;
/** The PMS re-reads everybody at most this often, and drops what is pushed in between. */
const PUSH_EVERY_MS = 6_000;

/** The state of plex.tv and of its servers, its history, and the rules by which it changes. */
export class PlexTv {
  world: PlexWorld;
  knobs: Knobs = knobsSchema.parse({});
  private past: { at: number; world: PlexWorld }[] = [];
  private readonly pms = new Map<string, { at: number; shares: readonly Share[] }>();
  private lastId = 0;
  private lastSection = FIRST_NEW_SECTION;
  private readonly lastKeys = new Map<string, number>();

  constructor(world: unknown) {
    this.world = worldSchema.parse(world);
    this.put(this.world);
  }

  put(body: unknown): void {
    this.world = worldSchema.parse(body);
    this.lastId = Math.max(30_000, ...this.world.shares.map((share) => share.id));
    this.past = [];
    this.pms.clear();
    this.remember();
    for (const server of this.world.servers) this.push(server.machineId, { isFirst: true });
  }

  setKnobs(body: unknown): void {
    this.knobs = patched(knobsSchema, this.knobs, body);
  }

  /** A row that was lost has had its id: nobody else gets it. One that only comes later comes under the same. */
  snapshot(): (how: { readonly isLost: boolean }) => void {
    const world = structuredClone(this.world);
    const { lastId } = this;
    const pms = new Map(this.pms);
    const length = this.past.length;
    return ({ isLost }) => {
      this.world = world;
      if (!isLost) this.lastId = lastId;
      this.past.length = length;
      for (const [machineId, heard] of pms) this.pms.set(machineId, heard);
    };
  }

  /** After every change: what lists show of the past, and the push to the server. */
  changed(machineId?: string): void {
    this.remember();
    if (machineId !== undefined) this.push(machineId, { isFirst: false });
  }

  private remember(): void {
    const now = Date.now();
    this.past.push({ at: now, world: structuredClone(this.world) });
    while (this.past.length > 1 && (this.past[1]?.at ?? now) < now - PAST_MS) {
      this.past.shift();
    }
  }

  /** The world as lists show it: with a lag, that of then. */
  shown(lagMs: number): PlexWorld {
    const lag = Math.max(lagMs, this.knobs.lagMs);
    if (lag === 0) return this.world;
    const then = Date.now() - lag;
    return this.past.findLast((one) => one.at <= then)?.world ?? this.past[0]?.world ?? this.world;
  }

  private push(machineId: string, { isFirst }: { isFirst: boolean }): void {
    const last = this.pms.get(machineId);
    const now = Date.now();
    if (!isFirst && this.knobs.pmsLag && last && now - last.at < PUSH_EVERY_MS) return;
    const shares = structuredClone(this.world.shares.filter((s) => s.machineId === machineId));
    this.pms.set(machineId, { at: isFirst ? 0 : now, shares });
  }

  /** What the PMS itself lets a guest see, which may be older than plex.tv. */
  enforced(machineId: string): readonly Share[] {
    return this.pms.get(machineId)?.shares ?? [];
  }

  nextId(): number {
    this.lastId += 7;
    return this.lastId;
  }

  /** A section id and a key that no library had before. */
  nextLibrary({ machineId, libraries }: Server): { sectionId: number; key: string } {
    const sections = this.world.servers.flatMap((server) => server.libraries);
    this.lastSection = Math.max(this.lastSection, ...sections.map((l) => l.sectionId)) + 41;
    const lastKey = this.lastKeys.get(machineId) ?? 0;
    const key = Math.max(lastKey, ...libraries.map((l) => Number(l.key))) + 1;
    this.lastKeys.set(machineId, key);
    return { sectionId: this.lastSection, key: String(key) };
  }

  /** Whose token it is. A managed user cannot sign in, and has none. */
  callerOf(token: string | undefined): Caller | undefined {
    if (token === undefined || token === '') return undefined;
    const { owner, owners, accounts } = this.world;
    const found = [owner, ...owners].find((one) => one.token === token);
    if (found) return { ...found, title: found.username };
    const account = accounts.find((one) => tokenOf(one) === token);
    return account && { ...account, token };
  }

  /** An owner of this world, or any account, by id. */
  callerBy(id: number): Caller | undefined {
    const { owner, owners, accounts } = this.world;
    const found = [owner, ...owners].find((one) => one.id === id);
    if (found) return { ...found, title: found.username };
    const account = accounts.find((one) => one.id === id);
    return account && { ...account, token: tokenOf(account) ?? '' };
  }

  ownerOf(server: Server): Owner {
    const { owner, owners } = this.world;
    return owners.find((one) => one.id === server.ownerId) ?? owner;
  }

  isOwn(server: Server, caller: { readonly id: number }): boolean {
    return (server.ownerId ?? this.world.owner.id) === caller.id;
  }

  /** The account of that id, an owner's too. */
  accountBy(id: number): Account | undefined {
    const known = this.world.accounts.find((one) => one.id === id);
    const owner = [this.world.owner, ...this.world.owners].find((one) => one.id === id);
    if (known || !owner) return known;
    const { username, email } = owner;
    return { id, username, email, title: username, home: false, restricted: false, friend: false };
  }

  /** The same account, noted: an owner is among the accounts as soon as another owner has to do with them. */
  noted(account: Account): Account {
    const known = this.world.accounts.find((one) => one.id === account.id);
    if (!known) this.world.accounts.push(account);
    return known ?? account;
  }

  /** The account with that name or address, whatever the case. */
  accountNamed(text: string): Account | undefined {
    const wanted = text.trim().toLowerCase();
    if (wanted === '') return undefined;
    const { accounts, owner, owners } = this.world;
    const found = [...accounts, owner, ...owners].find(({ email, username }) =>
      [email, username].some((name) => name.toLowerCase() === wanted),
    );
    return found && this.accountBy(found.id);
  }

  isFriend(account: Account, owner: { readonly id: number }): boolean {
    return account.friendOf
      ? account.friendOf.includes(owner.id)
      : account.friend && owner.id === this.world.owner.id;
  }

  /** Makes or ends a friendship with one owner, and leaves those with others alone. */
  setFriend(account: Account, owner: { readonly id: number }, isFriend: boolean): void {
    const first = this.world.owner.id;
    if (account.friendOf === undefined && owner.id === first) {
      account.friend = isFriend;
      return;
    }
    const others = (account.friendOf ?? (account.friend ? [first] : [])).filter(
      (id) => id !== owner.id,
    );
    account.friendOf = isFriend ? [...others, owner.id] : others;
    account.friend = account.friendOf.includes(first);
  }

  /** The home is that of the first owner. */
  isHome(account: Account, owner: { readonly id: number }): boolean {
    return account.home && owner.id === this.world.owner.id;
  }

  /** Everybody an owner has to do with: friends, the home, and whoever has a share, accepted or not. */
  peopleOf(owner: { readonly id: number }, world: PlexWorld): Account[] {
    const own = new Set(
      world.servers.filter((s) => this.isOwn(s, owner)).map((server) => server.machineId),
    );
    const shared = new Set(
      world.shares.filter((s) => own.has(s.machineId)).map((share) => share.accountId),
    );
    return world.accounts.filter(
      (one) => this.isHome(one, owner) || this.isFriend(one, owner) || shared.has(one.id),
    );
  }

  /** A person takes an invite; false when they have a share of that server already. */
  accept(share: Share, account: Account): boolean {
    const { shares, servers } = this.world;
    const isTwice = shares.some(
      (one) => one !== share && one.machineId === share.machineId && one.accountId === account.id,
    );
    if (isTwice) return false;
    share.accountId = this.noted(account).id;
    share.acceptedAt = Date.now() / 1000;
    if (share.given) setSettings(this.noted(account), readSettings(share.given));
    delete share.given;
    const server = servers.find((one) => one.machineId === share.machineId);
    const owner = server && this.ownerOf(server);
    if (owner && share.skipFriendship !== true && !this.isHome(account, owner)) {
      this.setFriend(this.noted(account), owner, true);
    }
    return true;
  }

  /** A person declines or leaves a share: v1 forgets it, v2 keeps its row with a date. */
  endByPerson(share: Share): void {
    const how = share.acceptedAt === null ? 'declined' : 'left';
    this.world.shares = this.world.shares.filter((one) => one !== share);
    this.world.ended.push({ ...share, endedAt: Math.round(Date.now() / 1000), how });
    const account = this.world.accounts.find((one) => one.id === share.accountId);
    const server = this.world.servers.find((one) => one.machineId === share.machineId);
    if (account && server) this.setFriend(account, this.ownerOf(server), false);
  }

  /** A stream ends, and is remembered as watched. */
  stop(session: Session): void {
    const { sessionId, ...view } = session;
    this.world.sessions = this.world.sessions.filter((one) => one.sessionId !== sessionId);
    this.world.history.push({ ...view, viewedAt: Math.round(Date.now() / 1000) });
  }
}

/** What an account signs in with. */
export const tokenOf = (account: Account): string | undefined =>
  account.token ?? (account.restricted ? undefined : `account-token-${account.id}`);

/** Opens one server for one guest, and nothing at plex.tv. */
export const guestToken = (share: Share): string => `guest-token-${share.id}`;

export const sectionsOf = (server: Server, share: Share): Library[] =>
  server.libraries.filter((l) => share.allLibraries || share.sectionIds.includes(l.sectionId));

/** What plex.tv makes of a list of ids: unknown ones are dropped without a word; null = everything. */
export function listOf(server: Server, ids: readonly unknown[]): number[] | null {
  const known = server.libraries.filter((l) => ids.includes(l.sectionId)).map((l) => l.sectionId);
  return known.length === 0 ? null : known;
}

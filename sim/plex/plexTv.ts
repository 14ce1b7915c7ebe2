import { z } from 'zod';
import { patched } from '../common/knobs.js';
import type { Answer } from '../common/server.js';
import { worldSchema } from './world.js';
import type { Account, Library, Owner, PlexWorld, Server, Share } from './world.js';

const knobsSchema = z.strictObject({
  emptyPut: z.enum(['all', 'delete', 'error']).default('all'),
  reshare: z.enum(['accepted', 'pending']).default('accepted'),
  pendingInV1List: z.boolean().default(true),
  pendingFixed: z.boolean().default(false),
  lagMs: z.number().min(0).default(0),
  partialSections: z.number().int().min(0).nullable().default(null),
  rateLimit: z
    .strictObject({ perSecond: z.number().positive(), retryAfter: z.number().optional() })
    .nullable()
    .default(null),
  limitPeople: z.number().int().default(100),
  limitText: z.string().default('You have reached the limit of people you can share with.'),
  pmsLag: z.boolean().default(false),
});

export type Knobs = z.infer<typeof knobsSchema>;

/** Thrown by a rule of plex.tv; the routes turn it into the answer of their kind. */
export class Refused extends Error {
  constructor(readonly answer: Answer) {
    super(`refused with ${answer.status}`);
  }
}

const HISTORY_MS = 600_000;
const FIRST_NEW_SECTION = 118_300_000;
/** The PMS re-reads everybody at most this often, and drops what is pushed in between. */
const PUSH_EVERY_MS = 6_000;

/** The state of plex.tv and of its servers, its history, and the rules by which it changes. */
export class PlexTv {
  world: PlexWorld;
  knobs: Knobs = knobsSchema.parse({});
  private history: { at: number; world: PlexWorld }[] = [];
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
    this.history = [];
    this.pms.clear();
    this.remember();
    for (const server of this.world.servers) this.push(server.machineId, { isFirst: true });
  }

  setKnobs(body: unknown): void {
    this.knobs = patched(knobsSchema, this.knobs, body);
  }

  snapshot(): () => void {
    const world = structuredClone(this.world);
    const { lastId } = this;
    const pms = new Map(this.pms);
    const length = this.history.length;
    return () => {
      this.world = world;
      this.lastId = lastId;
      this.history.length = length;
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
    this.history.push({ at: now, world: structuredClone(this.world) });
    while (this.history.length > 1 && (this.history[1]?.at ?? now) < now - HISTORY_MS) {
      this.history.shift();
    }
  }

  /** The world as lists show it: with a lag, that of then. */
  shown(lagMs: number): PlexWorld {
    const lag = Math.max(lagMs, this.knobs.lagMs);
    if (lag === 0) return this.world;
    const then = Date.now() - lag;
    return (
      this.history.findLast((one) => one.at <= then)?.world ?? this.history[0]?.world ?? this.world
    );
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

  ownerOf(token: string | undefined): Owner | undefined {
    return [this.world.owner, ...this.world.owners].find((owner) => owner.token === token);
  }

  isOwn(server: Server, owner: Owner): boolean {
    return (server.ownerId ?? this.world.owner.id) === owner.id;
  }

  isFriend(account: Account, owner: Owner): boolean {
    return account.friendOf
      ? account.friendOf.includes(owner.id)
      : account.friend && owner.id === this.world.owner.id;
  }
}

export const guestToken = (share: Share): string => `guest-token-${share.id}`;

export const sectionsOf = (server: Server, share: Share): Library[] =>
  server.libraries.filter((l) => share.allLibraries || share.sectionIds.includes(l.sectionId));

/** What plex.tv makes of a list of ids: unknown ones are dropped without a word; null = everything. */
export function listOf(server: Server, ids: readonly unknown[]): number[] | null {
  const known = server.libraries.filter((l) => ids.includes(l.sectionId)).map((l) => l.sectionId);
  return known.length === 0 ? null : known;
}

import { z } from 'zod';
import { patched } from '../common/knobs.js';
import type { Journal } from '../common/journal.js';
import { invalidBody, Refused } from './refused.js';
import { lineOf, specErrors } from './spec.js';
import type { FieldError, SchemaName } from './spec.js';
import { bits, permissionsIn, worldSchema } from './world.js';
import type { Channel, DiscordWorld, Guild, Thread, User } from './world.js';

export type Json = Record<string, unknown>;

/** A message as Discord sends it; `ephemeral` ones are seen by one person alone. */
export interface Message extends Json {
  readonly id: string;
  readonly channel_id: string;
  flags: number;
  components: Json[];
  attachments: Json[];
  content: string;
}

const knobsSchema = z.strictObject({
  ackMs: z.number().min(0).default(3_000),
  tokenMs: z.number().min(0).default(900_000),
  nonceWindowMs: z.number().min(0).default(180_000),
  rate: z.number().positive().nullable().default(null),
  globalRate: z.number().positive().nullable().default(50),
  channelWrites: z.number().positive().nullable().default(null),
  refusalsMost: z.number().int().min(1).default(10_000),
  dmsPerMinute: z.number().min(0).nullable().default(20),
  sessionStarts: z.number().int().min(0).default(1_000),
  identifyMs: z.number().min(0).default(0),
  heartbeatMs: z.number().min(50).default(41_250),
  shards: z.number().int().min(1).default(1),
  strict: z.boolean().default(true),
});

export type Knobs = z.infer<typeof knobsSchema>;

/** A modal that somebody has open. */
export interface OpenModal {
  readonly modal: Json;
  /** Where the button stands that opened it. */
  readonly source: Message | null;
  /** Of the interaction that opened it. */
  readonly openedBy: Json;
}

/** The same without some of its parts. */
export const without = (one: object, ...keys: readonly string[]): Json =>
  Object.fromEntries(Object.entries(one).filter(([key]) => !keys.includes(key)));

const EPOCH = 1_420_070_400_000n;
/** How long the past is kept, for reads that are late. */
const KEPT_MS = 600_000;

/** What a request or an answer is, for the list of what is invalid. */
export interface Checked {
  /** Of the request; 0 = none, an event of the gateway. */
  readonly seq: number;
  readonly dir: 'in' | 'out';
  readonly schema: string;
}

/** What everything in the simulator shares: the world, the messages, ids, and how the gateway is told. */
export class Hub {
  world: DiscordWorld;
  knobs: Knobs = knobsSchema.parse({});
  readonly commands = new Map<string, Json[]>();
  readonly messages = new Map<string, Message>();
  readonly files = new Map<string, Buffer>();
  readonly dms = new Map<string, string>();
  /** The one person who sees a private answer, by message. */
  readonly onlyFor = new Map<string, string>();
  /** By person and custom_id. */
  readonly modals = new Map<string, OpenModal>();
  readonly nonces = new Map<string, { id: string; at: number }>();
  /** What server admins allow and forbid, by guild and command. */
  readonly permissions = new Map<string, Json[]>();
  origin = '';
  /** Set by the gateway. */
  dispatch: (event: string, data: Json, guildId?: string) => void = () => undefined;
  private counter = 0n;
  private tape: { readonly ids: string[]; at: number } | null = null;
  private past: { readonly at: number; readonly world: DiscordWorld }[] = [];

  constructor(
    world: unknown,
    readonly token: string,
    readonly journal: Journal,
  ) {
    this.world = worldSchema.parse(world);
  }

  put(body: unknown): void {
    this.world = worldSchema.parse(body);
    this.past = [];
    for (const map of this.shortLived) map.clear();
    this.permissions.clear();
    this.messages.clear();
  }

  private get shortLived() {
    return [this.dms, this.onlyFor, this.modals, this.nonces];
  }

  setKnobs(body: unknown): void {
    this.knobs = patched(knobsSchema, this.knobs, body);
  }

  /** Messages stay the objects they are: interactions hold them too. */
  snapshot(): () => void {
    const messages = [...this.messages].map(([id, message]) => ({
      id,
      message,
      then: structuredClone(message),
    }));
    const maps = [this.commands, ...this.shortLived] as Map<string, unknown>[];
    const copies = maps.map((map) => new Map(map));
    return () => {
      this.messages.clear();
      for (const { id, message, then } of messages) {
        for (const key of Object.keys(message))
          if (!(key in then)) Reflect.deleteProperty(message, key);
        this.messages.set(id, Object.assign(message, then));
      }
      for (const [i, map] of maps.entries()) {
        map.clear();
        for (const [key, value] of copies[i] ?? []) map.set(key, value);
      }
    };
  }

  /** Notes what is wrong with a body; a wrong request is refused too, unless the knob `strict` is off. */
  hold(what: Checked, errors: readonly FieldError[]): void {
    if (errors.length === 0) return;
    this.journal.problems.invalid.push({ ...what, errors: errors.slice(0, 10).map(lineOf) });
    if (what.dir === 'in' && this.knobs.strict) throw invalidBody(errors);
  }

  /** The same, by Discord's own schema of that name. */
  holdTo(schema: SchemaName, body: unknown, { seq, dir }: Omit<Checked, 'schema'>): void {
    this.hold({ seq, dir, schema }, specErrors(schema, body));
  }

  /** A snowflake of now; rises for ever. */
  nextId(): string {
    const known = this.tape?.ids[this.tape.at];
    if (this.tape) this.tape.at += 1;
    if (known !== undefined) return known;
    this.counter += 1n;
    const id = String(((BigInt(Date.now()) - EPOCH) << 22n) | (this.counter & 0x3fffffn));
    this.tape?.ids.push(id);
    return id;
  }

  /** Runs a change; when it is run again with the same tape, what it makes has the same ids. */
  taped<T>(ids: string[], change: () => T): T {
    this.tape = { ids, at: 0 };
    try {
      return change();
    } finally {
      this.tape = null;
    }
  }

  /** To be called before the world changes, so that late reads can show it as it was. */
  remember(): void {
    const at = Date.now();
    this.past = this.past.filter((one) => one.at > at - KEPT_MS);
    this.past.push({ at, world: structuredClone(this.world) });
  }

  /** The world of so many ms ago. */
  before(lagMs: number): DiscordWorld {
    const then = Date.now() - lagMs;
    return (lagMs > 0 && this.past.find((one) => one.at > then)?.world) || this.world;
  }

  guild(id: string | undefined, world = this.world): Guild {
    const guild = world.guilds.find((one) => one.id === id);
    if (!guild) throw new Refused(404, 10004, 'Unknown Guild');
    return guild;
  }

  /** A channel or thread with its guild, and what its permissions come from; a DM has no guild. */
  channel(
    id: string | undefined,
    world = this.world,
  ): { channel: Channel | Thread; guild: Guild | null; parent: Channel | null } {
    for (const guild of world.guilds) {
      const channel = guild.channels.find((one) => one.id === id);
      if (channel) return { channel, guild, parent: channel };
      const thread = guild.threads.find((one) => one.id === id);
      const parent = guild.channels.find((one) => one.id === thread?.parent_id);
      if (thread && parent) return { channel: thread, guild, parent };
    }
    const user = this.recipient(id);
    if (id === undefined || user === undefined) throw new Refused(404, 10003, 'Unknown Channel');
    const dm = { id, type: 1, flags: 0, recipients: [this.user(user)], last_message_id: null };
    return { channel: dm as unknown as Channel, guild: null, parent: null };
  }

  thread(id: string): Thread | undefined {
    return this.world.guilds.flatMap((guild) => guild.threads).find((one) => one.id === id);
  }

  /** Whose DM a channel is. */
  recipient(channelId: string | undefined): string | undefined {
    return [...this.dms].find(([, channel]) => channel === channelId)?.[0];
  }

  user(id: string, world = this.world): User {
    const user = [world.bot, ...world.users].find((one) => one.id === id);
    if (!user) throw new Refused(404, 10013, 'Unknown User');
    return user;
  }

  /** A member as Discord tells it. */
  member(guild: Guild, userId: string | undefined, world = this.world): Json {
    const member = guild.members.find((one) => one.user.id === userId);
    if (!member) throw new Refused(404, 10007, 'Unknown Member');
    return { ...member, user: this.user(member.user.id, world) };
  }

  /** Refuses what the bot may not do in a channel. */
  need(channelId: string | undefined, permission: bigint): Channel | Thread {
    const { channel, guild, parent } = this.channel(channelId);
    if (!guild || !parent) return channel;
    const may = permissionsIn(guild, parent, this.world.bot.id);
    const isThread = channel !== parent;
    const needed = isThread && permission === bits.sendMessages ? bits.sendInThreads : permission;
    if (!(may & bits.viewChannel)) throw new Refused(403, 50001, 'Missing Access');
    if (!(may & needed)) throw new Refused(403, 50013, 'Missing Permissions');
    return channel;
  }
}

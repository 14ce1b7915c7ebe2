import { z } from 'zod';
import { patched } from '../common/knobs.js';
import type { Journal } from '../common/journal.js';
import type { Answer } from '../common/server.js';
import { permissionsIn, worldSchema } from './world.js';
import type { Channel, DiscordWorld, Guild, User } from './world.js';

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
  strict: z.boolean().default(true),
});

export type Knobs = z.infer<typeof knobsSchema>;

/** Discord says no: a status, its code and its words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }

  get answer(): Answer {
    return { status: this.status, body: { message: this.message, code: this.code } };
  }
}

const EPOCH = 1_420_070_400_000n;

/** What everything in the simulator shares: the world, the messages, ids, and how the gateway is told. */
export class Hub {
  world: DiscordWorld;
  knobs: Knobs = knobsSchema.parse({});
  readonly commands = new Map<string, Json[]>();
  readonly messages = new Map<string, Message>();
  readonly files = new Map<string, Buffer>();
  readonly dms = new Map<string, string>();
  origin = '';
  /** Set by the gateway. */
  dispatch: (event: string, data: unknown, guildId?: string) => void = () => undefined;
  private counter = 0n;

  constructor(
    world: unknown,
    readonly token: string,
    readonly journal: Journal,
  ) {
    this.world = worldSchema.parse(world);
  }

  put(body: unknown): void {
    this.world = worldSchema.parse(body);
    this.messages.clear();
    this.dms.clear();
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
    const commands = [...this.commands];
    const dms = [...this.dms];
    return () => {
      this.messages.clear();
      for (const { id, message, then } of messages) {
        this.messages.set(id, Object.assign(message, then));
      }
      this.commands.clear();
      for (const [scope, list] of commands) this.commands.set(scope, list);
      this.dms.clear();
      for (const [user, channel] of dms) this.dms.set(user, channel);
    };
  }

  /** Sizes and shapes are looked at unless the knob `strict` is off. */
  check(rules: () => void): void {
    if (this.knobs.strict) rules();
  }

  /** A snowflake of now; rises for ever. */
  nextId(): string {
    this.counter += 1n;
    return String(((BigInt(Date.now()) - EPOCH) << 22n) | (this.counter & 0x3fffffn));
  }

  guild(id: string | undefined): Guild {
    const guild = this.world.guilds.find((one) => one.id === id);
    if (!guild) throw new Refused(404, 10004, 'Unknown Guild');
    return guild;
  }

  /** A channel with its guild; a DM has none. */
  channel(id: string | undefined): { channel: Channel; guild: Guild | null } {
    for (const guild of this.world.guilds) {
      const channel = guild.channels.find((one) => one.id === id);
      if (channel) return { channel, guild };
    }
    const user = [...this.dms].find(([, channel]) => channel === id)?.[0];
    if (id === undefined || user === undefined) throw new Refused(404, 10003, 'Unknown Channel');
    return { channel: { id, type: 1, permission_overwrites: [] }, guild: null };
  }

  user(id: string): User {
    const user = [this.world.bot, ...this.world.users].find((one) => one.id === id);
    if (!user) throw new Refused(404, 10013, 'Unknown User');
    return user;
  }

  /** Refuses what the bot may not do in a channel. */
  need(channelId: string | undefined, permission: bigint): Channel {
    const { channel, guild } = this.channel(channelId);
    if (!guild) return channel;
    const may = permissionsIn(guild, channel, this.world.bot.id);
    if (!(may & (1n << 10n))) throw new Refused(403, 50001, 'Missing Access');
    if (!(may & permission)) throw new Refused(403, 50013, 'Missing Permissions');
    return channel;
  }
}

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { Hub, Json } from './hub.js';
import { intents } from './intents.js';
import { control, isFor, send, tell } from './sessions.js';
import type { Session } from './sessions.js';
import { guildCreate, holdEvent } from './told.js';

/** What a connection has said so far. */
interface Connection {
  readonly socket: WebSocket;
  session: Session | null;
  /** When its packets of the last minute came. */
  packets: number[];
  /** Ends it when no heartbeat comes. */
  readonly timeOut: NodeJS.Timeout;
}

/** So many heartbeats may be missing. */
const MISSED = 2.5;
const MINUTE_MS = 60_000;
const PACKETS_A_MINUTE = 120;
const PACKET_BYTES = 4_096;
/** Events that only go to those who asked for them; of members, the bot's own always do. */
const WANTS = [
  { event: /^GUILD_MEMBER_/, intent: intents.bits.guildMembers },
  { event: /^(GUILD|CHANNEL|THREAD)_/, intent: intents.bits.guilds },
] as const;

const misbehaviour = z.strictObject({
  do: z.enum(['drop', 'reconnect', 'invalidate', 'close', 'noAck', 'delayNext', 'duplicateNext']),
  code: z.number().int().optional(),
  silentMs: z.number().min(0).optional(),
});

const identity = z.looseObject({
  token: z.string(),
  intents: z.unknown(),
  properties: z.looseObject({}),
  shard: z.tuple([z.number().int(), z.number().int()]).default([0, 1]),
});

/** Discord's gateway: sessions that survive their sockets, replay, and its ways of failing. */
export class Gateway {
  private readonly sockets = new WebSocketServer({ noServer: true });
  private readonly sessions = new Map<string, Session>();
  private silentUntil = 0;
  private acks = true;
  private delayNextMs = 0;
  private duplicateNext = false;
  private identified = { times: 0, lastAt: 0 };

  constructor(private readonly hub: Hub) {
    hub.dispatch = (event, data, guildId) => this.dispatch(event, data, guildId);
    this.sockets.on('connection', (socket, request: IncomingMessage) =>
      this.greet(socket, request.url ?? '/'),
    );
  }

  readonly upgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (Date.now() < this.silentUntil) {
      socket.destroy();
      return;
    }
    this.sockets.handleUpgrade(incoming, socket, head, (one) =>
      this.sockets.emit('connection', one, incoming),
    );
  };

  close(): void {
    for (const socket of this.sockets.clients) socket.terminate();
    this.sockets.close();
  }

  /** IDENTIFYs that are left of today's. */
  get sessionsLeft(): number {
    return Math.max(0, this.hub.knobs.sessionStarts - this.identified.times);
  }

  /** `POST /_sim/gateway`. */
  misbehave(body: unknown): void {
    const { do: what, code, silentMs = 0 } = misbehaviour.parse(body);
    this.silentUntil = Date.now() + silentMs;
    const all = [...this.sockets.clients];
    if (what === 'drop') all.forEach((socket) => socket.terminate());
    if (what === 'close') all.forEach((socket) => socket.close(code ?? 4000));
    if (what === 'reconnect') all.forEach((socket) => send(socket, control(7, null)));
    if (what === 'invalidate') {
      this.sessions.clear();
      all.forEach((socket) => send(socket, control(9, false)));
    }
    if (what === 'noAck') this.acks = false;
    if (what === 'delayNext') this.delayNextMs = silentMs === 0 ? 4_000 : silentMs;
    if (what === 'duplicateNext') this.duplicateNext = true;
    if (what === 'delayNext') this.silentUntil = 0;
  }

  private greet(socket: WebSocket, url: string): void {
    const version = new URL(url, 'http://sim').searchParams.get('v');
    if (version !== '10') {
      socket.close(4012, 'Invalid API version.');
      return;
    }
    const { heartbeatMs } = this.hub.knobs;
    const timeOut = setTimeout(
      () => socket.close(4009, 'Session timed out.'),
      heartbeatMs * MISSED,
    );
    const connection: Connection = { socket, session: null, packets: [], timeOut };
    send(socket, control(10, { heartbeat_interval: heartbeatMs }));
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      clearTimeout(timeOut);
      const { session } = connection;
      if (session?.socket !== socket) return;
      session.socket = null;
      // 1000 and 1001 end the session; anything else may be resumed.
      if (code === 1000 || code === 1001) this.sessions.delete(session.id);
    });
    socket.on('message', (raw: Buffer) => {
      const code = this.hear(connection, raw);
      if (code !== null) socket.close(...code);
    });
  }

  /** Does what a packet asks; gives how to end the connection when it must not go on. */
  private hear(connection: Connection, raw: Buffer): [number, string] | null {
    const { socket } = connection;
    const since = Date.now() - MINUTE_MS;
    connection.packets = [...connection.packets.filter((at) => at > since), Date.now()];
    if (connection.packets.length > PACKETS_A_MINUTE) return [4008, 'Rate limited.'];
    const packet = raw.length > PACKET_BYTES ? null : parsed(raw);
    if (!packet) return [4002, 'Error while decoding payload.'];
    const isKnown = connection.session !== null;
    switch (packet.op) {
      case 1:
        connection.timeOut.refresh();
        if (this.acks) send(socket, control(11, null));
        return null;
      case 2:
        return isKnown ? [4005, 'Already authenticated.'] : this.identify(connection, packet.d);
      case 6:
        return isKnown ? [4005, 'Already authenticated.'] : this.resume(connection, packet.d);
      case 3:
        return isKnown ? null : [4003, 'Not authenticated.'];
      case 8:
        return isKnown ? this.tellMembers(connection, packet.d) : [4003, 'Not authenticated.'];
      default:
        return [4001, 'Unknown opcode.'];
    }
  }

  private identify(connection: Connection, data: unknown): [number, string] | null {
    const { hub } = this;
    const { success, data: who } = identity.safeParse(data);
    if (!success) return [4002, 'Error while decoding payload.'];
    // Whoever starts too many sessions in a day gets a new token from Discord.
    const isOver = this.sessionsLeft === 0;
    if (who.token !== hub.token || isOver) return [4004, 'Authentication failed.'];
    if (Date.now() - this.identified.lastAt < hub.knobs.identifyMs) {
      send(connection.socket, control(9, false));
      return null;
    }
    this.identified = { times: this.identified.times + 1, lastAt: Date.now() };
    const [shard, of] = who.shard;
    if (!(of >= 1 && shard >= 0 && shard < of)) return [4010, 'Invalid shard.'];
    if (of < hub.knobs.shards) return [4011, 'Sharding required.'];
    const refusal = intents.refusal(who.intents, hub.world.application);
    if (refusal === 4013) return [4013, 'Invalid intent(s).'];
    if (refusal === 4014) return [4014, 'Disallowed intent(s).'];
    connection.session = this.begin(connection.socket, {
      intents: Number(who.intents),
      shard: [shard, of],
    });
    return null;
  }

  private begin(socket: WebSocket, how: Pick<Session, 'intents' | 'shard'>): Session {
    this.acks = true;
    const session: Session = { id: this.hub.nextId(), ...how, sent: [], seq: 0, socket };
    this.sessions.set(session.id, session);
    const { world, origin } = this.hub;
    const guilds = world.guilds.filter(({ id }) => isFor(id, how.shard));
    tell(session, 'READY', {
      v: 10,
      user: { ...world.bot, email: null, verified: true, mfa_enabled: false },
      guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: origin.replace('http', 'ws'),
      shard: how.shard,
      application: world.application,
    });
    for (const { id, unavailable } of guilds) {
      if (unavailable !== true) this.tellOne(session, 'GUILD_CREATE', guildCreate(this.hub, id));
    }
    return session;
  }

  private resume(connection: Connection, data: unknown): [number, string] | null {
    const { token, session_id: id, seq } = (data ?? {}) as Json;
    const session = this.sessions.get(String(id));
    if (!session || token !== this.hub.token) {
      send(connection.socket, control(9, false));
      return null;
    }
    if (typeof seq !== 'number' || seq > session.seq) return [4007, 'Invalid seq.'];
    this.acks = true;
    connection.session = session;
    session.socket = connection.socket;
    for (const packet of session.sent) {
      if ((packet.s ?? 0) > seq) send(connection.socket, packet);
    }
    tell(session, 'RESUMED', {});
    return null;
  }

  /** Op 8: everybody only with the members intent, single people and beginnings of names always. */
  private tellMembers({ session }: Connection, data: unknown): [number, string] | null {
    const { guild_id: id, query, limit = 0, user_ids: ids, nonce } = (data ?? {}) as Json;
    const guild = this.hub.world.guilds.find((one) => one.id === id);
    if (!session || !guild) return null;
    const isWhole = ids === undefined && query === '' && limit === 0;
    if (isWhole && !(session.intents & intents.bits.guildMembers)) return null;
    const all = guild.members.map(({ user }) => this.hub.member(guild, user.id));
    const wanted = [ids ?? []].flat().map(String);
    const matches = all.filter(({ user }) => {
      const { id: userId, username } = user as { id: string; username: string };
      return ids === undefined
        ? typeof query === 'string' && username.toLowerCase().startsWith(query.toLowerCase())
        : wanted.includes(userId);
    });
    tell(session, 'GUILD_MEMBERS_CHUNK', {
      guild_id: id,
      members: Number(limit) > 0 ? matches.slice(0, Number(limit)) : matches,
      chunk_index: 0,
      chunk_count: 1,
      not_found: wanted.filter((one) => !guild.members.some(({ user }) => user.id === one)),
      ...(nonce === undefined ? {} : { nonce }),
    });
    return null;
  }

  private dispatch(event: string, data: Json, guildId?: string): void {
    holdEvent(this.hub, event, data);
    const wait = this.delayNextMs;
    this.delayNextMs = 0;
    const times = this.duplicateNext ? 2 : 1;
    this.duplicateNext = false;
    const go = () => {
      for (const session of this.sessions.values()) {
        if (!isFor(guildId, session.shard)) continue;
        for (let i = 0; i < times; i += 1) this.tellOne(session, event, data);
      }
    };
    if (wait > 0) setTimeout(go, wait);
    else go();
  }

  /** Tells it if that session's intents ask for it. */
  private tellOne(session: Session, event: string, data: Json): void {
    const wanted = WANTS.find((one) => one.event.test(event))?.intent ?? 0;
    const isOwn = (data.user as Json | undefined)?.id === this.hub.world.bot.id;
    if (wanted !== 0 && !(session.intents & wanted) && !(isOwn && event.startsWith('GUILD_MEMBER')))
      return;
    const isWhole = event === 'GUILD_CREATE' && session.intents & intents.bits.guildMembers;
    const told = isWhole ? guildCreate(this.hub, String(data.id), { withMembers: true }) : data;
    if (event === 'GUILD_CREATE') holdEvent(this.hub, event, told);
    tell(session, event, told);
  }
}

function parsed(raw: Buffer): { op: number; d: unknown } | null {
  try {
    const packet = JSON.parse(raw.toString('utf8')) as { op?: unknown; d?: unknown } | null;
    return typeof packet?.op === 'number' ? { op: packet.op, d: packet.d } : null;
  } catch {
    return null;
  }
}

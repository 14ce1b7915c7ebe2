import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { Hub } from './hub.js';

interface Packet {
  readonly op: number;
  readonly d: unknown;
  readonly s: number | null;
  readonly t: string | null;
}

interface Session {
  readonly id: string;
  readonly sent: Packet[];
  seq: number;
  socket: WebSocket | null;
}

const HEARTBEAT_MS = 41_250;
const PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15);

const request = z.strictObject({
  do: z.enum(['drop', 'reconnect', 'invalidate', 'close', 'noAck', 'delayNext', 'duplicateNext']),
  code: z.number().int().optional(),
  silentMs: z.number().min(0).optional(),
});

/** Discord's gateway: sessions that survive their sockets, replay, and its ways of failing. */
export class Gateway {
  private readonly sockets = new WebSocketServer({ noServer: true });
  private readonly sessions = new Map<string, Session>();
  private silentUntil = 0;
  private acks = true;
  private delayNextMs = 0;
  private duplicateNext = false;

  constructor(private readonly hub: Hub) {
    hub.dispatch = (event, data) => this.dispatch(event, data);
    this.sockets.on('connection', (socket) => this.greet(socket));
  }

  readonly upgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (Date.now() < this.silentUntil) {
      socket.destroy();
      return;
    }
    this.sockets.handleUpgrade(incoming, socket, head, (one) =>
      this.sockets.emit('connection', one),
    );
  };

  close(): void {
    for (const socket of this.sockets.clients) socket.terminate();
    this.sockets.close();
  }

  /** `POST /_sim/gateway`. */
  misbehave(body: unknown): void {
    const { do: what, code, silentMs = 0 } = request.parse(body);
    this.silentUntil = Date.now() + silentMs;
    const all = [...this.sockets.clients];
    if (what === 'drop') all.forEach((socket) => socket.terminate());
    if (what === 'close') all.forEach((socket) => socket.close(code ?? 4000));
    if (what === 'reconnect')
      all.forEach((socket) => send(socket, { op: 7, d: null, s: null, t: null }));
    if (what === 'invalidate') {
      this.sessions.clear();
      all.forEach((socket) => send(socket, { op: 9, d: false, s: null, t: null }));
    }
    if (what === 'noAck') this.acks = false;
    if (what === 'delayNext') this.delayNextMs = silentMs === 0 ? 4_000 : silentMs;
    if (what === 'duplicateNext') this.duplicateNext = true;
    if (what === 'delayNext') this.silentUntil = 0;
  }

  private greet(socket: WebSocket): void {
    const state: { session: Session | null } = { session: null };
    send(socket, { op: 10, d: { heartbeat_interval: HEARTBEAT_MS }, s: null, t: null });
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      const { session } = state;
      if (session?.socket !== socket) return;
      session.socket = null;
      // 1000 and 1001 end the session; anything else may be resumed.
      if (code === 1000 || code === 1001) this.sessions.delete(session.id);
    });
    socket.on('message', (raw: Buffer) => {
      const packet = JSON.parse(raw.toString('utf8')) as { op: number; d: unknown };
      if (packet.op === 1 && this.acks) send(socket, { op: 11, d: null, s: null, t: null });
      if (packet.op === 2) state.session = this.identify(socket, packet.d);
      if (packet.op === 6) state.session = this.resume(socket, packet.d);
    });
  }

  private identify(socket: WebSocket, data: unknown): Session | null {
    const { token, intents } = data as { token: string; intents: number };
    if (token !== this.hub.token) {
      socket.close(4004, 'Authentication failed.');
      return null;
    }
    if (intents & PRIVILEGED) {
      socket.close(4014, 'Disallowed intent(s).');
      return null;
    }
    this.acks = true;
    const session: Session = { id: this.hub.nextId(), sent: [], seq: 0, socket };
    this.sessions.set(session.id, session);
    const { world } = this.hub;
    this.tell(session, 'READY', {
      v: 10,
      user: { ...world.bot, email: null, verified: true, mfa_enabled: false },
      guilds: world.guilds.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: this.hub.origin.replace('http', 'ws'),
      shard: [0, 1],
      application: { flags: 0, ...world.application },
    });
    for (const guild of world.guilds) {
      if (guild.unavailable !== true)
        this.tell(session, 'GUILD_CREATE', guildCreate(this.hub, guild.id));
    }
    return session;
  }

  private resume(socket: WebSocket, data: unknown): Session | null {
    const {
      token,
      session_id: id,
      seq,
    } = data as { token: string; session_id: string; seq: number };
    const session = this.sessions.get(id);
    if (!session || token !== this.hub.token) {
      send(socket, { op: 9, d: false, s: null, t: null });
      return null;
    }
    this.acks = true;
    session.socket = socket;
    for (const packet of session.sent.filter((one) => (one.s ?? 0) > seq)) send(socket, packet);
    this.tell(session, 'RESUMED', {});
    return session;
  }

  private dispatch(event: string, data: unknown): void {
    const wait = this.delayNextMs;
    this.delayNextMs = 0;
    const times = this.duplicateNext ? 2 : 1;
    this.duplicateNext = false;
    const go = () => {
      for (const session of this.sessions.values()) {
        for (let i = 0; i < times; i += 1) this.tell(session, event, data);
      }
    };
    if (wait > 0) setTimeout(go, wait);
    else go();
  }

  private tell(session: Session, t: string, d: unknown): void {
    session.seq += 1;
    const packet: Packet = { op: 0, t, s: session.seq, d };
    session.sent.push(packet);
    if (session.sent.length > 500) session.sent.shift();
    if (session.socket) send(session.socket, packet);
  }
}

function send(socket: WebSocket, packet: Packet): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(packet));
}

/** A guild as GUILD_CREATE tells it to a bot without the members intent: of members, only the bot itself. */
export function guildCreate(hub: Hub, guildId: string): object {
  const guild = hub.guild(guildId);
  return {
    ...guild,
    unavailable: false,
    member_count: guild.members.length,
    members: guild.members.filter((one) => one.user.id === hub.world.bot.id),
    large: false,
    joined_at: '2026-01-01T00:00:00.000000+00:00',
    voice_states: [],
    presences: [],
    threads: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
    stickers: [],
  };
}

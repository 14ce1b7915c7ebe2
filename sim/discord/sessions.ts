import type { WebSocket } from 'ws';

/** One message of the gateway. */
export interface Packet {
  readonly op: number;
  readonly d: unknown;
  readonly s: number | null;
  readonly t: string | null;
}

/** What survives a connection: its events by number, and what it wants to hear. */
export interface Session {
  readonly id: string;
  readonly intents: number;
  /** Which of how many. */
  readonly shard: readonly [number, number];
  readonly sent: Packet[];
  seq: number;
  socket: WebSocket | null;
}

const KEPT = 500;

export const control = (op: number, d: unknown): Packet => ({ op, d, s: null, t: null });

export function send(socket: WebSocket, packet: Packet): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(packet));
}

/** Numbers an event, keeps it for a resume, and sends it when somebody is there. */
export function tell(session: Session, t: string, d: unknown): void {
  session.seq += 1;
  const packet: Packet = { op: 0, t, s: session.seq, d };
  session.sent.push(packet);
  if (session.sent.length > KEPT) session.sent.shift();
  if (session.socket) send(session.socket, packet);
}

/** Whether events of a guild go to a shard; those of no guild go to the first. */
export const isFor = (
  guildId: string | undefined,
  [shard, of]: readonly [number, number],
): boolean =>
  guildId === undefined ? shard === 0 : Number((BigInt(guildId) >> 22n) % BigInt(of)) === shard;

import { once } from 'node:events';
import { WebSocket } from 'ws';
import { eventually } from '../../sim/tour/drive.js';
import type { Json } from '../../sim/tour/drive.js';
import { BOT, BOT_HEADERS } from './probes.js';
import { send, TOKEN } from './start.js';
import type { Reply } from './start.js';

export interface Packet {
  readonly op: number;
  readonly t: string | null;
  readonly s: number | null;
  readonly d: unknown;
}

/** The barest bot: a gateway connection whose packets can be looked at, and REST calls made by hand. */
export class Bot {
  readonly packets: Packet[] = [];
  /** Set when the connection ends. */
  closeCode: number | null = null;

  private constructor(
    readonly url: string,
    readonly socket: WebSocket,
  ) {
    socket.on('message', (raw: Buffer) => {
      this.packets.push(JSON.parse(raw.toString('utf8')) as Packet);
    });
    socket.on('close', (code) => (this.closeCode = code));
    socket.on('error', () => undefined);
  }

  /** Opens a connection and says HELLO's answer: identify, or what is given. */
  static async connect(url: string, hello: { op: number; d: unknown } = identify()): Promise<Bot> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/?v=10&encoding=json`);
    const bot = new Bot(url, socket);
    await once(socket, 'open');
    bot.say(hello);
    return bot;
  }

  say(packet: { op: number; d: unknown }): void {
    this.socket.send(JSON.stringify(packet));
  }

  /** The nth dispatch of that name, once it is there. */
  heard(name: string, n = 1): Promise<Json> {
    return eventually(name, () => Promise.resolve((this.all(name)[n - 1] ?? null) as Json | null));
  }

  all(name: string): unknown[] {
    return this.packets.filter((packet) => packet.t === name).map((packet) => packet.d);
  }

  /** Waits until the connection has ended, and gives its code. */
  ended(): Promise<number> {
    return eventually('the end of the connection', () => Promise.resolve(this.closeCode));
  }

  async leave(): Promise<void> {
    if (this.closeCode !== null) return;
    this.socket.close(1000);
    await this.ended();
  }

  rest(method: string, path: string, body?: unknown): Promise<Reply> {
    return send(`${this.url}/api/v10${path}`, method, { body, headers: BOT_HEADERS });
  }

  /** The first answer to an interaction. */
  answer(interaction: Json, body: Json | FormData, query = ''): Promise<Reply> {
    const path = `/interactions/${String(interaction.id)}/${String(interaction.token)}/callback`;
    return send(`${this.url}/api/v10${path}${query}`, 'POST', { body });
  }

  /** A later word on an interaction, through its token. */
  webhook(
    method: string,
    { token }: Json,
    more: { path?: string; body?: unknown } = {},
  ): Promise<Reply> {
    const path = `/webhooks/${BOT}/${String(token)}${more.path ?? '/messages/%40original'}`;
    return send(`${this.url}/api/v10${path}`, method, { body: more.body });
  }
}

export const identify = (d: Json = {}): { op: number; d: unknown } => ({
  op: 2,
  d: { token: TOKEN, intents: 1, properties: {}, ...d },
});

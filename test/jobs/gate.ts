import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { freePort } from '../../src/store/embedded.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A door to a server: shut, it refuses, and cuts off whoever went through; frozen, it takes all and answers nothing. */
export interface Gate {
  readonly port: number;
  open(): Promise<void>;
  shut(): Promise<void>;
  freeze(): void;
  thaw(): void;
}

/** A shut gate on a port of its own. */
export async function aGateTo(target: Address): Promise<Gate> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  const pairs = new Map<Socket, Socket>();
  let isFrozen = false;
  let server: Server | null = null;
  const forward = (inside: Socket) => {
    const outside = connect(target.port, target.host);
    for (const [from, to] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(from);
      pairs.set(from, to);
      if (!isFrozen) from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        pairs.delete(from);
        to.destroy();
      });
    }
  };
  return {
    port,
    open: async () => {
      server = createServer(forward).listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    shut: async () => {
      if (!server) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      server = null;
      await closed;
    },
    freeze: () => {
      isFrozen = true;
      for (const [from, to] of pairs) from.unpipe(to).pause();
    },
    thaw: () => {
      isFrozen = false;
      for (const [from, to] of pairs) from.pipe(to);
    },
  };
}

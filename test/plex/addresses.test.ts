import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { MachineId } from '../../src/core/model.js';
import { candidatesOf, mayCarryToken, reach } from '../../src/plex/addresses.js';
import type { Connection } from '../../src/plex/json.js';

const MACHINE = 'a1'.repeat(20) as MachineId;
const TOKEN = 'server-token';
const who = { token: 'account-token', clientIdentifier: 'usher-test' };
const noPlain = { plainHttp: false };

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

interface Heard {
  readonly path: string;
  readonly token: string | undefined;
}

/** A server on loopback that notes who comes with which token. */
async function listening(
  answer: (path: string, response: ServerResponse) => void,
): Promise<{ url: string; port: number; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const token = request.headers['x-plex-token'];
    heard.push({ path: request.url ?? '', token: typeof token === 'string' ? token : undefined });
    answer(request.url ?? '', response);
  }).listen(0, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, heard };
}

const json = (response: ServerResponse, value: unknown, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

const pms = (machineIdentifier: string, libraries = 200) =>
  listening((path, response) => {
    if (path === '/identity') json(response, { MediaContainer: { machineIdentifier } });
    else json(response, { MediaContainer: { Directory: [] } }, libraries);
  });

const at = (uri: string, more: Partial<Connection> = {}): Connection => {
  const { hostname, port } = new URL(uri);
  return { address: hostname, port: Number(port), uri, local: true, relay: false, ...more };
};
const server = (...connections: Connection[]) => ({
  machineId: MACHINE,
  name: 'Attic',
  accessToken: TOKEN,
  connections,
});

describe('the order of addresses', () => {
  const lan = at('https://192-168-1-20.0123.plex.direct:32400', { address: '192.168.1.20' });
  const wan = at('https://203-0-113-7.0123.plex.direct:32400', {
    address: '203.0.113.7',
    local: false,
  });
  const relay = at('https://relay.plex.direct:8443', { local: false, relay: true });

  test('is local https, remote https, local http, relay', () => {
    expect(candidatesOf([relay, wan, lan]).map(({ url }) => url)).toEqual([
      lan.uri,
      wan.uri,
      'http://192.168.1.20:32400',
      relay.uri,
    ]);
  });

  test('has no http beyond the own network, whatever plex.tv says is local', () => {
    const odd = at('http://203.0.113.7:32400', { local: true });
    expect(candidatesOf([odd])).toEqual([]);
    expect(candidatesOf([{ ...odd, local: false }])).toEqual([]);
  });

  test('marks as plain what others in the network could read, but not this machine itself', () => {
    const urls = ['http://192.168.1.20:32400', 'http://127.0.0.1:32400', 'http://[::1]:32400'];
    expect(candidatesOf(urls.map((url) => at(url))).map(({ isPlain }) => isPlain)).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('a token', () => {
  test.each([
    'https://plex.example.org',
    'http://127.0.0.1:32400',
    'http://localhost:32400',
    'http://10.1.2.3:32400',
    'http://172.31.0.1',
    'http://192.168.1.10:32400',
    'http://[fd00::1]:32400',
    'http://plex:32400',
    'http://nas.local:32400',
  ])('may be sent to %s', (url) => {
    expect(mayCarryToken(url)).toBe(true);
  });

  test.each([
    'http://plex.example.org:32400',
    'http://203.0.113.7:32400',
    'http://172.32.0.1',
    'http://192.168.1.10.example.org',
    'http://[2001:db8::1]:32400',
    'http://local.example.org',
  ])('is never sent to %s', (url) => {
    expect(mayCarryToken(url)).toBe(false);
  });
});

describe('reaching a server', () => {
  test('takes the first address at which it answers, and sends only its own token', async () => {
    const dead = await listening((_, response) => response.destroy());
    const [first, second] = [await pms(MACHINE), await pms(MACHINE)];
    const all = server(at(dead.url), at(first.url), at(second.url));
    expect(await reach(who, all, noPlain)).toEqual({ kind: 'found', url: first.url });
    expect(first.heard).toEqual([
      { path: '/identity', token: undefined },
      { path: '/library/sections', token: TOKEN },
    ]);
    expect(second.heard.map(({ token }) => token)).toEqual([undefined]);
  });

  test('never gives the token to another machine that answers there', async () => {
    const stranger = await pms('b2'.repeat(20));
    expect(await reach(who, server(at(stranger.url)), noPlain)).toEqual({ kind: 'none', tried: 1 });
    expect(stranger.heard).toEqual([{ path: '/identity', token: undefined }]);
  });

  test('follows no redirect, not even before a token is sent', async () => {
    const right = await pms(MACHINE);
    const sly = await listening((path, response) =>
      response.writeHead(302, { location: `${right.url}${path}` }).end(),
    );
    expect(await reach(who, server(at(sly.url)), noPlain)).toMatchObject({ kind: 'none' });
    expect(right.heard).toEqual([]);
  });

  test('follows no redirect with the token either', async () => {
    const thief = await listening((_, response) => json(response, {}));
    const sly = await listening((path, response) => {
      if (path === '/identity') json(response, { MediaContainer: { machineIdentifier: MACHINE } });
      else response.writeHead(307, { location: `${thief.url}/` }).end();
    });
    expect(await reach(who, server(at(sly.url)), noPlain)).toMatchObject({ kind: 'none' });
    expect(thief.heard).toEqual([]);
  });

  test('passes over an address at which the token is refused', async () => {
    const [closed, right] = [await pms(MACHINE, 401), await pms(MACHINE)];
    const all = server(at(closed.url), at(right.url));
    expect(await reach(who, all, noPlain)).toEqual({ kind: 'found', url: right.url });
  });

  test('without any address says so', async () => {
    expect(await reach(who, server(), noPlain)).toEqual({ kind: 'none', tried: 0 });
  });
});

import { BlockList, isIP } from 'node:net';
import type { MachineId } from '../core/model.js';
import { PlexRejected, PlexUnauthorised, PlexUnavailable } from './errors.js';
import { request } from './http.js';
import type { Call, Identity } from './http.js';
import { identity as identityShape, localSections, parsed } from './json.js';
import type { Connection, OwnedServer } from './json.js';

/** What came of trying a server's addresses. plain: only unencrypted ones answer, and nobody allowed those. */
export type Reached =
  | { readonly kind: 'found'; readonly url: string }
  | { readonly kind: 'plain' }
  | { readonly kind: 'none'; readonly tried: number };

interface Candidate {
  readonly url: string;
  /** Needs to be allowed: whoever is in that network can read along. */
  readonly isPlain: boolean;
}

const TIMEOUT_MS = 5_000;

const privateNet = new BlockList();
for (const [net, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10], // shared address space: tailnets
] as const) {
  privateNet.addSubnet(net, bits, 'ipv4');
}
privateNet.addSubnet('fc00::', 7, 'ipv6');
privateNet.addSubnet('fe80::', 10, 'ipv6');
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '');

function isIn(list: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && list.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

const isLoopback = (host: string): boolean => host === 'localhost' || isIn(loopback, host);

/** Names that no public DNS gives out; a name without a dot is one of the own network or of a container. */
const isLocalName = (host: string): boolean =>
  isIP(host) === 0 &&
  (!host.includes('.') || /\.(local|lan|home|internal|home\.arpa)$/i.test(host));

/** Whether a token may be sent there: encrypted, or not beyond the own network. */
export function mayCarryToken(url: string): boolean {
  const host = hostOf(url);
  return (
    new URL(url).protocol === 'https:' ||
    isLoopback(host) ||
    isIn(privateNet, host) ||
    isLocalName(host)
  );
}

/** In the order in which they are tried: local https, remote https, local http, relay. */
export function candidatesOf(connections: readonly Connection[]): readonly Candidate[] {
  const direct = connections.filter((one) => !one.relay);
  const https = direct.filter((one) => one.uri.startsWith('https:'));
  const plain = direct.filter((one) => one.local).flatMap((one) => plainOf(one) ?? []);
  const urls = [
    ...https.filter((one) => one.local).map((one) => one.uri),
    ...https.filter((one) => !one.local).map((one) => one.uri),
    ...plain.filter((url) => mayCarryToken(url)),
    ...connections.filter((one) => one.relay && one.uri.startsWith('https:')).map((one) => one.uri),
  ];
  const clean = urls.map((url) => url.replace(/\/+$/, ''));
  return [...new Set(clean)].map((url) => ({
    url,
    isPlain: url.startsWith('http:') && !isLoopback(hostOf(url)),
  }));
}

/** The same server without TLS: the announced name is made for its certificate, so the bare address is taken. */
function plainOf({ uri, address, port }: Connection): string | null {
  if (uri.startsWith('http:')) return uri;
  if (isIP(address) === 0) return null;
  return `http://${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
}

/**
 * The first address at which this very server answers. Everybody is asked who they are without a token; only who turns
 * out to be the server gets its token.
 */
export async function reach(
  who: Identity,
  { machineId, accessToken, connections }: OwnedServer,
  { plainHttp }: { readonly plainHttp: boolean },
): Promise<Reached> {
  const candidates = candidatesOf(connections);
  const asked = candidates.map(({ url }) => isServer(who, url, machineId));
  let isPlainThere = false;
  for (const [i, { url, isPlain }] of candidates.entries()) {
    if (!(await asked[i])) continue;
    if (isPlain && !plainHttp) isPlainThere = true;
    else if (await takesToken({ ...who, token: accessToken }, url)) return { kind: 'found', url };
  }
  return isPlainThere ? { kind: 'plain' } : { kind: 'none', tried: candidates.length };
}

const isServer = (who: Identity, url: string, machineId: MachineId): Promise<boolean> =>
  request({ ...who, token: '' }, ask(url, '/identity'), async (response) => {
    const { MediaContainer } = await parsed(identityShape, response);
    return MediaContainer.machineIdentifier === machineId;
  }).catch(noAnswer);

const takesToken = (who: Identity, url: string): Promise<boolean> =>
  request(who, ask(url, '/library/sections'), async (response) => {
    await parsed(localSections, response);
    return true;
  }).catch(noAnswer);

/** Whatever an address has against us: it is not the one to take. */
function noAnswer(error: unknown): false {
  const isExpected =
    error instanceof PlexUnavailable ||
    error instanceof PlexUnauthorised ||
    error instanceof PlexRejected;
  if (!isExpected) throw error;
  return false;
}

const ask = (url: string, route: string): Call => ({
  method: 'GET',
  url: `${url}${route}`,
  route,
  accept: 'application/json',
  timeoutMs: TIMEOUT_MS,
});

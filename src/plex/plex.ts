import type { AccountId, MachineId, SectionId, SectionKey } from '../core/model.js';
import type { PendingInvite, SharesAnswer } from '../core/reads.js';
import { reach } from './addresses.js';
import type { Reached } from './addresses.js';
import { PlexProtocolError, PlexRejected } from './errors.js';
import { request } from './http.js';
import type { Call, CallReport, Identity } from './http.js';
import {
  account,
  identity,
  isWaiting,
  localSections,
  parsed,
  inviteOf,
  pendingShares,
  resources,
  serversIn,
} from './json.js';
import type { OwnedServer } from './json.js';
import { parseCatalogue, parsePeople, parseShares } from './parse.js';
import type { PlexCatalogue, PlexPerson } from './parse.js';
import { OwnerQueue } from './queue.js';
import type { Priority } from './queue.js';
import { stopStream, streamsOn } from './streams.js';
import type { Stream } from './streams.js';
import { Writer } from './write.js';
import type { Send } from './write.js';

export type { OwnedServer, PlexCatalogue, PlexPerson, Reached };
export type { PlexWrite } from './write.js';

/** A library as the server and plex.tv know it together. */
export interface PlexLibrary {
  readonly key: SectionKey;
  /** null: plex.tv does not list it yet, so it cannot be shared. */
  readonly sectionId: SectionId | null;
  readonly uuid: string;
  readonly title: string;
  readonly type: string;
  /** false: only plex.tv lists it; on the server it is missing, or not seen yet. */
  readonly isLocal: boolean;
}

export interface PlexOptions {
  readonly plexTvUrl: string;
  readonly clientsUrl: string;
  readonly token: string;
  /** Any stable text; plex.tv shows it as a device and ties the token to it. */
  readonly clientIdentifier: string;
  /** 0 = no spacing. */
  readonly writesPerSecond: number;
  readonly writeTimeoutMs: number;
  readonly clock: { now(): Date };
  readonly onCall?: (report: CallReport) => void;
}

const READ_TIMEOUT_MS = 15_000;

const bodyOf = ({ body }: Response): AsyncIterable<Uint8Array> => {
  if (body === null) throw new PlexProtocolError('Plex answered without a body');
  return body;
};

/** One owner's plex.tv and servers. Every call waits for its turn in the owner's queue. */
export class Plex {
  private readonly queue: OwnerQueue;
  /** One object for all calls: a new token is put into it. */
  private readonly identityOf: { token: string } & Omit<Identity, 'token'>;
  private readonly writer: Writer;

  constructor(private readonly options: PlexOptions) {
    const { token, clientIdentifier, onCall, writesPerSecond } = options;
    this.identityOf = { token, clientIdentifier, ...(onCall && { onCall }) };
    this.writer = new Writer(this.identityOf, options);
    this.queue = new OwnerQueue(writesPerSecond === 0 ? 0 : 1000 / writesPerSecond);
  }

  /** From the next call on this token is sent; the queue stays. */
  renew(token: string): void {
    this.identityOf.token = token;
  }

  /** Calls that wait for their turn. */
  get waiting(): number {
    return this.queue.length;
  }

  get token(): string {
    return this.identityOf.token;
  }

  /** Whose token this is. Throws PlexUnauthorised when it is dead. */
  account(priority: Priority): Promise<{ id: AccountId; username: string; title: string }> {
    return this.read(
      priority,
      json(`${this.options.plexTvUrl}/api/v2/user`, '/api/v2/user'),
      async (response) => {
        const { id, username, title } = await parsed(account, response);
        return { id: id as AccountId, username, title };
      },
    );
  }

  /** Which server answers at a URL. Sends no token, so any URL may be tried. */
  identity(pmsUrl: string): Promise<{ machineId: MachineId; version: string }> {
    const call = json(`${pmsUrl}/identity`, '/identity');
    return this.queue.slot('read', 'person', () =>
      request({ ...this.identityOf, token: '' }, call, async (response) => {
        const { machineIdentifier, version } = (await parsed(identity, response)).MediaContainer;
        return { machineId: machineIdentifier as MachineId, version };
      }).catch(unread),
    );
  }

  /** The owner's servers, as far as plex.tv can tell where they are. Servers of others are left out, with their tokens. */
  ownedServers(priority: Priority): Promise<readonly OwnedServer[]> {
    const route = '/api/v2/resources';
    const url = `${this.options.plexTvUrl}${route}?includeHttps=1&includeRelay=1`;
    return this.read(priority, json(url, route), async (response) =>
      serversIn(await parsed(resources, response), this.token),
    );
  }

  /** The first of a server's addresses at which it answers and takes its token; asks only the server, never plex.tv. */
  reach(server: OwnedServer, allowed: { readonly plainHttp: boolean }): Promise<Reached> {
    return reach(this.identityOf, server, allowed);
  }

  /** A server's name and libraries as plex.tv lists them, with the ids that shares are made of. */
  catalogue(machineId: MachineId, priority: Priority): Promise<PlexCatalogue> {
    const url = `${this.options.plexTvUrl}/api/servers/${machineId}`;
    return this.read(priority, xml(url, '/api/servers/{m}'), (response) =>
      parseCatalogue(bodyOf(response)),
    );
  }

  /** Libraries as the server and plex.tv know them together: what only one of them lists says so. */
  async libraries(
    server: { readonly machineId: MachineId; readonly pmsUrl: string },
    priority: Priority,
  ): Promise<PlexLibrary[]> {
    const { sections } = await this.catalogue(server.machineId, priority);
    const call = json(`${server.pmsUrl}/library/sections`, '/library/sections');
    const local = await this.read(priority, call, (response) => parsed(localSections, response));
    const directories = local.MediaContainer.Directory;
    const byKey = new Map(sections.map((section) => [section.key as string, section]));
    const keys = new Set(directories.map((directory) => directory.key));
    return [
      ...directories.map((directory) => ({
        ...directory,
        key: directory.key as SectionKey,
        sectionId: byKey.get(directory.key)?.sectionId ?? null,
        isLocal: true,
      })),
      ...sections
        .filter((section) => !keys.has(section.key))
        .map((section) => ({ ...section, uuid: '', isLocal: false })),
    ];
  }

  /** Friends and members of the owner's home, the owner left out. */
  async people(priority: Priority): Promise<PlexPerson[]> {
    const at = this.options.plexTvUrl;
    const users = await this.read(priority, xml(`${at}/api/users`, '/api/users'), (response) =>
      parsePeople(bodyOf(response), 'users'),
    );
    const home = await this.read(
      priority,
      xml(`${at}/api/home/users`, '/api/home/users'),
      (response) => parsePeople(bodyOf(response), 'home'),
    );
    const byId = new Map([...users, ...home].map((person) => [person.accountId, person]));
    return users
      .map((user) => ({ ...user, home: user.home || byId.get(user.accountId)?.home === true }))
      .concat(home.filter((member) => !users.some((user) => user.accountId === member.accountId)));
  }

  /** Everybody's shares of one server, in one call. */
  shares(machineId: MachineId, priority: Priority): Promise<SharesAnswer> {
    const url = `${this.options.plexTvUrl}/api/servers/${machineId}/shared_servers`;
    return this.queue.slot('read', priority, () => {
      const at = this.options.clock.now();
      return request(this.identityOf, xml(url, '/api/servers/{m}/shared_servers'), (response) =>
        parseShares(bodyOf(response), at),
      ).catch(unread);
    });
  }

  /** Shares of all the owner's servers that wait to be accepted. */
  pending(priority: Priority): Promise<PendingInvite[]> {
    const route = '/api/v2/shared_servers/owned/pending';
    return this.read(
      priority,
      json(`${this.options.clientsUrl}${route}`, route),
      async (response) => (await parsed(pendingShares, response)).filter(isWaiting).map(inviteOf),
    );
  }

  /** Runs `work` when the owner's queue grants a write; it decides then, and sends at once, at most one write. */
  writeSlot<T>(priority: Priority, work: (send: Send) => Promise<T>): Promise<T> {
    return this.queue.slot('write', priority, () =>
      work((machineId, write) => {
        this.queue.spend();
        return this.writer.send(machineId, write);
      }),
    );
  }

  /** What is watched on a server now; asks only the server, so that it waits for no turn. */
  streams(pmsUrl: string): Promise<readonly Stream[]> {
    return streamsOn(this.identityOf, pmsUrl).catch(unread);
  }

  /** Ends one stream of a server; `no-pass`: it cannot, for want of a Plex Pass. */
  stopStream(pmsUrl: string, stream: Parameters<typeof stopStream>[2]) {
    return stopStream(this.identityOf, pmsUrl, stream).catch(unread);
  }

  /** Refuses what waits for its turn. */
  close(): void {
    this.queue.close();
  }

  private read<T>(priority: Priority, call: Call, parse: (response: Response) => Promise<T>) {
    return this.queue.slot('read', priority, () =>
      request(this.identityOf, call, parse).catch(unread),
    );
  }
}

/** Whatever Plex has against a question, it leaves us without knowledge, not with a refusal. */
function unread(error: unknown): never {
  if (!(error instanceof PlexRejected)) throw error;
  throw new PlexProtocolError(error.message, { cause: error });
}

const json = (url: string, route: string): Call => ({
  method: 'GET',
  url,
  route,
  accept: 'application/json',
  timeoutMs: READ_TIMEOUT_MS,
});

const xml = (url: string, route: string): Call => ({
  ...json(url, route),
  accept: 'application/xml',
});

import { Outage } from '../core/errors.js';
import type { AccountId, ServerId } from '../core/model.js';
import type { Log } from '../log.js';
import { PlexUnauthorised } from '../plex/errors.js';
import type { PlexPins } from '../plex/pins.js';
import type { Plex } from '../plex/plex.js';
import type { OwnerRow, ServerRow } from '../store/rows.js';
import { WrongKey } from '../store/seal.js';
import type { Seal } from '../store/seal.js';
import type { Store } from '../store/store.js';

interface ConnectionParts {
  readonly store: Store;
  readonly seal: Seal;
  readonly pins: PlexPins;
  /** plex.tv as whoever has this token sees it. */
  readonly plexWith: (token: string) => Plex;
  readonly log: Log;
}

/** Whose token it is; bound to it, so that no row can lend its token to another. */
const boundTo = (accountId: AccountId): string => `owner ${accountId}`;

/** Which owner's plex.tv stands behind each server: one client, and so one queue, per owner. */
export class Connections {
  private readonly plexByOwner = new Map<AccountId, Plex>();
  private readonly ownerByServer = new Map<ServerId, AccountId>();
  /** Owners whose stored token cannot be read. */
  private readonly unreadable = new Set<AccountId>();

  constructor(private readonly parts: ConnectionParts) {}

  /** Serves every stored server whose owner's token is stored. A token that cannot be read counts as dead. */
  async open(): Promise<void> {
    for (const owner of await this.parts.store.owners.all()) this.readToken(owner);
    for (const server of await this.parts.store.servers.all()) this.serve(server);
  }

  private readToken({ accountId, username, token }: OwnerRow): void {
    if (token === null) return;
    try {
      this.own(accountId, this.parts.seal.open(token, boundTo(accountId)));
    } catch (error) {
      if (!(error instanceof WrongKey)) throw error;
      this.unreadable.add(accountId);
      this.parts.log.error(
        { owner: username, why: error.message },
        `the Plex token of ${username} cannot be read with this SECRET_KEY: connect Plex again with /setup, or start with the key it was stored with`,
      );
    }
  }

  /** Log-in by PIN. */
  get pins(): PlexPins {
    return this.parts.pins;
  }

  /** A client for one question: whose token is this? Its queue is nobody's yet. */
  ask(token: string): Plex {
    return this.parts.plexWith(token);
  }

  /** From now on this owner's plex.tv is asked with this token. */
  own(ownerId: AccountId, token: string): Plex {
    this.unreadable.delete(ownerId);
    const known = this.plexByOwner.get(ownerId);
    if (known) {
      known.renew(token);
      return known;
    }
    const plex = this.parts.plexWith(token);
    this.plexByOwner.set(ownerId, plex);
    return plex;
  }

  /** The owner's row with the token sealed, to be stored in the transaction of whatever needs it. */
  sealed(accountId: AccountId, { username, token }: { username: string; token: string }): OwnerRow {
    return { accountId, username, token: this.parts.seal.close(token, boundTo(accountId)) };
  }

  /** This server is asked through its owner's client. */
  serve({ id, ownerId }: Pick<ServerRow, 'id' | 'ownerId'>): void {
    this.ownerByServer.set(id, ownerId);
  }

  /** A server that is no more. */
  drop(id: ServerId): void {
    this.ownerByServer.delete(id);
  }

  readonly plexOf = (serverId: ServerId): Plex => {
    const owner = this.ownerByServer.get(serverId);
    if (owner !== undefined) return this.ofOwner(owner);
    throw new Outage('That Plex server has not answered since Usher was started.');
  };

  /** Throws PlexUnauthorised when there is no token that can be used: somebody has to connect again. */
  ofOwner(ownerId: AccountId): Plex {
    const plex = this.plexByOwner.get(ownerId);
    if (plex) return plex;
    throw new PlexUnauthorised(
      this.unreadable.has(ownerId)
        ? 'the stored Plex token cannot be read with this SECRET_KEY'
        : 'no Plex token is stored for the owner of that server',
      401,
    );
  }

  /** Whether there is a token to try. */
  has(ownerId: AccountId): boolean {
    return this.plexByOwner.has(ownerId);
  }

  /** How many calls wait for their turn, by owner; in no order. */
  queues(): readonly number[] {
    return [...this.plexByOwner.values()].map((plex) => plex.waiting);
  }

  close(): void {
    for (const plex of this.plexByOwner.values()) plex.close();
  }
}

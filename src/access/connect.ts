import { randomUUID } from 'node:crypto';
import type { AccountId, GuildId, MachineId, ServerId } from '../core/model.js';
import { UserError } from '../core/errors.js';
import type { Plex } from '../plex/plex.js';
import type { ServerRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';

/** A Plex account that owns servers. */
export interface Owner {
  readonly id: AccountId;
  readonly username: string;
}

/** A Plex server as plex.tv knows it, and where it answers. */
export interface Found {
  readonly machineId: MachineId;
  readonly name: string;
  readonly owner: Owner;
  readonly pmsUrl: string;
}

/** The server behind an address. Reads Plex, so it may throw an Outage; refuses one of another owner. */
export async function findServerAt(plex: Plex, pmsUrl: string): Promise<Found> {
  const { machineId } = await plex.identity(pmsUrl);
  const { id, username } = await plex.account('person');
  const known = await plex.catalogue(machineId, 'person');
  if (!known.owned) {
    throw new UserError(
      'not-owned',
      'The Plex token does not belong to the owner of that server. Use the token of its owner.',
    );
  }
  return { machineId, name: known.name, owner: { id, username }, pmsUrl };
}

/** What connecting made of a server. */
export interface Connected {
  readonly server: ServerRow;
  readonly was: 'new' | 'elsewhere' | 'same';
}

/**
 * Connects a server to a guild, or finds it connected already and notes its new address. Refuses a server of another
 * guild without naming that guild.
 */
export async function connectServer(
  tables: Tables,
  guildId: GuildId,
  { machineId, name, owner, pmsUrl }: Found,
): Promise<Connected> {
  const known = await tables.servers.byMachine(machineId);
  if (known && known.guildId !== guildId) throw taken();
  const seen = { machineId, ownerId: owner.id, ownerName: owner.username, name, pmsUrl };
  if (known) {
    await tables.servers.set(known.id, seen);
    const server = { ...known, ...seen };
    return { server, was: known.pmsUrl === pmsUrl ? 'same' : 'elsewhere' };
  }
  const server: ServerRow = {
    ...seen,
    id: randomUUID() as ServerId,
    guildId,
    endPolicy: 'keep-default',
    syncedAt: null,
    sweptAt: null,
    saneRows: [],
    doubtedRows: null,
  };
  await tables.servers.add(server);
  return { server, was: 'new' };
}

export const taken = (): UserError =>
  new UserError(
    'taken',
    'That Plex server is connected to another Discord server. Use Connect Plex here once Usher has been removed from that one.',
  );

import { randomUUID } from 'node:crypto';
import type { AccountId, GuildId, MachineId, ServerId } from '../core/model.js';
import { UserError } from '../core/errors.js';
import type { Plex } from '../plex/plex.js';
import type { ServerRow } from '../store/rows.js';
import type { Store } from '../store/store.js';

/** A Plex server given by environment, as plex.tv knows it. */
interface Found {
  readonly machineId: MachineId;
  readonly name: string;
  readonly ownerId: AccountId;
}

async function find(plex: Plex, pmsUrl: string): Promise<Found> {
  const { machineId } = await plex.identity(pmsUrl);
  const owner = await plex.account('person');
  const known = await plex.catalogue(machineId, 'person');
  if (!known.owned) {
    throw new UserError('not-owned', 'The Plex token does not belong to the owner of that server.');
  }
  return { machineId, name: known.name, ownerId: owner.id };
}

/**
 * Connects the server behind `pmsUrl` to a guild, or finds it connected already. Reads Plex, so it may throw an
 * Outage; refuses a server of another guild without naming that guild.
 */
export async function connectServer(
  store: Store,
  plex: Plex,
  { guildId, pmsUrl }: { guildId: GuildId; pmsUrl: string },
): Promise<ServerRow> {
  const found = await find(plex, pmsUrl);
  return store.transaction(async (tables) => {
    const known = await tables.servers.byMachine(found.machineId);
    if (known && known.guildId !== guildId) {
      throw new UserError('taken', 'That Plex server is connected to another Discord server.');
    }
    const row: ServerRow = {
      ...(known ?? {
        id: randomUUID() as ServerId,
        guildId,
        syncedAt: null,
        sweptAt: null,
        saneRows: [],
        doubtedRows: null,
      }),
      machineId: found.machineId,
      ownerId: found.ownerId,
      name: found.name,
      pmsUrl,
    };
    await (known ? tables.servers.set(known.id, row) : tables.servers.add(row));
    return row;
  });
}

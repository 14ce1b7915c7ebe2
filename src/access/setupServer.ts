import { UserError } from '../core/errors.js';
import type { AccountId, MachineId } from '../core/model.js';
import { bold } from '../core/text.js';
import { PlexUnauthorised } from '../plex/errors.js';
import type { OwnedServer, Plex, Reached } from '../plex/plex.js';
import type { ServerRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';
import { connectServer, taken } from './connect.js';
import type { Found } from './connect.js';
import { mustBeFree } from './environment.js';
import { headOf } from './note.js';
import type { Parts, Standing } from './parts.js';
import { openCase } from './record.js';

/** A server that can be chosen. */
export interface ServerChoice {
  readonly machineId: MachineId;
  readonly name: string;
  readonly isConnected: boolean;
}

/** Which server, and how it may be asked. */
export interface ServerWish {
  readonly ownerId: AccountId;
  readonly machineId: MachineId;
  /** The asker has just logged in as the owner: proof enough to take a server over. */
  readonly hasLoggedIn: boolean;
  /** Unencrypted in the own network is fine. */
  readonly plainHttp: boolean;
  /** A server of a guild that Usher has left is taken over with its data: that was shown and is wanted. */
  readonly takeOver: boolean;
}

/** What came of choosing a server. plain, take-over: it is to be asked first. */
export type ServerOutcome =
  | { readonly kind: 'connected'; readonly server: ServerRow; readonly was: Was }
  | { readonly kind: 'plain'; readonly name: string }
  | { readonly kind: 'take-over'; readonly name: string };

export type Was = 'new' | 'elsewhere' | 'same' | 'taken-over';

/** The owner's servers as plex.tv lists them now. */
export async function listServers(
  parts: Parts,
  standing: Standing,
  ownerId: AccountId,
): Promise<readonly ServerChoice[]> {
  const { store } = parts;
  await mustBeFree(store, standing.guildId, 'plex');
  const all = await asOwner(parts, ownerId, (plex) => plex.ownedServers('person'));
  const own = new Set((await store.servers.ofGuild(standing.guildId)).map((row) => row.machineId));
  return all.map(({ machineId, name }) => ({
    machineId,
    name,
    isConnected: own.has(machineId),
  }));
}

/** Connects one of the owner's servers, at the first of its addresses that answers. */
export async function chooseServer(
  parts: Parts,
  standing: Standing,
  wish: ServerWish,
): Promise<ServerOutcome> {
  await mustBeFree(parts.store, standing.guildId, 'plex');
  await mustBeOpenTo(parts.store, standing, wish);
  const { machineId } = wish;
  const { server, reached, owner } = await asOwner(parts, wish.ownerId, async (plex) => {
    const server = await ownedServer(plex, machineId);
    return { server, reached: await plex.reach(server, wish), owner: await plex.account('person') };
  });
  const { name } = server;
  if (reached.kind === 'plain') return { kind: 'plain', name };
  if (reached.kind === 'none') throw unreachable(server, reached);
  const found: Found = { machineId, name, owner, pmsUrl: reached.url };
  return keepServer(parts, standing, { found, wish });
}

/** Asks as the owner; a token that does not do any more is not an outage but something to be done. */
async function asOwner<T>(
  { connections }: Parts,
  ownerId: AccountId,
  ask: (plex: Plex) => Promise<T>,
): Promise<T> {
  try {
    return await ask(connections.ofOwner(ownerId));
  } catch (error) {
    if (!(error instanceof PlexUnauthorised) || error.status !== 401) throw error;
    throw new UserError(
      'token-dead',
      "Plex does not accept Usher's token for this account any more. Use **Connect Plex** again.",
    );
  }
}

async function ownedServer(plex: Plex, machineId: MachineId): Promise<OwnedServer> {
  const all = await plex.ownedServers('person');
  const found = all.find((one) => one.machineId === machineId);
  if (found) return found;
  throw new UserError(
    'server-gone',
    'Plex no longer lists that server as yours. Check in its settings that it is signed in to your account, then choose again.',
  );
}

const unreachable = ({ name }: OwnedServer, { tried }: Extract<Reached, { kind: 'none' }>) =>
  new UserError(
    'unreachable',
    `${bold(name)} answers at none of the ${tried} addresses that Plex knows. Switch on Remote Access in the server's settings, ` +
      'or press **Use a token** and give an address that this machine can reach.',
  );

/** Refuses early what the transaction would refuse: before the server's addresses are tried. */
async function mustBeOpenTo(
  tables: Tables,
  { guildId }: Standing,
  { machineId, hasLoggedIn }: Pick<ServerWish, 'machineId' | 'hasLoggedIn'>,
): Promise<'ours' | 'left-behind'> {
  const known = await tables.servers.byMachine(machineId);
  if (!known || known.guildId === guildId) return 'ours';
  const other = await tables.guilds.find(known.guildId);
  if (!other?.leftAt) throw taken();
  if (!hasLoggedIn) {
    throw new UserError(
      'log-in-first',
      'That Plex server was connected to another Discord server, which Usher has left. Use **Connect Plex** to prove that it is yours.',
    );
  }
  return 'left-behind';
}

/** Stores a server that was found, with its case; asks back before anything is taken over. */
export async function keepServer(
  parts: Parts,
  standing: Standing,
  of: {
    readonly found: Found;
    readonly wish: Pick<ServerWish, 'machineId' | 'hasLoggedIn' | 'takeOver'>;
    /** What else belongs to the same commit. */
    readonly also?: (tables: Tables) => Promise<void>;
  },
): Promise<ServerOutcome> {
  const { guildId } = standing;
  const { found, wish } = of;
  const { name } = found;
  const outcome = await parts.store.transaction(async (tables): Promise<ServerOutcome> => {
    const state = await mustBeOpenTo(tables, standing, wish);
    if (state === 'left-behind' && !wish.takeOver) return { kind: 'take-over', name };
    const head = headOf(standing, parts.clock.now());
    await of.also?.(tables);
    const people = state === 'ours' ? 0 : await tables.servers.takeOver(found.machineId, guildId);
    const { server, was } = await connectServer(tables, guildId, found);
    if (state === 'left-behind') {
      const facts = { type: 'server.taken-over' as const, server: name, people };
      await openCase(tables, { ...head, serverId: server.id }, facts);
      return { kind: 'connected', server, was: 'taken-over' };
    }
    if (was !== 'same') {
      const type = was === 'new' ? ('server.connected' as const) : ('server.moved' as const);
      await openCase(tables, { ...head, serverId: server.id }, { type, server: name });
    }
    return { kind: 'connected', server, was };
  });
  if (outcome.kind === 'connected') {
    parts.connections.serve(outcome.server);
    parts.knock(guildId);
  }
  return outcome;
}

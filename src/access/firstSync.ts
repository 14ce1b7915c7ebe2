import { setTimeout as sleep } from 'node:timers/promises';
import { Outage, UserError } from '../core/errors.js';
import type { GuildId } from '../core/model.js';
import { PlexUnauthorised } from '../plex/errors.js';
import { connectServer, findServerAt } from './connect.js';
import type { Parts } from './parts.js';
import { sync } from './sync.js';

/** The server that the environment names. */
interface First {
  readonly token: string;
  readonly target: { readonly guildId: GuildId; readonly pmsUrl: string };
  readonly signal: AbortSignal;
}

const AGAIN_AFTER_MS = 5_000;

/**
 * Connects the server of the environment and reads it, import included. While Plex does not answer it resolves all the
 * same and goes on trying: commands that need people say so until it has.
 */
export async function connectAndRead(parts: Parts, first: First): Promise<void> {
  if (await tryOnce(parts, first)) return;
  void goOn(parts, first);
}

async function tryOnce(parts: Parts, { token, target }: First): Promise<boolean> {
  const { store, connections } = parts;
  try {
    const found = await findServerAt(connections.ask(token), target.pmsUrl);
    connections.own(found.owner.id, token);
    const server = await store.transaction(async (tables) => {
      const { id: accountId, username } = found.owner;
      await tables.owners.save({ accountId, username, token: null });
      return (await connectServer(tables, target.guildId, found)).server;
    });
    connections.serve(server);
    await sync(parts, server.id, { priority: 'person' });
    return true;
  } catch (error) {
    if (!(error instanceof Outage)) throw error;
    await connectKnown(parts, { token, target });
    const isRefused = error instanceof PlexUnauthorised && error.status === 401;
    const why = isRefused ? 'Plex does not take PLEX_TOKEN' : 'Plex does not answer';
    parts.log.warn({ err: error }, `${why}; people and libraries are read when it does`);
    return false;
  }
}

/** A server read in an earlier life is served meanwhile: what is owed to it is tried again and shown as open. */
async function connectKnown(
  { store, connections }: Parts,
  { token, target }: Omit<First, 'signal'>,
): Promise<void> {
  for (const server of await store.servers.ofGuild(target.guildId)) {
    if (server.pmsUrl !== target.pmsUrl) continue;
    connections.own(server.ownerId, token);
    connections.serve(server);
  }
}

async function goOn(parts: Parts, first: First): Promise<void> {
  const { signal } = first;
  for (;;) {
    await sleep(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const done = await tryOnce(parts, first).catch((error: unknown) => {
      parts.log.error({ err: error }, 'the Plex server of the environment cannot be connected');
      return error instanceof UserError;
    });
    if (done) return;
  }
}

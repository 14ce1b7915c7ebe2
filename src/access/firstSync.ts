import { setTimeout as sleep } from 'node:timers/promises';
import { Outage, UserError } from '../core/errors.js';
import type { GuildId } from '../core/model.js';
import type { Plex } from '../plex/plex.js';
import type { Connections } from './connections.js';
import { connectServer } from './connect.js';
import type { Parts } from './parts.js';
import { sync } from './sync.js';

interface First {
  readonly plex: Plex;
  readonly target: { readonly guildId: GuildId; readonly pmsUrl: string };
  readonly connections: Connections;
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

async function tryOnce(parts: Parts, { plex, target, connections }: First): Promise<boolean> {
  try {
    const server = await connectServer(parts.store, plex, target);
    connections.add(server.id, plex);
    await sync(parts, server.id, { priority: 'person' });
    return true;
  } catch (error) {
    if (!(error instanceof Outage)) throw error;
    await connectKnown(parts, { plex, target, connections });
    parts.log.warn(
      { err: error },
      'Plex does not answer; people and libraries are read when it does',
    );
    return false;
  }
}

/** A server read in an earlier life is served meanwhile: what is owed to it is tried again and shown as open. */
async function connectKnown(
  { store }: Parts,
  { plex, target, connections }: Omit<First, 'signal'>,
): Promise<void> {
  for (const server of await store.servers.ofGuild(target.guildId)) {
    if (server.pmsUrl === target.pmsUrl) connections.add(server.id, plex);
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

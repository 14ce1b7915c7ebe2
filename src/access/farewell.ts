import type { GuildId } from '../core/model.js';
import type { Parts } from './parts.js';
import { forgetOld } from './retention.js';

const DAY_MS = 86_400_000;
const KEPT_FOR_MS = 30 * DAY_MS;

/** Usher was removed from a guild: nothing is posted there any more, ends are carried out, and its data waits. */
export async function guildLeft(
  { store, clock, log }: Pick<Parts, 'store' | 'clock' | 'log'>,
  guildId: GuildId,
): Promise<void> {
  const guild = await store.guilds.find(guildId);
  if (guild === null || guild.leftAt !== null) return;
  await store.guilds.set(guildId, { leftAt: clock.now() });
  log.warn({ guildId }, 'Usher was removed from a Discord server; what ends there still ends');
}

/** Once a day: what nobody needs any more is deleted, also the Plex tokens of owners who are gone. */
export class CleanUp {
  private last: number | null = null;

  constructor(private readonly parts: Parts) {}

  /** Cleans up if a day has passed since it last did. */
  async ifDue(signal: AbortSignal): Promise<void> {
    const now = this.parts.clock.now().getTime();
    if (this.last !== null && now - this.last < DAY_MS) return;
    await cleanUp(this.parts);
    await forgetOld(this.parts, signal);
    this.last = now;
  }
}

/** Deletes the data of guilds that Usher left and that nothing has been owed to for 30 days. Plex is not touched. */
export async function cleanUp({
  store,
  clock,
  connections,
  log,
}: Pick<Parts, 'store' | 'clock' | 'connections' | 'log'>): Promise<void> {
  const before = new Date(clock.now().getTime() - KEPT_FOR_MS);
  for (const guildId of await store.guilds.toForget(before)) {
    const servers = await store.servers.ofGuild(guildId);
    const isForgotten = await store.transaction(async (tables) => {
      // Usher may have been invited back meanwhile.
      if (!(await tables.guilds.lockLeft(guildId, before))) return false;
      await tables.guilds.forget(guildId);
      await tables.owners.forgetUnused();
      return true;
    });
    if (!isForgotten) continue;
    servers.forEach(({ id }) => connections.drop(id));
    log.info({ guildId }, 'the data of a Discord server that Usher left 30 days ago is deleted');
  }
}

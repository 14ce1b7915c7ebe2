import type { PeopleCounts, Work } from '../store/directory.js';
import type { Parts, Standing } from './parts.js';
import { nextSweep } from './timetable.js';

/** How a guild stands, in one glance. */
export interface Overview {
  readonly people: PeopleCounts;
  readonly work: Work;
  readonly servers: readonly {
    readonly name: string;
    readonly syncedAt: Date | null;
    readonly nextSweepAt: Date | null;
  }[];
}

/** Counts are as of a few seconds ago at the most. */
export async function overview(
  { store, clock, counts }: Parts,
  { guildId }: Standing,
): Promise<Overview> {
  const now = clock.now();
  const [people, work, servers, guild] = await Promise.all([
    counts.people(guildId, '', now),
    counts.work(guildId, now),
    store.servers.ofGuild(guildId),
    store.guilds.find(guildId),
  ]);
  return {
    people,
    work,
    servers: servers.map((server) => ({
      name: server.name,
      syncedAt: server.syncedAt,
      nextSweepAt: guild && nextSweep(server, guild),
    })),
  };
}

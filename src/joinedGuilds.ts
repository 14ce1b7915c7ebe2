import { guildLeft } from './access/farewell.js';
import type { Parts } from './access/parts.js';
import type { GuildId } from './core/model.js';
import type { Discord } from './discord/client.js';

/** Keeps in step which guilds the bot is in: now, and whenever it joins or is removed. */
export async function followGuilds(
  parts: Parts,
  discord: Discord,
  report: (error: unknown) => void,
): Promise<void> {
  const { guilds } = parts.store;
  const welcome = (id: string) => guilds.welcome(id as GuildId);
  discord.client.on('guildCreate', ({ id }) => void welcome(id).catch(report));
  // Emitted for a removal only; an outage of Discord's is told otherwise.
  discord.client.on('guildDelete', ({ id }) => {
    void guildLeft(parts, id as GuildId).catch(report);
  });
  const joined = discord.guildIds();
  for (const id of joined) await welcome(id);
  for (const { id } of await guilds.all()) {
    if (!joined.includes(id)) await guildLeft(parts, id);
  }
}

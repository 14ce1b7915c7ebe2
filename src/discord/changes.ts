import { Events } from 'discord.js';
import type { Client } from 'discord.js';
import type { GuildId } from '../core/model.js';

/** Calls `tell` whenever something changes in a guild on which it depends where we may write. */
export function onChanges(client: Client, tell: (guildId: GuildId) => void): void {
  const told = (guild: { readonly id: string }) => tell(guild.id as GuildId);
  client.on(Events.ChannelCreate, ({ guild }) => told(guild));
  client.on(Events.ChannelUpdate, (_, channel) => {
    if (!channel.isDMBased()) told(channel.guild);
  });
  client.on(Events.GuildRoleUpdate, (_, { guild }) => told(guild));
  client.on(Events.GuildMemberUpdate, (_, { id, guild }) => {
    if (id === client.user?.id) told(guild);
  });
  client.on(Events.GuildAvailable, told);
  client.on(Events.GuildCreate, told);
}

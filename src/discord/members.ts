import { DiscordAPIError, RESTJSONErrorCodes, type Client, type GuildMember } from 'discord.js';
import type { DiscordUserId, GuildId } from '../core/model.js';
import type { Standing } from '../core/power.js';
import { standingOfMember } from './power.js';

const ASK_WITHIN_MS = 1_000;

/** Asks Discord for one member of a guild; false: not there, null: it does not say so in time. Needs no privileged intent. */
async function ask(
  { guilds }: Client,
  guildId: GuildId,
  userId: DiscordUserId,
): Promise<GuildMember | false | null> {
  const asked = guilds.cache.get(guildId)?.members.fetch({ user: userId, force: true });
  const late = new Promise<null>((resolve) => {
    setTimeout(() => resolve(null), ASK_WITHIN_MS).unref();
  });
  const found = asked?.catch((error: unknown) =>
    error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.UnknownMember
      ? false
      : null,
  );
  return Promise.race([found ?? null, late]);
}

/** Whether somebody is in a guild; null when Discord does not say. */
export const memberLookup =
  (client: Client) =>
  async (guildId: GuildId, userId: DiscordUserId): Promise<boolean | null> => {
    const member = await ask(client, guildId, userId);
    return member === null ? null : member !== false;
  };

/** What roles somebody has in a guild now; 'left': none, null when Discord does not say. */
export const standingLookup =
  (client: Client) =>
  async (guildId: GuildId, userId: DiscordUserId): Promise<Standing | 'left' | null> => {
    const member = await ask(client, guildId, userId);
    if (member === null) return null;
    return member === false ? 'left' : standingOfMember(member);
  };

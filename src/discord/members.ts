import { DiscordAPIError, RESTJSONErrorCodes, type Client } from 'discord.js';
import type { DiscordUserId, GuildId } from '../core/model.js';

const ASK_WITHIN_MS = 1_000;

/** Asks Discord whether somebody is in a guild; null when it does not say so in time. Needs no privileged intent. */
export const memberLookup =
  ({ guilds }: Client) =>
  async (guildId: GuildId, userId: DiscordUserId): Promise<boolean | null> => {
    const asked = guilds.cache.get(guildId)?.members.fetch({ user: userId, force: true });
    const late = new Promise<null>((resolve) => {
      setTimeout(() => resolve(null), ASK_WITHIN_MS).unref();
    });
    const found = asked?.then(
      () => true,
      (error: unknown) =>
        error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.UnknownMember
          ? false
          : null,
    );
    return Promise.race([found ?? null, late]);
  };

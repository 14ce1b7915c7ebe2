import { DiscordAPIError, HTTPError } from 'discord.js';

/** An error as the log may keep it: discord.js puts the address, with an interaction's token, and the whole body into its own. */
export const loggable = (error: unknown): unknown => {
  if (!(error instanceof DiscordAPIError || error instanceof HTTPError)) return error;
  const { name, message, status, method, stack } = error;
  return { name, message, status, method, stack, ...('code' in error && { code: error.code }) };
};

import { Access } from './access/access.js';
import { Admins } from './access/admins.js';
import type { storedAsks } from './access/asks.js';
import { rolesByPower } from './access/bindings.js';
import type { Parts } from './access/parts.js';
import { buttons, commands } from './commands/registry.js';
import type { Json } from './commands/reply.js';
import type { Config } from './config.js';
import type { Discord } from './discord/client.js';
import { registerCommands } from './discord/register.js';
import { createRouter } from './discord/router.js';

interface Serving {
  readonly discord: Discord;
  readonly asks: ReturnType<typeof storedAsks<Json>>;
  readonly config: Config;
  readonly stop: AbortSignal;
}

/** Answers interactions from now on; resolves when Discord knows the commands. */
export function serveCommands(parts: Parts, serving: Serving): Promise<void> {
  const { discord, asks, config, stop } = serving;
  const { store, clock, log } = parts;
  const admins = new Admins(store);
  discord.onInteraction(
    createRouter<Access>({
      commands,
      buttons,
      accessFor: (standing) => {
        void admins.met(standing, clock.now());
        return new Access(parts, standing);
      },
      bindingsOf: (guildId) => rolesByPower(store, guildId),
      asks,
      openAnswers: store.openAnswers,
      noteFor: (standing) => new Access(parts, standing).troubleLine(),
      now: () => clock.now(),
      log,
      guildId: config.discord.guildId,
    }),
  );
  return registerCommands({
    rest: discord.client.rest,
    applicationId: discord.client.application?.id ?? '',
    guildId: config.discord.guildId,
    joined: discord.guildIds(),
    commands,
    remembered: {
      get: (key) => store.guilds.setting(`commands ${key}`),
      set: (key, value) => store.guilds.remember(`commands ${key}`, value),
    },
    log,
    stop,
  });
}

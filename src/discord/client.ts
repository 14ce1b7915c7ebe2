import { setTimeout as wait } from 'node:timers/promises';
import {
  Client,
  DiscordAPIError,
  Events,
  GatewayIntentBits,
  Options,
  RESTEvents,
  Routes,
  type Interaction,
} from 'discord.js';
import type { GuildId } from '../core/model.js';
import type { Log } from '../log.js';
import { loggable } from './loggable.js';

/** What the connection needs. */
export interface ClientParts {
  readonly token: string;
  /** Up to and including `/api`; null = Discord itself. */
  readonly apiUrl: string | null;
  /** Connections to the gateway; null = one. */
  readonly shards: number | 'auto' | null;
  readonly log: Log;
  /** Discord will not have us any more: the process has to end, and says why. Called once at most. */
  readonly onFatal: (reason: string) => void;
}

/** The connection to Discord. */
export interface Discord {
  readonly client: Client;
  /** Settles when the guilds are known; waits as long as Discord cannot be reached, and for ever after `onFatal`. */
  readonly ready: Promise<void>;
  /** Sends every interaction to `handle`, which must not reject. */
  onInteraction(handle: (interaction: Interaction) => Promise<void>): void;
  health(): Health;
  guildIds(): readonly GuildId[];
  /** Takes no more interactions, lets those that run finish (5 s at most), then disconnects. */
  close(): Promise<void>;
}

/** How fresh the connection is. discord.js calls itself ready also when it is cut off. */
export interface Health {
  /** Since the oldest of the shards' last answered heartbeats, in ms; null = none was answered yet. */
  readonly heartbeatAgeMs: number | null;
  readonly guilds: number;
}

const TOKEN_REFUSED =
  'Discord refuses DISCORD_TOKEN. Copy it again, or make a new one: discord.com/developers/applications, Bot, Reset Token.';
const AUTHENTICATION_FAILED = 4004;
const FINISH_WITHIN_MS = 5000;
const DESTROY_WITHIN_MS = 2000;
const RETRY_MS = [1000, 2000, 5000, 10_000, 30_000, 60_000] as const;

/** Connects in the background and stays connected; nothing is sent before. */
export function connect(parts: ClientParts): Discord {
  const { log } = parts;
  const client = createClient(parts);
  const stop = new AbortController();
  const fatal = fatalOnce(parts, stop.signal);
  watchForFatal(client, { log, fatal, stopped: stop.signal });
  // discord.js leaves it false when GUILD_CREATE does not carry `unavailable` at all (structures/Guild.js).
  client.on(Events.GuildAvailable, (guild) => {
    guild.available = true;
  });
  const ready = new Promise<void>((resolve) => {
    client.once(Events.ClientReady, () => {
      log.info({ guilds: client.guilds.cache.size }, 'connected to Discord');
      resolve();
    });
  });
  logIn(client, parts, stop.signal).catch((error: unknown) => fatal(String(error)));
  const running = new Set<Promise<void>>();
  return {
    client,
    ready,
    onInteraction: (handle) => {
      client.on(Events.InteractionCreate, (interaction) => {
        if (stop.signal.aborted) return;
        const work = handle(interaction).finally(() => running.delete(work));
        running.add(work);
      });
    },
    health: () => healthOf(client),
    guildIds: () => [...client.guilds.cache.keys()] as GuildId[],
    close: async () => {
      stop.abort();
      await within(FINISH_WITHIN_MS, Promise.allSettled(running));
      await within(DESTROY_WITHIN_MS, client.destroy()); // may hang after a log-in that failed
    },
  };
}

function createClient({ apiUrl, shards }: ClientParts): Client {
  return new Client({
    intents: [GatewayIntentBits.Guilds],
    allowedMentions: { parse: [] },
    ...(apiUrl !== null && { rest: { api: apiUrl } }),
    ...(shards !== null && (shards === 'auto' ? { shards } : { shardCount: shards })),
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      PresenceManager: 0,
      ReactionManager: 0,
      ThreadMemberManager: 0,
      VoiceStateManager: 0,
      GuildMemberManager: {
        maxSize: 100,
        keepOverLimit: ({ id, client: { user } }) => id === user.id,
      },
      UserManager: { maxSize: 100, keepOverLimit: ({ id, client: { user } }) => id === user.id },
    }),
  });
}

/** The first reason counts, and none that comes of closing. */
function fatalOnce({ onFatal }: ClientParts, stopped: AbortSignal): (reason: string) => void {
  let isOver = false;
  return (reason) => {
    if (isOver || stopped.aborted) return;
    isOver = true;
    onFatal(reason);
  };
}

function watchForFatal(
  client: Client,
  { log, fatal, stopped }: { log: Log; fatal: (reason: string) => void; stopped: AbortSignal },
): void {
  // Without this listener an exception in any other one would end the process.
  client.on(Events.Error, (error) => log.error({ err: error }, 'discord.js reported an error'));
  client.on(Events.ShardError, (error) => log.warn({ err: error }, 'gateway connection failed'));
  client.on(Events.ShardReconnecting, (shard) => {
    if (!stopped.aborted) log.warn({ shard }, 'reconnecting to Discord'); // also said when it closes
  });
  client.on(Events.ShardResume, (shard) => log.info({ shard }, 'connection to Discord resumed'));
  // Emitted only for close codes after which discord.js gives up: 4004 and 4010 to 4014.
  client.on(Events.ShardDisconnect, ({ code }) =>
    fatal(
      code === AUTHENTICATION_FAILED
        ? TOKEN_REFUSED
        : `Discord refuses this bot: its gateway closed with ${code}.`,
    ),
  );
  client.rest.on(RESTEvents.Response, ({ path }, { status }) => {
    // These two carry a token of their own, which expires.
    const isOurToken = !/^\/(?:webhooks|interactions)\//.test(path);
    if (status === 401 && isOurToken) fatal(TOKEN_REFUSED);
  });
}

/** Log-in alone does not come back from an unreachable Discord, and burns one of the day's identifies: ask first. */
async function logIn(
  client: Client,
  { token, log }: ClientParts,
  stop: AbortSignal,
): Promise<void> {
  client.rest.setToken(token.replace(/^(Bot|Bearer)\s*/i, ''));
  for (let tries = 0; !stop.aborted; tries += 1) {
    try {
      await client.rest.get(Routes.gatewayBot());
      break;
    } catch (error) {
      if (error instanceof DiscordAPIError && error.status === 401) return; // told by the response
      const retryMs = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)];
      log.warn({ err: loggable(error), retryMs }, 'Discord cannot be reached');
      await wait(retryMs, undefined, { signal: stop }).catch(() => undefined);
    }
  }
  if (!stop.aborted) await client.login(token);
}

function healthOf(client: Client): Health {
  const acks = [...client.ws.shards.values()].map((shard) =>
    shard.lastPingTimestamp < 0 ? null : shard.lastPingTimestamp + shard.ping,
  );
  const known = acks.filter((ack) => ack !== null);
  const heartbeatAgeMs = known.length === 0 ? null : Date.now() - Math.min(...known);
  return { heartbeatAgeMs, guilds: client.guilds.cache.size };
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  const late = wait(ms, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([work.catch(() => undefined), late]);
  timer.abort();
}

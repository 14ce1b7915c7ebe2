import type { Parts } from './access/parts.js';
import type { Rounds } from './access/rounds.js';
import { buttons, commands } from './commands/registry.js';
import { bounded } from './console/bounded.js';
import { ANSWER_WITHIN_MS } from './console/health.js';
import type { Check, Told } from './console/health.js';
import type { Metrics } from './console/metrics.js';
import { timeAnswers } from './discord/answerTimes.js';
import type { Discord } from './discord/client.js';

/** A gateway that has not been answered for this long is not well. */
const HEARTBEAT_WITHIN_MS = 120_000;

/** What is asked about. */
interface Seen {
  readonly discord: Discord;
  readonly isReady: () => boolean;
  readonly isSchemaCurrent: () => Promise<boolean>;
  readonly jobStore: () => Promise<boolean>;
  /** null: not started yet. */
  readonly rounds: () => Rounds | null;
}

const needed = (ask: Check['ask']): Check => ({ ask, isNeeded: true });
const shown = (ask: Check['ask']): Check => ({ ask, isNeeded: false });

/** What a spare Usher tells: it is well, and waits. */
export const SPARE: Pick<Told, 'checks' | 'why'> = {
  checks: { started: needed(() => false) },
  why: 'Another Usher serves this bot; this one takes over when it ends.',
};

/** What must be well for Usher to do its work, and what is shown beside it. */
export function checksOf({ store }: Parts, seen: Seen): Readonly<Record<string, Check>> {
  const { discord, isReady, isSchemaCurrent, jobStore, rounds } = seen;
  return {
    started: needed(isReady),
    // Not `isReady()` of discord.js, which calls itself ready also when it is cut off.
    gateway: needed(() => (discord.health().heartbeatAgeMs ?? 0) < HEARTBEAT_WITHIN_MS),
    postgres: needed(() => store.now().then(() => true)),
    migrations: needed(isSchemaCurrent),
    // An alarm clock: without it ends are kept by the watch.
    jobStore: shown(jobStore),
    // Fails also when one owner's Plex is away; commands work all the same, and the audit channel tells it.
    lastSweep: shown(async () => !(await rounds()?.isOverdue())),
  };
}

/** Lets the parts be counted. None of it costs a call to Plex or Discord, and each figure is one small query. */
export function measure(metrics: Metrics, parts: Parts, { client }: Discord): void {
  const { store, news, connections, clock } = parts;
  const { figures } = store;
  const names = [...commands, ...buttons].map(({ name }) => name);
  timeAnswers(client, new Set(names), metrics.answered);
  news.onEnds(metrics.ended);
  const ageOf = (since: Date | null) =>
    since === null ? 0 : Math.max(0, +clock.now() - +since) / 1000;
  // Three figures of one query: asked for together, it is sent once.
  const orders = bounded(() => figures.orders(), ANSWER_WITHIN_MS);
  metrics.gauge('orders_open', 'Changes of access that Plex does not agree with for certain', () =>
    orders().then((known) => known && known.open),
  );
  metrics.gauge('orders_unseen', 'Open orders that Plex was not seen to show', () =>
    orders().then((known) => known && known.unseen),
  );
  metrics.gauge('order_oldest_seconds', 'Age of the oldest open order; 0: none is open', () =>
    orders().then((known) => known && ageOf(known.oldest)),
  );
  metrics.gauge('notices_owed', 'Messages to audit channels to be posted or edited', () =>
    figures.notices(),
  );
  metrics.gauge('direct_messages_owed', 'Direct messages to be sent', () =>
    figures.directMessages(),
  );
  metrics.gauge('plex_queue_calls', 'Calls that wait for their turn at plex.tv', () =>
    connections.queues().reduce((sum, length) => sum + length, 0),
  );
  metrics.gauge('plex_queue_longest', 'Calls in the longest queue of one owner', () =>
    Math.max(0, ...connections.queues()),
  );
}

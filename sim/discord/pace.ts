import { createHash } from 'node:crypto';
import type { Answer, Request } from '../common/server.js';
import type { Hub } from './hub.js';
import { Refused } from './refused.js';
import type { Channel, Thread } from './world.js';

interface Window {
  readonly startedAt: number;
  used: number;
}

const WINDOW_MS = 1_000;
/** Requests of one route within a second when the knob `rate` does not say: as many as all routes together may have. */
const DEFAULT_RATE = 50;
const MINUTE_MS = 60_000;
/** Whoever is refused too often within ten minutes is shut out by Discord for a while. */
const INVALID_MS = 600_000;
/** Permissions that free a bot of a channel's slow mode: Manage Channels, Manage Messages, Bypass Slowmode. */
const UNHURRIED = (1n << 4n) | (1n << 13n) | (1n << 52n);

/** Discord's rate limits: one for each route and its channel, guild or webhook, and one for everything. */
export class Pace {
  private readonly windows = new Map<string, Window>();
  private readonly written = new Map<string, number>();
  private opened: number[] = [];
  private refusals: number[] = [];

  constructor(private readonly hub: Hub) {}

  /** Counts a request, and gives the headers of its answer. Refuses it with 429 when there were too many. */
  take(route: { method: string; path: string }, request: Request): Record<string, string> {
    this.mustNotBeBanned();
    // The first answer to an interaction has no limit at all; what follows is outside the one for everything.
    if (request.path.includes('/interactions/')) return {};
    const { rate, globalRate } = this.hub.knobs;
    if (!request.path.includes('/webhooks/') && globalRate !== null) {
      const all = this.count('global');
      if (all.used > globalRate) throw limited(all, { scope: 'global', limit: globalRate });
    }
    const limit = rate ?? DEFAULT_RATE;
    const { app = '', channel = '', guild = '', token = '' } = request.params;
    const name = `${route.method} ${route.path}`;
    const window = this.count(`${name} ${channel}${guild}${token === '' ? '' : app + token}`);
    const bucket = createHash('md5').update(name).digest('hex');
    const headers = { ...headersOf(window, limit), 'x-ratelimit-bucket': bucket };
    if (window.used > limit) throw limited(window, { scope: 'user', limit, headers });
    return headers;
  }

  /** Refuses to open more DMs with people not yet written to than Discord likes. */
  openDm(): void {
    const most = this.hub.knobs.dmsPerMinute;
    this.opened = this.opened.filter((at) => at > Date.now() - MINUTE_MS);
    if (most !== null && this.opened.length >= most) {
      throw new Refused(403, 40003, 'You are opening direct messages too fast.');
    }
    this.opened.push(Date.now());
  }

  /** Refuses to write to a channel more often than it lets everybody, or this bot. */
  write({ id, rate_limit_per_user: slow }: Channel | Thread, may: bigint): void {
    const most = this.hub.knobs.channelWrites;
    if (most !== null) {
      const window = this.count(`writes ${id}`);
      const message = 'The write action you are performing on the channel has hit the rate limit.';
      if (window.used > most) throw tooEarly(20_028, message, endOf(window));
    }
    if (typeof slow !== 'number' || slow === 0 || may & UNHURRIED) return;
    const free = (this.written.get(id) ?? 0) + slow * 1000;
    const message = 'This action cannot be performed due to slowmode rate limit.';
    if (free > Date.now()) throw tooEarly(20_016, message, free);
    this.written.set(id, Date.now());
  }

  /** To be told of every answer. */
  answered({ status, headers }: Answer): void {
    const isShared = headers?.['x-ratelimit-scope'] === 'shared';
    if ([401, 403, 429].includes(status) && !isShared) this.refusals.push(Date.now());
  }

  private mustNotBeBanned(): void {
    const most = this.hub.knobs.refusalsMost;
    if (this.refusals.length < most) return;
    this.refusals = this.refusals.filter((at) => at > Date.now() - INVALID_MS);
    if (this.refusals.length < most) return;
    const message = 'You are being blocked from accessing our API temporarily.';
    throw new Refused(429, 0, { message, body: { message }, headers: { 'retry-after': '600' } });
  }

  private count(key: string): Window {
    const now = Date.now();
    const before = this.windows.get(key);
    const isOver = !before || now - before.startedAt >= WINDOW_MS;
    const window = isOver ? { startedAt: now, used: 0 } : before;
    window.used += 1;
    this.windows.set(key, window);
    return window;
  }
}

const endOf = ({ startedAt }: Window): number => startedAt + WINDOW_MS;
const seconds = (ms: number): string => (Math.max(0, ms) / 1000).toFixed(3);

const headersOf = (window: Window, limit: number): Record<string, string> => ({
  'x-ratelimit-limit': String(limit),
  'x-ratelimit-remaining': String(Math.max(0, limit - window.used)),
  'x-ratelimit-reset': seconds(endOf(window)),
  'x-ratelimit-reset-after': seconds(endOf(window) - Date.now()),
});

/** Of a limit that is not the bot's own: shared by everybody in the channel. */
function tooEarly(code: number, message: string, until: number): Refused {
  const waitMs = Math.max(1, until - Date.now());
  return new Refused(429, code, {
    message,
    body: { message, code, retry_after: waitMs / 1000, global: false },
    headers: { 'retry-after': String(Math.ceil(waitMs / 1000)), 'x-ratelimit-scope': 'shared' },
  });
}

function limited(
  window: Window,
  {
    scope,
    limit,
    headers = headersOf(window, limit),
  }: { scope: 'user' | 'global'; limit: number; headers?: Record<string, string> },
): Refused {
  const waitMs = Math.max(1, endOf(window) - Date.now());
  const isGlobal = scope === 'global';
  const message = 'You are being rate limited.';
  return new Refused(429, 0, {
    message,
    body: { message, retry_after: waitMs / 1000, global: isGlobal },
    headers: {
      ...headers,
      'retry-after': String(Math.ceil(waitMs / 1000)),
      'x-ratelimit-scope': scope,
      ...(isGlobal ? { 'x-ratelimit-global': 'true' } : {}),
    },
  });
}

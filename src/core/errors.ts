import type { ChannelId } from './model.js';

/** A refusal: the world is fine, the request is not. Shown as it is, logged without a stack. */
export class UserError extends Error {
  override readonly name: string = 'UserError';

  constructor(
    /** Stable word for tests and logs, e.g. `unknown-person`. */
    readonly code: string,
    /** For the asker: which rule, and the way out. Discord markup; names in it are escaped already. */
    message: string,
    /** For the log only. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** Something outside does not answer now; expected, passing. What was recorded stays and is tried again. */
export class Outage extends Error {
  override readonly name: string = 'Outage';
  /** When to look again at the earliest, in ms; null = the caller's own back-off. */
  readonly retryAfterMs: number | null;

  constructor(message: string, options: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** A channel does not take or show messages, and will not until somebody changes it. */
export class ChannelClosed extends Error {
  override readonly name = 'ChannelClosed';

  constructor(
    readonly channelId: ChannelId,
    /** gone: deleted. forbidden: not to be seen or written in. history: Read Message History is missing. */
    readonly why: 'gone' | 'forbidden' | 'history',
    options?: ErrorOptions,
  ) {
    super(`channel ${channelId}: ${why}`, options);
  }
}

/** Whoever was meant became one with somebody else between the question and the change. */
export const mergedMeanwhile = (personId: string): UserError =>
  new UserError(
    'merged-meanwhile',
    'Two people turned out to be one in Plex just now, and this is one of them. Use the command again.',
    { personId },
  );

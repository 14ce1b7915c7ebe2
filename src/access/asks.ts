import { createHash, randomBytes } from 'node:crypto';
import type { DiscordUserId, GuildId } from '../core/model.js';
import type { Store } from '../store/store.js';
import type { Clock } from './clock.js';

/** A button that waits to be pressed. */
export interface Ask<Payload> {
  readonly button: string;
  readonly payload: Payload;
  readonly userId: DiscordUserId | null;
  readonly guildId: GuildId;
  readonly expiresAt: Date | null;
}

/**
 * What lives for ever has one id for one meaning, so that a message can be edited without end and leave one row; its
 * power is asked anew at each press.
 */
function idOf({ button, payload, userId, guildId, expiresAt }: Ask<unknown>): string {
  if (expiresAt !== null) return randomBytes(16).toString('base64url');
  const meaning = JSON.stringify([guildId, userId, button, payload]);
  return createHash('sha256').update(meaning).digest('base64url').slice(0, 22);
}

/** Keeps what buttons will do in the store; their ids say nothing. */
export const storedAsks = <Payload>(store: Store, clock: Clock) => ({
  async save(ask: Ask<Payload>): Promise<string> {
    const id = idOf(ask);
    await store.asks.save({ ...ask, id, payload: { value: ask.payload } }, clock.now());
    return id;
  },
  async load(id: string): Promise<Ask<Payload> | null> {
    const row = await store.asks.load(id);
    return row && { ...row, payload: (row.payload as { value: Payload }).value };
  },
  take: (id: string): Promise<boolean> => store.asks.take(id),
  putBack: (id: string, ask: Ask<Payload>): Promise<void> =>
    store.asks.save({ ...ask, id, payload: { value: ask.payload } }, clock.now()),
});

import { atLeast } from '../core/power.js';
import { troubleLine } from '../core/troubles.js';
import type { Store } from '../store/store.js';
import type { Parts, Standing } from './parts.js';
import { openTrouble } from './troubles.js';

/** What stands wrong in a guild, in one line for its Admins; null: nothing does, or the asker is no Admin. */
export async function standingLine(
  { store, clock }: Pick<Parts, 'store' | 'clock'>,
  { guildId, actor }: Standing,
): Promise<string | null> {
  if (actor.kind !== 'member' || !atLeast(actor.power, 'admin')) return null;
  const now = clock.now();
  const told = (await store.troubles.standing(guildId)).filter((row) => row.tellAt <= now);
  const [first] = told;
  if (!first) return null;
  const line = troubleLine(await openTrouble(store, first));
  return told.length === 1 ? line : `${line} And ${told.length - 1} more in the audit channel.`;
}

const SEEN_AGAIN_MS = 24 * 60 * 60_000;

/** Remembers who is an Admin, as far as Usher has met them: whom to tell when nothing else can be relied on. */
export class Admins {
  private readonly seen = new Map<string, number>();

  constructor(private readonly store: Store) {}

  /** Somebody asks something. Never throws. */
  async met({ guildId, actor }: Standing, now: Date): Promise<void> {
    if (actor.kind !== 'member') return;
    const isAdmin = atLeast(actor.power, 'admin');
    const key = `${guildId} ${actor.userId} ${String(isAdmin)}`;
    if (+now - (this.seen.get(key) ?? -Infinity) < SEEN_AGAIN_MS) return;
    this.seen.set(key, +now);
    this.seen.delete(`${guildId} ${actor.userId} ${String(!isAdmin)}`);
    const { troubles } = this.store;
    await (
      isAdmin
        ? troubles.sawAdmin(guildId, actor.userId, now)
        : troubles.noAdmin(guildId, actor.userId)
    ).catch(() => this.seen.delete(key));
  }
}

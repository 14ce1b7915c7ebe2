import type { Actor, GuildId } from '../core/model.js';

/** Who waits where. */
interface Whose {
  readonly guildId: GuildId;
  readonly actor: Actor;
}

const keyOf = ({ guildId, actor }: Whose): string =>
  `${guildId} ${actor.kind === 'member' ? actor.userId : ''}`;

/** Log-ins at plex.tv that this process waits for: one per guild and asker. */
export class Logins {
  private readonly waiting = new Map<string, AbortController>();

  /** How often plex.tv is asked whether a code was approved. */
  constructor(readonly pollEveryMs = 2_000) {}

  /** Starts one, instead of the one that waited. */
  begin(whose: Whose): AbortSignal {
    this.end(whose);
    const own = new AbortController();
    this.waiting.set(keyOf(whose), own);
    return own.signal;
  }

  /** Ends the one that waits, if one does: whoever waits for it goes on elsewhere. */
  end(whose: Whose): void {
    this.waiting.get(keyOf(whose))?.abort();
    this.waiting.delete(keyOf(whose));
  }

  close(): void {
    for (const one of this.waiting.values()) one.abort();
    this.waiting.clear();
  }
}

import type { ServerId } from '../core/model.js';
import type { ServerRow } from '../store/rows.js';
import type { Parts } from './parts.js';
import { sweep } from './sweep.js';

/** Finds servers that nobody looked at for three rounds: looks once more, and says so when that fails, too. */
export class Overdue {
  private readonly startedAt: Date;
  private readonly tried = new Map<ServerId, number>();

  constructor(
    private readonly parts: Parts,
    private readonly everyMs: number,
  ) {
    this.startedAt = parts.clock.now();
  }

  async check(): Promise<void> {
    for (const server of await this.parts.store.servers.all()) {
      if (this.isOverdue(server)) await this.again(server);
      else await this.clear(server);
    }
  }

  /** Whether any server was not looked at for three rounds. */
  async any(): Promise<boolean> {
    const server = await this.parts.store.figures.longestUnswept();
    return server !== null && this.isOverdue(server);
  }

  private isOverdue({ sweptAt }: Pick<ServerRow, 'sweptAt'>): boolean {
    const last = Math.max(+(sweptAt ?? this.startedAt), +this.startedAt);
    return +this.parts.clock.now() - last > 3 * this.everyMs;
  }

  /** A clock that was moved, or a machine that slept, makes everything overdue: that is none when a look helps. */
  private async again({ id, guildId }: ServerRow): Promise<void> {
    const { store, troubles } = this.parts;
    const now = performance.now();
    if (now - (this.tried.get(id) ?? -Infinity) < this.everyMs) return;
    this.tried.set(id, now);
    await sweep(this.parts, id, { priority: 'sweep' });
    const after = await store.servers.get(id);
    if (this.isOverdue(after)) {
      await troubles.raise(guildId, { kind: 'sweep-overdue', subject: id });
    }
  }

  private async clear({ id, guildId }: ServerRow): Promise<void> {
    this.tried.delete(id);
    await this.parts.troubles.clear(guildId, { kinds: ['sweep-overdue'], subject: id });
  }
}

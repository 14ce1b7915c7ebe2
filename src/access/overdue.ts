import type { GuildId, ServerId } from '../core/model.js';
import type { ServerRow } from '../store/rows.js';
import type { Parts } from './parts.js';
import { sweep } from './sweep.js';
import { overdueAfterMs } from './timetable.js';

/** An overdue look is tried again after this. */
const AGAIN_MS = 15 * 60_000;

type Limits = ReadonlyMap<GuildId, number>;

/** Finds servers that nobody looked at for three rounds: looks once more, and says so when that fails, too. */
export class Overdue {
  private readonly startedAt: Date;
  private readonly tried = new Map<ServerId, number>();

  constructor(private readonly parts: Parts) {
    this.startedAt = parts.clock.now();
  }

  async check(): Promise<void> {
    const afterMs = await this.limits();
    for (const server of await this.parts.store.servers.all()) {
      if (this.isOverdue(server, afterMs)) await this.again(server, afterMs);
      else await this.clear(server);
    }
  }

  /** Whether any server was not looked at for three rounds. */
  async any(): Promise<boolean> {
    const afterMs = await this.limits();
    const servers = await this.parts.store.servers.all();
    return servers.some((server) => this.isOverdue(server, afterMs));
  }

  /** How long each guild's servers may go without a look. */
  private async limits(): Promise<Limits> {
    const guilds = await this.parts.store.guilds.all();
    return new Map(guilds.map((guild) => [guild.id, overdueAfterMs(guild)]));
  }

  private isOverdue({ guildId, sweptAt }: ServerRow, afterMs: Limits): boolean {
    const last = Math.max(+(sweptAt ?? this.startedAt), +this.startedAt);
    return +this.parts.clock.now() - last > (afterMs.get(guildId) ?? Infinity);
  }

  /** A clock that was moved, or a machine that slept, makes everything overdue: that is none when a look helps. */
  private async again({ id, guildId }: ServerRow, afterMs: Limits): Promise<void> {
    const { store, troubles } = this.parts;
    const now = performance.now();
    if (now - (this.tried.get(id) ?? -Infinity) < AGAIN_MS) return;
    this.tried.set(id, now);
    await sweep(this.parts, id, { priority: 'sweep' });
    const after = await store.servers.get(id);
    if (this.isOverdue(after, afterMs)) {
      await troubles.raise(guildId, { kind: 'sweep-overdue', subject: id });
    }
  }

  private async clear({ id, guildId }: ServerRow): Promise<void> {
    this.tried.delete(id);
    await this.parts.troubles.clear(guildId, { kinds: ['sweep-overdue'], subject: id });
  }
}

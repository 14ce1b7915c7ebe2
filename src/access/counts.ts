import type { GuildId } from '../core/model.js';
import type { PeopleCounts, Work } from '../store/directory.js';
import type { ScheduleAsked } from '../store/schedule.js';
import type { Store } from '../store/store.js';

/** How long a count may be told after it was true. */
const KEPT_FOR_MS = 5_000;
/** Searches differ without end: the oldest counts are forgotten beyond so many. */
const MOST_KEPT = 200;

interface Kept {
  readonly at: number;
  readonly counted: Promise<unknown>;
}

/** Counts of a guild, each read at most once in five seconds however many people look. */
export class Counts {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly store: Store) {}

  people(guildId: GuildId, search: string, now: Date): Promise<PeopleCounts> {
    const count = () => this.store.directory.count({ guildId, search, now });
    return this.keep(`people ${guildId} ${search.toLowerCase()}`, count);
  }

  work(guildId: GuildId, now: Date): Promise<Work> {
    return this.keep(`work ${guildId}`, () => this.store.directory.work(guildId, now));
  }

  /** How many lines a schedule has. */
  schedule(asked: ScheduleAsked): Promise<number> {
    const { guildId, personId, libraryId, as } = asked;
    const key = `schedule ${guildId} ${personId ?? ''} ${libraryId ?? ''} ${as}`;
    return this.keep(key, () => this.store.schedule.count(asked));
  }

  private keep<T>(key: string, count: () => Promise<T>): Promise<T> {
    const at = performance.now();
    const known = this.kept.get(key);
    if (known && at - known.at < KEPT_FOR_MS) return known.counted as Promise<T>;
    const counted = count();
    this.kept.delete(key);
    this.kept.set(key, { at, counted });
    counted.catch(() => this.kept.delete(key));
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
    return counted;
  }
}

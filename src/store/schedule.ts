import type { EntityManager } from 'typeorm';
import type { GrantId, GuildId, LibraryId, PersonId } from '../core/model.js';

/** One start or end of a grant, or one grant at its next change. */
export interface ScheduledRow {
  readonly id: GrantId;
  /** What the list is sorted by: with the id, where this line stands in it. */
  readonly at: Date;
  readonly what: 'begins' | 'ends';
  readonly person: string;
  readonly username: string;
  readonly library: string;
  readonly server: string;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  /** The library is one that everybody managed keeps: its end takes nothing. */
  readonly isDefault: boolean;
}

/** Where a page begins or ends: next to this line, which is not on it. */
export interface ScheduleEdge {
  readonly way: 'after' | 'before';
  /** ISO. */
  readonly at: string;
  readonly id: string;
}

/** Which part of a guild's schedule. */
export interface ScheduleAsked {
  readonly guildId: GuildId;
  readonly personId: PersonId | null;
  readonly libraryId: LibraryId | null;
  readonly from: Date;
  readonly to: Date;
  /**
   * `changes`: each start and each end within the time. `grants`: each grant that changes then, once; of one person or
   * one library all that they have.
   */
  readonly as: 'changes' | 'grants';
}

/** Sorts what has no end behind everything that has one. */
const NEVER = "'9999-12-31T00:00:00Z'::timestamptz";

interface Half {
  readonly at: string;
  readonly what: ScheduledRow['what'];
  readonly where: string;
}

/** Starts and ends, each over an index of its own. */
function halves({ as, personId, libraryId }: ScheduleAsked): readonly Half[] {
  const within = (column: string) => `${column} > $2 and ${column} <= $3`;
  const begins: Half = { at: 'g.starts_at', what: 'begins', where: within('g.starts_at') };
  if (as === 'changes') {
    return [begins, { at: 'g.ends_at', what: 'ends', where: within('g.ends_at') }];
  }
  const isAll = personId !== null || libraryId !== null;
  const at = isAll ? `coalesce(g.ends_at, ${NEVER})` : 'g.ends_at';
  const where = `${isAll ? `${at} > $2` : within(at)} and g.starts_at <= $2`;
  return [begins, { at, what: 'ends', where }];
}

const FROM = `from access_grant g join library l on l.id = g.library_id
                join server s on s.id = l.server_id join person p on p.id = g.person_id`;

/** What begins and ends when, one page at a time: quick also among 100,000 grants. */
export class Schedule {
  constructor(private readonly db: EntityManager) {}

  /** Up to `limit` lines in the order of time, next to an edge or from the beginning. */
  async page(
    asked: ScheduleAsked,
    edge: ScheduleEdge | null,
    limit: number,
  ): Promise<ScheduledRow[]> {
    const { values, where } = conditions(asked);
    const place = (value: unknown): string => `$${values.push(value)}`;
    const isBack = edge?.way === 'before';
    const way = isBack ? 'desc' : 'asc';
    const last = edge && `(${place(edge.at)}::timestamptz, ${place(edge.id)}::uuid)`;
    const most = place(limit);
    const parts = halves(asked).map(({ at, what, where: when }) => {
      const beyond = last === null ? '' : ` and (${at}, g.id) ${isBack ? '<' : '>'} ${last}`;
      return `(select g.id, ${at} as at, '${what}' as what, p.title as person, p.username,
                      l.title as library, s.name as server, g.starts_at as "startsAt",
                      g.ends_at as "endsAt", l.is_default as "isDefault"
                 ${FROM} where ${where} and ${when}${beyond} order by ${at} ${way}, g.id ${way} limit ${most})`;
    });
    const rows = await this.db.query<ScheduledRow[]>(
      `select * from (${parts.join(' union all ')}) line order by at ${way}, id ${way} limit ${most}`,
      values,
    );
    return isBack ? rows.reverse() : rows;
  }

  /** Reads all of that time: its callers keep the answer for a while. */
  async count(asked: ScheduleAsked): Promise<number> {
    const { values, where } = conditions(asked);
    const parts = halves(asked).map(
      ({ where: when }) => `(select count(*) ${FROM} where ${where} and ${when})`,
    );
    const [row] = await this.db.query<{ n: number }[]>(
      `select (${parts.join(' + ')})::int as n`,
      values,
    );
    if (!row) throw new Error('PostgreSQL did not count');
    return row.n;
  }
}

function conditions({ guildId, personId, libraryId, from, to }: ScheduleAsked) {
  const values: unknown[] = [guildId, from, to];
  const where = ['g.closed_at is null and s.guild_id = $1'];
  if (personId !== null) where.push(`g.person_id = $${values.push(personId)}`);
  if (libraryId !== null) where.push(`g.library_id = $${values.push(libraryId)}`);
  return { values, where: where.join(' and ') };
}

import type { EntityManager } from 'typeorm';
import type { GuildId, PersonId } from '../core/model.js';
import type { PeopleState } from '../core/peopleStates.js';
import type { PersonKind } from './rows.js';

/** One line of the list of people. */
export interface ListedPerson {
  readonly id: PersonId;
  readonly title: string;
  /** What the list is sorted by: with the id, where this line stands in it. */
  readonly sortedBy: string;
  readonly kind: PersonKind;
  readonly goneAt: Date | null;
  /** Libraries that were given and count now; the first two by title. */
  readonly active: number;
  readonly titles: readonly string[];
  readonly scheduled: number;
  /** Libraries that Plex showed last, on all servers. */
  readonly shown: number;
  readonly pending: boolean;
  readonly drifted: boolean;
  /** Orders that no late enough read agreed with yet. */
  readonly open: number;
  /** Of the grants, the next start and the next end. */
  readonly nextStart: Date | null;
  readonly nextEnd: Date | null;
}

/** Where a page begins or ends: next to this line, which is not on it. */
export interface PageEdge {
  readonly way: 'after' | 'before';
  readonly sortedBy: string;
  readonly id: PersonId;
}

/** Which people, of one guild at one instant. */
export interface Asked {
  readonly guildId: GuildId;
  readonly state: PeopleState;
  /** Part of a title or username; "" = anybody. */
  readonly search: string;
  readonly now: Date;
}

/** How many people there are in each state, and what waits. */
export type PeopleCounts = Readonly<Record<PeopleState, number>>;

/** Changes that are not done. */
export interface Work {
  readonly open: number;
  /** Of these, open for longer than five minutes. */
  readonly late: number;
  /** Refused by Plex within the last seven days. */
  readonly refused: number;
}

/** How near an end is to be told as near. */
const SOON = "interval '7 days'";
const LATE = "interval '5 minutes'";

const openGrant = (more: string): string =>
  `exists (select from access_grant g where g.person_id = p.id and g.closed_at is null${more})`;
const onShare = (which: string): string =>
  `exists (select from share h where h.person_id = p.id and ${which})`;

const RUNS = 'g.starts_at <= $2 and (g.ends_at is null or g.ends_at > $2)';
const ENDS_SOON = `g.ends_at > $2 and g.ends_at <= $2::timestamptz + ${SOON}`;
const PENDING = "(h.observed->>'pending')::boolean";
/** What somebody chose to ignore needs nobody. */
const DRIFTED = "h.drift_seen <> '[]' and h.drift_seen @? '$[*] ? (!exists(@.ignored))'";
const HERE = 'p.gone_at is null';

/** Each state as a condition on one person; `$2` is now. */
const conditions: Readonly<Record<PeopleState, string>> = {
  everybody: HERE,
  active: `${HERE} and ${openGrant(` and ${RUNS}`)}`,
  scheduled: `${HERE} and ${openGrant(' and g.starts_at > $2')}`,
  ending: `${HERE} and ${openGrant(` and ${ENDS_SOON}`)}`,
  pending: `${HERE} and ${onShare(PENDING)}`,
  drifted: `${HERE} and ${onShare(DRIFTED)}`,
  without: `${HERE} and not ${openGrant('')}`,
  gone: 'p.gone_at is not null',
};

/** The same where everybody is counted: what is rare is gathered first. */
const counted: Readonly<Record<PeopleState, string>> = {
  ...conditions,
  scheduled: `${HERE} and p.id in (select person_id from starting)`,
  ending: `${HERE} and p.id in (select person_id from ending)`,
  pending: `${HERE} and h.pending`,
  drifted: `${HERE} and h.drifted`,
};

const like = (search: string): string => `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
const matches = (n: number): string =>
  `(lower(p.title) like $${n} or lower(p.username) like $${n})`;

/** The people of a guild, one page at a time and counted: right and quick also where there are thousands. */
export class Directory {
  constructor(private readonly db: EntityManager) {}

  /** Up to `limit` people in the order of their titles, next to an edge or from the beginning. */
  async page(
    { guildId, state, search, now }: Asked,
    edge: PageEdge | null,
    limit: number,
  ): Promise<ListedPerson[]> {
    const isBack = edge?.way === 'before';
    const values: unknown[] = [guildId, now, limit];
    const place = (value: unknown): string => `$${values.push(value)}`;
    const where = [`p.guild_id = $1 and p.merged_into is null and ${conditions[state]}`];
    if (search !== '') where.push(matches(values.push(like(search))));
    if (edge) {
      const at = `(${place(edge.sortedBy)}, ${place(edge.id)}::uuid)`;
      where.push(`(lower(p.title), p.id) ${isBack ? '<' : '>'} ${at}`);
    }
    const way = isBack ? 'desc' : 'asc';
    const rows = await this.db.query<ListedPerson[]>(
      `with page as materialized (
         select p.id, p.title, lower(p.title) as "sortedBy", p.kind, p.gone_at as "goneAt"
           from person p where ${where.join(' and ')}
          order by lower(p.title) ${way}, p.id ${way} limit $3)
       select page.*, g.*, h.*, o.*
         from page
         cross join lateral (
           select count(*) filter (where ${RUNS})::int as active,
                  count(*) filter (where g.starts_at > $2)::int as scheduled,
                  coalesce((array_agg(l.title order by l.title) filter (where ${RUNS}))[1:2], '{}') as titles,
                  min(g.starts_at) filter (where g.starts_at > $2) as "nextStart",
                  min(g.ends_at) filter (where g.ends_at > $2) as "nextEnd"
             from access_grant g join library l on l.id = g.library_id
            where g.person_id = page.id and g.closed_at is null) g
         cross join lateral (
           select coalesce(sum(jsonb_array_length(h.observed->'sections')), 0)::int as shown,
                  coalesce(bool_or(${PENDING}), false) as pending,
                  coalesce(bool_or(${DRIFTED}), false) as drifted
             from share h where h.person_id = page.id) h
         cross join lateral (
           select count(*)::int as open from share_order o where o.person_id = page.id) o
        order by "sortedBy" ${way}, id ${way}`,
      values,
    );
    return isBack ? rows.reverse() : rows;
  }

  /** Reads everything of the guild: its callers keep the answer for a while. */
  async count({ guildId, search, now }: Omit<Asked, 'state'>): Promise<PeopleCounts> {
    const [counts] = await this.db.query<PeopleCounts[]>(
      `with starting as (
         select g.person_id from access_grant g where g.closed_at is null and g.starts_at > $2),
       ending as (select g.person_id from access_grant g where g.closed_at is null and ${ENDS_SOON}),
       h as (
         select h.person_id, bool_or(${PENDING}) as pending, bool_or(${DRIFTED}) as drifted
           from share h join server s on s.id = h.server_id where s.guild_id = $1 group by 1)
       select ${Object.entries(counted)
         .map(([state, which]) => `count(*) filter (where ${which})::int as "${state}"`)
         .join(', ')}
         from person p left join h on h.person_id = p.id
        where p.guild_id = $1 and p.merged_into is null and ($3 = '%%' or ${matches(3)})`,
      [guildId, now, like(search)],
    );
    if (!counts) throw new Error('PostgreSQL did not count');
    return counts;
  }

  async work(guildId: GuildId, now: Date): Promise<Work> {
    const [work] = await this.db.query<Work[]>(
      `select (select count(*) from share_order o join server s on s.id = o.server_id
                where s.guild_id = $1)::int as open,
              (select count(*) from share_order o join server s on s.id = o.server_id
                where s.guild_id = $1 and o.seen_at is null and o.since < $2::timestamptz - ${LATE})::int as late,
              (select count(*) from receipt r join server s on s.id = r.server_id
                where s.guild_id = $1 and r.how = 'refused'
                  and r.closed_at > $2::timestamptz - ${SOON})::int as refused`,
      [guildId, now],
    );
    if (!work) throw new Error('PostgreSQL did not count');
    return work;
  }
}

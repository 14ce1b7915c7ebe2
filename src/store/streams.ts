import type { EntityManager } from 'typeorm';
import type { AccountId, GuildId, PersonId, SectionKey, ServerId } from '../core/model.js';

/** A library that Plex showed to be gone from somebody, whose streams of it are not to go on. */
export interface Taken {
  readonly guildId: GuildId;
  readonly serverId: ServerId;
  readonly personId: PersonId;
  readonly accountId: AccountId;
  readonly key: SectionKey;
  readonly goneAt: Date;
}

/** What was taken, as far as streams go on. */
export class Streams {
  constructor(private readonly db: EntityManager) {}

  /** Whether any guild wants streams stopped at all. */
  async any(): Promise<boolean> {
    const rows = await this.db.query<unknown[]>(
      `select 1 from guild where streams = 'stop' and left_at is null limit 1`,
    );
    return rows.length > 0;
  }

  /**
   * What Plex showed to be gone since then, in guilds that want streams stopped. What it shows again, or is to be
   * given again, is left out.
   */
  taken(since: Date): Promise<Taken[]> {
    return this.db.query(
      `select s.guild_id as "guildId", r.server_id as "serverId", r.person_id as "personId",
              p.account_id::float8 as "accountId", l.key, coalesce(r.seen_at, r.shown_at) as "goneAt"
         from receipt r
         join server s on s.id = r.server_id
         join guild g on g.id = s.guild_id and g.streams = 'stop' and g.left_at is null
         join person p on p.id = r.person_id and p.account_id is not null
         join library l on l.server_id = r.server_id and l.section_id = r.section_id
         join share h on h.server_id = r.server_id and h.person_id = r.person_id
        where r.want = 'remove' and coalesce(r.seen_at, r.shown_at) >= $1
          and h.observed is not null and not coalesce((h.observed->>'all')::boolean, false)
          and not h.observed->'sections' @> to_jsonb(r.section_id)
          and not exists (select from share_order o where o.server_id = r.server_id
                             and o.person_id = r.person_id and o.section_id = r.section_id and o.want = 'add')`,
      [since],
    );
  }
}

import { In, IsNull, LessThanOrEqual } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { DiscordUserId, GuildId, MessageId } from '../core/model.js';
import { dmTable } from './outbox.js';
import type { DmRow } from './outbox.js';

/** A new part of a direct message: everything but what becomes of it. */
export type OwedDm = Pick<DmRow, 'guildId' | 'userId' | 'kind' | 'owedAt' | 'dueAt'> & {
  readonly id: string;
} & Partial<DmRow>;

/** Direct messages owed to Discord users, written in the transaction of what they tell. */
export class Dms {
  constructor(private readonly db: EntityManager) {}

  async owe(rows: readonly OwedDm[]): Promise<void> {
    if (rows.length === 0) return;
    await this.db
      .createQueryBuilder()
      .insert()
      .into(dmTable)
      .values([...rows])
      .orIgnore()
      .execute();
  }

  /** Plex has shown something about these cases: what waited for it is due. */
  async touch(caseIds: readonly string[], now: Date): Promise<void> {
    if (caseIds.length === 0) return;
    await this.db.query(
      `update dm set due_at = $2
        where case_id = any($1) and done_at is null and due_at is null
          and exists (select 1 from receipt r
                       where r.case_id = dm.case_id and r.person_id = dm.person_id
                         and r.server_id = dm.server_id and r.section_id = dm.section_id
                         and (r.seen_at is not null or r.shown_at is not null or r.closed_at is not null))`,
      [caseIds, now],
    );
  }

  /** Who is owed something now: the one who waits longest. */
  async next(now: Date): Promise<Pick<DmRow, 'guildId' | 'userId'> | null> {
    return this.db.findOne(dmTable, {
      where: { dueAt: LessThanOrEqual(now), doneAt: IsNull() },
      order: { dueAt: 'ASC', owedAt: 'ASC', id: 'ASC' },
      select: { id: true, guildId: true, userId: true },
    });
  }

  /** Everything that one user is owed by one guild now, oldest first. */
  due(guildId: GuildId, userId: DiscordUserId, now: Date): Promise<DmRow[]> {
    return this.db.find(dmTable, {
      where: { guildId, userId, dueAt: LessThanOrEqual(now), doneAt: IsNull() },
      order: { owedAt: 'ASC', id: 'ASC' },
    });
  }

  /** The parts of the message that was sent to a user after `since`; none = nothing was. */
  async recent(guildId: GuildId, userId: DiscordUserId, since: Date): Promise<DmRow[]> {
    const [last] = await this.db.query<{ id: MessageId }[]>(
      `select message_id as id from dm
        where guild_id = $1 and user_id = $2 and outcome = 'sent' and message_id is not null
        group by message_id having min(done_at) > $3 order by min(done_at) desc limit 1`,
      [guildId, userId, since],
    );
    if (!last) return [];
    return this.db.find(dmTable, {
      where: { guildId, userId, messageId: last.id },
      order: { owedAt: 'ASC', id: 'ASC' },
    });
  }

  async sending(ids: readonly string[], at: Date): Promise<void> {
    await this.db.update(dmTable, { id: In([...ids]) }, { sendingAt: at });
  }

  async done(
    ids: readonly string[],
    end: Pick<DmRow, 'outcome' | 'messageId'> & { readonly at: Date },
  ): Promise<void> {
    const { at, ...rest } = end;
    if (ids.length === 0) return;
    await this.db.update(dmTable, { id: In([...ids]) }, { ...rest, doneAt: at, dueAt: null });
  }

  /** Discord did not take it: tried again later. */
  async held(ids: readonly string[], dueAt: Date, tries: number): Promise<void> {
    await this.db.update(dmTable, { id: In([...ids]) }, { dueAt, tries });
  }

  /** Waits for Plex again. */
  async wait(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.db.update(dmTable, { id: In([...ids]) }, { dueAt: null });
  }

  /** Those of these users whose last direct message did not get through. */
  async closed(userIds: readonly DiscordUserId[]): Promise<DiscordUserId[]> {
    const rows = await this.db.query<{ id: DiscordUserId; outcome: string }[]>(
      `select distinct on (user_id) user_id as id, outcome from dm
        where user_id = any($1) and outcome in ('sent', 'closed') order by user_id, done_at desc`,
      [userIds],
    );
    return rows.filter((row) => row.outcome === 'closed').map((row) => row.id);
  }

  /**
   * Grants that end within `[now, until]`, lasted longer than two days, and whose people have Discord users who were
   * not told yet: a part of a message for each.
   */
  async oweEndings(now: Date, until: Date): Promise<void> {
    await this.db.query(
      `insert into dm (id, guild_id, user_id, kind, person_id, server_id, section_id, grant_id, ends_at, owed_at, due_at)
       select gen_random_uuid(), k.guild_id, k.user_id, 'ending', g.person_id, l.server_id, l.section_id, g.id, g.ends_at, $1, $1
         from access_grant g
         join library l on l.id = g.library_id
         join link k on k.person_id = g.person_id
         join guild u on u.id = k.guild_id
        where g.closed_at is null and g.revoked_at is null and g.source <> 'import' and u.dms and u.left_at is null
          and g.ends_at > $1 and g.ends_at <= $2
          and g.ends_at - greatest(g.starts_at, g.created_at) > interval '48 hours'
          and l.gone_at is null and not l.is_default
       on conflict do nothing`,
      [now, until],
    );
  }
}

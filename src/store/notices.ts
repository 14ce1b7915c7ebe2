import type { EntityManager } from 'typeorm';
import type { ChannelId, GuildId, MessageId } from '../core/model.js';
import type { NoticeRow } from './rows.js';
import { noticeTable } from './ledger.js';

/** Messages owed to Discord, written in the transaction of what they tell, delivered until they have arrived. */
export class Notices {
  constructor(private readonly db: EntityManager) {}

  async owe(id: string, guildId: GuildId, now: Date): Promise<void> {
    await this.db.insert(noticeTable, { id, guildId, owedAt: now, dueAt: now, tries: 0 });
  }

  /** There is news about these cases: their notices are to be edited. */
  async touch(caseIds: readonly string[], now: Date): Promise<void> {
    if (caseIds.length === 0) return;
    await this.db.query(
      `update notice set due_at = least(due_at, $2::timestamptz), news = news + 1
        where id in (select notice_id from "case" where id = any($1))`,
      [caseIds, now],
    );
  }

  /** Guilds to which something is owed now. */
  async guildsOwed(now: Date): Promise<GuildId[]> {
    const rows = await this.db.query<{ id: GuildId }[]>(
      'select distinct guild_id as id from notice where due_at <= $1',
      [now],
    );
    return rows.map((row) => row.id);
  }

  /** What one guild is owed, in posting order: everything not yet posted, and the posted ones that are due. */
  owed(guildId: GuildId, now: Date, limit: number): Promise<NoticeRow[]> {
    return this.db
      .createQueryBuilder(noticeTable, 'n')
      .where('n.guildId = :guildId and n.dueAt is not null', { guildId })
      .andWhere('(n.messageId is null or n.dueAt <= :now)', { now })
      .orderBy('n.place')
      .limit(limit)
      .getMany();
  }

  /** Written before a post is sent, so that a later try knows that it may have arrived. */
  async sending(id: string, channelId: ChannelId, at: Date): Promise<void> {
    await this.db.update(noticeTable, { id }, { sendingAt: at, channelId });
  }

  /**
   * The message stands, with this text. `dueAt` is when to look at it again (null: when there is news). When news
   * came while it was being sent (`news` is not what it was), it stays due.
   */
  async shown(
    id: string,
    at: { messageId: MessageId; shown: string; dueAt: Date | null; news: number },
  ): Promise<void> {
    await this.db.query(
      `update notice set message_id = $2, shown = $3, tries = 0,
              due_at = case when news > $5 then due_at else $4 end
        where id = $1`,
      [id, at.messageId, at.shown, at.dueAt, at.news],
    );
  }

  /** Not delivered: held until `dueAt`. */
  async held(id: string, dueAt: Date, tries: number): Promise<void> {
    await this.db.update(noticeTable, { id }, { dueAt, tries });
  }
}

import type { EntityManager } from 'typeorm';
import type { ChannelId, GuildId, MessageId, PersonId } from '../core/model.js';
import type { NoticeRow } from './rows.js';
import { noticeTable } from './ledger.js';

/** Messages owed to Discord, written in the transaction of what they tell, delivered until they have arrived. */
export class Notices {
  constructor(private readonly db: EntityManager) {}

  /** Does nothing when it is owed already; then `touch` says that there is more to tell. */
  owe(id: string, guildId: GuildId, now: Date): Promise<void> {
    return this.oweLater({ id, guildId, owedAt: now, dueAt: now });
  }

  /** One that is not to be told before `dueAt`. */
  async oweLater(row: Pick<NoticeRow, 'id' | 'guildId' | 'owedAt' | 'dueAt'>): Promise<void> {
    await this.db.query(
      `insert into notice (id, guild_id, owed_at, due_at) values ($1, $2, $3, $4) on conflict do nothing`,
      [row.id, row.guildId, row.owedAt, row.dueAt],
    );
  }

  /** There is news about these cases: their notices are to be edited. */
  async touch(caseIds: readonly string[], now: Date): Promise<void> {
    if (caseIds.length === 0) return;
    const seen = new Set<string>();
    for (;;) {
      const ids = await this.ofCases(caseIds);
      // Gathered into another notice while we waited for its lock: that one is told, too.
      const fresh = ids.filter((id) => !seen.has(id));
      if (fresh.length === 0) return;
      await this.touchAll(fresh, now);
      fresh.forEach((id) => seen.add(id));
    }
  }

  private async ofCases(caseIds: readonly string[]): Promise<string[]> {
    const rows = await this.db.query<{ id: string }[]>(
      'select distinct notice_id as id from "case" where id = any($1) and notice_id is not null',
      [caseIds],
    );
    return rows.map((row) => row.id);
  }

  /** There is news: these are to be posted or edited. */
  async touchAll(ids: readonly string[], now: Date): Promise<void> {
    // In one order everywhere, so that two that touch the same ones never wait for each other.
    await this.db.query('select 1 from notice where id = any($1) order by id for no key update', [
      ids,
    ]);
    await this.db.query(
      `update notice set due_at = least(due_at, $2::timestamptz), news = news + 1 where id = any($1)`,
      [ids, now],
    );
  }

  /** What was said of this person's open grants and of their invite is to be said anew. */
  async touchAbout(personId: PersonId, now: Date): Promise<void> {
    await this.db.query(
      `update notice set due_at = least(due_at, $2::timestamptz), news = news + 1
        where id in (select notice_id from "case" where person_id = $1
                        and type in ('grant.created', 'grant.started', 'grant.renewed', 'person.invited'))`,
      [personId, now],
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

  /** What was not posted yet, in posting order: what is due, and what was tried and is held. */
  waiting(guildId: GuildId, now: Date, limit: number): Promise<NoticeRow[]> {
    return this.db
      .createQueryBuilder(noticeTable, 'n')
      .where('n.guildId = :guildId and n.messageId is null', { guildId })
      .andWhere('n.dueAt is not null and (n.dueAt <= :now or n.tries > 0)', { now })
      .orderBy('n.place')
      .limit(limit)
      .getMany();
  }

  /** The first posted one whose text is to be looked at again now, those in `except` left out. */
  toEdit(guildId: GuildId, now: Date, except: readonly string[]): Promise<NoticeRow | null> {
    return this.db
      .createQueryBuilder(noticeTable, 'n')
      .where('n.guildId = :guildId and n.messageId is not null', { guildId })
      .andWhere('n.dueAt <= :now and not n.id = any(:except)', { now, except })
      .orderBy('n.dueAt')
      .getOne();
  }

  /**
   * Gathers the cases of notices that nobody has seen into the first of them: it tells them all, and the others have
   * nothing left to tell. Leaves alone what another transaction holds. Returns how many were gathered into it.
   */
  async gather(ids: readonly string[]): Promise<number> {
    const free = await this.db.query<{ id: string }[]>(
      `select id from notice where id = any($1) and message_id is null and sending_at is null
        and exists (select 1 from "case" where notice_id = notice.id)
        order by place for update skip locked`,
      [ids],
    );
    const [first, ...others] = free.map((row) => row.id);
    if (first === undefined || others.length === 0) return 0;
    await this.db.query('update "case" set notice_id = $1 where notice_id = any($2)', [
      first,
      others,
    ]);
    await this.db.query('update notice set due_at = null where id = any($1)', [others]);
    return others.length;
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

  /** Nothing is left to tell here, unless news came meanwhile. */
  async settled(id: string, news: number): Promise<void> {
    await this.db.update(noticeTable, { id, news }, { dueAt: null });
  }

  /** Not delivered: held until `dueAt`. */
  async held(id: string, dueAt: Date, tries: number): Promise<void> {
    await this.db.update(noticeTable, { id }, { dueAt, tries });
  }

  /** Discord refused it: it certainly did not arrive. */
  async refused(id: string): Promise<void> {
    await this.db.update(noticeTable, { id }, { sendingAt: null });
  }

  /** Takes away a notice that told nothing. */
  async forget(id: string): Promise<void> {
    await this.db.delete(noticeTable, { id });
  }

  /** Everything that is held is due again. */
  async release(guildId: GuildId, now: Date): Promise<void> {
    await this.db.query(
      'update notice set due_at = $2 where guild_id = $1 and due_at > $2 and tries > 0',
      [guildId, now],
    );
  }
}

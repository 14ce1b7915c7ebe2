import { IsNull, LessThanOrEqual, MoreThan } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { DiscordUserId, GuildId } from '../core/model.js';
import type { TroubleKind } from '../core/troubles.js';
import { adminTable, troubleTable } from './outbox.js';
import type { TroubleRow } from './outbox.js';

/** What stands wrong, and whom to tell of it. */
export class Troubles {
  constructor(private readonly db: EntityManager) {}

  /** false: the same trouble stands already. Its notice must be there. */
  async add(row: Omit<TroubleRow, 'until' | 'dmAt' | 'retryAt' | 'tries'>): Promise<boolean> {
    const done = await this.db
      .createQueryBuilder()
      .insert()
      .into(troubleTable)
      .values(row)
      .orIgnore()
      .returning('id')
      .execute();
    return (done.raw as unknown[]).length === 1;
  }

  /** What stands in a guild, oldest first; also what is not told yet. */
  standing(guildId: GuildId): Promise<TroubleRow[]> {
    return this.db.find(troubleTable, {
      where: { guildId, until: IsNull() },
      order: { since: 'ASC', id: 'ASC' },
    });
  }

  /** What stands everywhere and was to be told by now. */
  told(now: Date): Promise<TroubleRow[]> {
    return this.db.findBy(troubleTable, { until: IsNull(), tellAt: LessThanOrEqual(now) });
  }

  find(id: string): Promise<TroubleRow | null> {
    return this.db.findOneBy(troubleTable, { id });
  }

  ofNotice(noticeId: string): Promise<TroubleRow | null> {
    return this.db.findOneBy(troubleTable, { noticeId });
  }

  /** Over: the ones that stood, each once. */
  async end(
    which: { guildId: GuildId; kinds: readonly TroubleKind[]; subject: string | null },
    at: Date,
  ): Promise<Pick<TroubleRow, 'id' | 'noticeId' | 'tellAt'>[]> {
    const [rows] = await this.db.query<[Pick<TroubleRow, 'id' | 'noticeId' | 'tellAt'>[], number]>(
      `update trouble set until = $4
        where guild_id = $1 and kind = any($2) and ($3::text is null or subject = $3) and until is null
        returning id, notice_id as "noticeId", tell_at as "tellAt"`,
      [which.guildId, which.kinds, which.subject, at],
    );
    return rows;
  }

  /** Forgets what was over before it was told. */
  async forget(id: string): Promise<void> {
    await this.db.delete(troubleTable, { id });
  }

  async set(id: string, change: Partial<Pick<TroubleRow, 'detail' | 'retryAt' | 'tries'>>) {
    await this.db.update(troubleTable, { id }, change);
  }

  /** People are about to be told by direct message: true for the first who asks. */
  async tellByDm(id: string, at: Date): Promise<boolean> {
    const done = await this.db.update(troubleTable, { id, dmAt: IsNull() }, { dmAt: at });
    return done.affected === 1;
  }

  async sawAdmin(guildId: GuildId, userId: DiscordUserId, seenAt: Date): Promise<void> {
    await this.db.upsert(adminTable, { guildId, userId, seenAt }, ['guildId', 'userId']);
  }

  async noAdmin(guildId: GuildId, userId: DiscordUserId): Promise<void> {
    await this.db.delete(adminTable, { guildId, userId });
  }

  /** Who was an Admin when last seen, later than `since`. */
  async admins(guildId: GuildId, since: Date): Promise<DiscordUserId[]> {
    const rows = await this.db.findBy(adminTable, { guildId, seenAt: MoreThan(since) });
    return rows.map((row) => row.userId);
  }
}

import { In, IsNull } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { DiscordUserId, GuildId, PersonId } from '../core/model.js';
import type { LinkRow, PersonRow } from './rows.js';
import { linkTable, personTable } from './schema.js';

/** Accounts that the owner knows at plex.tv, and which Discord users they are. */
export class People {
  constructor(private readonly db: EntityManager) {}

  get(guildId: GuildId, id: PersonId): Promise<PersonRow | null> {
    return this.db.findOneBy(personTable, { guildId, id });
  }

  byIds(ids: readonly PersonId[]): Promise<PersonRow[]> {
    return this.db.findBy(personTable, { id: In([...ids]) });
  }

  /** Everybody of the guild who is not gone. */
  present(guildId: GuildId): Promise<PersonRow[]> {
    return this.db.findBy(personTable, { guildId, goneAt: IsNull() });
  }

  ofGuild(guildId: GuildId): Promise<PersonRow[]> {
    return this.db.findBy(personTable, { guildId });
  }

  /** People whose title, username or address is exactly what was typed, whatever the case. */
  called(guildId: GuildId, typed: string): Promise<PersonRow[]> {
    return this.db
      .createQueryBuilder(personTable, 'p')
      .where('p.guildId = :guildId and p.goneAt is null', { guildId })
      .andWhere('lower(:typed) in (lower(p.title), lower(p.username), lower(p.email))', { typed })
      .orderBy('p.title')
      .getMany();
  }

  /** Up to `limit` people whose title or username contains what was typed; those that begin with it first. */
  like(guildId: GuildId, typed: string, limit: number): Promise<PersonRow[]> {
    const pattern = typed.toLowerCase().replace(/[\\%_]/g, '\\$&');
    return this.db
      .createQueryBuilder(personTable, 'p')
      .where('p.guildId = :guildId and p.goneAt is null', { guildId })
      .andWhere('(lower(p.title) like :within or lower(p.username) like :within)', {
        within: `%${pattern}%`,
      })
      .orderBy('(lower(p.title) like :start)', 'DESC')
      .addOrderBy('lower(p.title)')
      .addOrderBy('p.id')
      .setParameter('start', `${pattern}%`)
      .limit(limit)
      .getMany();
  }

  async save(rows: readonly PersonRow[]): Promise<void> {
    await this.db.upsert(personTable, [...rows], ['id']);
  }

  async linkedTo(guildId: GuildId, userId: DiscordUserId): Promise<PersonRow | null> {
    const link = await this.db.findOneBy(linkTable, { guildId, userId });
    return link ? this.get(guildId, link.personId) : null;
  }

  /** Discord users who are this person. */
  async membersOf(guildId: GuildId, personId: PersonId): Promise<DiscordUserId[]> {
    const links = await this.db.findBy(linkTable, { guildId, personId });
    return links.map((link) => link.userId);
  }

  /** false: that user is linked already. */
  async link(row: LinkRow): Promise<boolean> {
    const done = await this.db
      .createQueryBuilder()
      .insert()
      .into(linkTable)
      .values(row)
      .orIgnore()
      .returning('user_id')
      .execute();
    return (done.raw as unknown[]).length === 1;
  }

  async unlink(guildId: GuildId, userId: DiscordUserId): Promise<void> {
    await this.db.delete(linkTable, { guildId, userId });
  }
}

import { In, IsNull } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { AccountId, DiscordUserId, GuildId, PersonId, ServerId } from '../core/model.js';
import type { LinkRow, PersonRow } from './rows.js';
import { linkTable, personTable, shareTable } from './schema.js';

/** Accounts that the owner knows at plex.tv, and which Discord users they are. */
export class People {
  constructor(private readonly db: EntityManager) {}

  /** Who has this id; who turned out to be somebody else is that one now. */
  async get(guildId: GuildId, id: PersonId): Promise<PersonRow | null> {
    const row = await this.db.findOneBy(personTable, { guildId, id });
    return row?.mergedInto ? this.get(guildId, row.mergedInto) : row;
  }

  /** Keeps others from merging these people until the transaction ends; what points to them goes on. */
  async lock(ids: readonly PersonId[]): Promise<void> {
    await this.db.query('select 1 from person where id = any($1) order by id for no key update', [
      ids,
    ]);
  }

  byAccount(guildId: GuildId, accountId: AccountId): Promise<PersonRow | null> {
    return this.db.findOneBy(personTable, { guildId, accountId });
  }

  /** Who is or was invited under this address or username. */
  invited(guildId: GuildId, invitedAs: string): Promise<PersonRow | null> {
    return this.db.findOneBy(personTable, { guildId, invitedAs });
  }

  /** Adds somebody to be invited; of two who do so at once the second changes nothing. */
  async invite(row: PersonRow): Promise<void> {
    await this.db.createQueryBuilder().insert().into(personTable).values(row).orIgnore().execute();
  }

  /** A sync may take their shares over again. */
  async handsOn(personId: PersonId): Promise<void> {
    await this.db.update(shareTable, { personId }, { handsOff: false });
  }

  /** Whether they have not accepted any invite yet. */
  isInvited(id: PersonId): Promise<boolean> {
    return this.db.existsBy(personTable, { id, kind: 'invited' });
  }

  async change(id: PersonId, to: Partial<PersonRow>): Promise<void> {
    await this.db.update(personTable, { id }, to);
  }

  /** Whoever has an open grant or order: not to be forgotten, whatever plex.tv lists. */
  async needed(guildId: GuildId): Promise<Set<PersonId>> {
    const rows = await this.db.query<{ id: PersonId }[]>(
      `select id from person p where guild_id = $1
          and (exists (select from access_grant where person_id = p.id and closed_at is null)
               or exists (select from share_order where person_id = p.id))`,
      [guildId],
    );
    return new Set(rows.map((row) => row.id));
  }

  /** Which of these people have an invite that waits, and where. */
  async waiting(
    people: readonly PersonId[],
  ): Promise<readonly { serverId: ServerId; personId: PersonId }[]> {
    if (people.length === 0) return [];
    return this.db.query(
      `select server_id as "serverId", person_id as "personId" from share
        where person_id = any($1) and (observed->>'pending')::boolean`,
      [people],
    );
  }

  /** Gives everything of `from` to `into`, who has it all now. Open grants must not clash any more. */
  async absorb(into: PersonId, from: PersonId): Promise<void> {
    await this.db.query(
      `delete from receipt r using receipt k where r.person_id = $2 and k.person_id = $1
          and k.case_id = r.case_id and k.server_id = r.server_id and k.section_id = r.section_id`,
      [into, from],
    );
    for (const table of ['receipt', '"case"', 'access_grant', 'link']) {
      await this.db.query(`update ${table} set person_id = $1 where person_id = $2`, [into, from]);
    }
    await this.db.query('delete from share_order where person_id = $1', [from]);
    await this.db.query('delete from share where person_id = $1', [from]);
  }

  byIds(ids: readonly PersonId[]): Promise<PersonRow[]> {
    return this.db.findBy(personTable, { id: In([...ids]) });
  }

  /** Everybody of the guild who is not gone. */
  present(guildId: GuildId): Promise<PersonRow[]> {
    return this.db.findBy(personTable, { guildId, goneAt: IsNull() });
  }

  /** Everybody of the guild, also who is gone; who turned out to be somebody else is left out. */
  ofGuild(guildId: GuildId): Promise<PersonRow[]> {
    return this.db.findBy(personTable, { guildId, mergedInto: IsNull() });
  }

  /** People whose title, username or address is exactly what was typed, whatever the case. */
  called(guildId: GuildId, typed: string): Promise<PersonRow[]> {
    return (
      this.db
        .createQueryBuilder(personTable, 'p')
        .where('p.guildId = :guildId and p.goneAt is null', { guildId })
        .andWhere(
          'lower(:typed) in (lower(p.title), lower(p.username), lower(p.email), p.invitedAs)',
          { typed },
        )
        // Many have no username or no address, and nobody means them by typing nothing.
        .andWhere("trim(:typed) <> ''")
        .orderBy('p.title')
        .getMany()
    );
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

  /** In the order of their ids: two that save the same people at once must not each wait for the other's rows. */
  async save(rows: readonly PersonRow[]): Promise<void> {
    const ordered = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
    await this.db.upsert(personTable, ordered, ['id']);
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

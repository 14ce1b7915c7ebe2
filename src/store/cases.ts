import { In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { CaseId, GuildId, PersonId, SectionId, ServerId } from '../core/model.js';
import type { CaseRow, ReceiptRow } from './rows.js';
import type { Due } from './shares.js';
import { caseTable, receiptTable } from './ledger.js';

/** Numbered, immutable facts of a guild, and beside them what Plex showed of each. */
export class Cases {
  constructor(private readonly db: EntityManager) {}

  /**
   * Appends a case with the guild's next number. Its row locks the guild until the transaction ends, which keeps
   * the numbers gapless: append last.
   */
  async append(row: Omit<CaseRow, 'number'>): Promise<CaseRow> {
    const [updated] = await this.db.query<[{ number: number }[], number]>(
      `update guild set last_case_number = last_case_number + 1 where id = $1
       returning last_case_number as number`,
      [row.guildId],
    );
    const number = updated[0]?.number;
    if (number === undefined) throw new Error(`guild ${row.guildId} is not known`);
    const numbered = { ...row, number };
    await this.db.insert(caseTable, numbered);
    return numbered;
  }

  ofNotice(noticeId: string): Promise<CaseRow[]> {
    return this.db.find(caseTable, { where: { noticeId }, order: { number: 'ASC' } });
  }

  find(id: CaseId): Promise<CaseRow | null> {
    return this.db.findOneBy(caseTable, { id });
  }

  /** Of these types, about a server. */
  async ofServer(serverId: ServerId, types: readonly string[]): Promise<CaseId[]> {
    const rows = await this.db.find(caseTable, {
      select: { id: true },
      where: { serverId, type: In([...types]) },
    });
    return rows.map(({ id }) => id);
  }

  /** The newest cases about a person, newest first. */
  about(guildId: GuildId, personId: PersonId, limit: number): Promise<CaseRow[]> {
    return this.db.find(caseTable, {
      where: { guildId, personId },
      order: { number: 'DESC' },
      take: limit,
    });
  }

  /** What became of the differences that these cases told of, by the case that told. */
  async driftVerdicts(of: readonly CaseId[]): Promise<ReadonlyMap<CaseId, CaseRow>> {
    if (of.length === 0) return new Map();
    const rows = await this.db
      .createQueryBuilder(caseTable, 'c')
      // By person, for which there is an index.
      .where('c.personId in (select person_id from "case" where id = any(:of))', { of })
      .andWhere(`c.type in ('drift.adopted', 'drift.reverted', 'drift.ignored')`)
      .andWhere(`c.facts->>'of' = any(:names)`, { names: of })
      .getMany();
    return new Map(rows.map((row) => [(row.facts as { of: CaseId }).of, row]));
  }

  /** Those of these libraries whose removal from a person was settled after `since`. */
  async settledRemovals(
    { serverId, personId }: Due,
    sections: readonly SectionId[],
    since: Date,
  ): Promise<SectionId[]> {
    if (sections.length === 0) return [];
    const rows = await this.db.query<{ section: SectionId }[]>(
      `select distinct section_id::float8 as section from receipt
        where server_id = $1 and person_id = $2 and section_id = any($3)
          and want = 'remove' and how = 'settled' and closed_at > $4`,
      [serverId, personId, sections, since],
    );
    return rows.map((row) => row.section);
  }

  receipts(caseIds: readonly CaseId[]): Promise<ReceiptRow[]> {
    return this.db.find(receiptTable, {
      where: { caseId: In([...caseIds]) },
      order: { sectionId: 'ASC' },
    });
  }
}

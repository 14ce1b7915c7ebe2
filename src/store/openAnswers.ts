import { MoreThan } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { openAnswerTable } from './ledger.js';
import type { OpenAnswerRow } from './rows.js';

/** Answers in Discord that are still being edited, so that a next life of the process can go on with them. */
export class OpenAnswers {
  constructor(private readonly db: EntityManager) {}

  async keep(row: OpenAnswerRow): Promise<void> {
    await this.db.upsert(openAnswerTable, row, ['id']);
  }

  async drop(id: string): Promise<void> {
    await this.db.delete(openAnswerTable, { id });
  }

  /** Those that Discord still lets us edit; forgets the others. */
  async open(now: Date): Promise<OpenAnswerRow[]> {
    await this.db.query('delete from open_answer where until <= $1', [now]);
    return this.db.findBy(openAnswerTable, { until: MoreThan(now) });
  }
}

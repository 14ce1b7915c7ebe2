import type { EntityManager } from 'typeorm';
import type { AskRow } from './rows.js';
import { askTable } from './ledger.js';

/** Questions waiting for a button: what the button does is here, never in its id. */
export class Asks {
  constructor(private readonly db: EntityManager) {}

  /** Keeps the question, and forgets those that nobody can answer any more. */
  async save(row: AskRow, now: Date): Promise<void> {
    await this.db.query('delete from ask where expires_at < $1', [now]);
    await this.db.upsert(askTable, row, ['id']);
  }

  load(id: string): Promise<AskRow | null> {
    return this.db.findOneBy(askTable, { id });
  }

  /** Takes the question away, for one answerer only: true for the first, false for everyone after. */
  async take(id: string): Promise<boolean> {
    return (await this.db.delete(askTable, { id })).affected === 1;
  }
}

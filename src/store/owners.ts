import type { EntityManager } from 'typeorm';
import type { AccountId } from '../core/model.js';
import type { OwnerRow } from './rows.js';
import { ownerTable } from './schema.js';

/** Plex accounts that own servers, with their sealed tokens. */
export class Owners {
  constructor(private readonly db: EntityManager) {}

  find(accountId: AccountId): Promise<OwnerRow | null> {
    return this.db.findOneBy(ownerTable, { accountId });
  }

  all(): Promise<OwnerRow[]> {
    return this.db.find(ownerTable, { order: { accountId: 'ASC' } });
  }

  /** Makes the owner known; a token given replaces the stored one, null leaves it. */
  async save({ accountId, username, token }: OwnerRow): Promise<void> {
    await this.db.query(
      `insert into owner (account_id, username, token) values ($1, $2, $3)
       on conflict (account_id) do update
          set username = excluded.username, token = coalesce(excluded.token, owner.token)`,
      [accountId, username, token],
    );
  }

  /** Forgets owners, and with them their tokens, whom no guild and no server needs. */
  async forgetUnused(): Promise<void> {
    await this.db.query(
      `delete from owner o
        where not exists (select 1 from server s where s.owner_id = o.account_id)
          and not exists (select 1 from guild g where g.owner_id = o.account_id)`,
    );
  }
}

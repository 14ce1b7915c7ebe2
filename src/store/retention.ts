import type { EntityManager } from 'typeorm';

/** How long something is kept, and what then goes: `$1` is the instant before which it was done with. */
export interface Rule {
  readonly table: string;
  readonly days: number;
  /** Deletes rows at most as many as `$2` says. */
  readonly statement: string;
}

/** Rows that go at once: a transaction that nobody waits for. */
export const BATCH = 1_000;

const rowsOf = (table: string, condition: string): string =>
  `delete from ${table} where ctid = any(array(select ctid from ${table} where ${condition} limit $2))`;

/**
 * What is kept for a time only, in an order in which nothing points to what is gone. Cases, their receipts and grants
 * are kept for as long as their guild is; so are buttons that live as long as their message.
 */
export const RULES: readonly Rule[] = [
  { table: 'ask', days: 0, statement: rowsOf('ask', 'expires_at < $1') },
  { table: 'open_answer', days: 0, statement: rowsOf('open_answer', 'until < $1') },
  // Whom a trouble is told directly: Admins met within that time.
  { table: 'admin', days: 90, statement: rowsOf('admin', 'seen_at < $1') },
  { table: 'dm', days: 90, statement: rowsOf('dm', 'done_at < $1') },
  {
    table: 'trouble',
    days: 90,
    statement: rowsOf(
      'trouble',
      'until < $1 and not exists (select 1 from dm where dm.trouble_id = trouble.id)',
    ),
  },
  { table: 'held', days: 90, statement: rowsOf('held', 'expires_at < $1') },
  {
    // Its message stays in the channel, and is not edited any more.
    table: 'notice',
    days: 365,
    statement: `
      with old as (
        select id from notice
         where due_at is null and owed_at < $1
           and not exists (select 1 from trouble where trouble.notice_id = notice.id)
           and not exists (
             select 1 from share_order o join "case" c on c.id = o.case_id where c.notice_id = notice.id)
         limit $2 for update skip locked),
       freed as (update "case" set notice_id = null where notice_id in (select id from old))
      delete from notice where id in (select id from old)`,
  },
];

/** Forgets what nobody needs any more. */
export class Retention {
  constructor(private readonly db: EntityManager) {}

  /** Deletes one batch of what was done with before that instant; returns how many rows went. */
  async forget({ statement }: Rule, before: Date): Promise<number> {
    const [, rows] = await this.db.query<[unknown[], number]>(statement, [before, BATCH]);
    return rows;
  }
}

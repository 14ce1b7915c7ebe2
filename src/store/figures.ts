import type { EntityManager } from 'typeorm';

/** Changes of access that Plex does not agree with for certain yet. */
export interface OpenOrders {
  readonly open: number;
  /** Of these, how many Plex was not seen to show at all. */
  readonly unseen: number;
  readonly oldest: Date | null;
}

/** What is owed, counted over all guilds: figures only. */
export class Figures {
  constructor(private readonly db: EntityManager) {}

  /** Reads the whole table: it holds nothing but what is open. */
  async orders(): Promise<OpenOrders> {
    const [row] = await this.db.query<OpenOrders[]>(
      `select count(*)::int as open, count(*) filter (where seen_at is null and shown_at is null)::int as unseen,
              min(since) as oldest
         from share_order`,
    );
    return row ?? { open: 0, unseen: 0, oldest: null };
  }

  /** Messages to audit channels that are still to be posted or edited. */
  async notices(): Promise<number> {
    return this.count('select count(*)::int as n from notice where due_at is not null');
  }

  /** Direct messages that are still to be sent. */
  async directMessages(): Promise<number> {
    return this.count('select count(*)::int as n from dm where due_at is not null');
  }

  private async count(sql: string): Promise<number> {
    const [row] = await this.db.query<{ n: number }[]>(sql);
    return row?.n ?? 0;
  }
}

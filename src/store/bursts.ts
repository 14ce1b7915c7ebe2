import { LessThanOrEqual } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { ServerId } from '../core/model.js';
import type { BurstRow } from './rows.js';
import { burstTable } from './schema.js';

/** The latest writes of each server, until its PMS can be trusted to have heard of all of them. */
export class Bursts {
  constructor(private readonly db: EntityManager) {}

  /** Locked until the transaction ends; null when the server was never written to. */
  lock(serverId: ServerId): Promise<BurstRow | null> {
    return this.db.findOne(burstTable, {
      where: { serverId },
      lock: { mode: 'pessimistic_write' },
    });
  }

  find(serverId: ServerId): Promise<BurstRow | null> {
    return this.db.findOneBy(burstTable, { serverId });
  }

  async save(row: BurstRow): Promise<void> {
    await this.db.upsert(burstTable, row, ['serverId']);
  }

  /** Those that owe a nudge by `now`. */
  due(now: Date): Promise<BurstRow[]> {
    return this.db.findBy(burstTable, { dueAt: LessThanOrEqual(now) });
  }

  /** Puts a nudge off, or (`dueAt` null) calls it done; nothing when a later write owes another one. */
  async settle({ serverId, dueAt }: BurstRow, next: Date | null): Promise<void> {
    if (dueAt !== null) await this.db.update(burstTable, { serverId, dueAt }, { dueAt: next });
  }
}

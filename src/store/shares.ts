import { In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { ClosedOrder, Order, PersonId, ServerId, Share } from '../core/model.js';
import { revive } from './documents.js';
import type { OrderRow, ShareRowStored } from './rows.js';
import { receiptTable } from './ledger.js';
import { orderTable, shareTable } from './schema.js';

/** One person on one server, with what the watch needs to know. */
export interface StoredShare {
  readonly serverId: ServerId;
  readonly personId: PersonId;
  readonly share: Share;
  readonly nextLookAt: Date | null;
  readonly nextEdgeAt: Date | null;
  readonly looks: number;
  /** Left alone by a sync; never true of a share that is managed. */
  readonly handsOff: boolean;
}

/** Who is to be looked at, by server. */
export interface Due {
  readonly serverId: ServerId;
  readonly personId: PersonId;
}

const orderOf = (row: OrderRow): Order => ({
  section: row.sectionId,
  want: row.want,
  since: row.since,
  cause: row.cause,
  caseId: row.caseId,
  tried: row.tried,
  seenAt: row.seenAt,
  shownAt: row.shownAt,
});

const shareOf = (row: ShareRowStored, orders: readonly Order[]): Share => ({
  version: row.version,
  managed: row.managed,
  importOwed: row.importOwed,
  ordered: row.ordered,
  lookedAt: row.lookedAt,
  observed: revive(row.observed) as Share['observed'],
  attempt: revive(row.attempt) as Share['attempt'],
  exempt: row.exempt,
  driftSeen: revive(row.driftSeen) as Share['driftSeen'],
  removedAt: row.removedAt,
  stuckAt: row.stuckAt,
  orders,
});

const storedOf = (row: ShareRowStored, orders: readonly Order[]): StoredShare => ({
  serverId: row.serverId,
  personId: row.personId,
  share: shareOf(row, orders),
  nextLookAt: row.nextLookAt,
  nextEdgeAt: row.nextEdgeAt,
  looks: row.looks,
  handsOff: row.handsOff,
});

const sameOrder = (a: Order, b: Order): boolean =>
  a.want === b.want &&
  a.cause === b.cause &&
  a.caseId === b.caseId &&
  a.tried === b.tried &&
  +a.since === +b.since &&
  a.seenAt?.getTime() === b.seenAt?.getTime() &&
  a.shownAt?.getTime() === b.shownAt?.getTime();

/** Shares and their open orders; receipts follow the orders. */
export class Shares {
  constructor(private readonly db: EntityManager) {}

  /** Shares of these people on a server, of everybody when `people` is null. Locks nothing. */
  async on(serverId: ServerId, people: readonly PersonId[] | null): Promise<StoredShare[]> {
    const where = { serverId, ...(people && { personId: In([...people]) }) };
    const rows = await this.db.findBy(shareTable, where);
    const orders = await this.db.findBy(orderTable, where);
    const byPerson = new Map<PersonId, Order[]>();
    for (const row of orders) {
      byPerson.set(row.personId, [...(byPerson.get(row.personId) ?? []), orderOf(row)]);
    }
    return rows.map((row) => storedOf(row, byPerson.get(row.personId) ?? []));
  }

  /** All shares of one person. */
  async ofPerson(personId: PersonId): Promise<StoredShare[]> {
    const rows = await this.db.findBy(shareTable, { personId });
    const orders = await this.db.findBy(orderTable, { personId });
    const on = (id: ServerId) => orders.filter((order) => order.serverId === id).map(orderOf);
    return rows.map((row) => storedOf(row, on(row.serverId)));
  }

  /** The share, made when it is new, locked until the transaction ends. */
  async lock(serverId: ServerId, personId: PersonId, now: Date): Promise<StoredShare> {
    // One statement that makes or locks: a merge may delete the row while somebody waits for it.
    await this.db.query(
      `insert into share (server_id, person_id, looked_at) values ($1, $2, $3)
       on conflict (server_id, person_id) do update set version = share.version`,
      [serverId, personId, now],
    );
    const row = await this.db.findOneByOrFail(shareTable, { serverId, personId });
    return storedOf(row, (await this.db.findBy(orderTable, { serverId, personId })).map(orderOf));
  }

  /** Stores what changed of a locked share, its orders and their receipts. Returns the cases that have news. */
  async save(
    before: StoredShare,
    after: StoredShare,
    closed: readonly ClosedOrder[],
  ): Promise<string[]> {
    const { serverId, personId } = before;
    const { orders, ...share } = after.share;
    await this.db.query(
      `update share set version = $3, managed = $4, import_owed = $5, ordered = $6, looked_at = $7,
              observed = $8, attempt = $9, exempt = $10, drift_seen = $11, next_look_at = $12,
              next_edge_at = $13, looks = $14, removed_at = $15, stuck_at = $16, hands_off = $17 and not $4
        where server_id = $1 and person_id = $2`,
      [
        serverId,
        personId,
        share.version,
        share.managed,
        share.importOwed,
        JSON.stringify(share.ordered),
        share.lookedAt,
        JSON.stringify(share.observed),
        JSON.stringify(share.attempt),
        JSON.stringify(share.exempt),
        JSON.stringify(share.driftSeen),
        after.nextLookAt,
        after.nextEdgeAt,
        after.looks,
        share.removedAt,
        share.stuckAt,
        after.handsOff,
      ],
    );
    const news = await this.closeReceipts(before, closed);
    return [...news, ...(await this.saveOrders(before, after, orders))];
  }

  private async saveOrders(before: StoredShare, after: StoredShare, orders: readonly Order[]) {
    const { serverId, personId } = before;
    const old = new Map(before.share.orders.map((order) => [order.section, order]));
    const left = [...old.keys()].filter((section) => !orders.some((o) => o.section === section));
    if (left.length > 0) {
      await this.db.delete(orderTable, { serverId, personId, sectionId: In(left) });
    }
    const changed = orders.filter((order) => {
      const was = old.get(order.section);
      return !was || !sameOrder(was, order);
    });
    if (changed.length === 0) return [];
    await this.db.upsert(
      orderTable,
      changed.map(({ section, ...order }) => ({
        serverId,
        personId,
        sectionId: section,
        ...order,
      })),
      ['serverId', 'personId', 'sectionId'],
    );
    return this.saveReceipts(after, changed);
  }

  private async saveReceipts(after: StoredShare, changed: readonly Order[]): Promise<string[]> {
    const writtenAt = after.share.attempt?.at ?? null;
    const rows = changed.flatMap((order) =>
      order.caseId === null
        ? []
        : {
            caseId: order.caseId,
            serverId: after.serverId,
            personId: after.personId,
            sectionId: order.section,
            want: order.want,
            dueAt: order.since,
            writtenAt: order.tried ? writtenAt : null,
            seenAt: order.seenAt,
            shownAt: order.shownAt,
            closedAt: null,
            how: null,
            why: null,
          },
    );
    if (rows.length === 0) return [];
    await this.db.upsert(receiptTable, rows, ['caseId', 'serverId', 'personId', 'sectionId']);
    return rows.map((row) => row.caseId);
  }

  private async closeReceipts(before: StoredShare, closed: readonly ClosedOrder[]) {
    const { serverId, personId } = before;
    const news: string[] = [];
    for (const { order, how, at } of closed) {
      const { caseId, section, want, since } = order;
      if (caseId === null) continue;
      await this.db.query(
        `insert into receipt (case_id, server_id, person_id, section_id, want, due_at, seen_at, closed_at, how)
         values ($1, $2, $3, $4, $7, $8, case when $6 = 'settled' then $5::timestamptz end, $5, $6)
         on conflict (case_id, server_id, person_id, section_id) do update
            set closed_at = excluded.closed_at, how = excluded.how,
                seen_at = case when $6 = 'settled' then coalesce(receipt.seen_at, receipt.shown_at, $5)
                               else receipt.seen_at end`,
        [caseId, serverId, personId, section, at, how, want, since],
      );
      news.push(caseId);
    }
    return news;
  }

  /** Whoever waits on a server is looked at now. */
  async hurry(serverId: ServerId, now: Date): Promise<void> {
    await this.db.query(
      'update share set next_look_at = $2 where server_id = $1 and next_look_at > $2',
      [serverId, now],
    );
  }

  /** Keeps Plex's own sentence with the receipts that it refused. */
  async explain(caseIds: readonly string[], why: string): Promise<void> {
    await this.db.query(`update receipt set why = $2 where case_id = any($1) and how = 'refused'`, [
      caseIds,
      why,
    ]);
  }

  /** Whoever has an open order whose time has come, or an edge that nobody took. */
  due(now: Date): Promise<Due[]> {
    return this.db.query(
      `select server_id as "serverId", person_id as "personId" from share where next_look_at <= $1
       union
       select server_id, person_id from share where next_edge_at <= $1`,
      [now],
    );
  }

  /** Instants up to `until` at which somebody on a server is to be looked at, each once. */
  alarms(until: Date): Promise<{ serverId: ServerId; at: Date }[]> {
    return this.db.query(
      `select server_id as "serverId", next_look_at as at from share where next_look_at <= $1
       union
       select server_id, next_edge_at from share where next_edge_at <= $1`,
      [until],
    );
  }
}

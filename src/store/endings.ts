import type { EntityManager } from 'typeorm';
import type { Ending, PersonId, ServerId, ShareId } from '../core/model.js';
import type { Due } from './shares.js';

/**
 * What may become of people whose last library on a server ends. The one place that looks beyond a guild: plex.tv removes
 * an account from all servers of its owner, whoever uses them.
 */
export class Endings {
  constructor(private readonly db: EntityManager) {}

  /** Of these people on a server; of everybody in its guild when `people` is null. */
  async on(
    serverId: ServerId,
    people: readonly PersonId[] | null,
  ): Promise<ReadonlyMap<PersonId, Ending>> {
    const rows = await this.db.query<(Ending & { personId: PersonId })[]>(
      `select p.id as "personId", s.end_policy as policy, p.kind in ('home', 'managed') as "isHome",
              (s.end_policy = 'remove'
                or exists (select 1 from share_order r where r.server_id = s.id
                              and r.person_id = p.id and r.cause = 'removal'))
              and p.kind = 'friend' and p.account_id is not null
              and not exists (
                select 1 from server o join person q on q.guild_id = o.guild_id
                 where o.owner_id = s.owner_id and o.id <> s.id and q.account_id = p.account_id
                   and (exists (select 1 from share_order r
                                 where r.server_id = o.id and r.person_id = q.id
                                   and r.cause <> 'removal')
                     or exists (select 1 from access_grant g join library l on l.id = g.library_id
                                 where l.server_id = o.id and g.person_id = q.id
                                   and g.closed_at is null))) as "isRemovable"
         from server s join person p on p.guild_id = s.guild_id
        where s.id = $1 and p.merged_into is null and ($2::uuid[] is null or p.id = any($2))`,
      [serverId, people],
    );
    return new Map(rows.map(({ personId, ...ending }) => [personId, ending]));
  }

  /** Locks the person's shares on the owner's other servers: until the transaction ends nothing is given there. */
  lockElsewhere({ serverId, personId }: Due): Promise<Due[]> {
    return this.db.query(
      `select h.server_id as "serverId", h.person_id as "personId"
         from share h
         join server o on o.id = h.server_id
         join person q on q.id = h.person_id
         join server s on s.id = $1 and s.owner_id = o.owner_id and s.id <> o.id
         join person p on p.id = $2 and p.account_id = q.account_id
        order by h.server_id, h.person_id
          for update of h`,
      [serverId, personId],
    );
  }

  /** Notes on those shares that their rows go with the person, and when that can be seen. */
  async noteRemoval(shares: readonly Due[], { at, lookAt }: { at: Date; lookAt: Date }) {
    for (const { serverId, personId } of shares) {
      await this.db.query(
        `update share set removed_at = $3, next_look_at = least(next_look_at, $4),
                version = version + 1
          where server_id = $1 and person_id = $2`,
        [serverId, personId, at, lookAt],
      );
    }
  }

  /**
   * Rows that the latest writes deleted, here or with their person by way of another server: a list without them is not
   * short. What a read showed a settle time after the person went is a row made since.
   */
  async deletedRows(serverId: ServerId, settleMs: number): Promise<ShareId[]> {
    const rows = await this.db.query<{ id: ShareId }[]>(
      `select (attempt->>'row')::float8 as id from share
        where server_id = $1 and attempt->>'kind' in ('delete', 'cancelInvite', 'removePerson')
       union
       select (observed->>'row')::float8 from share
        where server_id = $1 and observed->>'row' is not null
          and (observed->>'at')::timestamptz < removed_at + $2 * interval '1 millisecond'`,
      [serverId, settleMs],
    );
    return rows.map((row) => row.id);
  }
}

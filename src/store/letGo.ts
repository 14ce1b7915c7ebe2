import type { EntityManager } from 'typeorm';
import type { ServerId } from '../core/model.js';

const LIBRARIES = '(select id from library where server_id = $1)';

/**
 * Forgets a server with its libraries, shares, orders and grants; what was told of it stays. Whatever was open on it is
 * dropped, and its cases say so no more often than they did. `$2` is now.
 */
export async function letGoOfServer(db: EntityManager, id: ServerId, now: Date): Promise<void> {
  await db.query(
    `update receipt set closed_at = $2, how = 'dropped' where server_id = $1 and closed_at is null`,
    [id, now],
  );
  const statements = [
    'delete from dm where server_id = $1',
    'delete from share_order where server_id = $1',
    'delete from share where server_id = $1',
    `delete from access_grant where library_id in ${LIBRARIES}`,
    'update "case" set server_id = null where server_id = $1',
    'delete from burst where server_id = $1',
    'delete from library where server_id = $1',
    'delete from server where id = $1',
  ];
  for (const statement of statements) await db.query(statement, [id]);
}

/** What hangs on a server: people with something there, ends that Usher would carry out, changes on the way. */
export async function hangsOn(
  db: EntityManager,
  id: ServerId,
): Promise<{ readonly people: number; readonly ends: number; readonly open: number }> {
  const [row] = await db.query<{ people: number; ends: number; open: number }[]>(
    `select (select count(distinct person_id) from (
               select person_id from share where server_id = $1 and observed->>'row' is not null
               union all
               select person_id from access_grant
                where library_id in ${LIBRARIES} and closed_at is null) x)::int as people,
            (select count(*) from access_grant
              where library_id in ${LIBRARIES} and closed_at is null and ends_at is not null)::int as ends,
            (select count(*) from share_order where server_id = $1)::int as open`,
    [id],
  );
  if (!row) throw new Error('PostgreSQL did not count');
  return row;
}

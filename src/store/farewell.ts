import type { EntityManager } from 'typeorm';
import type { GuildId } from '../core/model.js';

const SERVERS = '(select id from server where guild_id = $1)';
const LIBRARIES = `(select id from library where server_id in ${SERVERS})`;
const PEOPLE = '(select id from person where guild_id = $1)';
const CASES = `(select id from "case" where guild_id = $1)`;

/** What a guild leaves behind, table by table, in an order in which nothing points to what is gone. `$1` is the guild. */
export const LEFT_BEHIND: readonly (readonly [table: string, statement: string])[] = [
  ['ask', 'delete from ask where guild_id = $1'],
  ['open_answer', 'delete from open_answer where guild_id = $1'],
  ['dm', `delete from dm where guild_id = $1 or case_id in ${CASES}`],
  ['held', 'delete from held where guild_id = $1'],
  ['trouble', 'delete from trouble where guild_id = $1'],
  ['admin', 'delete from admin where guild_id = $1'],
  ['receipt', `delete from receipt where case_id in ${CASES} or server_id in ${SERVERS}`],
  ['share_order', `delete from share_order where server_id in ${SERVERS}`],
  // A server that was taken over keeps its orders, but no longer their cases.
  ['share_order', `update share_order set case_id = null where case_id in ${CASES}`],
  ['share', `delete from share where server_id in ${SERVERS} or person_id in ${PEOPLE}`],
  [
    'access_grant',
    `delete from access_grant where library_id in ${LIBRARIES} or person_id in ${PEOPLE}`,
  ],
  ['link', `delete from link where guild_id = $1 or person_id in ${PEOPLE}`],
  ['case', `delete from "case" where guild_id = $1`],
  // Cases of a guild from which a server came here tell of it by its name alone.
  ['case', `update "case" set server_id = null where server_id in ${SERVERS}`],
  ['burst', `delete from burst where server_id in ${SERVERS}`],
  ['library', `delete from library where server_id in ${SERVERS}`],
  ['server', 'delete from server where guild_id = $1'],
  ['person', 'delete from person where guild_id = $1'],
  ['notice', 'delete from notice where guild_id = $1'],
  ['role_binding', 'delete from role_binding where guild_id = $1'],
  ['guild', 'delete from guild where id = $1'],
];

/** Deletes everything of a guild. */
export async function forgetGuild(db: EntityManager, guildId: GuildId): Promise<void> {
  for (const [, statement] of LEFT_BEHIND) await db.query(statement, [guildId]);
}

/**
 * Guilds that Usher has left and that nothing is owed to any more: no open order, no timed grant that still runs, and
 * `before` lies behind the leaving, the last timed end and the last order that was done.
 */
export async function guildsToForget(db: EntityManager, before: Date): Promise<GuildId[]> {
  const rows = await db.query<{ id: GuildId }[]>(
    `select g.id from guild g
      where g.left_at <= $1
        and not exists (
          select 1 from share_order o join server s on s.id = o.server_id where s.guild_id = g.id)
        and not exists (
          select 1 from access_grant a
            join library l on l.id = a.library_id join server s on s.id = l.server_id
           where s.guild_id = g.id and a.ends_at is not null
             and (a.closed_at is null or a.closed_at > $1 or coalesce(a.revoked_at, a.ends_at) > $1))
        and not exists (
          select 1 from receipt r join server s on s.id = r.server_id
           where s.guild_id = g.id and r.closed_at > $1)
      order by g.id`,
    [before],
  );
  return rows.map((row) => row.id);
}

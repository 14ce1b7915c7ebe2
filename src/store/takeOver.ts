import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { GuildId, MachineId, PersonId, ServerId } from '../core/model.js';
import type { PersonRow } from './rows.js';
import { personTable, serverTable } from './schema.js';

/** Which person of the new guild each person of the old one is. */
type Same = readonly (readonly [PersonId, PersonId])[];

/**
 * Moves a server with its libraries, shares, open orders, grants and receipts to another guild. People belong to
 * guilds: each becomes the same account there, made if need be, with the links of the old guild. Cases stay where they
 * were told. Returns how many people it concerns.
 */
export async function takeOver(
  db: EntityManager,
  machineId: MachineId,
  guildId: GuildId,
): Promise<number> {
  const server = await db.findOneOrFail(serverTable, {
    where: { machineId },
    lock: { mode: 'pessimistic_write' },
  });
  const people = await db.query<{ id: PersonId }[]>(
    `select id from person p
      where exists (select 1 from share s where s.server_id = $1 and s.person_id = p.id)
         or exists (select 1 from access_grant g join library l on l.id = g.library_id
                     where l.server_id = $1 and g.person_id = p.id)
      order by id`,
    [server.id],
  );
  const same: [PersonId, PersonId][] = [];
  for (const { id } of people) {
    same.push([id, await sameIn(db, guildId, await db.findOneByOrFail(personTable, { id }))]);
  }
  await repoint(db, server.id, same);
  await moveLinks(db, { from: server.guildId, to: guildId }, same);
  await db.update(serverTable, { id: server.id }, { guildId });
  return people.length;
}

async function sameIn(db: EntityManager, guildId: GuildId, person: PersonRow): Promise<PersonId> {
  const { accountId, email, invitedAs } = person;
  const known = await db
    .createQueryBuilder(personTable, 'p')
    .where('p.guildId = :guildId', { guildId })
    .andWhere(
      accountId === null
        ? `p.accountId is null and ((:invitedAs <> '' and p.invitedAs = :invitedAs) or (:email <> '' and p.email = :email))`
        : 'p.accountId = :accountId',
      { accountId, email, invitedAs },
    )
    // Who was merged into somebody else is nobody: nothing that hung on them would be looked at again.
    .andWhere('p.mergedInto is null')
    .getOne();
  if (known) return known.id;
  const id = randomUUID() as PersonId;
  await db.insert(personTable, { ...person, id, guildId });
  return id;
}

async function repoint(db: EntityManager, serverId: ServerId, same: Same): Promise<void> {
  const [old, now] = [same.map(([a]) => a), same.map(([, b]) => b)];
  for (const table of ['share', 'share_order', 'receipt', 'burst']) {
    await db.query(
      `update ${table} t set person_id = m.now from unnest($2::uuid[], $3::uuid[]) as m(old, now)
        where t.server_id = $1 and t.person_id = m.old`,
      [serverId, old, now],
    );
  }
  await db.query(
    `update access_grant t set person_id = m.now from unnest($2::uuid[], $3::uuid[]) as m(old, now)
      where t.person_id = m.old and t.library_id in (select id from library where server_id = $1)`,
    [serverId, old, now],
  );
}

async function moveLinks(
  db: EntityManager,
  { from, to }: { from: GuildId; to: GuildId },
  same: Same,
): Promise<void> {
  await db.query(
    `insert into link (guild_id, user_id, person_id)
     select $2, l.user_id, m.now
       from link l join unnest($3::uuid[], $4::uuid[]) as m(old, now) on m.old = l.person_id
      where l.guild_id = $1
     on conflict do nothing`,
    [from, to, same.map(([a]) => a), same.map(([, b]) => b)],
  );
}

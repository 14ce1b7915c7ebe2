import type pg from 'pg';
import type { DiscordWorld } from '../../sim/discord/world.js';
import type { PlexWorld } from '../../sim/plex/world.js';

/** As many as plex.tv lets one owner share with. */
export const PEOPLE = 100;
export const LIBRARIES = 20;
export const GUILDS = 50;

const IMPORTED = Date.parse('2026-01-01T00:00:00Z') / 1000;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** One server with as many libraries and people as it can have, who all have everything. */
export function crowded(world: PlexWorld): PlexWorld {
  const [attic] = world.servers;
  if (!attic) throw new Error('the demo world has a server');
  const libraries = numbers(LIBRARIES).map((i) => ({
    key: String(i + 1),
    sectionId: 118_300_000 + i,
    uuid: `library-${i}`,
    title: `Library ${i}`,
    type: i % 2 === 0 ? 'movie' : 'show',
  }));
  return {
    ...world,
    servers: [{ ...attic, libraries }],
    accounts: numbers(PEOPLE).map((i) => ({
      id: 5_000_000 + i,
      username: `person${i}`,
      email: `person${i}@example.org`,
      title: `Person ${i}`,
      home: false,
      restricted: false,
      friend: true,
    })),
    shares: numbers(PEOPLE).map((i) => ({
      id: 40_000 + i,
      machineId: attic.machineId,
      accountId: 5_000_000 + i,
      email: `person${i}@example.org`,
      sectionIds: libraries.map(({ sectionId }) => sectionId),
      allLibraries: false,
      invitedAt: IMPORTED,
      acceptedAt: IMPORTED,
    })),
  };
}

export const guildId = (n: number): string => String(100_000_000_000_000_001n + BigInt(n) * 1_000n);

/** The bot in as many guilds, each like the first one under ids of its own. */
export function popular(world: DiscordWorld): DiscordWorld {
  const [first] = world.guilds;
  if (!first) throw new Error('the demo world has a guild');
  const moved = (id: string, n: number) => String(BigInt(id) + BigInt(n) * 1_000n);
  const others = numbers(GUILDS - 1).map((i) => {
    const text = JSON.stringify(first).replace(/"([134]0000000000000\d{4})"/g, (_, id: string) =>
      JSON.stringify(moved(id, i + 1)),
    );
    return JSON.parse(text) as typeof first;
  });
  return { ...world, guilds: [first, ...others] };
}

/** A new id for each old one in each guild, the same again whenever it is asked for. */
const id = (column: string): string => `md5(${column}::text || n.n)::uuid`;

/**
 * Copies what one guild has into all the others, then gives every grant its end, its case, its notice and its receipt:
 * of four grants two are over, one ends within a year, one never does.
 */
export const MULTIPLY: readonly string[] = [
  `create temp table n as select n, (100000000000000001 + n * 1000)::text as guild
     from generate_series(1, ${GUILDS - 1}) n`,
  `insert into server (id, guild_id, machine_id, owner_id, owner_name, name, pms_url, synced_at, swept_at, sane_rows)
   select ${id('s.id')}, guild, machine_id || n, owner_id, owner_name, name || n, pms_url, synced_at, swept_at, sane_rows
     from server s cross join n`,
  `insert into library (id, server_id, section_id, key, uuid, title, type, is_default)
   select ${id('l.id')}, ${id('l.server_id')}, section_id, key, uuid, title, type, is_default
     from library l cross join n`,
  `insert into person (id, guild_id, account_id, kind, title, username, email)
   select ${id('p.id')}, guild, account_id, kind, title, username, email from person p cross join n`,
  `insert into share (server_id, person_id, version, managed, ordered, looked_at, observed)
   select ${id('s.server_id')}, ${id('s.person_id')}, version, managed, ordered, looked_at, observed
     from share s cross join n`,
  `insert into access_grant (id, person_id, library_id, starts_at, created_at, source, giver, reason, ends_at, closed_at)
   select ${id('g.id')}, ${id('g.person_id')}, ${id('g.library_id')}, starts_at, created_at, 'command',
          '200000000000000003', 'because they asked',
          case c when 3 then null when 2 then now() + interval '2 hours' + random() * interval '1 year'
                 else now() - random() * interval '1 year' end,
          case when c < 2 then now() end
     from (select g.*, row_number() over (order by g.id) % 4 as c from access_grant g) g cross join n`,
  `update share set next_edge_at = (
     select min(ends_at) from access_grant g join library l on l.id = g.library_id
      where g.person_id = share.person_id and l.server_id = share.server_id and g.closed_at is null)`,
  `create temp table c as
   select g.*, p.guild_id, l.server_id, l.section_id, l.title, gen_random_uuid() as case_id, gen_random_uuid() as notice_id,
          g.case_number + row_number() over (partition by p.guild_id order by g.id) as number
     from (select g.*, 1000 as case_number from access_grant g) g
     join person p on p.id = g.person_id join library l on l.id = g.library_id`,
  `insert into notice (id, guild_id, owed_at, channel_id, message_id, shown)
   select notice_id, guild_id, created_at, '400000000000000002', number::text, md5(number::text) from c`,
  `insert into "case" (id, guild_id, number, notice_id, at, type, person_id, server_id, actor_id, reason, facts)
   select case_id, guild_id, number, notice_id, created_at, 'grant.created', person_id, server_id, giver, reason,
          jsonb_build_object('type', 'grant.created', 'library', title, 'until', ends_at)
     from c`,
  `insert into receipt (case_id, server_id, person_id, section_id, want, due_at, written_at, seen_at, closed_at, how)
   select case_id, server_id, person_id, section_id, 'add', created_at, created_at, created_at, created_at, 'settled'
     from c`,
  `update guild g set last_case_number = (select max(number) from "case" c where c.guild_id = g.id)`,
];

/** What each table holds, in two numbers: how many rows, and the sum of what is in them. */
export async function sums(
  db: pg.ClientBase,
  tables: readonly string[],
): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const table of tables) {
    const { rows } = await db.query<{ sum: string }>(
      `select count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) as sum from "${table}" t`,
    );
    all[table] = rows[0]?.sum ?? '';
  }
  return all;
}

import type { GuildId } from '../../src/core/model.js';
import { NOON, type TestStore } from './builders.js';

export const CITY = '100000000000000001' as GuildId;
const OWNER = 900_001;

/** How much of everything there is. */
export interface CitySize {
  readonly people: number;
  readonly libraries: number;
  readonly grants: number;
}

/** A guild of 5,000 people on two servers with 50 libraries and 100,000 open grants, and cases of them. */
export async function buildCity(
  db: Pick<TestStore, 'sql' | 'store'>,
  { people, libraries, grants }: CitySize = { people: 5_000, libraries: 50, grants: 100_000 },
): Promise<void> {
  await db.store.guilds.welcome(CITY);
  await db.sql(
    `insert into server (id, guild_id, machine_id, owner_id, owner_name, name, pms_url, synced_at, swept_at)
     select gen_random_uuid(), $1, name, ${OWNER}, 'owner', name, 'http://127.0.0.1', $2, $2
       from unnest(array['Attic', 'Cellar']) name`,
    [CITY, NOON],
  );
  await db.sql(
    `insert into library (id, server_id, section_id, key, uuid, title, type)
     select gen_random_uuid(), s.id, n, n::text, n::text, 'Library ' || lpad(n::text, 2, '0'), 'movie'
       from generate_series(1, ${libraries}) n
       join server s on s.name = case when n % 2 = 0 then 'Attic' else 'Cellar' end`,
  );
  await db.sql(
    `insert into person (id, guild_id, account_id, kind, title, username, email)
     select gen_random_uuid(), $1, n, 'friend', 'Person ' || lpad(n::text, 4, '0'), 'p' || n,
            'p' || n || '@example.org'
       from generate_series(1, ${people}) n`,
    [CITY],
  );
  await db.sql(
    `insert into share (server_id, person_id, looked_at, managed, observed)
     select s.id, p.id, $1, true,
            jsonb_build_object('at', $1::timestamptz, 'row', p.account_id, 'pending', p.account_id % 100 = 0,
                               'all', false, 'sections', '[2, 4]'::jsonb, 'catalogue', '[2, 4]'::jsonb)
       from server s cross join person p`,
    [NOON],
  );
  // Everybody has as many; one in seven of them ends within the week.
  await db.sql(
    `insert into access_grant (id, person_id, library_id, starts_at, ends_at, created_at, source)
     select gen_random_uuid(), p.id, l.id, $1::timestamptz - interval '1 day',
            case when p.account_id % 7 = 0 then $1::timestamptz + p.account_id * interval '1 minute' end,
            $1::timestamptz - interval '1 day', 'command'
       from person p
       join library l on (l.section_id + p.account_id) % ${libraries} < ${Math.floor(grants / people)}`,
    [NOON],
  );
  await db.sql(
    `insert into "case" (id, guild_id, number, at, type, person_id, facts)
     select gen_random_uuid(), $1, row_number() over (), $2, 'grant.created', p.id, '{}'
       from person p cross join generate_series(1, 4)`,
    [CITY, NOON],
  );
  await db.sql('update guild set last_case_number = (select max(number) from "case")');
  for (const table of ['person', 'share', 'access_grant', '"case"', 'library']) {
    await db.sql(`vacuum analyze ${table}`);
  }
}

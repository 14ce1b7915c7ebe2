import type pg from 'pg';

const GUILD = '100000000000000001';
const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const NOON = '2026-03-01T12:00:00.123Z';

/** What breaks careless formats: tabs, line ends, backslashes, marks of COPY, quotes, no letter at all. */
const NASTY = 'a\tb\r\nc\\d\n\\.\n"\'\\N;--\u2028☃\u{1f37f}';

const rows: Readonly<Record<string, readonly object[]>> = {
  setting: [
    { name: 'fixed', value: NASTY },
    { name: '\\N', value: '' },
  ],
  owner: [{ account_id: '9007199254740991', username: 'owner', token: 'v1.key.sealed' }],
  guild: [
    { id: GUILD, time_zone: 'Europe/Berlin', last_case_number: 2, dms: false, owner_id: 7 },
    { id: '100000000000000002', left_at: NOON },
  ],
  role_binding: [{ guild_id: GUILD, role_id: '300000000000000001', power: 'admin' }],
  server: [
    {
      id: id(1),
      guild_id: GUILD,
      machine_id: 'machine',
      owner_id: 7,
      name: NASTY,
      pms_url: 'http://127.0.0.1:32400',
      sane_rows: '[1,2]',
      doubted_rows: JSON.stringify({ at: NOON, rows: [1] }),
    },
  ],
  library: [
    {
      id: id(2),
      server_id: id(1),
      section_id: 118278404,
      key: '1',
      uuid: 'library',
      title: 'Films',
      type: 'movie',
      is_default: true,
    },
  ],
  person: [
    {
      id: id(3),
      guild_id: GUILD,
      account_id: 11,
      kind: 'friend',
      title: NASTY,
      username: 'mara',
      email: 'mara@example.org',
    },
    {
      id: id(4),
      guild_id: GUILD,
      kind: 'invited',
      title: '',
      username: '',
      email: 'tove@example.org',
      invited_as: 'tove@example.org',
      merged_into: id(3),
    },
  ],
  link: [{ guild_id: GUILD, user_id: '200000000000000005', person_id: id(3) }],
  share: [
    {
      server_id: id(1),
      person_id: id(3),
      version: 4,
      managed: true,
      looked_at: NOON,
      observed: JSON.stringify({ at: NOON, row: 30001, name: NASTY }),
      next_edge_at: NOON,
    },
  ],
  burst: [{ server_id: id(1), wrote_at: NOON, due_at: NOON, person_id: id(3), no: 1 }],
  notice: [
    { id: id(5), guild_id: GUILD, owed_at: NOON, message_id: '1', shown: 'print' },
    { id: id(6), guild_id: GUILD, owed_at: NOON, due_at: NOON },
  ],
  case: [
    {
      id: id(7),
      guild_id: GUILD,
      number: 1,
      notice_id: id(5),
      at: NOON,
      type: 'grant.created',
      person_id: id(3),
      server_id: id(1),
      reason: NASTY,
      facts: JSON.stringify({ type: 'grant.created', library: NASTY }),
    },
  ],
  share_order: [
    {
      server_id: id(1),
      person_id: id(3),
      section_id: 118278404,
      want: 'add',
      since: NOON,
      cause: 'case',
      case_id: id(7),
    },
  ],
  access_grant: [
    {
      id: id(8),
      person_id: id(3),
      library_id: id(2),
      starts_at: NOON,
      ends_at: '2026-04-01T00:00:00Z',
      created_at: NOON,
      source: 'command',
      reason: NASTY,
    },
  ],
  receipt: [
    {
      case_id: id(7),
      server_id: id(1),
      person_id: id(3),
      section_id: 118278404,
      want: 'add',
      due_at: NOON,
      why: NASTY,
    },
  ],
  ask: [{ id: 'ask', guild_id: GUILD, button: 'keep', payload: JSON.stringify({ value: NASTY }) }],
  trouble: [
    {
      id: id(9),
      guild_id: GUILD,
      kind: 'audit-channel',
      subject: '',
      since: NOON,
      tell_at: NOON,
      notice_id: id(6),
    },
  ],
  dm: [
    {
      id: id(10),
      guild_id: GUILD,
      user_id: '200000000000000005',
      kind: 'trouble',
      trouble_id: id(9),
      case_id: id(7),
      owed_at: NOON,
    },
  ],
  admin: [{ guild_id: GUILD, user_id: '200000000000000002', seen_at: NOON }],
  held: [
    {
      id: id(11),
      guild_id: GUILD,
      kind: 'default',
      wish: JSON.stringify({ library: NASTY }),
      words: NASTY,
      seal: 'seal',
      held_at: NOON,
      expires_at: NOON,
      notice_id: id(5),
    },
  ],
  open_answer: [
    {
      id: 'answer',
      guild_id: GUILD,
      application_id: '500000000000000001',
      token: 'token',
      follows: '{}',
      until: NOON,
    },
  ],
};

/** At least one row in every table, or in those of them that are named. */
export async function fill(db: pg.Client, only: readonly string[] | null = null): Promise<void> {
  for (const [table, values] of Object.entries(rows)) {
    if (only !== null && !only.includes(table)) continue;
    for (const row of values) {
      const columns = Object.keys(row);
      const marks = columns.map((_, index) => `$${index + 1}`);
      await db.query(
        `insert into "${table}" (${columns.join(', ')}) values (${marks.join(', ')})`,
        Object.values(row),
      );
    }
  }
}

/** Everything in a database that is ours: rows, columns, constraints and indexes, table by table. */
export async function contents(
  db: pg.Client,
  tables: readonly string[],
): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const table of tables) {
    const parts = await db.query<{ line: string }>(
      `select line from (
         select 1 as part, t::text as line from "${table}" t
         union all
         select 2, a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull
           from pg_attribute a where a.attrelid = '"${table}"'::regclass and a.attnum > 0 and not a.attisdropped
         union all
         select 3, pg_get_constraintdef(oid) from pg_constraint where conrelid = '"${table}"'::regclass
         union all
         select 4, pg_get_indexdef(indexrelid) from pg_index where indrelid = '"${table}"'::regclass
       ) parts order by part, line collate "C"`,
    );
    all[table] = parts.rows.map((row) => row.line);
  }
  return all;
}

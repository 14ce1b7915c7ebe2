import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';

/** PostgreSQL in the bot's data folder, as whoever runs the machine gets at it. */
const placesIn = (dataDir: string) => {
  const home = join(dataDir, 'postgres');
  return { home, data: join(home, 'data'), log: join(home, 'postgres.log') };
};

/** Runs one statement as the bot's own user. */
export async function sql<Row extends pg.QueryResultRow>(
  dataDir: string,
  statement: string,
): Promise<readonly Row[]> {
  const { home, data } = placesIn(dataDir);
  const password = await readFile(join(home, 'password'), 'utf8');
  const port = Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[3]);
  const as = { user: 'usher', password, database: 'usher' };
  const client = new pg.Client({ host: '127.0.0.1', port, ...as });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

/**
 * Ends PostgreSQL without a word to anybody, and starts it again as it was. Whether it comes up is for the bot to see
 * to: one that ends itself, because its connection is gone, may take PostgreSQL with it again.
 */
export async function restartDatabase(dataDir: string): Promise<void> {
  const { data, log } = placesIn(dataDir);
  const [program = ''] = (await readFile(join(data, 'postmaster.opts'), 'utf8')).split(' ');
  const how = ['restart', '-D', data, '-m', 'immediate', '-w', '-t', '20', '-l', log];
  const command = [join(dirname(program), 'pg_ctl'), ...how];
  // Root is not let run PostgreSQL, except inside a user namespace.
  const unshare = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];
  const [first = '', ...rest] = process.getuid?.() === 0 ? [...unshare, ...command] : command;
  const child = spawn(first, rest, { stdio: 'ignore' });
  await once(child, 'exit');
}

/** How much is still to be done: orders that wait to be seen in Plex, and messages that wait to be posted. */
export async function openWork(
  dataDir: string,
): Promise<{ readonly orders: number; readonly posts: number }> {
  const [open] = await sql<{ orders: number; posts: number }>(
    dataDir,
    `select (select count(*)::int from share_order) as orders,
            (select count(distinct c.notice_id)::int from "case" c join notice n on n.id = c.notice_id
              where n.message_id is null and n.due_at is not null) as posts`,
  );
  return open ?? { orders: 0, posts: 0 };
}

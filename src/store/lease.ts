import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Proof that no other process of this installation serves the same bot. */
export interface Lease {
  release(): Promise<void>;
}

/** How the connection of a lease is called: whoever sees one knows that an Usher runs here, or waits to. */
export const LEASE_HOLDER = 'usher-lease';

const ASK_EVERY_MS = 1_000;
const ALIVE_EVERY_MS = 5_000;

/**
 * Waits until this process alone holds `name`, on a connection of its own. `onWaiting` is told once when somebody else
 * holds it; `onLost` when the connection, and with it the lease, is gone: then the process must end.
 */
export async function takeLease(
  url: string,
  name: string,
  told: { onWaiting: () => void; onLost: (error: Error) => void },
): Promise<Lease> {
  const client = new pg.Client({
    connectionString: url,
    application_name: LEASE_HOLDER,
    keepAlive: true,
  });
  const state = { released: false };
  const lost = (error: Error) => {
    if (state.released) return;
    state.released = true;
    told.onLost(error);
  };
  client.on('error', lost);
  client.on('end', () => lost(new Error('PostgreSQL closed the connection of the lease')));
  await client.connect();
  for (let tries = 0; !(await isTaken(client, name)); tries += 1) {
    if (tries === 0) told.onWaiting();
    await sleep(ASK_EVERY_MS);
  }
  // A connection cut off without a word is noticed only by using it.
  const timer = setInterval(() => void client.query('select 1').catch(lost), ALIVE_EVERY_MS);
  return {
    release: async () => {
      state.released = true;
      clearInterval(timer);
      await client.end().catch(() => undefined);
    },
  };
}

/** `name` may hold a secret: only its digest is sent. */
async function isTaken(client: pg.Client, name: string): Promise<boolean> {
  const digest = createHash('sha256').update(name).digest('hex');
  const { rows } = await client.query<{ taken: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as taken',
    [digest],
  );
  return rows[0]?.taken ?? false;
}

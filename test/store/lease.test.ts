import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { takeLease, type Lease } from '../../src/store/lease.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
let client: pg.Client;
const leases: Lease[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterEach(async () => {
  await Promise.all(leases.splice(0).map((lease) => lease.release()));
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** One process that wants the lease, and what it was told. */
function aTaker(name = 'usher a-token') {
  const told: string[] = [];
  const lease = takeLease(database.url, name, {
    onWaiting: () => told.push('waiting'),
    onLost: () => told.push('lost'),
  }).then((taken) => {
    leases.push(taken);
    told.push('taken');
    return taken;
  });
  return { told, lease };
}

const cutOff = async (which: 'holder' | 'waiter') => {
  const held = which === 'holder' ? '' : 'not';
  await client.query(
    `select pg_terminate_backend(a.pid) from pg_stat_activity a
      where a.application_name = 'usher-lease' and a.datname = current_database()
        and ${held} exists (select 1 from pg_locks l where l.pid = a.pid and l.locktype = 'advisory')`,
  );
};
const isTold = (told: readonly string[]) => expect.poll(() => told, { timeout: 8_000 });

describe('the lease', () => {
  test('is taken at once when nobody holds it', async () => {
    const { told, lease } = aTaker();
    await lease;
    expect(told).toEqual(['taken']);
  });

  test('makes a second process wait, told so once, until the first lets go', async () => {
    const first = await aTaker().lease;
    const second = aTaker();
    await isTold(second.told).toEqual(['waiting']);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(second.told).toEqual(['waiting']);
    await first.release();
    await second.lease;
    expect(second.told).toEqual(['waiting', 'taken']);
  });

  test('goes to the next when the holder’s connection is cut off, and the holder is told', async () => {
    const first = aTaker();
    await first.lease;
    const second = aTaker();
    await isTold(second.told).toEqual(['waiting']);
    await cutOff('holder');
    await isTold(first.told).toEqual(['taken', 'lost']);
    await second.lease;
  });

  test('that was let go is not reported lost', async () => {
    const { told, lease } = aTaker();
    await (await lease).release();
    await cutOff('holder');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(told).toEqual(['taken']);
  });

  test('cannot be waited for any longer when the connection is gone', async () => {
    await aTaker().lease;
    const second = aTaker();
    const refused = expect(second.lease).rejects.toThrow();
    await isTold(second.told).toEqual(['waiting']);
    await cutOff('waiter');
    await refused;
    expect(second.told).toEqual(['waiting', 'lost']);
  });

  test('of another bot is another lease', async () => {
    await aTaker('usher a-token').lease;
    const { told, lease } = aTaker('usher b-token');
    await lease;
    expect(told).toEqual(['taken']);
  });

  test('cannot be had from a server that is not there', async () => {
    const nowhere = takeLease('postgres://usher@127.0.0.1:1/usher', 'usher', {
      onWaiting: () => undefined,
      onLost: () => undefined,
    });
    await expect(nowhere).rejects.toThrow();
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectServer, findServerAt } from '../../src/access/connect.js';
import { reconcile } from '../../src/access/reconcile.js';
import { sync } from '../../src/access/sync.js';
import { lookAtDue } from '../../src/access/watch.js';
import type { ServerId } from '../../src/core/model.js';
import { clientOf } from '../plex/target.js';
import { GUILD, House, lastOf } from './house.js';

const MARA = 4_410_021;
let house: House;

beforeEach(async () => {
  house = await House.open();
  await house.begin();
});
afterEach(() => house.close());

const serverId = () => house.serverId;
const admin = () => house.as('admin');
const shares = async (accountId: number) =>
  (await house.world()).shares.filter((share) => share.accountId === accountId);
const isFriend = async (accountId: number) =>
  (await house.world()).accounts.find((account) => account.id === accountId)?.friend;

async function give(person: string, library: string) {
  const wish = { person, library, from: null, until: null, reason: null, confirmed: null };
  const outcome = await admin().grant(wish);
  if (outcome.kind !== 'recorded') throw new Error(`not recorded: ${outcome.kind}`);
  return lastOf(admin().follow(outcome.recorded));
}

async function take(person: string, library: string) {
  const wish = { person, library, server: null, reason: null };
  const first = await admin().revoke({ ...wish, confirmed: null });
  const outcome =
    first.kind === 'ask' ? await admin().revoke({ ...wish, confirmed: first.sections }) : first;
  if (outcome.kind !== 'recorded') throw new Error('asked twice');
  return lastOf(admin().follow(outcome.recorded));
}

/** No default library, and the policy that is asked for. */
async function ending(policy: 'unshare' | 'remove') {
  await house.db.sql('update library set is_default = false');
  await house.db.sql('update share set exempt = $1', ['[]']);
  await house.db.store.servers.set(serverId(), { endPolicy: policy });
}

/** The owner's second server is connected too. */
async function cellar(): Promise<ServerId> {
  const { sim, clock, db } = house;
  const { servers } = await house.world();
  const plex = clientOf(sim.url, { clock });
  const found = await findServerAt(plex, `${sim.url}/pms/${servers[1]?.machineId ?? ''}`);
  const { server } = await db.store.transaction((tables) => connectServer(tables, GUILD, found));
  await sync(house.parts, server.id, { priority: 'person' });
  plex.close();
  return server.id;
}

/** Looks at everybody on a server. */
const look = (id = serverId()) => reconcile(house.parts, id, { people: null, priority: 'timer' });

describe('the last library of a friend', () => {
  test('takes the friend with it where that is the policy, and the case is gone', async () => {
    await ending('remove');
    const told = await take('mara', 'Films');
    expect(told.text).toMatch(/Gone from Plex/);
    expect(await shares(MARA)).toEqual([]);
    expect(await isFriend(MARA)).toBe(false);
    house.settle();
    await look();
    expect((await look()).written).toBe(0);
  });

  test('only ends the share where unshare is the policy', async () => {
    await ending('unshare');
    await take('mara', 'Films');
    expect(await shares(MARA)).toEqual([]);
    expect(await isFriend(MARA)).toBe(true);
  });

  test('only ends the share while something is given on another server of the owner', async () => {
    await cellar();
    await give('mara', 'Films (Cellar)');
    await ending('remove');
    await take('mara', 'Films (Attic)');
    expect(await isFriend(MARA)).toBe(true);
    expect(await shares(MARA)).toHaveLength(1);
  });

  test('takes what hands gave on another server too: nothing is called short, and it is looked at', async () => {
    const other = await cellar();
    const { servers } = await house.world();
    await give('mara', 'Films (Cellar)');
    house.settle();
    await look(other);
    await take('mara', 'Films (Cellar)');
    const { machineId, libraries } = servers[1] ?? { machineId: '', libraries: [] };
    const act = {
      machineId,
      accountId: MARA,
      sectionIds: libraries.map((library) => library.sectionId),
    };
    house.settle();
    await look(other);
    await house.sim.act('setShare', act);
    await look(other);
    await ending('remove');
    await take('mara', 'Films (Attic)');
    expect(await shares(MARA)).toEqual([]);
    const before = Date.now();
    const list = await look(other);
    expect(list.outage).toBeNull();
    expect(Date.now() - before).toBeLessThan(1_500);
    house.settle();
    await lookAtDue(house.parts, other);
    const [stored] = (await house.db.store.shares.on(other, null)).filter(
      (share) => share.share.removedAt !== null,
    );
    expect(stored).toMatchObject({ nextLookAt: null, share: { observed: { row: null } } });
  });
});

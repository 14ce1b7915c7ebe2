import { afterEach, beforeEach, expect, test } from 'vitest';
import { sync } from '../../src/access/sync.js';
import { connectServer, findServerAt } from '../../src/access/connect.js';
import { GUILD, House, lastOf } from './house.js';

let house: House;

beforeEach(async () => {
  house = await House.open();
  await house.begin();
});
afterEach(() => house.close());

const setup = () => house.as('admin').setup;

async function give(person: string, library: string, hours: number | null) {
  const until = hours === null ? null : new Date(+house.clock.now() + hours * 3_600_000);
  const wish = { person, library, from: null, until, reason: null, confirmed: null };
  const outcome = await house.as().grant(wish);
  if (outcome.kind !== 'recorded') throw new Error(`not recorded: ${outcome.kind}`);
  return lastOf(house.as().follow(outcome.recorded));
}

const letGo = async () => {
  const asked = await setup().disconnect({ server: house.serverId, confirmed: null });
  if (asked.kind !== 'ask') throw new Error('it did not ask');
  return setup().disconnect({ server: house.serverId, confirmed: asked.confirmed });
};

test('a server is let go of after it was said what no longer ends, and Plex is not touched', async () => {
  await give('mara', 'Kids', 48);
  const before = await house.world();
  await house.sim.admin('DELETE', '/log');
  const asked = await setup().disconnect({ server: house.serverId, confirmed: null });
  expect(asked).toMatchObject({ kind: 'ask', confirmed: { ends: 1 } });
  expect(asked.kind === 'ask' && asked.text).toMatch(
    /lets go of \*\*Attic\*\*, and changes nothing in Plex: \d people keep.*\n1 end that is planned does not come/,
  );
  expect(await house.db.store.servers.ofGuild(GUILD)).toHaveLength(1);
  const done = await letGo();
  expect(done).toMatchObject({ kind: 'done' });
  expect(await house.db.store.servers.ofGuild(GUILD)).toEqual([]);
  expect((await house.told()).at(-1)).toMatch(/\*\*Attic\*\* is no longer connected/);
  house.pass(50 * 3_600);
  await house.lookAtDue();
  expect((await house.world()).shares).toEqual(before.shares);
  expect((await house.sim.log(0)).entries.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('what is planned meanwhile is shown before it is given up', async () => {
  const asked = await setup().disconnect({ server: house.serverId, confirmed: null });
  if (asked.kind !== 'ask') throw new Error('it did not ask');
  await give('mara', 'Kids', 48);
  const wish = { server: house.serverId, confirmed: asked.confirmed };
  expect(await setup().disconnect(wish)).toMatchObject({ kind: 'ask', confirmed: { ends: 1 } });
});

test('what was told stays as it was, and what was open is dropped', async () => {
  await give('mara', 'Kids', null);
  const told = await house.told();
  await letGo();
  expect((await house.told()).slice(0, told.length)).toEqual(told);
  const open = await house.db.sql('select 1 from receipt where closed_at is null');
  expect(open).toEqual([]);
});

test('the same server can be connected again, and what people have is taken over anew', async () => {
  await letGo();
  const plex = house.parts.plexOf(house.serverId);
  const found = await findServerAt(plex, house.sim.url);
  const { server, was } = await connectServer(house.db.store, GUILD, found);
  expect(was).toBe('new');
  const { imported } = await sync(house.parts, server.id, { priority: 'person' });
  expect(imported.people).toBeGreaterThan(0);
});

test('a server of another guild is not known here', async () => {
  await house.db.sql(`insert into guild (id) values ('100000000000000009')`);
  await house.db.sql(`update server set guild_id = '100000000000000009'`);
  const wished = setup().disconnect({ server: house.serverId, confirmed: null });
  await expect(wished).rejects.toMatchObject({ code: 'server-left' });
});

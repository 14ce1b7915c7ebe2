import { afterEach, beforeEach, expect, test } from 'vitest';
import { merge } from '../../src/access/merge.js';
import { hold, libraryNames } from '../../src/access/record.js';
import type { PersonId } from '../../src/core/model.js';
import { GUILD, House } from './house.js';

let house: House;

beforeEach(async () => {
  house = await House.open();
  await house.begin();
});
afterEach(() => house.close());

const idOf = async (name: string): Promise<PersonId> => {
  const [row] = await house.db.sql<{ id: PersonId }>(
    'select id from person where username = $1 or email = $1',
    [name],
  );
  if (!row) throw new Error(`there is no ${name}`);
  return row.id;
};

const pair = async () => ({ into: await idOf('mara'), from: await idOf('tove@example.org') });

test('two syncs that find the same two people to be one merge them once', async () => {
  const same = await pair();
  const done = await Promise.all([1, 2, 3].map(() => merge(house.parts, GUILD, same)));
  expect(done.filter(Boolean)).toHaveLength(1);
});

test('who was merged away is held by nobody: what was wished of them is refused in a sentence', async () => {
  const same = await pair();
  await merge(house.parts, GUILD, same);
  const { store, clock } = house.parts;
  const who = {
    guildId: GUILD,
    serverId: house.serverId,
    personId: same.from,
    names: await libraryNames(store, house.serverId),
  };
  const held = store.transaction((tables) => hold(tables, who, clock.now()));
  await expect(held).rejects.toMatchObject({ code: 'merged-meanwhile' });
});

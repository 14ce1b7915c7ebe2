import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyEnvironment, environmentGuild } from '../../src/access/environment.js';
import { readConfig, type Config } from '../../src/config.js';
import type { GuildId } from '../../src/core/model.js';
import { openStore } from '../../src/store/open.js';
import type { Store } from '../../src/store/store.js';
import { createTestDatabase } from '../support/postgres.js';

const HERE = '100000000000000001' as GuildId;
const ELSEWHERE = '100000000000000002' as GuildId;

let store: Store;
const ends: (() => Promise<void>)[] = [];
beforeEach(async () => {
  const database = await createTestDatabase();
  ends.push(() => database.drop());
  const opened = await openStore(database.url);
  ends.push(opened.close);
  store = opened.store;
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function configOf(environment: Record<string, string>): Config {
  const token = 'a-token-that-only-this-test-knows';
  const result = readConfig({ DISCORD_TOKEN: token, TIME_ZONE: 'Asia/Tokyo', ...environment });
  if ('config' in result) return result.config;
  throw new Error(JSON.stringify(result.mistakes));
}
const zone = { ADMIN_ROLE_IDS: '300000000000000001' };

describe('what the environment sets', () => {
  test('is not applied to a Discord server that the bot was never in', async () => {
    await store.guilds.welcome(HERE);
    const config = configOf({ GUILD_ID: ELSEWHERE });
    await expect(environmentGuild(store, config, [HERE])).rejects.toThrow(
      /not in the Discord server that GUILD_ID names\. Invite it there/,
    );
  });

  test('stays with one that the bot was removed from, which stays left', async () => {
    await store.guilds.welcome(HERE);
    await store.transaction((tables) => tables.guilds.set(HERE, { leftAt: new Date() }));
    const config = configOf({ GUILD_ID: HERE });
    expect(await environmentGuild(store, config, [])).toBe(HERE);
    await applyEnvironment(store, config, HERE);
    const guild = await store.guilds.find(HERE);
    expect(guild).toMatchObject({ timeZone: 'Asia/Tokyo' });
    expect(guild?.leftAt).not.toBeNull();
  });

  test('is for the only one the bot is in, and goes on being, until that is forgotten', async () => {
    await store.guilds.welcome(HERE);
    expect(await environmentGuild(store, configOf(zone), [HERE])).toBe(HERE);
    await store.guilds.welcome(ELSEWHERE);
    expect(await environmentGuild(store, configOf(zone), [HERE, ELSEWHERE])).toBe(HERE);
    await store.transaction((tables) => tables.guilds.forget(HERE));
    expect(await environmentGuild(store, configOf(zone), [ELSEWHERE])).toBe(ELSEWHERE);
  });
});

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { ids } from '../../sim/tour/world.js';
import { startWorld, type TestWorld } from '../support/world.js';

const SECRET_KEY = randomBytes(32).toString('base64url');
const TOKENS = ['demo-plex-token', 'demo-discord-token', SECRET_KEY];
const STRANGER = 'somebody.new@example.org';
const ADDRESSES = ['tove@example.org', 'mara@example.org', STRANGER];
/** Where an address is needed to reach somebody; everywhere else it would only leak. */
const MAY_HOLD_ADDRESSES = ['person', 'ask'];

const open: { test?: TestWorld } = {};
afterEach(() => open.test?.stop());

/** Every row of every table as text, by table. */
async function dump(url: string): Promise<Map<string, string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public'",
    );
    const all = new Map<string, string>();
    for (const { name } of rows) {
      const { rows: texts } = await client.query<{ text: string }>(
        `select t::text as text from ${client.escapeIdentifier(name)} t`,
      );
      all.set(name, texts.map(({ text }) => text).join('\n'));
    }
    return all;
  } finally {
    await client.end();
  }
}

const among = (needles: readonly string[], text: string) =>
  needles.filter((needle) => text.toLowerCase().includes(needle.toLowerCase()));

test('no token is stored or said in clear, and addresses stay where they are needed', async () => {
  const world = await startWorld({ SECRET_KEY, LOG_LEVEL: 'debug' });
  open.test = world;
  const { checks } = world;
  const said: string[] = [];
  const use = async (name: string, options: Record<string, string>) => {
    const answer = await checks.command({ user: ids.moderator, name, options });
    said.push(await checks.words(answer), world.world.botsLastWords());
  };
  await world.world.startBot();
  said.push(world.world.botsLastWords());
  await use('grant', { person: 'tove@example.org', library: 'Kids', until: '7d' });
  await use('grant', { person: STRANGER, library: 'Films' });
  await use('grant', { person: 'nobody@', library: 'Films' });
  await use('access show', { person: 'tove@example.org' });
  const refusal = {
    status: 400,
    body: '<Response code="400" status="tove@example.org demo-plex-token"/>',
  };
  await world.world.plex.fault({ path: '/shared_servers' }, refusal, 4);
  await use('grant', { person: 'mara', library: 'Kids' });
  await world.world.plex.fault({ path: '.*' }, { status: 401, body: 'demo-plex-token' }, 3);
  await use('sync', {});
  await world.world.plex.healed();
  await use('revoke', { person: 'tove@example.org', library: 'Kids' });

  const tables = await dump(world.databaseUrl);
  expect(tables.size).toBeGreaterThan(15);
  expect([...tables.keys()].join()).toMatch(/agenda/i);
  expect(among(ADDRESSES, tables.get('person') ?? '')).toContain('tove@example.org');
  for (const [name, text] of tables) {
    expect(among(TOKENS, text), `tokens in ${name}`).toEqual([]);
    if (MAY_HOLD_ADDRESSES.includes(name)) continue;
    expect(among(ADDRESSES, text), `addresses in ${name}`).toEqual([]);
  }
  const posts = (await checks.audit()).map(({ text }) => text).join('\n');
  expect(among([...TOKENS, ...ADDRESSES], posts), 'in the audit channel').toEqual([]);
  const logged = said.filter((text) => text.startsWith('{')).join('\n');
  expect(logged).toMatch(/"level"/);
  expect(among([...TOKENS, ...ADDRESSES], logged), 'in the log').toEqual([]);
  expect(among(TOKENS, said.join('\n')), 'in answers').toEqual([]);
}, 90_000);

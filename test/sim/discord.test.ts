import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '../../sim/tour/drive.js';
import { AUDIT, BOT, BOT_HEADERS, GENERAL, GUILD, USERS } from './probes.js';
import { Bot } from './bot.js';
import { send, start, TOKEN } from './start.js';
import type { Reply, Running } from './start.js';

const V2 = 1 << 15;
const VIEW_CHANNEL = '1024';
const SEND_MESSAGES = '2048';
const READ_MESSAGE_HISTORY = '65536';

let sim: Running;
let world: Json;
let knobs: Json;
let bot: Bot;

beforeAll(async () => {
  sim = await start('discord', { token: TOKEN });
  world = await sim.state<Json>();
  knobs = (await sim.get('/knobs')) as Json;
});
afterAll(() => sim.stop());
beforeEach(async () => {
  await sim.reset(world, knobs);
  bot = await Bot.connect(sim.url);
});
afterEach(async () => {
  await bot.leave();
  await sim.saysOnlyWhatDiscordWould();
});

const messages = `/channels/${GENERAL}/messages`;
const post = (body: unknown, channel = GENERAL) =>
  bot.rest('POST', `/channels/${channel}/messages`, body);
const shown = async (query = `channel=${GENERAL}`) =>
  (await sim.get(`/messages?${query}`)) as (Json & { id: string; content: string })[];
const code = ({ status, json }: Reply) => [status, (json as { code?: number } | null)?.code];
const act = (what: Json) => sim.admin('POST', '/act', what);
const deny = (bits: string) =>
  act({ act: 'setChannelPermissions', channel: GENERAL, id: GUILD, type: 0, deny: bits });

describe('its worlds', () => {
  test('demo has the fixed ids of the contract, and roles without a permission', () => {
    const [guild = {}] = world.guilds as Record<string, Json[]>[];
    const ids = (list: Json[] | undefined) =>
      list?.map(({ id, name }) => `${String(id)} ${String(name)}`);
    expect(guild.id).toBe(GUILD);
    expect(ids(guild.channels)).toEqual([`${GENERAL} general`, `${AUDIT} audit`]);
    expect(guild.roles?.slice(1)).toMatchObject([
      { id: '300000000000000001', name: 'Plex Admin', permissions: '0' },
      { id: '300000000000000002', name: 'Moderator', permissions: '0' },
      { id: '300000000000000003', name: 'Auditor', permissions: '0' },
    ]);
    const rolesOf: Json = Object.fromEntries(
      (guild.members ?? []).map(({ user, roles }) => [String((user as Json).id), roles]),
    );
    expect(rolesOf).toMatchObject({
      [USERS.owner]: [],
      [USERS.admin]: ['300000000000000001'],
      [USERS.moderator]: ['300000000000000002'],
      [USERS.auditor]: ['300000000000000003'],
      [USERS.member]: [],
      [USERS.stranger]: [],
    });
    expect(guild.owner_id).toBe(USERS.owner);
  });

  test('empty has one guild, its owner and #general', async () => {
    const own = await start('discord', { world: 'empty' });
    const empty = await own.state<Json>();
    const [guild] = empty.guilds as Record<string, Json[]>[];
    expect(guild?.channels?.map((channel) => channel.name)).toEqual(['general']);
    expect((empty.users as Json[]).map((user) => user.id)).toEqual([guild?.owner_id]);
    await own.stop();
  });
});

describe('REST', () => {
  test.each([
    ['/gateway/bot', { shards: 1, session_start_limit: { total: 1000, max_concurrency: 1 } }],
    ['/applications/@me', { id: BOT }],
    ['/users/@me', { id: BOT, bot: true }],
    [`/users/${USERS.member}`, { username: 'member' }],
    [`/guilds/${GUILD}`, { id: GUILD }],
    [`/guilds/${GUILD}/members/${USERS.admin}`, { roles: ['300000000000000001'] }],
    [`/channels/${AUDIT}`, { name: 'audit' }],
  ])('serves %s', async (path, what) => {
    expect(await bot.rest('GET', path)).toMatchObject({ status: 200, json: what });
  });

  test('lets nobody in without the token', async () => {
    for (const authorization of ['', TOKEN, 'Bot another']) {
      const reply = await send(`${sim.url}/api/v10/users/@me`, 'GET', {
        headers: { authorization },
      });
      expect(code(reply)).toEqual([401, 0]);
    }
  });

  test.each([
    ['GET', '/users/9', 10013],
    ['GET', '/guilds/9', 10004],
    ['GET', `/guilds/${GUILD}/members/9`, 10007],
    ['GET', '/channels/9', 10003],
    ['GET', `/channels/${GENERAL}/messages/9`, 10008],
    ['PUT', '/applications/9/commands', 10002],
  ])('%s %s is 404 with code %i', async (method, path, wanted) => {
    expect(code(await bot.rest(method, path, method === 'PUT' ? [] : undefined))).toEqual([
      404,
      wanted,
    ]);
  });

  test('refuses what the bot may not do, by its code', async () => {
    await deny(SEND_MESSAGES);
    expect(code(await post({ content: 'x' }))).toEqual([403, 50013]);
    await deny(VIEW_CHANNEL);
    expect(code(await post({ content: 'x' }))).toEqual([403, 50001]);
    expect(code(await bot.rest('GET', messages))).toEqual([403, 50001]);
  });

  test('holds back beyond `rate` a second and route, and says for how long', async () => {
    await sim.knobs({ rate: 1 });
    const replies: Reply[] = [];
    for (let i = 0; i < 4; i += 1) replies.push(await post({ content: String(i) }));
    const refused = replies.find((reply) => reply.status === 429);
    expect(refused?.json).toMatchObject({
      global: false,
      retry_after: expect.any(Number) as number,
    });
    expect(refused?.headers.has('retry-after')).toBe(true);
    // Another route, and one that no test before asked for within the same second.
    expect((await bot.rest('GET', `/channels/${AUDIT}/messages`)).status).toBe(200);
  });
});

describe('a message', () => {
  test.each([
    ['empty', {}, 50006],
    ['too long', { content: 'x'.repeat(2001) }, 50035],
    ['ephemeral', { content: 'x', flags: 64 }, 50035],
    ['with words beside Components V2', { content: 'x', flags: V2, components: [] }, 50035],
    ['with V2 parts and without the flag', { components: [{ type: 10, content: 'x' }] }, 50035],
    ['with a nonce too long', { content: 'x', nonce: 'n'.repeat(26) }, 50035],
    [
      'with one custom_id twice',
      {
        components: [1, 2].map(() => ({
          type: 1,
          components: [{ type: 2, style: 1, label: 'Go', custom_id: 'go' }],
        })),
      },
      50035,
    ],
    ['with more than 40 parts', { flags: V2, components: Array(41).fill({ type: 14 }) }, 50035],
    [
      'with more than 4000 letters',
      { flags: V2, components: [1, 2].map(() => ({ type: 10, content: 'x'.repeat(2001) })) },
      50035,
    ],
  ])('%s is refused', async (_, body, wanted) => {
    expect(code(await post(body))).toEqual([400, wanted]);
    expect(await shown()).toEqual([]);
  });

  test('of a wrong size passes when `strict` is off', async () => {
    await sim.knobs({ strict: false });
    expect((await post({ content: 'x'.repeat(2001) })).status).toBe(200);
  });

  test('posted again with its nonce is the same one, within the window', async () => {
    const body = { content: 'x', nonce: 'case-41', enforce_nonce: true };
    const ids = async () => ((await post(body)).json as Json).id;
    const first = await ids();
    expect(await ids()).toBe(first);
    expect(await shown()).toMatchObject([{ id: first, nonce: 'case-41' }]);
    await sim.knobs({ nonceWindowMs: 0 });
    expect(await ids()).not.toBe(first);
    expect(await shown()).toHaveLength(2);
  });

  test('with a nonce that is not enforced is a new one', async () => {
    await post({ content: 'x', nonce: 'n' });
    await post({ content: 'x', nonce: 'n' });
    expect(await shown()).toHaveLength(2);
  });

  test('can be edited and looked back at, newest first; the simulator shows oldest first', async () => {
    const { id } = (await post({ content: 'one' })).json as Json;
    await post({ content: 'two' });
    await bot.rest('PATCH', `${messages}/${String(id)}`, { content: 'one, edited' });
    const back = (await bot.rest('GET', `${messages}?limit=100`)).json as Json[];
    expect(back.map((message) => message.content)).toEqual(['two', 'one, edited']);
    expect((await shown()).map((message) => message.content)).toEqual(['one, edited', 'two']);
    expect((await bot.rest('GET', `${messages}?limit=1`)).json).toHaveLength(1);
    expect(code(await bot.rest('GET', `${messages}?limit=101`))).toEqual([400, 50035]);
    expect((await bot.rest('DELETE', `${messages}/${String(id)}`)).status).toBe(204);
    expect(await shown()).toHaveLength(1);
  });

  test('that is V2 stays V2', async () => {
    const made = await post({ flags: V2, components: [{ type: 10, content: 'x' }] });
    const path = `${messages}/${String((made.json as Json).id)}`;
    expect(code(await bot.rest('PATCH', path, { flags: 0 }))).toEqual([400, 50035]);
  });

  test('cannot be looked back at without the right to: the list is empty, not an error', async () => {
    await post({ content: 'x' });
    await deny(READ_MESSAGE_HISTORY);
    expect(await bot.rest('GET', messages)).toMatchObject({ status: 200, json: [] });
  });

  test('goes to a person unless they closed their door', async () => {
    const opened = await bot.rest('POST', '/users/@me/channels', { recipient_id: USERS.member });
    const { id } = opened.json as { id: string };
    expect((await post({ content: 'psst' }, id)).status).toBe(200);
    expect(await shown(`dm=${USERS.member}`)).toMatchObject([{ content: 'psst' }]);
    await act({ act: 'closeDm', user: USERS.member });
    expect(code(await post({ content: 'again' }, id))).toEqual([403, 50007]);
    await act({ act: 'openDm', user: USERS.member });
    expect((await post({ content: 'again' }, id)).status).toBe(200);
  });

  test('with a file is logged by its payload, and the file can be fetched', async () => {
    const form = new FormData();
    const payload = { content: 'list', attachments: [{ id: '0', filename: 'people.csv' }] };
    form.set('payload_json', JSON.stringify(payload));
    form.set('files[0]', new Blob(['a,b']), 'people.csv');
    const headers = BOT_HEADERS;
    const made = await send(`${sim.url}/api/v10${messages}`, 'POST', { body: form, headers });
    const [file] = (made.json as { attachments: { url: string }[] }).attachments;
    expect((await send(file?.url ?? '', 'GET')).text).toBe('a,b');
    expect((await sim.log()).entries[0]?.body).toEqual(payload);
  });

  test('is searchable as text, whatever it is made of', async () => {
    const row = { type: 1, components: [{ type: 2, style: 1, label: 'End now', custom_id: 'e' }] };
    const section = {
      type: 9,
      components: [{ type: 10, content: 'Mara' }],
      accessory: { type: 2, style: 2, label: 'Keep it', custom_id: 'k' },
    };
    const modern = await post({
      flags: V2,
      components: [{ type: 17, components: [section, row] }],
    });
    const embed = {
      title: 'T',
      description: 'D',
      fields: [{ name: 'N', value: 'V' }],
      footer: { text: 'F' },
    };
    const old = await post({ content: 'C', embeds: [embed] });
    const text = async (reply: Reply) =>
      ((await sim.get(`/text?message=${String((reply.json as Json).id)}`)) as { text: string })
        .text;
    expect((await text(modern)).split('\n')).toEqual(['Mara', 'Keep it', 'End now']);
    expect((await text(old)).split('\n')).toEqual(['C', 'T', 'D', 'N', 'V', 'F']);
    expect((await sim.admin('GET', '/text?message=9')).status).toBe(404);
  });
});

describe('commands', () => {
  const path = `/applications/${BOT}/guilds/${GUILD}/commands`;
  const one = { name: 'help', description: 'Show what there is' };
  const put = (list: unknown) => bot.rest('PUT', path, list);

  test('are replaced as a whole, and keep their ids by name', async () => {
    const [before] = (await put([one])).json as Json[];
    const [, after] = (await put([{ ...one, name: 'about' }, one])).json as Json[];
    expect(after).toMatchObject({
      id: before?.id,
      name: 'help',
      guild_id: GUILD,
      application_id: BOT,
    });
    expect((await bot.rest('GET', path)).json).toHaveLength(2);
    expect(JSON.stringify(await sim.get('/commands'))).toContain('"about"');
    await put([]);
    expect((await bot.rest('GET', path)).json).toEqual([]);
  });

  test.each([
    ['no list', {}],
    ['capitals in a name', [{ ...one, name: 'Help' }]],
    ['no description', [{ name: 'help' }]],
    ['one name twice', [one, one]],
    [
      'an optional option before a required one',
      [
        {
          ...one,
          options: [
            { type: 3, name: 'a', description: 'a' },
            { type: 3, name: 'b', description: 'b', required: true },
          ],
        },
      ],
    ],
    [
      'more than 25 options',
      [
        {
          ...one,
          options: Array.from({ length: 26 }, (_, i) => ({
            type: 3,
            name: `o${i}`,
            description: 'o',
          })),
        },
      ],
    ],
    [
      'more than 8000 letters',
      [
        {
          ...one,
          options: Array.from({ length: 25 }, (_, i) => ({
            type: 1,
            name: `s${i}`,
            description: 's',
            options: Array.from({ length: 4 }, (__, k) => ({
              type: 3,
              name: `o${k}`,
              description: 'd'.repeat(100),
            })),
          })),
        },
      ],
    ],
  ])('with %s are refused', async (_, list) => {
    await put([one]);
    expect(code(await put(list))).toEqual([400, 50035]);
    expect((await bot.rest('GET', path)).json).toHaveLength(1);
  });

  test('that are lost by a fault were never there', async () => {
    await put([]);
    await sim.fault({ method: 'PUT', path: '/commands$' }, { lose: true });
    expect((await put([one])).status).toBe(200);
    expect((await bot.rest('GET', path)).json).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import type { Json } from '../../sim/tour/drive.js';
import { AUDIT, BOT_HEADERS, GENERAL, GUILD, USERS } from './probes.js';
import { button, code, DiscordSide, row, V2, words } from './discordSide.js';
import { send } from './start.js';

const side = DiscordSide.forFile();

const ALL = `/channels/${GENERAL}/messages`;
const at = (id: unknown) => `${ALL}/${String(id)}`;
const v2 = (...components: Json[]) => ({ flags: V2, components });
const made = async (body: Json) => (await side.post(body)).json as Json & { id: string };
const edit = (id: string, body: Json) => side.bot.rest('PATCH', at(id), body);
const deny = (bits: string) =>
  side.act({ act: 'setChannelPermissions', channel: GENERAL, id: GUILD, type: 0, deny: bits });

/** A message with files, each named by its place. */
function upload(payload: Json, files: readonly (string | Buffer<ArrayBuffer>)[], edited?: unknown) {
  const form = new FormData();
  form.set('payload_json', JSON.stringify(payload));
  files.forEach((file, i) => form.set(`files[${i}]`, new Blob([file]), `f${i}.txt`));
  const [method, path] = edited === undefined ? ['POST', ALL] : ['PATCH', at(edited)];
  return send(`${side.sim.url}/api/v10${path}`, method, { body: form, headers: BOT_HEADERS });
}

const select = (more: Json = {}) => ({
  type: 3,
  custom_id: 's',
  options: ['a', 'b'].map((value) => ({ label: value, value })),
  ...more,
});

describe('the parts of a message', () => {
  test.each<[string, Json]>([
    ['a button with an address and a custom_id', row({ ...button('a'), url: 'https://a.b' })],
    ['a link without an address', row({ type: 2, style: 5, label: 'Go' })],
    ['a button without words', row({ type: 2, style: 1, custom_id: 'a' })],
    ['six buttons in a row', row(...['a', 'b', 'c', 'd', 'e', 'f'].map(button))],
    ['a select beside a button', row(button('a'), select())],
    ['a select of more than it has', row(select({ max_values: 3 }))],
    ['a select of at least more than at most', row(select({ min_values: 2 }))],
    [
      'a select with one value twice',
      row(select({ options: [1, 2].map((n) => ({ label: `${n}`, value: 'a' })) })),
    ],
    ['a select of a form', row(select({ required: true }))],
    [
      'a preset beyond the most',
      row({
        type: 5,
        custom_id: 'u',
        default_values: [1, 2].map((n) => ({ id: `${n}`, type: 'user' })),
      }),
    ],
    ['a section without something beside it', { type: 9, components: [words('a')] }],
    [
      'a section of four texts',
      { type: 9, components: ['a', 'b', 'c', 'd'].map(words), accessory: button('a') },
    ],
    ['a separator of a size that is none', { type: 14, spacing: 3 }],
    [
      'a container in a container',
      { type: 17, components: [{ type: 17, components: [words('a')] }] },
    ],
    ['a button outside of a row', button('a')],
    ['a text field of a form', row({ type: 4, custom_id: 't', style: 1 })],
    ['a file that was not sent', { type: 13, file: { url: 'attachment://a.csv' } }],
    ['a file from elsewhere', { type: 13, file: { url: 'https://a.b/c.csv' } }],
    ['a colour that is none', { type: 17, accent_color: 0x1000000, components: [words('a')] }],
    [
      'a picture with words too long',
      { type: 12, items: [{ media: { url: 'https://a.b/c.png' }, description: 'x'.repeat(1025) }] },
    ],
  ])('cannot be %s', async (_, component) => {
    expect(code(await side.post(v2(component)))).toEqual([400, 50035]);
  });

  test('cannot have one id of their own twice', async () => {
    const twice = [1, 2].map(() => ({ ...words('a'), id: 7 }));
    expect(code(await side.post(v2(...twice)))).toEqual([400, 50035]);
  });

  test('keep their own ids, and get others where they have none', async () => {
    const { components } = await made(v2(words('a'), { ...words('b'), id: 1 }));
    expect(components).toMatchObject([{ id: 2 }, { id: 1 }]);
  });

  test('come back whole', async () => {
    const thumbnail = { type: 11, media: { url: 'https://a.b/c.png' } };
    const section = { type: 9, components: [words('a')], accessory: thumbnail };
    const { components } = await made(
      v2({ type: 17, components: [section, { type: 14 }, row(select())] }),
    );
    expect(components).toMatchObject([
      {
        accent_color: null,
        spoiler: false,
        components: [
          { accessory: { description: null, spoiler: false } },
          { divider: true, spacing: 1 },
          { components: [{ min_values: 1, max_values: 1 }] },
        ],
      },
    ]);
  });

  test('of embeds have no more than 6000 letters in all', async () => {
    const embeds = [1, 2].map(() => ({ description: 'x'.repeat(3_001) }));
    expect(code(await side.post({ embeds }))).toEqual([400, 50035]);
  });

  test('cannot make a message of an older kind a V2 one while its words stand', async () => {
    const { id } = await made({ content: 'old' });
    expect(code(await edit(id, v2(words('new'))))).toEqual([400, 50035]);
    expect((await edit(id, { ...v2(words('new')), content: null })).status).toBe(200);
  });

  test('cannot all be taken away', async () => {
    const { id } = await made({ content: 'old' });
    expect(code(await edit(id, { content: '' }))).toEqual([400, 50006]);
  });
});

describe('whom a message pings', () => {
  const text = `<@${USERS.member}> <@&300000000000000002> @everyone`;

  test('is everybody named, when it does not say', async () => {
    expect(await made({ content: text })).toMatchObject({
      mentions: [{ id: USERS.member }],
      mention_roles: ['300000000000000002'],
      mention_everyone: true,
    });
  });

  test('is nobody when it allows nobody, also in the words of components', async () => {
    const body = { ...v2(words(text)), allowed_mentions: { parse: [] } };
    expect(await made(body)).toMatchObject({
      mentions: [],
      mention_roles: [],
      mention_everyone: false,
    });
  });

  test('are those whom it allows by their ids', async () => {
    const body = { ...v2(words(text)), allowed_mentions: { users: [USERS.member] } };
    expect(await made(body)).toMatchObject({ mentions: [{ id: USERS.member }], mention_roles: [] });
  });

  test('cannot be both all and some of a kind', async () => {
    const allowed_mentions = { parse: ['users'], users: [USERS.member] };
    expect(code(await side.post({ content: text, allowed_mentions }))).toEqual([400, 50035]);
  });
});

describe('files', () => {
  test('have the names and words that the list of attachments gives them', async () => {
    const attachments = [{ id: '0', filename: 'cases.csv', description: 'All cases' }];
    const { json } = await upload({ content: 'x', attachments }, ['a,b']);
    expect(json).toMatchObject({
      attachments: [{ filename: 'cases.csv', description: 'All cases', size: 3 }],
    });
  });

  test('are shown by the component that names them', async () => {
    const file = { type: 13, file: { url: 'attachment://cases.csv' } };
    const attachments = [{ id: '0', filename: 'cases.csv' }];
    const { json } = await upload({ ...v2(file), attachments }, ['a,b']);
    const [shown] = (json as { components: { file: { url: string } }[] }).components;
    expect(shown).toMatchObject({ name: 'cases.csv', size: 3 });
    expect((await send(shown?.file.url ?? '', 'GET')).text).toBe('a,b');
    expect(await side.text((json as Json).id)).toBe('cases.csv');
  });

  test('stay through an edit that does not speak of them', async () => {
    const { id } = (await upload({ content: 'x' }, ['a'])).json as { id: string };
    expect((await edit(id, { content: 'y' })).json).toMatchObject({
      attachments: [{ filename: 'f0.txt' }],
    });
  });

  test('go when an edit does not list them, and new ones come beside those it lists', async () => {
    const first = (await upload({ content: 'x' }, ['a', 'b'])).json as Json;
    const [, kept] = first.attachments as Json[];
    const payload = { attachments: [{ id: kept?.id }, { id: '0', filename: 'new.txt' }] };
    const { json } = await upload(payload, ['c'], first.id);
    const names = (json as { attachments: Json[] }).attachments.map(({ filename }) => filename);
    expect(names).toEqual(['f1.txt', 'new.txt']);
  });

  test('are ten at most', async () => {
    expect(code(await upload({ content: 'x' }, Array<string>(11).fill('a')))).toEqual([400, 50035]);
  });

  test('of more than 10 MiB are too large', async () => {
    const large = Buffer.alloc(10 * 1024 * 1024 + 1);
    expect(code(await upload({ content: 'x' }, [large]))).toEqual([413, 40005]);
  });
});

describe('what a channel lets the bot do', () => {
  test.each<[string, string, () => ReturnType<typeof send>]>([
    ['attach files', '32768', () => upload({ content: 'x' }, ['a'])],
    ['embed', '16384', () => side.post({ embeds: [{ title: 'T' }] })],
  ])('is to %s, or it is refused with 50013', async (_, bit, sending) => {
    expect((await sending()).status).toBe(200);
    await deny(bit);
    expect(code(await sending())).toEqual([403, 50013]);
  });

  test('in a thread is what its channel says, and writing there is a right of its own', async () => {
    const thread = (await side.act({ act: 'createThread', channel: GENERAL, name: 'audit' }))
      .json as Json;
    await side.bot.heard('THREAD_CREATE');
    expect((await side.post({ content: 'x' }, String(thread.id))).status).toBe(200);
    await deny('2048');
    expect((await side.post({ content: 'x' }, String(thread.id))).status).toBe(200);
    await deny('274877906944');
    expect(code(await side.post({ content: 'x' }, String(thread.id)))).toEqual([403, 50013]);
    expect((await side.bot.rest('GET', `/channels/${String(thread.id)}`)).json).toMatchObject({
      type: 11,
      parent_id: GENERAL,
    });
  });

  test('ends in a thread that is locked, and wakes one that only slept', async () => {
    const { id } = (await side.act({ act: 'createThread', channel: GENERAL, name: 'a' }))
      .json as Json;
    await side.act({ act: 'archiveThread', thread: id });
    expect((await side.post({ content: 'x' }, String(id))).status).toBe(200);
    await side.act({ act: 'archiveThread', thread: id, locked: true });
    expect(code(await side.post({ content: 'x' }, String(id)))).toEqual([400, 50083]);
  });
});

test('a DM with somebody who has left the guild is refused with 50007', async () => {
  const opened = await side.bot.rest('POST', '/users/@me/channels', { recipient_id: USERS.member });
  const { id } = opened.json as { id: string };
  await side.act({ act: 'removeMember', guild: GUILD, user: USERS.member });
  expect(code(await side.post({ content: 'x' }, id))).toEqual([403, 50007]);
});

test('a category takes no messages', async () => {
  const category = JSON.parse(
    JSON.stringify(side.world).replace('"type":0,"name":"audit"', '"type":4,"name":"audit"'),
  ) as unknown;
  await side.sim.admin('PUT', '/state', category);
  expect(code(await side.post({ content: 'x' }, AUDIT))).toEqual([400, 50008]);
});

describe('a look back', () => {
  test('can begin before or after a message', async () => {
    const ids: string[] = [];
    for (const content of ['1', '2', '3', '4']) ids.push((await made({ content })).id);
    const list = async (query: string) =>
      ((await side.bot.rest('GET', `${ALL}?${query}`)).json as Json[]).map((one) => one.content);
    expect(await list(`before=${ids[2] ?? ''}&limit=1`)).toEqual(['2']);
    expect(await list(`after=${ids[1] ?? ''}&limit=1`)).toEqual(['3']);
    expect(await list(`around=${ids[1] ?? ''}&limit=3`)).toEqual(['3', '2', '1']);
  });

  test('that is late shows what was edited or deleted since as it was', async () => {
    const [one, two] = [await made({ content: 'one' }), await made({ content: 'two' })];
    await new Promise((resolve) => setTimeout(resolve, 250));
    await edit(one.id, { content: 'edited' });
    await side.bot.rest('DELETE', at(two.id));
    await side.sim.fault({ method: 'GET', path: '/messages' }, { lagMs: 200 }, 2);
    const late = (await side.bot.rest('GET', ALL)).json as Json[];
    expect(late.map(({ content }) => content)).toEqual(['two', 'one']);
    expect((await side.bot.rest('GET', at(one.id))).json).toMatchObject({ content: 'one' });
    expect((await side.bot.rest('GET', at(one.id))).json).toMatchObject({ content: 'edited' });
  });

  test('at members and roles can be late too', async () => {
    const roles = ['300000000000000003'];
    await side.act({ act: 'setRoles', guild: GUILD, user: USERS.member, roles });
    await side.sim.fault({ method: 'GET', path: '/members/' }, { lagMs: 60_000 });
    const path = `/guilds/${GUILD}/members/${USERS.member}`;
    expect((await side.bot.rest('GET', path)).json).toMatchObject({ roles: [] });
    expect((await side.bot.rest('GET', path)).json).toMatchObject({ roles });
  });
});

test('a message that lands late has the id that was told', async () => {
  await side.sim.fault({ method: 'POST', path: '/messages$' }, { lateMs: 150 });
  const { id } = await made({ content: 'late' });
  expect(await side.shown()).toEqual([]);
  await expect.poll(() => side.shown()).toMatchObject([{ id, content: 'late' }]);
});

describe('members', () => {
  const list = (query = '') => side.bot.rest('GET', `/guilds/${GUILD}/members${query}`);
  const withIntent = async () => {
    const application = { ...(side.world.application as Json), flags: 1 << 14 };
    await side.sim.admin('PUT', '/state', { ...side.world, application });
  };

  test('are listed only for a bot that has the intent switched on', async () => {
    expect(code(await list())).toEqual([403, 50001]);
    await withIntent();
    expect((await list('?limit=1000')).json).toHaveLength(7);
    expect((await list(`?limit=2&after=${USERS.owner}`)).json).toMatchObject([
      { user: { id: USERS.admin } },
      { user: { id: USERS.moderator } },
    ]);
  });

  test('are found by the beginnings of their names without it', async () => {
    const found = await side.bot.rest('GET', `/guilds/${GUILD}/members/search?query=Mod&limit=5`);
    expect(found.json).toMatchObject([{ user: { username: 'moderator' } }]);
    const none = await side.bot.rest('GET', `/guilds/${GUILD}/members/search`);
    expect(code(none)).toEqual([400, 50035]);
  });
});

test('every kind of component says its words in the text of a message', async () => {
  const components = [
    words('text'),
    { type: 9, components: [words('section')], accessory: button('a') },
    { type: 12, items: [{ media: { url: 'https://a.b/c.png' }, description: 'gallery' }] },
    { type: 14 },
    row({ type: 2, style: 5, label: 'link', url: 'https://a.b' }),
    row(
      select({
        placeholder: 'pick',
        options: [{ label: 'label', value: 'v', description: 'more' }],
      }),
    ),
    row({ type: 5, custom_id: 'u', placeholder: 'whom' }),
    row({ type: 6, custom_id: 'r', placeholder: 'which role' }),
    row({ type: 7, custom_id: 'm', placeholder: 'whom or which' }),
    row({ type: 8, custom_id: 'c', placeholder: 'where' }),
  ];
  const { id } = await made(v2({ type: 17, components }));
  expect((await side.text(id)).split('\n')).toEqual(
    'text,section,Go,gallery,link,pick,label,more,whom,which role,whom or which,where'.split(','),
  );
});

import { describe, expect, test } from 'vitest';
import type { Json } from '../../sim/tour/drive.js';
import { AUDIT, GUILD, USERS } from './probes.js';
import { button, code, DiscordSide, EPHEMERAL, row, say, V2, words } from './discordSide.js';
import { send } from './start.js';

const side = DiscordSide.forFile([
  { name: 'help', description: 'Help' },
  { name: 'Show access', type: 2 },
]);

const HELP = { kind: 'command', name: 'help' };
const options = ['a', 'b', 'c'].map((value) => ({ label: value.toUpperCase(), value }));
/** An answer that only defers the update of its message is watched for the edit that never comes. */
const NO_EDIT_MS = 500;
const ok = (it: Json) => side.bot.answer(it, say('ok'));
const posted = async (...components: Json[]) =>
  String(((await side.post({ content: 'x', components })).json as Json).id);
const status = async (what: Json) => (await side.person({ ...what, waitMs: 0 })).status;
/** A private answer with a button, and the interaction it answers. */
const asked = (flags = EPHEMERAL) =>
  side.use(HELP, (it) =>
    side.bot.answer(it, {
      type: 4,
      data: { content: 'Sure?', flags, components: [row(button('go'))] },
    }),
  );

describe('a private answer', () => {
  test('can be pressed by whoever got it, and by nobody else', async () => {
    const { outcome } = await asked();
    const press = { kind: 'button', message: outcome.message?.id, customId: 'go' };
    expect(await status({ ...press, user: USERS.admin })).toBe(422);
    expect(await status({ ...press, user: USERS.owner })).toBe(422);
    expect(await status(press)).toBe(200);
  });

  test('that came as a followup is as private', async () => {
    const { outcome } = await side.use(HELP, async (it) => {
      await ok(it);
      const body = { content: 'psst', flags: EPHEMERAL, components: [row(button('go'))] };
      await side.bot.webhook('POST', it, { path: '', body });
    });
    const press = { kind: 'button', message: outcome.followups[0]?.id, customId: 'go' };
    expect(await status({ ...press, user: USERS.admin })).toBe(422);
    expect(await status(press)).toBe(200);
  });

  test('stays private through an edit, and cannot be fetched from its channel', async () => {
    const { outcome } = await side.use(HELP, async (it) => {
      await side.bot.answer(it, { type: 5, data: { flags: EPHEMERAL } });
      await side.bot.webhook('PATCH', it, { body: { content: 'now', flags: 0 } });
    });
    expect(outcome.message?.flags).toBe(EPHEMERAL);
    expect(await side.shown()).toEqual([]);
    const path = `/channels/400000000000000001/messages/${outcome.message?.id ?? ''}`;
    expect(code(await side.bot.rest('GET', path))).toEqual([404, 10008]);
  });
});

describe('an answer', () => {
  test('has no webhook before it is given', async () => {
    await side.use(HELP, async (it) => {
      const early = await side.bot.webhook('PATCH', it, { body: { content: 'early' } });
      expect(code(early)).toEqual([404, 10015]);
      await ok(it);
    });
  });

  test('that was deferred is given by the first followup, as private as it was deferred', async () => {
    const { outcome } = await side.use(HELP, async (it) => {
      await side.bot.answer(it, { type: 5, data: { flags: EPHEMERAL } });
      await side.bot.webhook('POST', it, { path: '', body: { content: 'first' } });
    });
    expect(outcome).toMatchObject({
      followups: [],
      message: { content: 'first', flags: EPHEMERAL },
    });
  });

  test('that was deferred can become one of Components V2 by its edit', async () => {
    const { outcome } = await side.use(HELP, async (it) => {
      await side.bot.answer(it, { type: 5 });
      const body = { flags: V2, components: [words('here')] };
      await side.bot.webhook('PATCH', it, { body });
    });
    expect(outcome.message?.flags).toBe(V2);
  });

  test('is told with its message only where it is one', async () => {
    await side.use(HELP, async (it) => {
      const { json } = await side.bot.answer(it, { type: 5 }, '?with_response=true');
      expect(json).toEqual({
        interaction: expect.objectContaining({
          type: 2,
          response_message_loading: true,
          response_message_ephemeral: false,
        }) as Json,
      });
      await side.bot.webhook('PATCH', it, { body: { content: 'ok' } });
    });
  });

  test('that was deleted is unknown', async () => {
    await side.use(HELP, async (it) => {
      await ok(it);
      expect((await side.bot.webhook('DELETE', it)).status).toBe(204);
      expect(code(await side.bot.webhook('PATCH', it, { body: { content: 'x' } }))).toEqual([
        404, 10008,
      ]);
    });
  });

  test.each([1, 6, 7, 8, 10, 12])('to a command is not of type %i', async (type) => {
    await side.use(HELP, async (it) => {
      expect(code(await side.bot.answer(it, { type, data: {} }))).toEqual([400, 50035]);
      await ok(it);
    });
  });
});

describe('a menu', () => {
  const menu = (more: Json = {}) => row({ type: 3, custom_id: 'pick', options, ...more });
  const pick = (message: string, values: readonly string[]) =>
    status({ kind: 'select', message, customId: 'pick', values });

  test('takes as many of its options as it says', async () => {
    const message = await posted(menu({ min_values: 2, max_values: 2 }));
    expect(await pick(message, ['a'])).toBe(422);
    expect(await pick(message, ['a', 'b', 'c'])).toBe(422);
    expect(await pick(message, ['a', 'a'])).toBe(422);
    expect(await pick(message, ['a', 'b'])).toBe(200);
  });

  test('takes nothing that it does not offer', async () => {
    expect(await pick(await posted(menu()), ['z'])).toBe(422);
  });

  test.each([
    { type: 5, part: 'users', chosen: USERS.admin, wrong: '300000000000000001' },
    { type: 6, part: 'roles', chosen: '300000000000000001', wrong: USERS.admin },
    { type: 7, part: 'roles', chosen: '300000000000000001', wrong: '9' },
    { type: 8, part: 'channels', chosen: AUDIT, wrong: '9' },
  ])('of type $type brings along what was chosen', async ({ type, part, chosen, wrong }) => {
    const message = await posted(row({ type, custom_id: 'pick' }));
    expect(await pick(message, [wrong])).toBe(422);
    const { seen } = await side.use(
      { kind: 'select', message, customId: 'pick', values: [chosen], waitMs: NO_EDIT_MS },
      (it) => side.bot.answer(it, { type: 6 }),
    );
    expect(seen.data).toMatchObject({
      component_type: type,
      resolved: { [part]: { [chosen]: { id: chosen } } },
    });
  });

  test('of channels takes only its kinds, and says what the bot may do in one', async () => {
    const voice = await posted(row({ type: 8, custom_id: 'pick', channel_types: [2] }));
    expect(await pick(voice, [AUDIT])).toBe(422);
    const message = await posted(row({ type: 8, custom_id: 'pick', channel_types: [0] }));
    const { seen } = await side.use(
      { kind: 'select', message, customId: 'pick', values: [AUDIT], waitMs: NO_EDIT_MS },
      (it) => side.bot.answer(it, { type: 6 }),
    );
    const { resolved } = seen.data as { resolved: { channels: Record<string, Json> } };
    expect(BigInt(String(resolved.channels[AUDIT]?.app_permissions)) & 2048n).toBe(2048n);
  });

  test('is no button, and a link is neither', async () => {
    const link = { type: 2, style: 5, label: 'Go', url: 'https://a.b' };
    const message = await posted(menu(), row(button('go'), link));
    expect(await status({ kind: 'button', message, customId: 'pick' })).toBe(422);
    expect(await status({ kind: 'select', message, customId: 'go', values: ['a'] })).toBe(422);
    expect(await status({ kind: 'button', message })).toBe(422);
  });
});

describe('a command on a person', () => {
  test('needs a person that there is', async () => {
    const use = { kind: 'user', name: 'Show access' };
    expect(await status({ ...use, target: '9' })).toBe(422);
    const { seen } = await side.use({ ...use, target: USERS.admin }, ok);
    expect(seen.data).toMatchObject({
      target_id: USERS.admin,
      resolved: { members: { [USERS.admin]: { roles: ['300000000000000001'] } } },
    });
  });
});

describe('a form', () => {
  const label = (component: Json, name = 'Field') => ({ type: 18, label: name, component });
  const input = (more: Json = {}) => ({ type: 4, custom_id: 'text', style: 1, ...more });
  const form = (...components: Json[]) => ({ custom_id: 'form', title: 'Form', components });
  /** Opens it for the member, and gives what the bot was told. */
  const open = (...components: Json[]) =>
    side.use(HELP, async (it) => {
      expect((await side.bot.answer(it, { type: 9, data: form(...components) })).status).toBe(204);
    });
  const fill = (fields: Json, more: Json = {}) =>
    status({ kind: 'modal', customId: 'form', fields, ...more });
  const submit = async (fields: Json, more: Json = {}) => {
    const what = { kind: 'modal', customId: 'form', fields, ...more };
    const { seen } = await side.use(what, ok);
    return seen.data as { components: { component: Json }[]; resolved?: Json };
  };

  test.each<[string, Json[]]>([
    ['more than five parts', Array<Json>(6).fill({ type: 10, content: 'a' })],
    ['a label too long', [label(input(), 'x'.repeat(46))]],
    ['a field that has a label of its own', [label(input({ label: 'Own' }))]],
    ['a least length above its most', [label(input({ min_length: 5, max_length: 4 }))]],
    ['one custom_id twice', [label(input()), label(input())]],
    ['a menu that is switched off', [label({ type: 3, custom_id: 's', options, disabled: true })]],
    ['one choice only', [label({ type: 21, custom_id: 'r', options: options.slice(1, 2) })]],
    ['a button', [row(button('a'))]],
  ])('with %s is refused', async (_, components) => {
    await side.use(HELP, async (it) => {
      const reply = await side.bot.answer(it, { type: 9, data: form(...components) });
      expect(code(reply)).toEqual([400, 50035]);
      await ok(it);
    });
  });

  test('can be sent only by whoever has it open, and only once', async () => {
    expect(await fill({ text: 'a' })).toBe(422);
    await open(label(input()));
    expect(await fill({ text: 'a' }, { user: USERS.admin })).toBe(422);
    await submit({ text: 'a' });
    expect(await fill({ text: 'a' })).toBe(422);
  });

  test('does not take a field that it does not have', async () => {
    await open(label(input()));
    expect(await fill({ text: 'a', more: 'b' })).toBe(422);
  });

  test('wants its texts, each as long as it says', async () => {
    await open(label(input({ min_length: 2, max_length: 3 })));
    for (const text of ['', 'a', 'abcd']) expect(await fill({ text })).toBe(422);
    expect(await fill({})).toBe(422);
    expect(await fill({ text: 'abc' })).toBe(200);
  });

  test('can do without a text that is not required, however long it should be', async () => {
    await open(label(input({ required: false, min_length: 5 })));
    const { components } = await submit({});
    expect(components).toMatchObject([{ component: { custom_id: 'text', value: '' } }]);
  });

  test('brings whom, which role and which channel were chosen', async () => {
    await open(
      label({ type: 5, custom_id: 'who' }),
      label({ type: 6, custom_id: 'role' }),
      label({ type: 8, custom_id: 'where', required: false }),
    );
    expect(await fill({ who: '9', role: '300000000000000001' })).toBe(422);
    const data = await submit({ who: [USERS.admin], role: '300000000000000001' });
    expect(data.components).toMatchObject([
      { type: 18, component: { type: 5, values: [USERS.admin] } },
      { component: { type: 6, values: ['300000000000000001'] } },
      { component: { type: 8, values: [] } },
    ]);
    expect(data.resolved).toMatchObject({
      users: { [USERS.admin]: { username: 'admin' } },
      roles: { '300000000000000001': { name: 'Plex Admin' } },
    });
  });

  test('has choices of one, of many, and boxes to tick', async () => {
    await open(
      { type: 10, content: 'Choose' },
      label({ type: 21, custom_id: 'one', options }),
      label({ type: 22, custom_id: 'many', options, max_values: 2 }),
      label({ type: 23, custom_id: 'tick' }),
    );
    expect(await fill({ one: 'z', many: ['a'] })).toBe(422);
    expect(await fill({ one: 'a', many: ['a', 'b', 'c'] })).toBe(422);
    const { components } = await submit({ one: 'a', many: ['a', 'b'], tick: true });
    expect(components.slice(1)).toMatchObject([
      { component: { type: 21, value: 'a' } },
      { component: { type: 22, values: ['a', 'b'] } },
      { component: { type: 23, value: true } },
    ]);
  });

  test('takes files, which the bot can fetch', async () => {
    const upload = { type: 19, custom_id: 'files', max_values: 2, file_types: ['.csv'] };
    await open(label(upload));
    const file = (filename: string) => ({
      filename,
      base64: Buffer.from('a,b').toString('base64'),
    });
    expect(await fill({}, { files: { files: file('a.exe') } })).toBe(422);
    expect(await fill({}, { files: { files: ['a', 'b', 'c'].map((n) => file(`${n}.csv`)) } })).toBe(
      422,
    );
    expect(await fill({})).toBe(422);
    const data = await submit({}, { files: { files: [file('a.csv'), file('b.csv')] } });
    const [first] = data.components[0]?.component.values as string[];
    const attachments = data.resolved?.attachments as Record<string, Json>;
    expect(attachments[first ?? '']).toMatchObject({ filename: 'a.csv', size: 3 });
    expect((await send(String(attachments[first ?? '']?.url), 'GET')).text).toBe('a,b');
  });

  test('of the old kind has its text in a row', async () => {
    await open(row(input({ label: 'Old' })));
    const { components } = await submit({ text: 'a' });
    expect(components).toMatchObject([{ type: 1, components: [{ type: 4, value: 'a' }] }]);
  });

  test('opened by a button updates the message of the button; opened by a command it has none', async () => {
    const update = { type: 7, data: { content: 'done' } };
    await open(label(input()));
    await side.use({ kind: 'modal', customId: 'form', fields: { text: 'a' } }, async (it) => {
      expect(it.message).toBeUndefined();
      expect(code(await side.bot.answer(it, update))).toEqual([400, 50035]);
      await ok(it);
    });
    const message = await posted(row(button('go')));
    await side.use({ kind: 'button', message, customId: 'go' }, (it) =>
      side.bot.answer(it, { type: 9, data: form(label(input())) }),
    );
    const { seen } = await side.use(
      { kind: 'modal', customId: 'form', fields: { text: 'a' } },
      (it) => side.bot.answer(it, update),
    );
    expect(seen.message).toMatchObject({ id: message });
    expect(await side.shown()).toMatchObject([{}, { id: message, content: 'done' }]);
  });

  test('that a fault loses is not open', async () => {
    await side.sim.fault({ method: 'POST', path: '/callback$' }, { lose: true });
    await side.use({ ...HELP, waitMs: 200 }, (it) =>
      side.bot.answer(it, { type: 9, data: form(label(input())) }),
    );
    expect(await fill({ text: 'a' })).toBe(422);
  });
});

test('outside of every guild somebody has a DM channel of their own', async () => {
  const everywhere = '/applications/500000000000000001/commands';
  await side.bot.rest('PUT', everywhere, [{ name: 'anywhere', description: 'a' }]);
  const what = { kind: 'command', name: 'anywhere', guild: null, channel: null };
  const { seen } = await side.use(what, ok);
  expect(seen).toMatchObject({ context: 1, user: { id: USERS.member }, channel: { type: 1 } });
  expect(seen.guild_id).toBeUndefined();
  expect(await side.shown(`dm=${USERS.member}`)).toMatchObject([{ content: 'ok' }]);
  await side.bot.rest('PUT', everywhere, []);
});

test('a component is used where its message stands', async () => {
  const made = await side.post({ content: 'x', components: [row(button('go'))] }, AUDIT);
  const message = (made.json as Json).id;
  const { seen } = await side.use({ kind: 'button', message, customId: 'go' }, ok);
  expect(seen).toMatchObject({ channel: { id: AUDIT }, guild_id: GUILD });
});

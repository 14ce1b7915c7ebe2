import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '../../sim/tour/drive.js';
import { AUDIT, BOT, GENERAL, GUILD, USERS } from './probes.js';
import { Bot } from './bot.js';
import { send, start, TOKEN } from './start.js';
import type { Reply, Running } from './start.js';

const EPHEMERAL = 64;
const person = { type: 3, name: 'person', description: 'Who', required: true, autocomplete: true };
const COMMANDS = [
  {
    name: 'access',
    description: 'What people can watch',
    options: [{ type: 1, name: 'show', description: 'Show it', options: [person] }],
  },
  {
    name: 'give',
    description: 'Give something',
    options: [
      { type: 6, name: 'to', description: 'Whom' },
      { type: 8, name: 'role', description: 'Which role' },
      { type: 7, name: 'channel', description: 'Which channel' },
      { type: 3, name: 'how', description: 'How', choices: [{ name: 'Soon', value: 'soon' }] },
      { type: 11, name: 'list', description: 'A file' },
    ],
  },
  { name: 'secret', description: 'For admins', default_member_permissions: '0' },
  { name: 'Show access', type: 2 },
];

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
  await bot.heard('READY');
  await bot.rest('PUT', `/applications/${BOT}/guilds/${GUILD}/commands`, COMMANDS);
});
afterEach(async () => {
  await bot.leave();
  await sim.saysOnlyWhatDiscordWould();
});

interface Outcome {
  readonly id: string;
  readonly firstAnswerMs: number | null;
  readonly answer: { type: number; ephemeral: boolean } | null;
  readonly message: (Json & { id: string; content: string }) | null;
  readonly edits: number;
  readonly followups: readonly Json[];
  readonly choices: unknown;
  readonly modal: unknown;
  readonly error: { code: number } | null;
}
const base = { guild: GUILD, channel: GENERAL, user: USERS.member };
const SHOW = { kind: 'command', name: 'access show', options: { person: 'mara' } };
const post = (what: Json) => sim.admin('POST', '/interactions', { ...base, ...what });
/** Uses something, lets the bot answer it, and gives what it came to. */
async function use(
  what: Json,
  answers: (interaction: Json) => Promise<unknown>,
): Promise<{ seen: Json; outcome: Outcome }> {
  const before = bot.all('INTERACTION_CREATE').length;
  const outcome = post(what);
  const seen = await Promise.race([
    bot.heard('INTERACTION_CREATE', before + 1),
    outcome.then(({ status, text }) => Promise.reject(new Error(`${status} ${text}`))),
  ]);
  await answers(seen);
  return { seen, outcome: (await outcome).json as Outcome };
}
const say = (content: string, flags = 0) => ({ type: 4, data: { content, flags } });
const code = ({ status, json }: Reply) => [status, (json as { code?: number } | null)?.code];

describe('a command', () => {
  test('reaches the bot as Discord sends it, and its answer comes back', async () => {
    const { seen, outcome } = await use(SHOW, (it) => bot.answer(it, say('Films', EPHEMERAL)));
    expect(seen).toMatchObject({
      type: 2,
      guild_id: GUILD,
      channel: { id: GENERAL },
      member: { user: { id: USERS.member }, roles: [], permissions: expect.any(String) as string },
      data: {
        name: 'access',
        options: [{ name: 'show', type: 1, options: [{ name: 'person', value: 'mara' }] }],
      },
    });
    expect(outcome).toMatchObject({
      id: seen.id,
      answer: { type: 4, ephemeral: true },
      message: { content: 'Films' },
      edits: 0,
      followups: [],
      choices: null,
      modal: null,
      error: null,
    });
    expect(outcome.firstAnswerMs).toBeLessThan(3_000);
    expect(await sim.get(`/messages?channel=${GENERAL}`)).toEqual([]);
  });

  test('that is deferred counts as answered only by its first edit', async () => {
    const { outcome } = await use(SHOW, async (it) => {
      await bot.answer(it, { type: 5, data: {} });
      await new Promise((resolve) => setTimeout(resolve, 450));
      await bot.webhook('PATCH', it, { body: { content: 'Recorded' } });
      await bot.webhook('PATCH', it, { body: { content: 'Seen' } });
      await bot.webhook('POST', it, { path: '', body: { content: 'One more' } });
    });
    expect(outcome).toMatchObject({
      answer: { type: 5, ephemeral: false },
      message: { content: 'Seen' },
      edits: 2,
      followups: [{ content: 'One more' }],
    });
  });

  test('can be used without waiting, and asked for later', async () => {
    const { json } = await post({ ...SHOW, waitMs: 0 });
    expect(json).toEqual({ id: expect.any(String) as string });
    const { id } = json as { id: string };
    expect(await sim.get(`/interactions/${id}`)).toMatchObject({ answer: null, error: null });
    await bot.answer(await bot.heard('INTERACTION_CREATE'), say('here'));
    expect(await sim.get(`/interactions/${id}`)).toMatchObject({ answer: { type: 4 } });
    expect((await sim.admin('GET', '/interactions/1')).status).toBe(404);
  });

  test('that nobody answers within ackMs is dead with 10062', async () => {
    await sim.knobs({ ackMs: 80 });
    const { outcome } = await use(SHOW, async (it) => {
      await new Promise((resolve) => setTimeout(resolve, 120));
      expect(code(await bot.answer(it, say('late')))).toEqual([404, 10062]);
    });
    expect(outcome).toMatchObject({ answer: null, message: null, error: { code: 10062 } });
  });

  test('is answered once', async () => {
    await use(SHOW, async (it) => {
      expect((await bot.answer(it, say('one'))).status).toBe(204);
      expect(code(await bot.answer(it, say('two')))).toEqual([400, 40060]);
    });
  });

  test('tells the message of its answer when asked to', async () => {
    await use(SHOW, async (it) => {
      const reply = await bot.answer(it, say('one'), '?with_response=true');
      expect(reply.json).toMatchObject({
        interaction: { id: it.id },
        resource: { type: 4, message: { content: 'one' } },
      });
    });
  });

  test('has a token that lives for tokenMs', async () => {
    await use(SHOW, async (it) => {
      await bot.answer(it, say('one'));
      expect((await bot.webhook('GET', it)).status).toBe(200);
      await sim.knobs({ tokenMs: 0 });
      expect(code(await bot.webhook('PATCH', it, { body: { content: 'two' } }))).toEqual([
        401, 50027,
      ]);
      expect(code(await bot.webhook('GET', { token: 'none' }))).toEqual([404, 10015]);
    });
  });

  test.each([
    ['a list of choices', { type: 8, data: { choices: [] } }],
    ['an update of nothing', { type: 7, data: { content: 'x' } }],
    ['V2 while deferring', { type: 5, data: { flags: 1 << 15 } }],
    ['a kind that does not exist', { type: 99 }],
    ['too many letters', say('x'.repeat(2001))],
  ])('is not answered by %s', async (_, body) => {
    await use(SHOW, async (it) => {
      expect(code(await bot.answer(it, body))).toEqual([400, 50035]);
      await bot.answer(it, say('well then'));
    });
  });

  test('masks its token in the log, and logs the payload of a form', async () => {
    const form = new FormData();
    form.set('payload_json', JSON.stringify(say('with a file')));
    form.set('files[0]', new Blob(['a']), 'a.txt');
    const { seen, outcome } = await use(SHOW, (it) => bot.answer(it, form));
    const entry = (await sim.log()).entries.at(-1);
    expect(entry?.path).toBe(`/api/v10/interactions/${String(seen.id)}/***/callback`);
    expect(entry?.body).toEqual(say('with a file'));
    expect(outcome.message?.attachments).toMatchObject([{ filename: 'a.txt' }]);
  });

  test('whose answer a fault loses is not answered', async () => {
    await sim.fault({ method: 'POST', path: '/callback$' }, { lose: true });
    const { outcome } = await use({ ...SHOW, waitMs: 400 }, async (it) => {
      expect((await bot.answer(it, say('lost'))).status).toBe(204);
    });
    expect(outcome).toMatchObject({ answer: null, message: null });
  });

  test('whose edit a fault loses keeps its message, and later edits work', async () => {
    const { outcome } = await use(SHOW, async (it) => {
      await bot.answer(it, say('one'));
      await sim.fault({ method: 'PATCH', path: '/@original$' }, { lose: true });
      await bot.webhook('PATCH', it, { body: { content: 'lost' } });
      expect((await bot.webhook('GET', it)).json).toMatchObject({ content: 'one' });
      await bot.webhook('PATCH', it, { body: { content: 'two' } });
    });
    expect(outcome).toMatchObject({ edits: 1, message: { content: 'two' } });
    expect(await sim.get(`/messages?channel=${GENERAL}`)).toMatchObject([{ content: 'two' }]);
  });

  test('brings along whom, which role, which channel and which file it names', async () => {
    const options = { to: USERS.admin, role: '300000000000000002', channel: AUDIT, how: 'soon' };
    const files = { list: { filename: 'l.csv', base64: Buffer.from('a,b').toString('base64') } };
    const what = { kind: 'command', name: 'give', options, files };
    const { seen } = await use(what, (it) => bot.answer(it, say('given')));
    const { resolved } = seen.data as { resolved: Record<string, Record<string, Json>> };
    expect(resolved).toMatchObject({
      users: { [USERS.admin]: { username: 'admin' } },
      members: { [USERS.admin]: { roles: ['300000000000000001'] } },
      roles: { '300000000000000002': { name: 'Moderator' } },
      channels: { [AUDIT]: { name: 'audit' } },
    });
    const [file] = Object.values(resolved.attachments ?? {});
    expect((await send(String(file?.url), 'GET')).text).toBe('a,b');
  });

  test.each<[string, Json]>([
    ['that does not exist', { name: 'nothing' }],
    ['without its subcommand', { name: 'access', options: {} }],
    ['with an option that is not declared', { options: { person: 'mara', what: 'x' } }],
    ['without an option that is required', { options: {} }],
    ['with a value that is no choice', { name: 'give', options: { how: 'never' } }],
    ['with a file where none is taken', { files: { person: { filename: 'x', base64: '' } } }],
    ['with somebody unknown', { name: 'give', options: { to: '9' } }],
    ['with a role unknown', { name: 'give', options: { role: '9' } }],
    ['that this user may not see', { name: 'secret', options: {} }],
    ['by somebody who is not in the guild', { user: '9' }],
    ['in a channel that is not there', { channel: '9' }],
  ])('%s is 422', async (_, what) => {
    const { status, json } = await post({ ...SHOW, ...what });
    expect([status, json]).toEqual([422, { error: expect.any(String) as string }]);
    expect(bot.all('INTERACTION_CREATE')).toEqual([]);
  });

  test('is seen by the owner of the guild whatever it asks for', async () => {
    const what = { kind: 'command', name: 'secret', user: USERS.owner };
    const { outcome } = await use(what, (it) => bot.answer(it, say('yes')));
    expect(outcome.error).toBeNull();
  });

  test('with a field that the contract does not have is 400', async () => {
    expect((await post({ ...SHOW, colour: 'red' })).status).toBe(400);
  });
});

describe('other kinds', () => {
  test('autocomplete gives choices', async () => {
    const what = { ...SHOW, kind: 'autocomplete', focused: 'person' };
    const choices = [{ name: 'Mara', value: 'p1' }];
    const { seen, outcome } = await use(what, (it) =>
      bot.answer(it, { type: 8, data: { choices } }),
    );
    expect(JSON.stringify(seen.data)).toContain('"focused":true');
    expect(outcome).toMatchObject({ answer: { type: 8 }, choices, message: null });
    expect((await post({ ...what, focused: 'nothing' })).status).toBe(422);
  });

  test('more than 25 choices are refused', async () => {
    const choices = Array.from({ length: 26 }, (_, i) => ({ name: `n${i}`, value: 'v' }));
    await use({ ...SHOW, kind: 'autocomplete', focused: 'person', waitMs: 100 }, async (it) => {
      expect(code(await bot.answer(it, { type: 8, data: { choices } }))).toEqual([400, 50035]);
    });
  });

  test('a command on a user names that user', async () => {
    const what = { kind: 'user', name: 'Show access', target: USERS.admin };
    const { seen } = await use(what, (it) => bot.answer(it, say('ok')));
    expect(seen.data).toMatchObject({ type: 2, target_id: USERS.admin });
  });

  const button = { type: 2, style: 1, label: 'Go', custom_id: 'go' };
  const select = { type: 3, custom_id: 'pick', options: [{ label: 'A', value: 'a' }] };
  const rows = [button, select].map((component) => ({ type: 1, components: [component] }));
  const posted = async (components: readonly Json[] = rows) => {
    const made = await bot.rest('POST', `/channels/${GENERAL}/messages`, {
      content: 'x',
      components,
    });
    return String((made.json as Json).id);
  };

  test('a button and a select update the message they stand on', async () => {
    const message = await posted();
    const update = (content: string) => ({ type: 7, data: { content } });
    const pressed = await use({ kind: 'button', message, customId: 'go' }, (it) =>
      bot.answer(it, update('pressed')),
    );
    expect(pressed.seen).toMatchObject({
      type: 3,
      data: { component_type: 2 },
      message: { id: message },
    });
    expect(pressed.outcome.message).toMatchObject({ id: message, content: 'pressed' });
    const picked = await use({ kind: 'select', message, customId: 'pick', values: ['a'] }, (it) =>
      bot.answer(it, update('picked')),
    );
    expect(picked.seen.data).toMatchObject({ values: ['a'], component_type: 3 });
  });

  test('what does not stand on a message, or is switched off, cannot be pressed', async () => {
    const off = [{ type: 1, components: [{ ...button, disabled: true }] }];
    for (const what of [
      { message: await posted(), customId: 'gone' },
      { message: await posted(off), customId: 'go' },
      { message: '9', customId: 'go' },
    ]) {
      expect((await post({ kind: 'button', ...what })).status).toBe(422);
    }
  });

  test('a modal opens, and what is filled in comes back', async () => {
    const when = { type: 4, custom_id: 'when', style: 1 };
    const options = ['a', 'b'].map((value) => ({ label: value, value }));
    const rooms = { type: 3, custom_id: 'rooms', max_values: 2, options };
    const modal = {
      custom_id: 'm',
      title: 'Until when',
      components: [
        { type: 18, label: 'When', component: when },
        { type: 18, label: 'Where', component: rooms },
      ],
    };
    const { outcome } = await use(SHOW, (it) => bot.answer(it, { type: 9, data: modal }));
    expect(outcome).toMatchObject({ answer: { type: 9 }, modal });
    const fields = { when: 'friday', rooms: ['a', 'b'] };
    const { seen } = await use({ kind: 'modal', customId: 'm', fields }, async (it) => {
      expect(code(await bot.answer(it, { type: 9, data: modal }))).toEqual([400, 50035]);
      await bot.answer(it, say('ok'));
    });
    expect(seen).toMatchObject({
      type: 5,
      data: {
        custom_id: 'm',
        components: [
          { type: 18, component: { custom_id: 'when', value: 'friday' } },
          { type: 18, component: { custom_id: 'rooms', values: ['a', 'b'] } },
        ],
      },
    });
  });
});

import { describe, expect, test } from 'vitest';
import type { Json } from '../../sim/tour/drive.js';
import { BOT, GUILD, USERS } from './probes.js';
import { code, COMMANDS, DiscordSide, say } from './discordSide.js';

const side = DiscordSide.forFile();

const one = { name: 'help', description: 'Show what there is' };
const put = (list: unknown) => side.bot.rest('PUT', COMMANDS, list);
const named = (n: number, type = 1, prefix = 'c') =>
  Array.from({ length: n }, (_, i) => ({
    name: `${prefix}${i}`,
    type,
    ...(type === 1 ? { description: 'd' } : {}),
  }));
const use = (name: string, more: Json = {}) => ({ kind: 'command', name, ...more });

describe('a single command', () => {
  test('is made with 201, and replaced by its name with 200 and the same id', async () => {
    const made = await side.bot.rest('POST', COMMANDS, one);
    const again = await side.bot.rest('POST', COMMANDS, { ...one, description: 'Other' });
    expect([made.status, again.status]).toEqual([201, 200]);
    expect((again.json as Json).id).toBe((made.json as Json).id);
    expect((await side.bot.rest('GET', COMMANDS)).json).toMatchObject([{ description: 'Other' }]);
  });

  test('is shown, changed in part and deleted by its id', async () => {
    const { id } = (await side.bot.rest('POST', COMMANDS, one)).json as Json;
    const path = `${COMMANDS}/${String(id)}`;
    await side.bot.rest('PATCH', path, { description: 'Changed' });
    expect((await side.bot.rest('GET', path)).json).toMatchObject({
      name: 'help',
      description: 'Changed',
    });
    expect((await side.bot.rest('DELETE', path)).status).toBe(204);
    expect(code(await side.bot.rest('GET', path))).toEqual([404, 10063]);
  });

  test.each([
    ['POST', { name: 'Capital', description: 'd' }],
    ['POST', { name: 'help' }],
  ])('that is wrong is refused by %s', async (method, body) => {
    expect(code(await side.bot.rest(method, COMMANDS, body))).toEqual([400, 50035]);
  });
});

describe('a list of commands', () => {
  test('has translations only when asked for them', async () => {
    await put([{ ...one, description_localizations: { de: 'Hilfe' } }]);
    expect(JSON.stringify((await side.bot.rest('GET', COMMANDS)).json)).not.toContain('Hilfe');
    const full = await side.bot.rest('GET', `${COMMANDS}?with_localizations=true`);
    expect(full.json).toMatchObject([{ description_localizations: { de: 'Hilfe' } }]);
  });

  test.each([
    [1, 100],
    [2, 15],
    [3, 15],
  ])('of type %i has no more than %i', async (type, most) => {
    expect((await put(named(most, type))).status).toBe(200);
    expect(code(await put(named(most + 1, type)))).toEqual([400, 30032]);
  });

  test('of a guild that the bot is not in is 50001', async () => {
    const elsewhere = COMMANDS.replace(GUILD, '100000000000000009');
    expect(code(await side.bot.rest('PUT', elsewhere, []))).toEqual([403, 50001]);
  });

  test.each<[string, Json]>([
    [
      'subcommands beside other options',
      {
        options: [
          { type: 1, name: 'a', description: 'a' },
          { type: 3, name: 'b', description: 'b' },
        ],
      },
    ],
    [
      'choices and suggestions',
      {
        options: [
          {
            type: 3,
            name: 'a',
            description: 'a',
            autocomplete: true,
            choices: [{ name: 'x', value: 'x' }],
          },
        ],
      },
    ],
    [
      'a choice longer than 100',
      {
        options: [
          {
            type: 3,
            name: 'a',
            description: 'a',
            choices: [{ name: 'x', value: 'x'.repeat(101) }],
          },
        ],
      },
    ],
    [
      'a least above its most',
      { options: [{ type: 4, name: 'a', description: 'a', min_value: 5, max_value: 4 }] },
    ],
    ['a translation into no language', { name_localizations: { xx: 'a' } }],
    ['a translated name with a space', { name_localizations: { de: 'zu viel' } }],
    ['a place that only global commands have', { contexts: [0] }],
    ['permissions that are no bits', { default_member_permissions: 'admin' }],
    [
      'more than 8000 letters in its longest language',
      {
        options: Array.from({ length: 25 }, (_, i) => ({
          type: 1,
          name: `s${i}`,
          description: 's',
          options: Array.from({ length: 4 }, (__, k) => ({
            type: 3,
            name: `o${k}`,
            description: 'd',
            description_localizations: { de: 'd'.repeat(100) },
          })),
        })),
      },
    ],
  ])('with %s is refused', async (_, more) => {
    expect(code(await put([{ ...one, ...more }]))).toEqual([400, 50035]);
  });

  test('that says more of a command on a person than its name is refused', async () => {
    const wrong = { name: 'Show', type: 2, description: 'no' };
    expect(code(await put([wrong]))).toEqual([400, 50035]);
  });
});

test('200 new commands a day are the most, and changes are none', async () => {
  // The day is counted by scope: globally, no other test makes any.
  const everywhere = `/applications/${BOT}/commands`;
  const putThere = (list: unknown) => side.bot.rest('PUT', everywhere, list);
  await putThere(named(100));
  await putThere(named(100, 1, 'd'));
  expect((await putThere(named(100, 1, 'd'))).status).toBe(200);
  expect(code(await putThere([one]))).toEqual([400, 30034]);
  await putThere([]);
});

describe('who may use a command', () => {
  const admin = '300000000000000001';
  const use_ = (user: string) => side.person({ ...use('help'), user, waitMs: 0 });
  const permit = (command: string, permissions: readonly Json[]) =>
    side.act({ act: 'setCommandPermissions', guild: GUILD, command, permissions });
  const register = async (more: Json = {}) =>
    String(((await put([{ ...one, ...more }])).json as Json[])[0]?.id);

  test('is nobody in a time-out', async () => {
    await register();
    await side.act({ act: 'timeOut', guild: GUILD, user: USERS.member, ms: 60_000 });
    expect((await use_(USERS.member)).status).toBe(422);
    await side.act({ act: 'timeOut', guild: GUILD, user: USERS.member, ms: 0 });
    expect((await use_(USERS.member)).status).toBe(200);
  });

  test.each([
    ['see the channel', '1024'],
    ['use commands there', '2147483648'],
  ])('is whoever may %s', async (_, deny) => {
    await register();
    const channel = '400000000000000001';
    await side.act({ act: 'setChannelPermissions', channel, id: GUILD, type: 0, deny });
    expect((await use_(USERS.member)).status).toBe(422);
  });

  test('is said by server admins before the command’s own permissions', async () => {
    const id = await register({ default_member_permissions: '0' });
    await permit(id, [{ id: admin, type: 1, permission: true }]);
    expect((await use_(USERS.admin)).status).toBe(200);
    expect((await use_(USERS.member)).status).toBe(422);
    await permit(id, [{ id: USERS.admin, type: 2, permission: false }]);
    expect((await use_(USERS.admin)).status).toBe(422);
  });

  test('is said of all commands by what is set for the application', async () => {
    await register();
    await permit(BOT, [{ id: GUILD, type: 1, permission: false }]);
    expect((await use_(USERS.member)).status).toBe(422);
    expect((await use_(USERS.owner)).status).toBe(200);
  });

  test('can be read by the bot, and is told to it', async () => {
    const id = await register();
    const path = `${COMMANDS}/${id}/permissions`;
    expect(code(await side.bot.rest('GET', path))).toEqual([404, 10066]);
    await permit(id, [{ id: admin, type: 1, permission: true }]);
    expect((await side.bot.rest('GET', path)).json).toMatchObject({
      id,
      permissions: [{ id: admin, permission: true }],
    });
    await side.bot.heard('APPLICATION_COMMAND_PERMISSIONS_UPDATE');
  });
});

describe('values of options', () => {
  const options = [
    { type: 4, name: 'days', description: 'd', min_value: 1, max_value: 30 },
    { type: 10, name: 'share', description: 'd', max_value: 1 },
    { type: 5, name: 'sure', description: 'd' },
    { type: 3, name: 'word', description: 'd', min_length: 2, max_length: 4 },
    { type: 7, name: 'voice', description: 'd', channel_types: [2] },
    { type: 9, name: 'whom', description: 'd' },
    { type: 11, name: 'list', description: 'd', file_types: ['.csv'] },
    { type: 4, name: 'hours', description: 'd', autocomplete: true },
  ];
  const register = () => put([{ ...one, options }]);
  const given = (options_: Json, more: Json = {}) =>
    side.person({ ...use('help'), options: options_, waitMs: 0, ...more });

  test.each<Json>([
    { days: 1 },
    { days: 30 },
    { share: 0.5 },
    { sure: false },
    { word: 'ab' },
    { whom: USERS.admin },
    { whom: '300000000000000001' },
  ])('%j is taken', async (values) => {
    await register();
    expect((await given(values)).status).toBe(200);
  });

  test.each<Json>([
    { days: 0 },
    { days: 31 },
    { days: 1.5 },
    { days: '3' },
    { share: 1.1 },
    { sure: 'yes' },
    { word: 'a' },
    { word: 'abcde' },
    { voice: '400000000000000001' },
    { whom: '9' },
  ])('%j is 422', async (values) => {
    await register();
    expect((await given(values)).status).toBe(422);
  });

  test('of a file must have the ending that is asked for', async () => {
    await register();
    const file = (filename: string) => ({ files: { list: { filename, base64: '' } } });
    expect((await given({}, file('a.exe'))).status).toBe(422);
    expect((await given({}, file('a.CSV'))).status).toBe(200);
  });

  test('are not looked at while somebody types, and suggestions must be of their kind', async () => {
    await register();
    const typing = { kind: 'autocomplete', focused: 'hours', options: { hours: 'so', days: 99 } };
    await side.use({ ...use('help'), ...typing }, async (it) => {
      const choices = (value: unknown) => ({
        type: 8,
        data: { choices: [{ name: 'one', value }] },
      });
      expect(code(await side.bot.answer(it, choices('1')))).toEqual([400, 50035]);
      expect((await side.bot.answer(it, choices(1))).status).toBe(204);
    });
  });

  test('carry the language of the person', async () => {
    await register();
    const { seen } = await side.use({ ...use('help'), locale: 'de' }, (it) =>
      side.bot.answer(it, say('ok')),
    );
    expect(seen.locale).toBe('de');
  });
});

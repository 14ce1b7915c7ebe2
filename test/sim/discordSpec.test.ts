import { describe, expect, test } from 'vitest';
import type { Json } from '../../sim/tour/drive.js';
import { GENERAL } from './probes.js';
import { button, code, COMMANDS, DiscordSide, row, V2, words } from './discordSide.js';

const side = DiscordSide.forFile();

/** All rules of a refusal, by where they were broken. */
const rulesOf = (errors: Json, path = ''): string[] =>
  Object.entries(errors).flatMap(([key, part]) =>
    key === '_errors' ? [path] : rulesOf(part as Json, path === '' ? key : `${path}.${key}`),
  );

describe('a body that is not as Discord has it', () => {
  test('is refused with 50035, and says where', async () => {
    const reply = await side.post({ content: 5, embeds: [{ title: 'x'.repeat(257) }] });
    expect(code(reply)).toEqual([400, 50035]);
    expect(rulesOf((reply.json as { errors: Json }).errors)).toEqual(['content', 'embeds.0.title']);
  });

  test('stands among the problems, with its schema', async () => {
    await side.post({ components: [{ type: 99 }] });
    const { last } = await side.sim.log();
    expect(await side.invalid()).toEqual([
      {
        seq: last,
        dir: 'in',
        schema: 'MessageCreateRequest',
        errors: [expect.stringMatching(/^components\.0: /) as string],
      },
    ]);
  });

  test('is explained by the kind of component that it wanted to be', async () => {
    const section = { type: 9, components: [words('Mara')] };
    await side.post({ flags: V2, components: [{ type: 17, components: [section] }] });
    expect((await side.invalid())[0]?.errors).toEqual([
      expect.stringMatching(/^components\.0\.components\.0\.accessory: /) as string,
    ]);
  });

  test('is taken when `strict` is off, and noted all the same', async () => {
    await side.sim.knobs({ strict: false });
    expect((await side.post({ content: 'x'.repeat(4_001) })).status).toBe(200);
    expect(await side.invalid()).toMatchObject([
      { dir: 'in', schema: 'MessageCreateRequest' },
      { dir: 'in', schema: 'MessageCreateRequest' },
    ]);
  });

  test('that breaks a rule between its fields is noted like one that breaks a schema', async () => {
    await side.post({ content: 'x', components: [row(button('a')), row(button('a'))] });
    expect(await side.invalid()).toMatchObject([
      { dir: 'in', errors: [expect.stringMatching(/duplicated: a$/)] },
    ]);
  });
});

describe('a body that only the wire knows', () => {
  test('has its permissions as a text of digits', async () => {
    const one = { name: 'a', description: 'a', default_member_permissions: '32' };
    const { status, json } = await side.bot.rest('PUT', COMMANDS, [one]);
    expect([status, json]).toMatchObject([200, [{ default_member_permissions: '32' }]]);
    expect(await side.invalid()).toEqual([]);
  });

  test('has nulls where a builder left something out', async () => {
    const go = { ...button('go'), emoji: null, url: null, disabled: null };
    const { json } = await side.post({ content: 'x', embeds: null, components: [row(go)] });
    const [made] = (json as { components: { components: Json[] }[] }).components;
    expect(made?.components[0]).not.toHaveProperty('url');
    expect(await side.invalid()).toEqual([]);
  });
});

test('everything that a world leaves out of Discord’s objects is filled in', async () => {
  const bare = {
    application: { id: '500000000000000001' },
    bot: { id: '500000000000000001', username: 'Usher' },
    users: [{ id: '200000000000000001', username: 'owner' }],
    guilds: [
      {
        id: '100000000000000001',
        owner_id: '200000000000000001',
        roles: [{ id: '100000000000000001', name: '@everyone', permissions: '8' }],
        channels: [{ id: GENERAL, type: 0, name: 'general' }],
        members: ['500000000000000001', '200000000000000001'].map((id) => ({
          user: { id },
          roles: [],
        })),
      },
    ],
  };
  expect((await side.sim.admin('PUT', '/state', bare)).status).toBe(200);
  const guild = '/guilds/100000000000000001';
  for (const path of [guild, `${guild}/roles`, `${guild}/channels`, `/channels/${GENERAL}`]) {
    expect((await side.bot.rest('GET', path)).status).toBe(200);
  }
  expect(await side.invalid()).toEqual([]);
});

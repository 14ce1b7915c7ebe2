import { beforeEach, describe, expect, test } from 'vitest';
import type { Access } from '../../src/access/access.js';
import type { Option } from '../../src/commands/command.js';
import { buttons, commands } from '../../src/commands/registry.js';
import type { Press, Reply } from '../../src/commands/reply.js';
import type { DiscordUserId, GuildId } from '../../src/core/model.js';
import { HERE, THERE, Town } from '../access/town.js';
import { ATTIC, CELLAR } from '../plex/target.js';

const ADMIN = '200000000000000002' as DiscordUserId;
const MEMBER = '200000000000000005';
const ROLE = '300000000000000001';
const WITHIN = { timeout: 120_000 };
/** Nothing of it may be read anywhere but in its own guild. */
const SECRET = 'only-there';
const REPLIES = 2;
const PATIENCE_MS = 1_500;

const at = Town.forFile();

interface World {
  readonly servers: readonly { readonly machineId: string; readonly libraries: object[] }[];
}

/** Both guilds have a server with the same libraries, and the same people. */
beforeEach(async () => {
  const town = at();
  await town.change((now) => {
    const { servers } = now as unknown as World;
    const titles = servers[0]?.libraries ?? [];
    const twins = titles.map((library, i) => ({
      ...library,
      sectionId: 900_001 + i,
      uuid: `twin-${i}`,
    }));
    return {
      ...now,
      servers: servers.map((one) =>
        one.machineId === CELLAR ? { ...one, libraries: twins } : one,
      ),
    };
  });
  await town.connect(HERE, ATTIC);
  await town.connect(THERE, CELLAR);
  for (const [guild, reason] of [
    [HERE, 'here'],
    [THERE, SECRET],
  ] as const) {
    const wish = { person: 'mara', library: 'Kids', from: null, until: null, reason };
    await town.as(guild).grant({ ...wish, confirmed: null, isWarned: true });
    await town.db.sql(
      'insert into link (guild_id, user_id, person_id) select $1, $2, id from person where guild_id = $1 and username = $3',
      [guild, MEMBER, 'mara'],
    );
    await town.db.store.guilds.bind(guild, 'auditor', [ROLE as never]);
  }
});

/** Ids of everything of the other guild. */
async function theirs() {
  const { db } = at();
  const ids = async (statement: string) =>
    (await db.sql<{ id: string }>(statement, [THERE])).map(({ id }) => id);
  const people = await ids('select id from person where guild_id = $1 order by username');
  const [mara] = await ids(`select id from person where guild_id = $1 and username = 'mara'`);
  const servers = await ids('select id from server where guild_id = $1');
  const libraries = await ids(
    'select l.id from library l join server s on s.id = l.server_id where s.guild_id = $1 order by l.title',
  );
  const cases = await ids('select id from "case" where guild_id = $1');
  return {
    mara: mara ?? '',
    servers,
    libraries,
    all: [...people, ...servers, ...libraries, ...cases, THERE],
  };
}

/** Every row anywhere that names anything of the other guild, and what Plex shares on its server. */
async function everythingOfTheirs(ids: readonly string[]): Promise<readonly string[]> {
  const { db } = at();
  const tables = await db.sql<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  const rows = await Promise.all(
    tables.map(({ name }) =>
      db.sql<{ text: string }>(
        `select '${name}: ' || t::text as text from "${name}" t where t::text like any($1)`,
        [ids.map((id) => `%${id}%`)],
      ),
    ),
  );
  const { shares } = await at().sim.state<{ shares: { machineId: string }[] }>();
  const shared = shares.filter(({ machineId }) => machineId === CELLAR);
  return [
    ...rows
      .flat()
      .map(({ text }) => text)
      .sort(),
    JSON.stringify(shared),
  ];
}

/** The first answers of a use: what refuses, refuses; what goes on for long is left to itself. */
async function repliesOf(work: () => Promise<Reply> | AsyncIterable<Reply>): Promise<Reply[]> {
  const found: Reply[] = [];
  const all = async () => {
    const given = work();
    if (given instanceof Promise) {
      found.push(await given);
      return;
    }
    for await (const reply of given) if (found.push(reply) >= REPLIES) return;
  };
  const late = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([
    all().catch((error: unknown) => {
      found.push({ tone: 'refused', text: String(error) });
    }),
    late,
  ]);
  return found;
}

/** What an option gets when it names something of the other guild. */
function rawFor(
  name: string,
  option: Option<unknown, Access>,
  their: Awaited<ReturnType<typeof theirs>>,
): string | null {
  if (option.kind === 'role') return ROLE;
  if (option.kind === 'member') return MEMBER;
  if (option.choices) return option.choices[0]?.value ?? null;
  if (name === 'person') return their.mara;
  if (name === 'server') return their.servers[0] ?? null;
  if (name === 'library' || (name === 'from' && !option.required))
    return their.libraries[0] ?? null;
  if (name === 'by' || name === 'until') return option.required ? '7d' : null;
  return null;
}

async function useAll(guild: GuildId, their: Awaited<ReturnType<typeof theirs>>) {
  const access = at().as(guild);
  const actor = { kind: 'member', userId: ADMIN, power: 'admin' } as const;
  const replies: Reply[] = [];
  for (const command of commands) {
    const work = async () => {
      const values: Record<string, unknown> = {};
      for (const [name, option] of Object.entries(command.options)) {
        values[name] = await option.read(rawFor(name, option, their), { access, values, name });
      }
      return command.run({ values, actor, access });
    };
    const begun = await work().catch(
      (error: unknown) => ({ tone: 'refused', text: String(error) }) as const,
    );
    const run = () => (isReply(begun) ? Promise.resolve(begun) : (begun as AsyncIterable<Reply>));
    replies.push(...(await repliesOf(run)));
  }
  return replies;
}

const isReply = (value: object): value is Reply => 'text' in value;

interface Part {
  readonly press: Press;
  readonly chosen: readonly string[];
}

/** Everything that can be used in answers. */
const partsOf = (replies: readonly Reply[]): readonly Part[] =>
  replies.flatMap(({ buttons: all = [], menus = [] }) => [
    ...all.map(({ press }) => ({ press, chosen: [] })),
    ...menus.map((menu) => ({
      press: menu.press,
      chosen: menu.kind === 'words' ? menu.options.slice(0, 1).map(({ value }) => value) : [ROLE],
    })),
  ]);

const FIELDS = { from: '', until: '7d', reason: 'stolen', search: 'mara', every: '5', zone: 'UTC' };

async function press(guild: GuildId, { press: { button: name, payload }, chosen }: Part) {
  const button = buttons.find((one) => one.name === name);
  if (!button) throw new Error(`nothing is called ${name}`);
  const actor = { kind: 'member', userId: ADMIN, power: 'admin' } as const;
  const use = { payload, chosen, fields: FIELDS, lacks: {}, actor };
  return repliesOf(() => button.run({ ...use, access: at().as(guild) }));
}

const unsaid = (replies: readonly Reply[]) =>
  expect(replies.map(({ text }) => text).join('\n')).not.toContain(SECRET);

describe('two guilds with the same people and libraries', () => {
  test('no command that names what is of the other reads or changes it', WITHIN, async () => {
    const their = await theirs();
    const before = await everythingOfTheirs(their.all);
    expect(before.length).toBeGreaterThan(20);
    const replies = await useAll(HERE, their);
    expect(replies.length).toBeGreaterThanOrEqual(commands.length);
    unsaid(replies);
    expect(await everythingOfTheirs(their.all)).toEqual(before);
  });

  test('no part of an answer of the other does anything here', WITHIN, async () => {
    const their = await theirs();
    const shown = await useAll(THERE, their);
    const parts = partsOf(shown);
    const deeper = [];
    for (const part of parts.slice(0, 40)) deeper.push(...partsOf(await press(THERE, part)));
    const stolen = [
      ...new Map([...parts, ...deeper].map((one) => [JSON.stringify(one), one])).values(),
    ];
    const names = new Set(stolen.map((one) => one.press.button));
    expect(names.size).toBeGreaterThan(20);
    const all = (await theirs()).all;
    const before = await everythingOfTheirs(all);
    for (const part of stolen) unsaid(await press(HERE, part));
    expect(await everythingOfTheirs(all)).toEqual(before);
    // There they do what they say: it is not that nothing comes of them.
    for (const part of stolen.slice(0, 40)) await press(THERE, part);
    expect(await everythingOfTheirs(all)).not.toEqual(before);
  });

  test('nothing of the other is suggested', WITHIN, async () => {
    const their = await theirs();
    const access = at().as(HERE);
    for (const { options } of commands) {
      for (const [name, { suggest }] of Object.entries(options)) {
        const found = (await suggest?.({ access, typed: '', values: {}, name })) ?? [];
        for (const { value } of found) expect(their.all).not.toContain(value);
      }
    }
  });
});

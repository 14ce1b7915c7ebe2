import { beforeEach, describe, expect, test } from 'vitest';
import { cleanUp, guildLeft } from '../../src/access/farewell.js';
import { lookAtDue } from '../../src/access/watch.js';
import { UserError } from '../../src/core/errors.js';
import { LEFT_BEHIND } from '../../src/store/farewell.js';
import { tables } from '../../src/store/schema.js';
import { ATTIC, KIDS, MARA } from '../plex/target.js';
import type { World } from '../plex/target.js';
import { HERE, THERE, Town } from './town.js';

const DAY_MS = 86_400_000;
const townNow = Town.forFile();
let town: Town;
beforeEach(() => {
  town = townNow();
});

const inDays = (days: number): Date => new Date(+town.clock.now() + days * DAY_MS);

/** Gives Mara the Kids library and waits until Plex showed it. */
async function grantKids(until: Date | null): Promise<void> {
  const access = town.as(HERE);
  const outcome = await access.grant({
    person: 'mara',
    library: 'Kids',
    from: null,
    until,
    reason: null,
    confirmed: null,
  });
  if (outcome.kind !== 'recorded') throw new Error(`not recorded: ${outcome.kind}`);
  for await (const told of access.follow(outcome.recorded)) {
    if (told.text.includes('Seen in Plex')) break;
  }
}

const marasShare = async () =>
  (await town.sim.state<World>()).shares.find(
    (share) => share.accountId === MARA && share.machineId === ATTIC,
  );
const hasKids = async () => (await marasShare())?.sectionIds.includes(KIDS) === true;
const settle = async () => {
  town.pass(300);
  await lookAtDue(town.parts, null);
};

const rowsOfGuild = async (): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { options } of tables) {
    const [row] = await town.db.sql<{ n: number }>(
      `select count(*)::int as n from "${options.name}" t where t::text like '%' || $1 || '%'`,
      [HERE],
    );
    if (row && row.n > 0) counts[options.name] = row.n;
  }
  return counts;
};

describe('a bot that was removed from a guild', () => {
  test('still carries out what ends there', async () => {
    await town.connect(HERE);
    await grantKids(inDays(2));
    expect(await hasKids()).toBe(true);
    await guildLeft(town.parts, HERE);
    town.passDays(3);
    await lookAtDue(town.parts, null);
    expect(await hasKids()).toBe(false);
  });

  test('keeps its data until 30 days after the last timed end, then nothing is left', async () => {
    await town.connect(HERE);
    await grantKids(inDays(2));
    await guildLeft(town.parts, HERE);
    town.passDays(3);
    await lookAtDue(town.parts, null);
    await settle();
    town.passDays(28);
    await cleanUp(town.parts);
    expect(await town.db.store.guilds.find(HERE)).not.toBeNull();
    const before = await marasShare();
    town.passDays(5);
    await cleanUp(town.parts);
    expect(await rowsOfGuild()).toEqual({});
    for (const table of ['server', 'library', 'share', 'person', 'receipt', 'owner']) {
      expect(await town.db.sql(`select 1 from ${table}`), table).toEqual([]);
    }
    expect(await marasShare()).toEqual(before);
  });

  test('keeps its data while an order is open, however long', async () => {
    await town.connect(HERE);
    await town.sim.fault({ method: 'GET', path: '/shared_servers$' }, { status: 503 }, 0);
    const access = town.as(HERE);
    const wish = { person: 'mara', library: 'Kids', from: null, until: null, reason: null };
    await access.grant(wish as Parameters<typeof access.grant>[0]);
    await guildLeft(town.parts, HERE);
    town.passDays(400);
    await cleanUp(town.parts);
    expect(await town.db.store.guilds.find(HERE)).not.toBeNull();
  });

  test('that comes back in time forgets nothing', async () => {
    await town.connect(HERE);
    await guildLeft(town.parts, HERE);
    await town.db.store.guilds.welcome(HERE);
    town.passDays(400);
    await cleanUp(town.parts);
    expect(await town.db.store.servers.ofGuild(HERE)).toHaveLength(1);
  });

  test('deletes from every table that knows a guild', () => {
    const kept = ['setting', 'owner'];
    const covered = new Set(LEFT_BEHIND.map(([table]) => table));
    const all = tables.map((table) => table.options.name).filter((name) => !kept.includes(name));
    expect(all.filter((name) => !covered.has(name))).toEqual([]);
  });
});

describe('the owner of a server that a left guild kept', () => {
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (error: unknown) => (error instanceof UserError ? error.code : String(error)),
    );

  test('has to log in first, is asked, and then has it with its people and grants', async () => {
    await town.connect(HERE);
    await grantKids(inDays(2));
    await guildLeft(town.parts, HERE);
    await town.logIn(THERE);
    expect(await refusal(town.choose(THERE))).toBe('log-in-first');
    expect(await refusal(town.byToken(THERE))).toBe('log-in-first');
    expect(await town.choose(THERE, { hasLoggedIn: true })).toEqual({
      kind: 'take-over',
      name: 'Attic',
    });
    expect(await town.db.store.servers.ofGuild(THERE)).toEqual([]);
    const done = await town.choose(THERE, { hasLoggedIn: true, takeOver: true });
    expect(done).toMatchObject({ kind: 'connected', was: 'taken-over' });
    expect(await town.db.store.servers.ofGuild(HERE)).toEqual([]);
    expect((await town.told(THERE)).at(-1)).toContain(
      '**Attic** now belongs to this Discord server',
    );
    expect((await town.as(THERE).show('mara')).text).toContain('Kids');
  });

  test('sees its ends carried out there, and told there', async () => {
    await town.connect(HERE);
    await grantKids(inDays(2));
    await guildLeft(town.parts, HERE);
    await town.logIn(THERE);
    await town.choose(THERE, { hasLoggedIn: true, takeOver: true });
    town.passDays(3);
    await lookAtDue(town.parts, null);
    expect(await hasKids()).toBe(false);
    expect((await town.told(THERE)).join('\n')).toMatch(/Mara.*no longer has.*Kids/);
  });

  test('keeps it when the guild it came from is forgotten', async () => {
    await town.connect(HERE);
    await grantKids(null);
    await guildLeft(town.parts, HERE);
    await town.logIn(THERE);
    await town.choose(THERE, { hasLoggedIn: true, takeOver: true });
    town.passDays(31);
    await cleanUp(town.parts);
    expect(await town.db.store.guilds.find(HERE)).toBeNull();
    expect((await town.as(THERE).show('mara')).text).toContain('Kids');
    await lookAtDue(town.parts, null);
    expect(await hasKids()).toBe(true);
  });
});

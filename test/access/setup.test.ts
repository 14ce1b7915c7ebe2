import { beforeEach, describe, expect, test } from 'vitest';
import type { Told } from '../../src/access/tell.js';
import { Outage, UserError } from '../../src/core/errors.js';
import type { ChannelId, MachineId, RoleId } from '../../src/core/model.js';
import { CELLAR } from '../plex/target.js';
import { TOKEN } from '../sim/start.js';
import { HERE, KEY, OWNER, THERE, Town } from './town.js';

const townNow = Town.forFile();
let town: Town;
beforeEach(() => {
  town = townNow();
});

/** The code of a refusal; fails when it was none. */
const refused = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: unknown) => {
      if (error instanceof UserError) return error.code;
      throw error;
    },
  );

const tokens = () => town.db.sql<{ token: string | null }>('select token from owner');
const bodyOf = ({ text }: Told): string => text.split('\n')[0] ?? '';

describe('a log-in by PIN', () => {
  test('stores whose it is, with the token sealed, and a case without an address', async () => {
    await town.logIn(HERE);
    const [owner] = await tokens();
    expect(owner?.token).toMatch(/^v1\./);
    expect(owner?.token).not.toContain(TOKEN);
    expect(await town.told(HERE)).toEqual([
      expect.stringContaining('Usher works with the Plex account **owner**'),
    ]);
  });

  test('that nobody approves ends when plex.tv forgets it', async () => {
    const kinds: string[] = [];
    for await (const { kind } of town.as(HERE).setup.logIn()) {
      kinds.push(kind);
      await town.change((world) => ({
        ...world,
        pins: world.pins.map((pin) => ({ ...pin, expiresAt: 1 })),
      }));
    }
    expect(kinds).toEqual(['open', 'expired']);
    expect(await tokens()).toEqual([]);
  });

  test('goes on through an outage of plex.tv', async () => {
    const kinds: string[] = [];
    for await (const { kind } of town.as(HERE).setup.logIn()) {
      kinds.push(kind);
      if (kind !== 'open') continue;
      await town.sim.act('approvePin', { pinId: await town.newestPin() });
      await town.sim.fault({ method: 'GET', path: '^/api/v2/(pins|user)' }, { status: 503 }, 2);
    }
    expect(kinds).toEqual(['open', 'done']);
  });

  test('ends without a word when the asker takes a new code, or goes elsewhere', async () => {
    const first = town.as(HERE).setup.logIn();
    expect((await first.next()).value).toMatchObject({ kind: 'open' });
    const second = town.as(HERE).setup.logIn();
    expect((await second.next()).value).toMatchObject({ kind: 'open' });
    expect(await first.next()).toEqual({ done: true, value: undefined });
    town.as(HERE).setup.stopLogin();
    expect(await second.next()).toEqual({ done: true, value: undefined });
  });
});

describe('choosing a server', () => {
  test('is a case, once; choosing it again changes nothing, and a new address is told without it', async () => {
    await town.connect(HERE);
    const again = await town.choose(HERE);
    expect(again).toMatchObject({ kind: 'connected', was: 'same' });
    await town.db.sql(`update server set pms_url = 'http://127.0.0.1:9'`);
    expect(await town.choose(HERE)).toMatchObject({ kind: 'connected', was: 'elsewhere' });
    const told = (await town.told(HERE)).join('\n');
    expect(told.match(/is connected to this Discord server/g)).toHaveLength(1);
    expect(told).toContain('**Attic** is asked at another address from now on');
    expect(told).not.toContain('127.0.0.1');
  });

  test('of two guilds by one owner shares one client, and so one queue', async () => {
    await town.connect(HERE);
    await town.connect(THERE, CELLAR);
    const [attic, cellar] = await town.db.store.servers.all();
    if (!attic || !cellar) throw new Error('two servers should be connected');
    expect(attic.guildId).not.toBe(cellar.guildId);
    const { plexOf } = town.parts.connections;
    expect(plexOf(attic.id)).toBe(plexOf(cellar.id));
  });

  test('that another guild keeps is refused without naming that guild', async () => {
    await town.connect(HERE);
    await town.logIn(THERE);
    expect(await refused(town.choose(THERE, { hasLoggedIn: true, takeOver: true }))).toBe('taken');
    expect(await refused(town.byToken(THERE))).toBe('taken');
  });

  test('that answers nowhere says so, and asks no token of anybody', async () => {
    await town.logIn(HERE);
    const connections = [{ uri: 'http://127.0.0.1:9', local: true, relay: false }];
    await town.change((world) => ({
      ...world,
      servers: world.servers.map((server) => ({ ...server, connections })),
    }));
    expect(await refused(town.choose(HERE))).toBe('unreachable');
    expect(await town.db.store.servers.all()).toEqual([]);
  });

  test('of somebody else is not possible, however it is asked for', async () => {
    await town.logIn(HERE);
    expect(await refused(town.choose(HERE, {}, 'ff'.repeat(20) as MachineId))).toBe('server-gone');
  });

  test('with a token that plex.tv no longer accepts asks to connect again', async () => {
    await town.logIn(HERE);
    town.parts.connections.own(OWNER, 'dead-token');
    expect(await refused(town.as(HERE).setup.listServers(OWNER))).toBe('token-dead');
  });

  test('is refused where the environment names the server', async () => {
    const fixed = JSON.stringify({ guild: HERE, fixed: ['plex', 'time-zone'] });
    await town.db.store.guilds.remember('fixed-by-environment', fixed);
    expect(await refused(town.choose(HERE))).toBe('set-by-environment');
    expect(await refused(town.byToken(HERE))).toBe('set-by-environment');
    expect(await refused(town.as(HERE).setup.logIn().next())).toBe('set-by-environment');
    expect(await refused(town.as(HERE).setTimeZone('UTC'))).toBe('set-by-environment');
  });
});

describe('an address and a token', () => {
  test('connect the server, once both were tried', async () => {
    expect(await town.byToken(HERE)).toMatchObject({ kind: 'connected', was: 'new' });
    expect((await town.as(HERE).setup.state()).account).toMatchObject({ name: 'owner' });
  });

  test.each([
    ['nothing of an address', 'plex', TOKEN, 'address'],
    ['a token in the address', 'http://127.0.0.1:1/?X-Plex-Token=x', TOKEN, 'address'],
    ['an address where nobody answers', 'http://127.0.0.1:9', TOKEN, 'address'],
    ['plain http beyond the own network', 'http://plex.example.org:32400', TOKEN, 'plain-http'],
    ['a token of two words', 'http://127.0.0.1:9', 'two words', 'token'],
    ['a dead token', 'http://127.0.0.1:9', 'dead-token', 'token'],
  ])('with %s are refused, and nothing is stored', async (...[, url, token, code]) => {
    expect(await refused(town.byToken(HERE, url, token))).toBe(code);
    expect(await tokens()).toEqual([]);
  });

  test('of somebody who does not own the server are refused, and nothing is stored', async () => {
    const other = { id: 99, token: 'other-token', username: 'other', email: 'o@example.org' };
    await town.change((world) => ({ ...world, owners: [other] }));
    expect(await refused(town.byToken(HERE, town.sim.url, 'other-token'))).toBe('not-owned');
    expect(await tokens()).toEqual([]);
  });
});

describe('a start', () => {
  test('serves every stored server with its owner’s stored token', async () => {
    await town.connect(HERE);
    const next = town.connections(KEY);
    await next.open();
    const [attic] = await town.db.store.servers.all();
    expect(attic && (await next.plexOf(attic.id).account('person')).username).toBe('owner');
  });

  test('with another key says so in one sentence, and the owner has to connect again', async () => {
    await town.connect(HERE);
    const next = town.connections(`${KEY}!`);
    await next.open();
    const [attic] = await town.db.store.servers.all();
    expect(() => attic && next.plexOf(attic.id)).toThrow(Outage);
    expect(() => attic && next.plexOf(attic.id)).toThrow(/SECRET_KEY/);
    expect(town.logged).toHaveLength(1);
    expect(town.logged[0]).toContain('connect Plex again with /setup');
    expect(town.logged[0]).not.toContain(TOKEN);
  });
});

describe('what a guild is like', () => {
  const role = (n: number) => `30000000000000000${n}` as RoleId;

  test('roles of a power are exactly those chosen, each change a case of its own', async () => {
    const { setup } = town.as(HERE);
    await setup.setRoles({ power: 'moderator', roles: [role(1), role(2)], shown: [] });
    await setup.setRoles({
      power: 'moderator',
      roles: [role(2), role(3)],
      shown: [role(1), role(2)],
    });
    expect((await setup.state()).roles.moderator).toEqual([role(2), role(3)]);
    expect((await town.told(HERE)).map((text) => text.split('\n')[0])).toEqual([
      `<@&${role(1)}> gives Moderator from now on.`,
      `<@&${role(2)}> gives Moderator from now on.`,
      `<@&${role(3)}> gives Moderator from now on.`,
      `<@&${role(1)}> no longer gives Moderator.`,
    ]);
  });

  test('a role that was not shown in the menu stays bound', async () => {
    const { setup } = town.as(HERE);
    await setup.setRoles({ power: 'moderator', roles: [role(1), role(2)], shown: [] });
    await setup.setRoles({ power: 'moderator', roles: [], shown: [role(1)] });
    expect((await setup.state()).roles.moderator).toEqual([role(2)]);
  });

  test('everybody’s role gives no power', async () => {
    const roles = [HERE as string as RoleId];
    expect(await refused(town.as(HERE).setup.setRoles({ power: 'admin', roles, shown: [] }))).toBe(
      'everyone',
    );
  });

  test('the audit channel must be open to Usher, and an unknown one is none', async () => {
    const { setup } = town.as(HERE);
    const channel = '400000000000000001' as ChannelId;
    const lacking = setup.setAuditChannel({ channel, lacks: ['Send Messages'] });
    expect(await refused(lacking)).toBe('channel-closed');
    expect(await refused(setup.setAuditChannel({ channel, lacks: null }))).toBe('no-channel');
    expect(bodyOf(await setup.setAuditChannel({ channel, lacks: [] }))).toContain(`<#${channel}>`);
  });
});

describe('a guild whose servers have two owners', () => {
  test('misses nobody of one owner when the other one is read', async () => {
    const other = { id: 99, token: 'other-token', username: 'other', email: 'o@example.org' };
    const ora = { id: 501, username: 'ora', email: '', title: 'Ora', friend: true, friendOf: [99] };
    await town.change((world) => ({
      ...world,
      owners: [other],
      accounts: [...world.accounts, ora],
      servers: world.servers.map((one) =>
        one.machineId === CELLAR ? { ...one, ownerId: 99 } : one,
      ),
    }));
    await town.connect(HERE);
    await town.byToken(HERE, `${town.sim.url}/pms/${CELLAR}`, 'other-token');
    for (let i = 0; i < 3; i += 1) {
      town.pass(200);
      await town.read(HERE);
    }
    const people = await town.db.store.people.present(HERE);
    expect(people.map(({ title }) => title)).toEqual(expect.arrayContaining(['Mara', 'Ora']));
    expect(people.filter(({ missingSince }) => missingSince !== null)).toEqual([]);
  });
});

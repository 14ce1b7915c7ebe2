import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandsOver } from '../../src/commands/command.js';
import type { Discord } from '../../src/discord/client.js';
import { registerCommands } from '../../src/discord/register.js';
import { collectLog, connectTo, GUILD, startSimulator, type Simulator } from './simulator.js';

let sim: Simulator;
let discord: Discord & { fatal: Promise<string> };
const log = collectLog();

beforeEach(async () => {
  log.lines.length = 0;
  sim = await startSimulator();
});
afterEach(async () => {
  await discord.close();
  await sim.stop();
});

describe('the connection', () => {
  test('knows its guilds once it is ready', async () => {
    discord = connectTo(sim.url);
    await discord.ready;
    expect(discord.guildIds()).toEqual([GUILD]);
    expect(discord.health().guilds).toBe(1);
  });

  test('that is closed does not say that it connects again', async () => {
    discord = connectTo(sim.url, log);
    await discord.ready;
    await discord.close();
    expect(log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  test('waits for a Discord that cannot be reached', async () => {
    const match = { method: 'GET', path: '/gateway/bot' };
    await sim.send('POST', 'faults', { match, times: 4, do: { status: 503, body: {} } });
    discord = connectTo(sim.url, log);
    await discord.ready;
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'Discord cannot be reached' }),
    );
  });

  test.each([
    [4004, 'Discord refuses DISCORD_TOKEN'],
    [4014, 'its gateway closed with 4014'],
  ])('closed with %i for good is fatal', async (code, reason) => {
    discord = connectTo(sim.url);
    await discord.ready;
    await sim.send('POST', 'gateway', { do: 'close', code });
    expect(await discord.fatal).toContain(reason);
  });

  test('whose token is refused at log-in is fatal', async () => {
    const match = { method: 'GET', path: '/gateway/bot' };
    await sim.send('POST', 'faults', {
      match,
      do: { status: 401, body: { code: 0, message: '' } },
    });
    discord = connectTo(sim.url);
    expect(await discord.fatal).toContain('Discord refuses DISCORD_TOKEN. Copy it again');
  });

  test('whose token is refused later is fatal', async () => {
    discord = connectTo(sim.url);
    await discord.ready;
    const match = { method: 'GET', path: '/channels/' };
    await sim.send('POST', 'faults', {
      match,
      do: { status: 401, body: { code: 0, message: '' } },
    });
    await discord.client.rest.get('/channels/400000000000000001').catch(() => null);
    expect(await discord.fatal).toContain('Discord refuses DISCORD_TOKEN. Copy it again');
  });
});

describe('registration', () => {
  const run = () => Promise.resolve({ tone: 'done', text: '' } as const);
  const define = commandsOver<object>();
  const plain = { allow: 'everyone', private: true, options: {}, run } as const;
  const help = define({ ...plain, name: 'help', description: 'Help' });
  const sync = define({ ...plain, name: 'sync', description: 'Read Plex' });

  const memory = () => {
    const kept = new Map<string, string>();
    return {
      get: (key: string) => Promise.resolve(kept.get(key) ?? null),
      set: (key: string, value: string) => Promise.resolve(void kept.set(key, value)),
    };
  };
  const register = async (
    over: Partial<Parameters<typeof registerCommands>[0]> & {
      remembered: ReturnType<typeof memory>;
    },
  ): Promise<void> =>
    registerCommands({
      rest: discord.client.rest,
      applicationId: discord.client.application?.id ?? '',
      guildId: GUILD,
      joined: [GUILD],
      commands: [help],
      log,
      stop: new AbortController().signal,
      retryMs: [1],
      ...over,
    });
  /** Scope and number of commands of each write so far. */
  const puts = async () =>
    (await sim.log())
      .filter(({ method, path }) => method === 'PUT' && path.endsWith('/commands'))
      .map(({ path, body }) => [path.includes('/guilds/'), (body as unknown[]).length] as const)
      .sort(([a], [b]) => Number(b) - Number(a));

  beforeEach(async () => {
    discord = connectTo(sim.url);
    await discord.ready;
  });

  test('for one guild writes there once, empties the global scope, and does not write again', async () => {
    const remembered = memory();
    await register({ remembered });
    expect(await puts()).toEqual([
      [true, 1],
      [false, 0],
    ]);
    await register({ remembered });
    expect(await puts()).toHaveLength(2);
  });

  test('writes again when a command was added', async () => {
    const remembered = memory();
    await register({ remembered });
    await register({ remembered, commands: [help, sync] });
    expect(await puts()).toEqual([
      [true, 1],
      [true, 2],
      [false, 0],
    ]);
  });

  test('for every guild writes globally and empties the guilds', async () => {
    await register({ remembered: memory(), guildId: null });
    expect(await puts()).toEqual([
      [true, 0],
      [false, 1],
    ]);
  });

  test('that fails is logged and tried again', async () => {
    const match = { method: 'PUT', path: '/guilds/.*/commands' };
    const body = { code: 50001, message: 'Missing Access' };
    await sim.send('POST', 'faults', { match, times: 2, do: { status: 403, body } });
    await register({ remembered: memory() });
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(2);
    expect(await puts()).toContainEqual([true, 1]);
  });

  test('that never works ends when it is stopped', async () => {
    const stop = new AbortController();
    const match = { method: 'PUT', path: '/guilds/.*/commands' };
    const body = { code: 50001, message: 'Missing Access' };
    await sim.send('POST', 'faults', { match, times: 0, do: { status: 403, body } });
    const trying = register({
      remembered: memory(),
      stop: stop.signal,
      retryMs: [60_000],
    });
    await expect.poll(() => log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    stop.abort();
    await trying;
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});

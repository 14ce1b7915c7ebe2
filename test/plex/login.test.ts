import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PlexPins } from '../../src/plex/pins.js';
import type { Plex } from '../../src/plex/plex.js';
import { TOKEN } from '../sim/start.js';
import type { Running } from '../sim/start.js';
import { ATTIC, clientOf, refusal, simulated } from './target.js';

let sim: Running;
let fresh: () => Promise<void>;
let plex: Plex;
let pins: PlexPins;

beforeAll(async () => {
  ({ sim, fresh } = await simulated());
});
afterAll(() => sim.stop());
beforeEach(async () => {
  await fresh();
  plex = clientOf(sim.url);
  const at = { plexTvUrl: sim.url, appUrl: 'https://app.example.org' };
  pins = new PlexPins(at, { clientIdentifier: 'usher-test' });
});

interface Pins {
  readonly pins: readonly { readonly id: number; readonly code: string }[];
}

describe('a log-in by PIN', () => {
  test('sends the person to the log-in page with the strong code, after `#?`', async () => {
    const { id, url } = await pins.begin();
    const made = (await sim.state<Pins>()).pins.find((pin) => pin.id === id);
    const [page, query] = url.split('#?');
    expect(page).toBe('https://app.example.org/auth');
    expect(Object.fromEntries(new URLSearchParams(query))).toEqual({
      clientID: 'usher-test',
      code: made?.code,
      'context[device][product]': 'Usher',
    });
    expect(made?.code.length).toBeGreaterThan(8);
  });

  test('waits until somebody approves, and then has the token', async () => {
    const { id } = await pins.begin();
    expect(await pins.look(id)).toEqual({ kind: 'waiting' });
    await sim.act('approvePin', { pinId: id });
    expect(await pins.look(id)).toEqual({ kind: 'approved', token: TOKEN });
  });

  test('is over when plex.tv does not know it any more', async () => {
    expect(await pins.look(1)).toEqual({ kind: 'over' });
  });

  test('that cannot be asked about is not over: it may still be approved', async () => {
    const { id } = await pins.begin();
    await sim.fault({ method: 'GET', path: '/api/v2/pins/' }, { status: 503 });
    expect(await refusal(pins.look(id))).toMatchObject({ name: 'PlexUnavailable' });
  });

  test('sends no token, and always the same client identifier', async () => {
    const { id } = await pins.begin();
    await pins.look(id);
    const other = new PlexPins(
      { plexTvUrl: sim.url, appUrl: sim.url },
      { clientIdentifier: 'somebody-else' },
    );
    expect(await other.look(id)).toEqual({ kind: 'over' });
  });
});

describe('the servers of an owner', () => {
  interface World {
    readonly servers: readonly Record<string, unknown>[];
  }
  const put = (world: object) => sim.admin('PUT', '/state', world);

  test('are listed with the addresses at which they may answer', async () => {
    const servers = await plex.ownedServers('person');
    expect(servers.map(({ name }) => name)).toEqual(['Attic', 'Cellar']);
    expect(servers[0]).toMatchObject({ machineId: ATTIC, connections: [{ uri: sim.url }] });
  });

  test('do not include those of others, and so not their tokens', async () => {
    const world = await sim.state<World>();
    const other = { id: 99, token: 'other-token', username: 'other', email: 'o@example.org' };
    const servers = world.servers.map((one, i) =>
      i === 1 ? { ...one, ownerId: 99, sharedTo: [4_400_001] } : one,
    );
    await put({ ...world, owners: [other], servers });
    const own = await plex.ownedServers('person');
    expect(own.map(({ name }) => name)).toEqual(['Attic']);
    expect(JSON.stringify(own)).not.toContain('guest-of-another-owner');
  });

  test('are told apart from players, and one odd address costs only itself', async () => {
    const body = [
      { name: 'Television', provides: 'client,player', clientIdentifier: 'tv' },
      {
        name: 'Attic',
        provides: 'server,client',
        clientIdentifier: ATTIC,
        owned: true,
        accessToken: 'of-attic',
        connections: [
          { uri: 'nonsense', address: '', port: 0, local: true, relay: false },
          { uri: sim.url, address: '127.0.0.1', port: 1, local: true, relay: false },
        ],
      },
    ];
    await sim.fault({ method: 'GET', path: '/api/v2/resources' }, { status: 200, body });
    const [attic, ...rest] = await plex.ownedServers('person');
    expect(rest).toEqual([]);
    expect(attic).toMatchObject({ name: 'Attic', accessToken: 'of-attic' });
    expect(attic?.connections.map(({ uri }) => uri)).toEqual([sim.url]);
  });

  test('are reached where plex.tv says', async () => {
    const [, cellar] = await plex.ownedServers('person');
    if (!cellar) throw new Error('the cellar is missing');
    const reached = await plex.reach(cellar, { plainHttp: false });
    expect(reached).toEqual({ kind: 'found', url: `${sim.url}/pms/${cellar.machineId}` });
  });
});

describe('a client whose owner logged in anew', () => {
  test('sends the new token from the next call on', async () => {
    const stale = clientOf(sim.url, { token: 'dead-token' });
    expect(await refusal(stale.account('person'))).toMatchObject({ status: 401 });
    stale.renew(TOKEN);
    expect(await stale.account('person')).toMatchObject({ username: 'owner' });
  });
});

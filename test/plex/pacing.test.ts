import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Outage } from '../../src/core/errors.js';
import type { SectionId } from '../../src/core/model.js';
import { PlexBusy } from '../../src/plex/errors.js';
import type { Plex } from '../../src/plex/plex.js';
import type { Running } from '../sim/start.js';
import {
  ATTIC,
  clientOf,
  FILMS,
  KIDS,
  MARAS_SHARE,
  refusal,
  SHOWS,
  simulated,
  write,
} from './target.js';

/** Two writes start at least this far apart; timers may run a little early. */
const SPACING_MS = 200;
const EARLY_MS = 5;

let sim: Running;
let fresh: () => Promise<void>;
let plex: Plex;

beforeAll(async () => {
  ({ sim, fresh } = await simulated());
});
afterAll(() => sim.stop());
beforeEach(async () => {
  await fresh();
  plex = clientOf(sim.url, { writesPerSecond: 1000 / SPACING_MS });
});
afterEach(() => plex.close());

const replace = (sections: readonly SectionId[], priority: 'person' | 'timer' | 'sweep') =>
  write(plex, { kind: 'replace', shareId: MARAS_SHARE, sections }, { priority });
const log = async () => (await sim.log()).entries;
/** Until `n` requests have arrived. */
const arrived = (n: number) => expect.poll(async () => (await log()).length).toBe(n);
/** Requests in the order of their arrival: the first library of a write, or "list". */
const order = async () =>
  (await log()).map(({ method, body }) =>
    method === 'GET'
      ? 'list'
      : (body as { shared_server: { library_section_ids: number[] } }).shared_server
          .library_section_ids[0],
  );

describe('pacing', () => {
  test('keeps writes apart', async () => {
    const at: number[] = [];
    const slots = [FILMS, SHOWS, KIDS].map((section) =>
      plex.writeSlot('person', (sendIt) => {
        at.push(performance.now());
        return sendIt(ATTIC, { kind: 'replace', shareId: MARAS_SHARE, sections: [section] });
      }),
    );
    await Promise.all(slots);
    for (const [i, time] of at.slice(1).entries()) {
      expect(time - (at[i] ?? 0)).toBeGreaterThanOrEqual(SPACING_MS - EARLY_MS);
    }
  });

  test('never lets a write that waits hold up a read', async () => {
    await replace([FILMS], 'person');
    const second = replace([SHOWS], 'person');
    await Promise.all([1, 2, 3].map(() => plex.shares(ATTIC, 'person')));
    await second;
    expect(await order()).toEqual([FILMS, 'list', 'list', 'list', SHOWS]);
  });

  test('loses no time to turns in which nothing had to be sent', async () => {
    const idle = () => plex.writeSlot('timer', () => Promise.resolve(null));
    await replace([FILMS], 'timer');
    const began = performance.now();
    await Promise.all([...Array.from({ length: 20 }, idle), replace([SHOWS], 'timer')]);
    expect(performance.now() - began).toBeLessThan(10 * SPACING_MS);
  });

  test('of none sends writes as fast as they are answered', async () => {
    plex = clientOf(sim.url);
    const began = performance.now();
    for (let i = 0; i < 10; i += 1) await replace([FILMS], 'person');
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('sends one call at a time', async () => {
    let open = 0;
    let most = 0;
    await Promise.all(
      [1, 2, 3].map(() =>
        plex.writeSlot('person', async () => {
          open += 1;
          most = Math.max(most, open);
          await new Promise((resolve) => setTimeout(resolve, 20));
          open -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
  });
});

describe('priority', () => {
  test('is a person before a timer before a sweep', async () => {
    await replace([FILMS], 'person'); // from here on writes wait
    await Promise.all([
      replace([KIDS], 'sweep'),
      replace([SHOWS], 'timer'),
      replace([FILMS], 'person'),
    ]);
    expect(await order()).toEqual([FILMS, FILMS, SHOWS, KIDS]);
  });

  test('among equals is the order of asking', async () => {
    await replace([FILMS], 'person');
    await Promise.all([KIDS, SHOWS, FILMS].map((section) => replace([section], 'timer')));
    expect(await order()).toEqual([FILMS, KIDS, SHOWS, FILMS]);
  });

  test('lets a read of a sweep go while the write of a person waits for its time', async () => {
    plex = clientOf(sim.url, { writesPerSecond: 1 });
    await replace([FILMS], 'person');
    await Promise.all([replace([SHOWS], 'person'), plex.shares(ATTIC, 'sweep')]);
    expect(await order()).toEqual([FILMS, 'list', SHOWS]);
  });
});

describe('after a 429', () => {
  test('everything rests for as long as Plex asked, then goes on', async () => {
    plex = clientOf(sim.url);
    const match = { method: 'GET', path: '/shared_servers$' };
    await sim.fault(match, { status: 429, headers: { 'retry-after': '1' } });
    expect(await refusal(plex.shares(ATTIC, 'person'))).toBeInstanceOf(PlexBusy);
    await plex.shares(ATTIC, 'person');
    const [first, second] = (await log()).map((entry) => entry.at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_000 - EARLY_MS);
  });

  test('writes slow down even when Plex names no time, and reads do not', async () => {
    plex = clientOf(sim.url);
    await sim.fault({ method: 'PUT', path: '/shared_servers/' }, { status: 429 });
    await refusal(replace([SHOWS], 'person'));
    await Promise.all([replace([KIDS], 'person'), plex.shares(ATTIC, 'sweep')]);
    const entries = await log();
    expect(await order()).toEqual([SHOWS, 'list', KIDS]);
    const [first, , last] = entries.map((entry) => entry.at);
    expect((last ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_000 - EARLY_MS);
  });
});

describe('closing', () => {
  test('refuses what waits, lets what runs end, and takes nothing more', async () => {
    await sim.fault({ method: 'PUT', path: '/shared_servers/' }, { delayMs: 100 });
    const runs = replace([SHOWS], 'person');
    const waits = [replace([KIDS], 'person'), replace([FILMS], 'sweep')].map(refusal);
    const readWaits = refusal(plex.shares(ATTIC, 'timer'));
    await arrived(1);
    plex.close();
    for (const refused of [...waits, readWaits]) expect(await refused).toBeInstanceOf(Outage);
    expect(await runs).toEqual({ row: MARAS_SHARE });
    expect(await refusal(plex.shares(ATTIC, 'person'))).toBeInstanceOf(Outage);
    expect(await order()).toEqual([SHOWS]);
  });
});

describe('a write slot', () => {
  test('in which nothing is sent costs no request', async () => {
    expect(await plex.writeSlot('person', () => Promise.resolve('looked again'))).toBe(
      'looked again',
    );
    expect(await log()).toEqual([]);
  });

  test('whose work fails lets the next one go', async () => {
    const failing = plex.writeSlot('person', () => Promise.reject(new Error('out of date')));
    const next = replace([SHOWS], 'person');
    expect(String(await refusal(failing))).toContain('out of date');
    expect(await next).toEqual({ row: MARAS_SHARE });
  });
});

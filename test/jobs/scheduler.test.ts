import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, test, type TestContext } from 'vitest';
import { defineJob } from '../../src/jobs/job.js';
import { Scheduler, type JobStore } from '../../src/jobs/scheduler.js';
import type { Log } from '../../src/log.js';
import { aGateTo, type Gate } from './gate.js';
import { onMongo, onPostgres, type TestJobStore } from './stores.js';

interface Bell {
  readonly ring: (name: string) => Promise<void> | void;
}
interface Payload {
  readonly name: string;
}

const isPayload = (data: unknown): data is Payload =>
  typeof data === 'object' && data !== null && 'name' in data && typeof data.name === 'string';

const bell = defineJob({
  name: 'bell',
  lockFor: 60_000,
  parse: (data): Payload => {
    if (!isPayload(data)) throw new Error('this is no payload');
    return data;
  },
  run: async ({ name }, { ring }: Bell) => ring(name),
});

/** Generous: the machine may be busy. What matters is that it runs, and not early. */
const IN_TIME = { timeout: 9_000, interval: 20 };
const soon = (ms = 300): Date => new Date(Date.now() + ms);
/** Keeps the process busy. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
const isUnlocked = (job: { lockedAt: Date | null }): boolean => job.lockedAt === null;

function collectLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (level: string) => (fields: object, msg: string) =>
    void lines.push(`${level} ${msg} ${'err' in fields ? String(fields.err) : ''}`);
  return {
    lines,
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    always: keep('always'),
  };
}

/** A scheduler whose job notes when it rang; `ring` may do more. */
function aScheduler(store: JobStore, own: { ring?: Bell['ring']; clock?: { now(): Date } } = {}) {
  const rung: { name: string; at: number }[] = [];
  const log = collectLog();
  const scheduler = new Scheduler<Bell>({
    store,
    jobs: [bell],
    context: {
      ring: async (name) => {
        rung.push({ name, at: Date.now() });
        await own.ring?.(name);
      },
    },
    clock: own.clock ?? { now: () => new Date() },
    log,
  });
  stops.push(() => scheduler.stop());
  return { scheduler, rung, log, names: () => rung.map(({ name }) => name) };
}

const stops: (() => Promise<void>)[] = [];
const unhandled: unknown[] = [];
const note = (error: unknown) => void unhandled.push(error);

beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

describe.each([
  ['PostgreSQL', onPostgres],
  ['MongoDB', onMongo()],
])('the alarm clock on %s', (_, stores) => {
  let place: TestJobStore;

  beforeEach(async (context) => {
    place = await stores.fresh(context);
    stops.push(() => place.close());
  });
  afterAll(() => stores.close());

  const started = async (own: Parameters<typeof aScheduler>[1] = {}) => {
    const made = aScheduler(place.store, own);
    await made.scheduler.start(() => undefined);
    expect(made.scheduler.isUp).toBe(true);
    return made;
  };
  const gated = async (): Promise<Gate> => {
    const gate = await aGateTo(place.address);
    stops.push(() => gate.shut());
    return gate;
  };

  test('rings at the instant asked for, the earlier alarm first, and keeps no job', async () => {
    const { scheduler, rung, names } = await started();
    const [first, second] = [soon(300), soon(700)];
    await scheduler.at(second, bell, { name: 'second' });
    await scheduler.at(first, bell, { name: 'first' });
    await expect.poll(names, IN_TIME).toEqual(['first', 'second']);
    const late = rung.map(({ at }, i) => at - +(i === 0 ? first : second));
    for (const ms of late) {
      // The clock and the timers of a process may differ by a millisecond.
      expect(ms).toBeGreaterThanOrEqual(-5);
      expect(ms).toBeLessThan(1_000);
    }
    await expect.poll(() => place.jobs(), IN_TIME).toEqual([]);
  });

  test('is never late by a scan, also when a timer fires early', async () => {
    const { scheduler, rung } = await started();
    for (let i = 0; i < 30; i += 1) {
      const at = soon(60);
      await scheduler.at(at, bell, { name: `${i}` });
      // Time stands still for a while in the middle of a turn, as on a busy machine.
      setTimeout(() => block(8), 30);
      await expect.poll(() => rung.length, IN_TIME).toBe(i + 1);
      expect((rung.at(-1)?.at ?? 0) - +at, `alarm ${i}`).toBeLessThan(1_000);
    }
  });

  test('rings at once for an instant that has passed', async () => {
    const { scheduler, names } = await started();
    await scheduler.at(soon(-60_000), bell, { name: 'overdue' });
    await expect.poll(names, IN_TIME).toEqual(['overdue']);
  });

  test('follows the clock it was given, not the machine’s', async () => {
    const yearLater = { now: () => new Date(Date.now() + 365 * 86_400_000) };
    const { scheduler, names } = await started({ clock: yearLater });
    await scheduler.at(new Date(+yearLater.now() + 200), bell, { name: 'a year ahead' });
    await expect.poll(names, IN_TIME).toEqual(['a year ahead']);
  });

  test('rings once for an alarm that was asked for twice', async () => {
    const { scheduler, names } = await started();
    const when = soon(200);
    const ask = () => scheduler.at(when, bell, { name: 'same' });
    await Promise.all([ask(), ask()]);
    await ask();
    await scheduler.at(soon(600), bell, { name: 'last' });
    await expect.poll(names, IN_TIME).toEqual(['same', 'last']);
  });

  test('asks again for the same alarm when the time was moved', async () => {
    const { scheduler, names } = await started();
    const when = soon(60_000);
    await scheduler.at(when, bell, { name: 'same' });
    scheduler.forget();
    await scheduler.at(when, bell, { name: 'same' });
    expect(await place.jobs()).toHaveLength(2);
    expect(names()).toEqual([]);
  });

  test('that was emptied loses the alarms in it and nothing else', async () => {
    const { scheduler, names, log } = await started();
    await scheduler.at(soon(400), bell, { name: 'lost' });
    await place.empty();
    await scheduler.at(soon(900), bell, { name: 'asked for later' });
    await expect.poll(names, IN_TIME).toContain('asked for later');
    expect(names()).toEqual(['asked for later']);
    expect(log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  test('goes on after a job that failed, and logs the failure', async () => {
    const { scheduler, names, log } = await started({
      ring: (name) => {
        if (name === 'bad') throw new Error('the bell broke');
      },
    });
    await scheduler.at(soon(100), bell, { name: 'bad' });
    await scheduler.at(soon(400), bell, { name: 'good' });
    await expect.poll(names, IN_TIME).toEqual(['bad', 'good']);
    const errors = log.lines.filter((line) => line.startsWith('error'));
    expect(errors).toEqual([expect.stringContaining('the bell broke')]);
  });

  test('logs a stored job whose payload is none, and does not keep it', async () => {
    const { scheduler, log, names } = await started();
    await place.put({ name: 'bell', data: { wrong: 1 }, nextRunAt: soon(0), lockedAt: null });
    await scheduler.at(soon(2_500), bell, { name: 'good' });
    await expect.poll(names, IN_TIME).toEqual(['good']);
    expect(log.lines.join('\n')).toContain('this is no payload');
    await expect.poll(() => place.jobs(), IN_TIME).toEqual([]);
  });

  test('frees at its start what a killed process had locked, running or ahead', async () => {
    await (await started()).scheduler.stop();
    const lockedAt = new Date();
    const put = (name: string, nextRunAt: Date | null) =>
      place.put({ name: 'bell', data: { name }, nextRunAt, lockedAt });
    await put('was running', null);
    await put('was locked ahead', soon(0));
    const { names } = await started();
    await expect.poll(() => names().sort(), IN_TIME).toEqual(['was locked ahead', 'was running']);
    await expect.poll(() => place.jobs(), IN_TIME).toEqual([]);
  });

  test('waits at its stop for the jobs that run, and leaves nothing locked', async () => {
    const ended: string[] = [];
    const { scheduler, names } = await started({
      ring: async (name) => {
        await sleep(500);
        ended.push(name);
      },
    });
    await scheduler.at(soon(50), bell, { name: 'running' });
    await scheduler.at(soon(1_500), bell, { name: 'locked ahead' });
    await expect.poll(names, IN_TIME).toEqual(['running']);
    await scheduler.stop();
    expect(ended).toEqual(['running']);
    const left = await place.jobs();
    expect(left.every(isUnlocked)).toBe(true);
    expect(left.map((job) => job.data)).toEqual([{ name: 'locked ahead' }]);
  });

  test('that is stopped takes no alarm and starts nothing, without a word', async () => {
    const { scheduler, names } = await started();
    await scheduler.stop();
    await scheduler.at(soon(0), bell, { name: 'too late' });
    expect(scheduler.isUp).toBe(false);
    expect(await place.jobs()).toEqual([]);
    expect(names()).toEqual([]);
  });

  test('that is away at the start is tried again until it comes', async () => {
    const gate = await gated();
    const { scheduler, names, log } = aScheduler(place.through(gate.port));
    let ups = 0;
    await scheduler.start(() => (ups += 1));
    expect([scheduler.isUp, ups]).toEqual([false, 0]);
    expect(log.lines).toEqual([expect.stringMatching(/^error the job store does not answer/)]);
    await scheduler.at(soon(0), bell, { name: 'not kept' });
    await gate.open();
    await expect.poll(() => scheduler.isUp, { timeout: 15_000 }).toBe(true);
    expect(ups).toBe(1);
    await scheduler.at(soon(100), bell, { name: 'kept' });
    await expect.poll(names, IN_TIME).toEqual(['kept']);
  });

  test('that goes away for a moment is used again, and nothing throws meanwhile', async () => {
    const gate = await gated();
    await gate.open();
    const { scheduler, names } = aScheduler(place.through(gate.port));
    await scheduler.start(() => undefined);
    await gate.shut();
    await scheduler.at(soon(100), bell, { name: 'asked for while it was away' });
    await gate.open();
    const again = async () => {
      await scheduler.at(soon(100), bell, { name: 'asked for later' });
      return names();
    };
    await expect.poll(again, { timeout: 15_000, interval: 500 }).toContain('asked for later');
  });

  test('that is stopped while it is still connecting does not come up afterwards', async () => {
    const { scheduler } = aScheduler(place.store);
    let ups = 0;
    const starting = scheduler.start(() => (ups += 1));
    await scheduler.stop();
    await starting;
    expect([scheduler.isUp, ups]).toEqual([false, 0]);
  });

  test('that never comes is given up at the stop', async () => {
    const gate = await gated();
    const { scheduler } = aScheduler(place.through(gate.port));
    await scheduler.start(() => undefined);
    await scheduler.stop();
    expect(scheduler.isUp).toBe(false);
  });
});

test.each<[string, JobStore]>([
  ['PostgreSQL', { pgUrl: 'postgres://nobody:wrong@127.0.0.1:1/nothing' }],
  ['MongoDB', { mongoUri: 'mongodb://127.0.0.1:1/nothing' }],
])('a wrong address of %s is logged and throws nowhere', async (_, store) => {
  const { scheduler, log } = aScheduler(store);
  await scheduler.start(() => undefined);
  await scheduler.at(soon(0), bell, { name: 'never' });
  expect(scheduler.isUp).toBe(false);
  expect(log.lines).toHaveLength(1);
  await scheduler.stop();
});

/** Accepts whoever comes, and says nothing. */
async function aSilentServer(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => undefined)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  stops.push(() => Promise.resolve(void server.close()));
  return (server.address() as AddressInfo).port;
}

test.each<[string, (port: number) => JobStore]>([
  ['PostgreSQL', (port) => ({ pgUrl: `postgres://nobody:wrong@127.0.0.1:${port}/nothing` })],
  ['MongoDB', (port) => ({ mongoUri: `mongodb://127.0.0.1:${port}/nothing` })],
])('a %s that takes the call and says nothing is told within 5 s', async (_, storeAt) => {
  const { scheduler, log } = aScheduler(storeAt(await aSilentServer()));
  const began = performance.now();
  await scheduler.start(() => undefined);
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(log.lines).toEqual([expect.stringMatching(/^error the job store does not answer/)]);
});

test('a job store that can be read but not set up is told, and ends nothing', async () => {
  const place = await onPostgres.fresh({} as TestContext);
  stops.push(() => place.close());
  const url = 'pgUrl' in place.store ? place.store.pgUrl : '';
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { pathname } = new URL(url);
  await client.query(`alter database ${pathname.slice(1)} set default_transaction_read_only = on`);
  await client.end();
  const { scheduler, log } = aScheduler(place.store);
  await scheduler.start(() => undefined);
  expect(scheduler.isUp).toBe(false);
  expect(log.lines).toEqual([expect.stringMatching(/^error the job store .*read-only/)]);
});

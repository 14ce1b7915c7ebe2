import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '../../sim/tour/drive.js';
import { change, PROBES, read } from './probes.js';
import { send, start, TOKEN } from './start.js';
import type { Running } from './start.js';

describe.each(PROBES)('sim/$name', (probe) => {
  let sim: Running;
  let world: unknown;
  let knobs: Json;

  beforeAll(async () => {
    sim = await start(probe.name, { token: TOKEN });
    world = await sim.get('/state');
    knobs = (await sim.get('/knobs')) as Json;
  });
  afterAll(() => sim.stop());
  beforeEach(() => sim.reset(world, knobs));

  const fault = (how: Json, more: Json = {}) =>
    sim.admin('POST', '/faults', {
      match: { method: probe.writeMethod, path: `^${probe.writePath}$` },
      do: how,
      ...more,
    });
  const doRead = () => read(sim, probe);
  const doChange = () => change(sim, probe);
  const isDone = () => probe.isDone(sim);
  const statuses = async (n: number, ask = doRead) => {
    const seen: number[] = [];
    for (let i = 0; i < n; i += 1) seen.push((await ask()).status);
    return seen;
  };

  describe('as a program', () => {
    test('says on one line, and nothing else, that it is ready', () => {
      expect(sim.lines).toHaveLength(1);
      expect(sim.ready).toEqual({
        ready: true,
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/) as string,
        token: TOKEN,
      });
    });

    test('started by its script ends at once with 0 at a SIGTERM, even with requests open', async () => {
      const own = await start(probe.name, { token: TOKEN, npm: true });
      await own.fault({ method: 'GET', path: '.' }, { hangMs: 60_000 });
      const hangs = read(own, probe).catch(() => 'reset');
      const events = await fetch(`${own.url}/_sim/events`);
      const { code, ms } = await own.stop();
      expect(code).toBe(0);
      expect(ms).toBeLessThan(1_000);
      expect(await hangs).toBe('reset');
      await events.body?.cancel().catch(() => undefined);
      await expect(fetch(own.url)).rejects.toThrow();
    });

    test('takes a world from a file, and gives back the same', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'usher-test-'));
      const file = join(folder, 'world.json');
      await writeFile(file, JSON.stringify(world));
      const own = await start(probe.name, { world: file });
      expect(await own.get('/state')).toEqual(world);
      await own.stop();
      await rm(folder, { recursive: true });
    });

    test('outlives whatever it is sent', async () => {
      const form = new FormData();
      form.set('payload_json', '{"content":');
      for (const [path, body] of [
        ['/%E0%A4%A', undefined],
        [probe.writePath, '{"half":'],
        [probe.writePath, '[]'],
        [probe.writePath, 'null'],
        [probe.writePath, form],
      ] as const) {
        const method = body === undefined ? 'GET' : probe.writeMethod;
        const reply = await send(`${sim.url}${path}`, method, { body, headers: probe.headers });
        expect(reply.status).toBeGreaterThanOrEqual(400);
        expect(reply.status).toBeLessThan(500);
      }
      expect((await doRead()).status).toBe(200);
    });
  });

  describe('the state', () => {
    test('can be read, replaced and read again', async () => {
      await doChange();
      expect((await sim.admin('PUT', '/state', world)).status).toBe(200);
      expect(await sim.get('/state')).toEqual(world);
      expect(await isDone()).toBe(false);
    });

    test.each([[{ surprise: 1 }], [[]], ['text'], [undefined]])('refuses %j', async (body) => {
      const whole = body === undefined || Array.isArray(body) || typeof body === 'string';
      const put = await sim.admin('PUT', '/state', whole ? body : { ...(world as Json), ...body });
      expect(put.status).toBe(400);
      expect(put.json).toEqual({ error: expect.any(String) as string });
      expect(await sim.get('/state')).toEqual(world);
    });
  });

  describe('the log', () => {
    test('has every request with its body and status, tokens masked', async () => {
      const before = Date.now();
      await send(`${sim.url}${probe.readPath}?X-Plex-Token=${TOKEN}&limit=5`, 'GET', {
        headers: probe.headers,
      });
      await doChange();
      const { last, entries } = await sim.log();
      expect(entries).toEqual([
        {
          seq: last - 1,
          at: expect.any(Number) as number,
          method: 'GET',
          path: probe.readPath,
          query: { 'X-Plex-Token': '***', limit: '5' },
          body: null,
          status: 200,
        },
        expect.objectContaining({
          seq: last,
          method: probe.writeMethod,
          path: probe.writePath,
          query: {},
          body: probe.writeBody,
          status: 200,
        }),
      ]);
      expect(entries[0]?.at).toBeGreaterThanOrEqual(before);
      expect(entries[0]?.at).toBeLessThanOrEqual(Date.now());
    });

    test('after a number has only what is newer, and goes on counting when emptied', async () => {
      await doRead();
      const { last } = await sim.log();
      await doRead();
      expect((await sim.log(last)).entries.map((entry) => entry.seq)).toEqual([last + 1]);
      await sim.admin('DELETE', '/log');
      expect(await sim.log()).toEqual({ last: last + 1, entries: [] });
      await doRead();
      expect((await sim.log()).entries.map((entry) => entry.seq)).toEqual([last + 2]);
    });

    test('has no status while a request is open, and never one when the socket was reset', async () => {
      await fault({ hangMs: 500 });
      const hangs = doChange().catch(() => 'reset');
      await expect
        .poll(async () => (await sim.log()).entries)
        .toEqual([expect.objectContaining({ status: null, fault: { hangMs: 500 } })]);
      expect(await hangs).toBe('reset');
      expect((await sim.log()).entries[0]?.status).toBeNull();
    });

    test('leaves the admin side out', async () => {
      await sim.get('/state');
      expect((await sim.log()).entries).toEqual([]);
    });
  });

  describe('problems', () => {
    const problems = async () =>
      (await sim.problems()) as { unknownRoutes: string[]; refused: Json[]; invalid: unknown[] };

    test('are none while all is well', async () => {
      await doRead();
      await doChange();
      expect(await problems()).toEqual({ unknownRoutes: [], refused: [], invalid: [] });
    });

    test('name the routes that do not exist, which are refused', async () => {
      const reply = await send(`${sim.url}/api/v9/nothing?x=1`, 'PATCH', {
        headers: probe.headers,
      });
      expect(reply.status).toBe(404);
      expect((await problems()).unknownRoutes).toEqual(['PATCH /api/v9/nothing']);
    });

    test('name what was refused, and why, but not the faults of our making', async () => {
      await fault({ status: 503 });
      await doChange();
      const { status } = await send(`${sim.url}${probe.readPath}`, 'GET');
      expect(status).toBe(401);
      const { last } = await sim.log();
      expect((await problems()).refused).toEqual([
        {
          seq: last,
          code: expect.any(Number) as number,
          why: expect.any(String) as string,
        },
      ]);
    });
  });

  describe('knobs', () => {
    test('are turned one by one, and stay as they were left', async () => {
      const [one, two] = probe.name === 'plex' ? ['lagMs', 'limitPeople'] : ['ackMs', 'tokenMs'];
      expect((await sim.admin('PUT', '/knobs', { [one]: 5 })).json).toEqual({ ...knobs, [one]: 5 });
      await sim.knobs({ [two]: 7 });
      expect(await sim.get('/knobs')).toEqual({ ...knobs, [one]: 5, [two]: 7 });
      await sim.knobs({});
      expect(await sim.get('/knobs')).toEqual({ ...knobs, [one]: 5, [two]: 7 });
    });

    test.each([{ surprise: 1 }, { lagMs: 'soon', ackMs: 'soon' }, [], null])(
      'refuse %j',
      async (body) => {
        const put = await sim.admin('PUT', '/knobs', body);
        expect(put.status).toBe(400);
        expect(put.json).toEqual({ error: expect.any(String) as string });
        expect(await sim.get('/knobs')).toEqual(knobs);
      },
    );
  });

  describe('a fault', () => {
    test('befalls what it matches, once, unless told otherwise', async () => {
      await fault({ status: 503, body: { sorry: true }, headers: { 'retry-after': '9' } });
      expect((await doRead()).status).toBe(200);
      const first = await doChange();
      expect([first.status, first.json, first.headers.get('retry-after')]).toEqual([
        503,
        { sorry: true },
        '9',
      ]);
      expect(await isDone()).toBe(false);
      expect((await doChange()).status).toBe(200);
    });

    test('waits for `after` requests and strikes `times` of them', async () => {
      const match = { path: probe.readPath };
      await fault({ status: 500 }, { match, after: 1, times: 2 });
      expect(await statuses(5)).toEqual([200, 500, 500, 200, 200]);
    });

    test('of 0 times strikes for ever, until it is deleted by its id', async () => {
      const made = await fault({ status: 500 }, { match: {}, times: 0 });
      const { id } = made.json as { id: number };
      expect(await statuses(4)).toEqual([500, 500, 500, 500]);
      expect(await sim.get('/faults')).toMatchObject([{ id, after: 0, times: 0 }]);
      expect((await sim.admin('DELETE', `/faults/${id}`)).status).toBe(200);
      expect((await doRead()).status).toBe(200);
      expect((await sim.admin('DELETE', `/faults/${id}`)).status).toBe(404);
    });

    test('of many is the oldest that matches; all go by one DELETE', async () => {
      await fault({ status: 501 });
      await fault({ status: 502 });
      await fault({ status: 503 });
      expect(await statuses(2, doChange)).toEqual([501, 502]);
      await sim.admin('DELETE', '/faults');
      expect(await sim.get('/faults')).toEqual([]);
      expect((await doChange()).status).toBe(200);
    });

    test.each([
      { do: { status: 500, surprise: 1 } },
      { do: { explode: true } },
      { do: {} },
      { do: { status: 500 }, when: 'now' },
      { do: { status: 500 }, match: { host: 'x' } },
      { do: { status: 500 }, match: { path: '(' } },
      {},
    ])('like %j is refused', async (body) => {
      const posted = await sim.admin('POST', '/faults', body);
      expect(posted.status).toBe(400);
      expect(posted.json).toEqual({ error: expect.any(String) as string });
      expect(await sim.get('/faults')).toEqual([]);
    });

    test('drop resets the socket and changes nothing', async () => {
      await fault({ drop: true });
      await expect(doChange()).rejects.toThrow();
      expect(await isDone()).toBe(false);
    });

    test('hangMs resets it after a while and changes nothing', async () => {
      await fault({ hangMs: 120 });
      const began = performance.now();
      await expect(doChange()).rejects.toThrow();
      expect(performance.now() - began).toBeGreaterThan(110);
      expect(await isDone()).toBe(false);
    });

    test('lose answers as if all were well and changes nothing', async () => {
      await fault({ lose: true });
      expect((await doChange()).status).toBe(200);
      expect(await isDone()).toBe(false);
      expect((await doChange()).status).toBe(200);
      expect(await isDone()).toBe(true);
    });

    test('applyThen changes, and then fails', async () => {
      await fault({ applyThen: 504 });
      expect((await doChange()).status).toBe(504);
      expect(await isDone()).toBe(true);
    });

    test('applyThen 0 changes, and then resets the socket', async () => {
      await fault({ applyThen: 0 });
      await expect(doChange()).rejects.toThrow();
      expect(await isDone()).toBe(true);
    });

    test('delayMs holds up effect and answer', async () => {
      await fault({ delayMs: 400 });
      const answered = doChange();
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(await isDone()).toBe(false);
      expect((await answered).status).toBe(200);
      expect(await isDone()).toBe(true);
    });

    test.each([
      [200, {}],
      [504, { status: 504 }],
    ])('lateMs answers %i at once, and changes later', async (status, more) => {
      await fault({ lateMs: 500, ...more });
      expect((await doChange()).status).toBe(status);
      expect(await isDone()).toBe(false);
      await expect.poll(isDone).toBe(true);
    });

    test('lagMs shows a read the old state', async () => {
      const before = probe.rows(await doRead());
      await doChange();
      await new Promise((resolve) => setTimeout(resolve, 20));
      await sim.fault({ method: 'GET', path: probe.readPath }, { lagMs: 60_000 });
      const then = await doRead();
      const now = await doRead();
      expect(probe.rows(then)).toBe(before);
      expect(then.text).not.toBe(now.text);
    });

    test('truncate keeps so many rows', async () => {
      await doChange();
      await doChange();
      const whole = probe.rows(await doRead());
      await sim.fault({ method: 'GET', path: probe.readPath }, { truncate: whole - 1 });
      expect(probe.rows(await doRead())).toBe(whole - 1);
    });
  });

  test('events tell of each log entry and each change of the state', async () => {
    const response = await fetch(`${sim.url}/_sim/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    await doChange();
    let text = '';
    while (!/event: log\n[\s\S]*\n\n/.test(text)) text += (await reader?.read())?.value ?? '';
    expect(text).toContain('event: state\n');
    const data = /event: log\ndata: (.*)\n/.exec(text)?.[1] ?? '{}';
    expect(JSON.parse(data)).toMatchObject({ path: probe.writePath, status: 200 });
    await reader?.cancel();
  });

  test('what is not there below /_sim is refused', async () => {
    const reply = await sim.admin('GET', '/nothing');
    expect(reply.status).toBe(404);
    expect(reply.json).toEqual({ error: expect.any(String) as string });
    expect((await sim.admin('POST', '/act', { act: 'explode' })).status).toBe(400);
  });
});

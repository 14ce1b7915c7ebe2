import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { masker } from '../src/log.js';

const TOKEN = 'plex-token-4711';
const DATABASE = 'postgres://usher:hunter2@db/usher';

/** Runs one line of program on a log of its own, and gives what that printed, line by line. */
function logged(call: string, level = 'debug'): Record<string, unknown>[] {
  const settings = JSON.stringify({ level, secrets: [TOKEN, DATABASE] });
  const program = `
    import { createLog } from ${JSON.stringify(new URL('../dist/src/log.js', import.meta.url).href)};
    const TOKEN = ${JSON.stringify(TOKEN)};
    const log = createLog(${settings});
    ${call}`;
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return child.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('what is masked', () => {
  const mask = masker([TOKEN, DATABASE, 'abc']);

  test('is a secret wherever it stands', () => {
    expect(mask(`GET /x?token=${TOKEN}&y (${TOKEN})`)).toBe('GET /x?token=•••&y (•••)');
    expect(mask(`cannot connect to ${DATABASE}`)).toBe('cannot connect to •••');
  });

  test('is not a secret so short that it would be in any text', () => {
    expect(mask('the abc of it')).toBe('the abc of it');
  });

  test.each([
    ['tove@example.org', 't•••@e•••.org'],
    ['Tove.Jansson+plex@mail.example.co.uk', 'T•••@m•••.uk'],
    ['<tove@example.org>, ask', '<t•••@e•••.org>, ask'],
    ['märta@bücher.de', 'm•••@b•••.de'],
    ['a@b.de and c@d.se', 'a•••@b•••.de and c•••@d•••.se'],
    ['invite/tove@example.org?x', 'invite/t•••@e•••.org?x'],
  ])('of the address in %s is all but its first letters', (text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  test.each(['agendajs/postgres-backend@3.0.6', '@mara', 'mara@', '12:00 @ home', 'a @ b.c'])(
    'is not %s',
    (text) => {
      expect(mask(text)).toBe(text);
    },
  );
});

describe('a log line', () => {
  test('fault 30: is written once, in its order, and none is missing when the program ends', () => {
    const lines = logged(`for (let i = 0; i < 5_000; i += 1) log.info({ i }, 'line ' + i);`);
    expect(lines.map(({ i }) => i)).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
  });

  test('is one JSON object with its time and its message', () => {
    const [line] = logged(`log.info({ guildId: '1' }, 'hello');`);
    expect(line).toMatchObject({ guildId: '1', msg: 'hello' });
    expect(line?.time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  test('masks its message, its fields and what is nested in them', () => {
    const lines = logged(`
      log.warn({ person: 'tove@example.org', at: { deep: [{ url: 'x?' + TOKEN }] } }, 'asked ' + TOKEN);`);
    expect(lines).toEqual([
      expect.objectContaining({
        msg: 'asked •••',
        person: 't•••@e•••.org',
        at: { deep: [{ url: 'x?•••' }] },
      }),
    ]);
  });

  test('hides what is called a secret, whatever it holds', () => {
    const [line] = logged(`
      log.info({ headers: { Authorization: 'Bot x', 'X-Plex-Token': 'y', cookie: 'z', accept: 'json' },
                 password: 1, authToken: { a: 1 } }, '');`);
    expect(line).toMatchObject({
      headers: { Authorization: '•••', 'X-Plex-Token': '•••', cookie: '•••', accept: 'json' },
      password: '•••',
      authToken: '•••',
    });
  });

  test('masks errors, their stacks, their fields and their causes', () => {
    const [line] = logged(`
      const cause = new Error('for tove@example.org');
      const error = Object.assign(new Error('refused ' + TOKEN, { cause }), { path: '/?' + TOKEN });
      log.error({ err: error }, 'failed');`);
    expect(line).toMatchObject({
      err: {
        type: 'Error',
        message: 'refused •••',
        path: '/?•••',
        cause: { message: 'for t•••@e•••.org' },
      },
    });
    const { err } = line as { err: { stack: string } };
    expect(err.stack).toMatch(/refused •••\n +at /);
    expect(JSON.stringify(line)).not.toContain(TOKEN);
    expect(JSON.stringify(line)).not.toContain('tove@');
  });

  test('masks what several errors in one say', () => {
    const [line] = logged(`
      const error = new AggregateError([new Error('at ' + TOKEN), new Error('second')], 'all');
      log.error({ err: error }, 'failed');`);
    expect(JSON.stringify(line)).not.toContain(TOKEN);
  });

  test('tells an expected failure without a stack', () => {
    const [line] = logged(`
      const error = Object.assign(new Error('Plex is away'), { name: 'PlexUnavailable' });
      log.warn({ err: error }, '');`);
    expect(line?.err).toEqual({
      type: 'PlexUnavailable',
      message: 'Plex is away',
      name: 'PlexUnavailable',
    });
  });

  test('masks names of fields as well as what is in them', () => {
    const [line] = logged(`log.info({ byPerson: { 'tove@example.org': 1, [TOKEN]: 2 } }, '');`);
    expect(JSON.stringify(line)).not.toContain('tove@');
    expect(JSON.stringify(line)).not.toContain(TOKEN);
  });

  test('ends a structure that contains itself', () => {
    const [line] = logged(`const a = { name: 'a' }; a.self = a; log.info({ a }, 'round');`);
    expect(line).toMatchObject({ msg: 'round', a: { name: 'a', self: { name: 'a' } } });
  });

  test('keeps dates and big numbers readable', () => {
    const [line] = logged(`log.info({ at: new Date(0), id: 2n ** 60n }, '');`);
    expect(line).toMatchObject({ at: '1970-01-01T00:00:00.000Z', id: '1152921504606846976' });
  });
});

describe('the level', () => {
  test('leaves out what is below it', () => {
    const lines = logged(`log.debug({}, 'd'); log.info({}, 'i'); log.warn({}, 'w');`, 'warn');
    expect(lines.map((line) => line.msg)).toEqual(['w']);
  });

  test('does not silence what scripts wait for', () => {
    const lines = logged(`log.error({}, 'e'); log.always({ pid: 7 }, 'ready');`, 'silent');
    expect(lines).toEqual([expect.objectContaining({ msg: 'ready', pid: 7 })]);
  });
});

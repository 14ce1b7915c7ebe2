import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Outage } from '../../src/core/errors.js';
import { isSane } from '../../src/core/reads.js';
import {
  PlexBusy,
  PlexProtocolError,
  PlexRejected,
  PlexUnauthorised,
  PlexUnavailable,
} from '../../src/plex/errors.js';
import type { Plex } from '../../src/plex/plex.js';
import type { Running } from '../sim/start.js';
import {
  ATTIC,
  clientOf,
  collector,
  FILMS,
  JONAS,
  KIDS,
  MARA,
  MARAS_SHARE,
  refusal,
  SHOWS,
  simulated,
  TOVES_SHARE,
  write,
  type World,
} from './target.js';

let sim: Running;
let fresh: () => Promise<void>;
let plex: Plex;

beforeAll(async () => {
  ({ sim, fresh } = await simulated());
});
afterAll(() => sim.stop());
beforeEach(async () => {
  await fresh();
  plex = clientOf(sim.url);
});

const LIST = { method: 'GET', path: '/shared_servers$' };
const PUT = { method: 'PUT', path: '/shared_servers/' };
const read = () => plex.shares(ATTIC, 'person');
const replace = () => write(plex, { kind: 'replace', shareId: MARAS_SHARE, sections: [SHOWS] });
const maras = async () =>
  (await sim.state<World>()).shares.find((share) => share.accountId === MARA)?.sectionIds;
const response = (status: string) => `<Response code="400" status="${status}"/>`;

describe('an answer that asks to wait', () => {
  test('is busy, and says for how long', async () => {
    await sim.fault(LIST, { status: 429, headers: { 'retry-after': '0' } });
    const error = await refusal(read());
    expect(error).toBeInstanceOf(PlexBusy);
    expect(error).toMatchObject({ retryAfterMs: 0 });
  });

  test('may name a date', async () => {
    const at = new Date(Date.now() + 90_000).toUTCString();
    await sim.fault(LIST, { status: 429, headers: { 'retry-after': at } });
    const { retryAfterMs } = (await refusal(read())) as PlexBusy;
    expect(retryAfterMs).toBeGreaterThan(80_000);
    expect(retryAfterMs).toBeLessThanOrEqual(90_000);
  });

  test.each([408, 429])('%i without a time leaves the time open', async (status) => {
    await sim.fault(LIST, { status });
    const error = await refusal(read());
    expect(error).toBeInstanceOf(PlexBusy);
    expect(error).toMatchObject({ retryAfterMs: null });
  });

  test('to a write means that nothing was written', async () => {
    await sim.knobs({ rateLimit: { perSecond: 0.5, retryAfter: 0 } });
    expect(await refusal(replace())).toBeInstanceOf(PlexBusy);
    expect(await maras()).toEqual([FILMS]);
  });
});

describe('regressions', () => {
  test('a 400 that misses the client identifier, in Plex’s own spelling, counts as not let in', async () => {
    const body = { errors: [{ code: 1000, message: 'X-Plex-Client-Identifier is missing' }] };
    await sim.fault(PUT, { status: 400, body });
    expect(await refusal(replace())).toMatchObject({ name: 'PlexUnauthorised', status: 401 });
  });

  test('an error page that quotes like JSON and is none is still an outage', async () => {
    await sim.fault(LIST, { status: 503, body: String.raw`{"message":"can\'t"}` });
    expect(await refusal(read())).toBeInstanceOf(PlexUnavailable);
  });

  test('a wait of months is an hour', async () => {
    await sim.fault(LIST, { status: 429, headers: { 'retry-after': '99999999' } });
    expect(await refusal(read())).toMatchObject({ retryAfterMs: 3_600_000 });
  });

  test('an invite whose first call is retired is cancelled by the second', async () => {
    await sim.fault({ method: 'DELETE', path: '^/api/invites/requested/' }, { status: 410 });
    await write(plex, {
      kind: 'cancelInvite',
      shareId: TOVES_SHARE,
      accountId: null,
      email: 'tove@example.org',
    });
    const { shares } = await sim.state<World>();
    expect(shares.map((share) => share.id)).not.toContain(TOVES_SHARE);
  });

  test('an invite cancelled by half may be written, and is not called refused', async () => {
    await sim.fault(
      { method: 'DELETE', path: '/shared_servers/' },
      { status: 422, body: response('no') },
    );
    const cancel = { kind: 'cancelInvite', accountId: null, email: 'tove@example.org' } as const;
    const error = await refusal(write(plex, { ...cancel, shareId: TOVES_SHARE }));
    expect(error).toBeInstanceOf(PlexUnavailable);
  });
});

describe('no sensible answer', () => {
  test.each([500, 502, 503, 504])('%i is an outage', async (status) => {
    await sim.fault(LIST, { status, body: '<html>Sorry</html>' });
    const error = await refusal(read());
    expect(error).toBeInstanceOf(PlexUnavailable);
    expect(error).not.toBeInstanceOf(PlexBusy);
  });

  test('carries a Retry-After of a 503', async () => {
    await sim.fault(LIST, { status: 503, headers: { 'retry-after': '7' } });
    expect(await refusal(read())).toMatchObject({ retryAfterMs: 7_000 });
  });

  test('a write that hangs is given up in its own time, and may have landed', async () => {
    plex = clientOf(sim.url, { writeTimeoutMs: 100 });
    await sim.fault(PUT, { hangMs: 400 });
    const error = await refusal(replace());
    expect(error).toBeInstanceOf(PlexUnavailable);
    expect(String(error)).toContain('no answer within 100 ms');
  });

  test('a write that is answered too late has landed all the same', async () => {
    plex = clientOf(sim.url, { writeTimeoutMs: 100 });
    await sim.fault(PUT, { delayMs: 250 });
    expect(await refusal(replace())).toBeInstanceOf(PlexUnavailable);
    await expect.poll(maras).toEqual([SHOWS]);
  });

  test.each([
    ['before the change', { drop: true }, [FILMS]],
    ['after it', { applyThen: 0 }, [SHOWS]],
  ])('a connection reset %s is an outage', async (_, how, sections) => {
    await sim.fault(PUT, how);
    expect(await refusal(replace())).toBeInstanceOf(PlexUnavailable);
    expect(await maras()).toEqual(sections);
  });

  test('a 500 after the change is an outage, not a refusal', async () => {
    await sim.fault(PUT, { applyThen: 500 });
    expect(await refusal(replace())).toBeInstanceOf(PlexUnavailable);
    expect(await maras()).toEqual([SHOWS]);
  });

  test('nobody there at all is an outage', async () => {
    const nobody = clientOf('http://127.0.0.1:9');
    expect(await refusal(nobody.shares(ATTIC, 'person'))).toBeInstanceOf(PlexUnavailable);
    expect(await refusal(nobody.identity('http://127.0.0.1:9'))).toBeInstanceOf(PlexUnavailable);
  });

  test('an answer that breaks off below its announced length is an outage', async () => {
    const headers = { 'content-length': '900', connection: 'close' };
    await sim.fault(LIST, { status: 200, headers, body: '<MediaContainer size="0"></Media' });
    expect(await refusal(read())).toBeInstanceOf(PlexUnavailable);
  });
});

describe('an answer that is not what was asked for', () => {
  const row = `<SharedServer id="30001" userID="${MARA}" acceptedAt="1"></SharedServer>`;

  test.each([
    ['not closed', `<MediaContainer size="1">${row}`],
    ['cut in the middle of a tag', '<MediaContainer size="1"><SharedSer'],
    ['empty', ''],
    ['of another root', '<Response code="200" status="ok"/>'],
    ['HTML', '<!DOCTYPE html><html><body><p>Sign in</p></body></html>'],
    ['JSON', '{"MediaContainer":{"size":0}}'],
    ['closed twice', '<MediaContainer size="0"></MediaContainer></MediaContainer>'],
    [
      'without the id of a share',
      '<MediaContainer size="1"><SharedServer userID="1"/></MediaContainer>',
    ],
    [
      'with words for an id',
      '<MediaContainer><SharedServer id="tove@example.org"/></MediaContainer>',
    ],
  ])('%s is a protocol error, never an empty list', async (_, body) => {
    await sim.fault(LIST, { status: 200, body });
    expect(await refusal(read())).toBeInstanceOf(PlexProtocolError);
  });

  test('is told from an outage in every list', async () => {
    await sim.fault({ method: 'GET', path: '^/api/' }, { status: 200, body: '<html/>' }, 0);
    for (const ask of [
      () => plex.people('person'),
      () => plex.catalogue(ATTIC, 'person'),
      () => plex.pending('person'),
      () => plex.account('person'),
    ]) {
      expect(await refusal(ask())).toBeInstanceOf(PlexProtocolError);
    }
  });

  test('JSON of another shape says where it differs, and nothing of what it holds', async () => {
    const body = [{ id: 'secret', machineIdentifier: ATTIC }];
    await sim.fault({ method: 'GET', path: '/owned/pending$' }, { status: 200, body });
    const error = await refusal(plex.pending('person'));
    expect(error).toBeInstanceOf(PlexProtocolError);
    expect(String(error)).toContain('0.id');
    expect(String(error)).not.toContain('secret');
  });

  test('a redirect is not followed with the token', async () => {
    await sim.fault(LIST, { status: 302, headers: { location: `${sim.url}/elsewhere` } });
    expect(await refusal(read())).toBeInstanceOf(PlexProtocolError);
    expect((await sim.log()).entries).toHaveLength(1);
  });

  test('a list whose count is not its length is not sane', async () => {
    const body = `<MediaContainer size="2">${row}</MediaContainer>`;
    await sim.fault(LIST, { status: 200, body });
    expect(isSane(await read())).toBe(false);
  });

  test('a list with a share twice is not sane', async () => {
    const body = `<MediaContainer size="2">${row}${row}</MediaContainer>`;
    await sim.fault(LIST, { status: 200, body });
    expect(isSane(await read())).toBe(false);
  });

  test('a list cut short by plex.tv itself looks sane, and only its length tells', async () => {
    await sim.fault(LIST, { truncate: 1 });
    const answer = await read();
    expect(answer.rows.map((one) => one.id)).toEqual([MARAS_SHARE]);
    expect(isSane(answer)).toBe(true);
  });

  test('a server that plex.tv leaves out of its answer is not an empty server', async () => {
    const path = `^/api/servers/${ATTIC}$`;
    await sim.fault({ method: 'GET', path }, { truncate: 0 });
    expect(await refusal(plex.catalogue(ATTIC, 'person'))).toBeInstanceOf(PlexProtocolError);
  });

  test('to a create that was taken only costs the id of the new share', async () => {
    const match = { method: 'POST', path: '/shared_servers$' };
    await sim.fault(match, { applyThen: 201 });
    const made = await write(plex, { kind: 'create', accountId: JONAS, sections: [KIDS] });
    expect(made).toEqual({ row: null });
    const { shares } = await sim.state<World>();
    expect(shares.find((share) => share.accountId === JONAS)?.sectionIds).toEqual([KIDS]);
  });

  test('to a replace or delete that was taken does not matter', async () => {
    await sim.fault(PUT, { applyThen: 204 });
    expect(await replace()).toEqual({ row: MARAS_SHARE });
    await sim.fault({ method: 'DELETE', path: '/shared_servers/' }, { applyThen: 200 });
    await write(plex, { kind: 'delete', shareId: MARAS_SHARE });
    expect(await maras()).toBeUndefined();
  });
});

describe('not being let in', () => {
  test.each([401, 403, 410])('%i stops us and says which it was', async (status) => {
    await sim.fault(PUT, { status, body: response('Gone') });
    const error = await refusal(replace());
    expect(error).toBeInstanceOf(PlexUnauthorised);
    expect(error).toBeInstanceOf(Outage);
    expect(error).toMatchObject({ status });
  });

  test.each([
    [400, response('Invalid token')],
    [422, response('Invalid token')],
    [422, { errors: [{ code: 1001, message: 'Invalid token.', status: 401 }] }],
  ])('%i that names the token counts as 401', async (status, body) => {
    await sim.fault(PUT, { status, body });
    const error = await refusal(replace());
    expect(error).toBeInstanceOf(PlexUnauthorised);
    expect(error).toMatchObject({ status: 401 });
  });

  test('a server of somebody else is refused with 403', async () => {
    const world = await sim.state<{ servers: object[] }>();
    const servers = world.servers.map((server) => ({ ...server, ownerId: 99 }));
    await sim.admin('PUT', '/state', { ...world, servers });
    expect(await refusal(read())).toMatchObject({ status: 403 });
  });
});

describe('a refusal', () => {
  test.each([
    [400, response('You&apos;re already sharing this server with mara. Edit &amp; go.')],
    [422, { errors: [{ code: 1999, message: "You're already sharing this server with mara." }] }],
    [
      422,
      '<errors><error code="1999" message="You are already sharing this" status="400"/></errors>',
    ],
  ])('%i "already sharing" is told from any other', async (status, body) => {
    await sim.fault({ method: 'POST', path: '/shared_servers$' }, { status, body });
    const error = await refusal(
      write(plex, { kind: 'create', accountId: MARA, sections: [SHOWS] }),
    );
    expect(error).toBeInstanceOf(PlexRejected);
    expect(error).toMatchObject({ status, meaning: 'already-sharing' });
  });

  test('keeps the sentence of Plex as people read it', async () => {
    await sim.fault(PUT, { status: 422, body: response('Kids &amp; &quot;Co&quot; won&#39;t do') });
    expect(await refusal(replace())).toMatchObject({
      meaning: 'invalid',
      sentence: 'Kids & "Co" won\'t do',
    });
  });

  test('without a word has an empty sentence', async () => {
    await sim.fault(PUT, { status: 400 });
    expect(await refusal(replace())).toMatchObject({ meaning: 'invalid', sentence: '' });
  });

  test('with a web page for an unknown share is "not found"', async () => {
    await sim.act('deleteShare', { shareId: MARAS_SHARE });
    expect(await refusal(replace())).toMatchObject({ status: 404, meaning: 'not-found' });
  });

  test('is no outage: nobody should try it again', async () => {
    await sim.fault(PUT, { status: 400, body: response('No') });
    expect(await refusal(replace())).not.toBeInstanceOf(Outage);
  });

  test('of the first half of taking an invite back leaves its second half undone', async () => {
    await sim.fault({ method: 'DELETE', path: '/api/invites/' }, { status: 400 });
    const invite = { shareId: TOVES_SHARE, accountId: null, email: 'tove@example.org' };
    await refusal(write(plex, { kind: 'cancelInvite', ...invite }));
    const { shares } = await sim.state<World>();
    expect(shares.map((share) => share.id)).toContain(TOVES_SHARE);
  });
});

describe('what is reported of a call', () => {
  test('names the route and never an id, an address or the token', async () => {
    const { calls, onCall } = collector();
    plex = clientOf(sim.url, { onCall });
    await read();
    await replace();
    const invite = { shareId: TOVES_SHARE, accountId: null, email: 'tove@example.org' };
    await write(plex, { kind: 'cancelInvite', ...invite });
    expect(calls.map(({ method, route, status }) => `${method} ${route} ${status}`)).toEqual([
      'GET /api/servers/{m}/shared_servers 200',
      'PUT /api/servers/{m}/shared_servers/{id} 200',
      'DELETE /api/invites/requested/{id} 200',
      'DELETE /api/servers/{m}/shared_servers/{id} 200',
    ]);
  });

  test('says null where there was no answer', async () => {
    const { calls, onCall } = collector();
    plex = clientOf(sim.url, { onCall });
    await sim.fault(LIST, { drop: true });
    await refusal(read());
    expect(calls.map((call) => call.status)).toEqual([null]);
  });
});

import { describe, expect, test } from 'vitest';
import { AUDIT, USERS } from './probes.js';
import { code, DiscordSide, say } from './discordSide.js';
import { send } from './start.js';
import type { Reply } from './start.js';

const side = DiscordSide.forFile([{ name: 'help', description: 'Help' }]);

const get = (path = '/users/@me') => side.bot.rest('GET', path);
const header = ({ headers }: Reply, name: string) => headers.get(`x-ratelimit-${name}`);
/** Replies to n requests at once. */
const many = (n: number, ask: (i: number) => Promise<Reply>) =>
  Promise.all(Array.from({ length: n }, (_, i) => ask(i)));

describe('an answer', () => {
  test('tells its limit, what is left of it and when it begins anew', async () => {
    await side.sim.knobs({ rate: 5 });
    const [first, second] = [await get(), await get()];
    expect([header(first, 'limit'), header(first, 'remaining')]).toEqual(['5', '4']);
    expect(header(second, 'remaining')).toBe('3');
    expect(Number(header(first, 'reset-after'))).toBeLessThanOrEqual(1);
    expect(Number(header(first, 'reset'))).toBeGreaterThan(Date.now() / 1000 - 1);
  });

  test('names one bucket for a route, whatever the channel, and counts each channel', async () => {
    const [one, two] = [
      await side.post({ content: 'a' }),
      await side.post({ content: 'b' }, AUDIT),
    ];
    expect(header(one, 'bucket')).toBe(header(two, 'bucket'));
    expect(header(one, 'remaining')).toBe(header(two, 'remaining'));
    expect(header(await get(), 'bucket')).not.toBe(header(one, 'bucket'));
  });

  test('that is a refusal tells them too', async () => {
    expect(header(await get('/users/9'), 'limit')).toBe('50');
  });

  test('to an interaction has no limit', async () => {
    await side.sim.knobs({ rate: 1 });
    await side.use({ kind: 'command', name: 'help' }, async (it) => {
      expect(header(await side.bot.answer(it, say('a')), 'limit')).toBeNull();
    });
  });
});

describe('too many requests', () => {
  test('of a route are refused until its time is over', async () => {
    await side.sim.knobs({ rate: 2 });
    const replies = await many(3, () => get());
    const refused = replies.find(({ status }) => status === 429);
    expect(refused && [header(refused, 'scope'), header(refused, 'global')]).toEqual([
      'user',
      null,
    ]);
    const { retry_after: seconds } = refused?.json as { retry_after: number };
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000 + 20));
    expect((await get()).status).toBe(200);
  });

  test('through the token of an interaction are refused as well', async () => {
    await side.sim.knobs({ rate: 1 });
    await side.use({ kind: 'command', name: 'help' }, async (it) => {
      await side.bot.answer(it, say('a'));
      const edits = await many(2, () => side.bot.webhook('PATCH', it, { body: { content: 'b' } }));
      expect(edits.map(({ status }) => status).sort()).toEqual([200, 429]);
    });
  });

  test('of all routes together are refused for the whole bot', async () => {
    await side.sim.knobs({ globalRate: 3 });
    const replies = await many(8, (i) => get(i % 2 === 0 ? '/users/@me' : `/channels/${AUDIT}`));
    const refused = replies.find(({ status }) => status === 429);
    expect(refused?.json).toMatchObject({ global: true });
    expect(refused && [header(refused, 'scope'), header(refused, 'global')]).toEqual([
      'global',
      'true',
    ]);
  });

  test('of opening DMs are refused with 40003, and those known before are not', async () => {
    await side.sim.knobs({ dmsPerMinute: 1 });
    const open = (recipient_id: string) =>
      side.bot.rest('POST', '/users/@me/channels', { recipient_id });
    const first = await open(USERS.member);
    expect(code(await open(USERS.admin))).toEqual([403, 40003]);
    expect((await open(USERS.member)).json).toEqual(first.json);
  });

  test('of writing to a channel are refused for whoever writes there', async () => {
    await side.sim.knobs({ channelWrites: 1 });
    const replies = await many(2, (i) => side.post({ content: String(i) }));
    const refused = replies.find(({ status }) => status === 429);
    expect(refused?.json).toMatchObject({ code: 20028, global: false });
    expect(refused && header(refused, 'scope')).toBe('shared');
  });

  test('in slow mode are refused with 20016', async () => {
    const slow = JSON.parse(
      JSON.stringify(side.world).replace(
        '"name":"audit"',
        '"name":"audit","rate_limit_per_user":60',
      ),
    ) as unknown;
    await side.sim.admin('PUT', '/state', slow);
    expect((await side.post({ content: 'a' }, AUDIT)).status).toBe(200);
    expect(code(await side.post({ content: 'b' }, AUDIT))).toEqual([429, 20016]);
  });
});

test('a bot that is refused too often is not answered any more', async () => {
  await side.sim.knobs({ refusalsMost: 1 });
  await send(`${side.sim.url}/api/v10/users/@me`, 'GET', { headers: { authorization: 'Bot x' } });
  const shutOut = await get();
  expect([shutOut.status, shutOut.headers.get('retry-after')]).toEqual([429, '600']);
});

import { describe, expect, test } from 'vitest';
import { bar, Works } from '../../src/access/going.js';
import type { Going, Step } from '../../src/access/going.js';
import type { GuildId } from '../../src/core/model.js';

const guild = '100000000000000001' as GuildId;
const other = '100000000000000002' as GuildId;

describe('the bar', () => {
  test.each([
    [0, 42, 5_000, '▱▱▱▱▱▱▱▱▱▱ 0 of 42'],
    [17, 42, 13_600, '▰▰▰▰▱▱▱▱▱▱ 17 of 42 · about 20 s left'],
    [1, 601, 1_000, '▱▱▱▱▱▱▱▱▱▱ 1 of 601 · about 10 min left'],
    [42, 42, 9_000, '▰▰▰▰▰▰▰▰▰▰ 42 of 42'],
    [0, 0, 9_000, '▱▱▱▱▱▱▱▱▱▱ 0 of 0'],
  ])('after %i of %i reads well', (...[done, total, ranMs, text]) => {
    expect(bar(done, total, ranMs)).toBe(text);
  });
});

/** Work that counts to ten, and stops when it is told to. */
async function counting(going: Going): Promise<number> {
  for (let n = 0; n < 10; n += 1) {
    if (going.signal.aborted) return n;
    going.tell(n, 10);
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  return 10;
}

async function all<T>(
  steps: AsyncIterable<Step<T>>,
  onStep: (step: Step<T>) => void = () => undefined,
) {
  const seen: Step<T>[] = [];
  for await (const step of steps) {
    seen.push(step);
    onStep(step);
  }
  return seen;
}

describe('work that somebody waits for', () => {
  test('tells how far it is now and then, and what came of it last', async () => {
    const seen = await all(new Works().watch(guild, counting));
    expect(seen.at(-1)).toEqual({ kind: 'done', result: 10, stopped: false });
    const told = seen.slice(0, -1);
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThan(5);
  });

  test('that is quick tells nothing but its result', async () => {
    const seen = await all(new Works().watch(guild, () => Promise.resolve('x')));
    expect(seen).toEqual([{ kind: 'done', result: 'x', stopped: false }]);
  });

  test('can be stopped in its own guild, in no other, and not when it is over', async () => {
    const works = new Works();
    let id = '';
    const seen = await all(works.watch(guild, counting), (step) => {
      if (step.kind !== 'going' || id !== '') return;
      id = step.id;
      expect(works.stop(other, id)).toBe(false);
      expect(works.stop(guild, id)).toBe(true);
    });
    const last = seen.at(-1);
    expect(last).toMatchObject({ kind: 'done', stopped: true });
    expect(last?.kind === 'done' && last.result).toBeLessThan(10);
    expect(works.stop(guild, id)).toBe(false);
  });

  test('that fails throws to whoever waits', async () => {
    const failing = new Works().watch(guild, () => Promise.reject(new Error('no')));
    await expect(all(failing)).rejects.toThrow('no');
  });
});

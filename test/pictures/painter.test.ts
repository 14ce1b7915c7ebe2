import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Painter as Paints } from '../../src/pictures/painter.js';
import type { Timeline } from '../../src/pictures/timeline.js';

/** As built: a thread runs JavaScript. */
const { Painter } = (await import(
  new URL('../../dist/src/pictures/painter.js', import.meta.url).href
)) as { Painter: new (idleMs?: number) => Paints };

const DAY = 86_400_000;
const rows = Array.from({ length: 20 }, (_, i) => ({
  label: 'Ольга',
  small: 'Films',
  kind: 'ends' as const,
  from: 0,
  to: i * DAY,
  note: 'until then',
}));
const timeline: Timeline = {
  title: 't',
  zone: 'UTC',
  from: 0,
  to: 30 * DAY,
  now: DAY,
  ticks: [],
  rows,
};

let painter: Paints;
beforeEach(() => {
  painter = new Painter(200);
});
afterEach(() => painter.stop());

test('draws in a thread of its own, so that nobody waits for a picture', async () => {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const pictures = await Promise.all(Array.from({ length: 10 }, () => painter.timeline(timeline)));
  delay.disable();
  for (const png of pictures) expect(Buffer.from(png).toString('latin1', 1, 4)).toBe('PNG');
  expect(delay.percentile(90) / 1e6).toBeLessThan(50);
});

test('gives its memory back when nothing more is asked for, and is there again after', async () => {
  expect(painter.isUp).toBe(false);
  await painter.timeline(timeline);
  expect(painter.isUp).toBe(true);
  // A picture is 4 to 5 MB while it is drawn: sixty that stayed would be twice what is let pass.
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 60; i += 1) await painter.timeline(timeline);
  expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(150);
  for (let i = 0; i < 50 && painter.isUp; i += 1) await sleep(100);
  expect(painter.isUp).toBe(false);
  expect((await painter.timeline(timeline)).length).toBeGreaterThan(1_000);
});

test('refuses what cannot be drawn and draws the next one', async () => {
  const broken = { ...timeline, rows: null } as unknown as Timeline;
  await expect(painter.timeline(broken)).rejects.toThrow(/null/);
  expect((await painter.timeline(timeline)).length).toBeGreaterThan(1_000);
});

test('a stop refuses what is not drawn yet', async () => {
  const drawing = painter.timeline(timeline);
  const refused = expect(drawing).rejects.toThrow(/stopped/);
  await painter.stop();
  await refused;
});

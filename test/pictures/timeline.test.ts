import { createCanvas, loadImage } from '@napi-rs/canvas';
import { describe, expect, test } from 'vitest';
import { drawnName } from '../../src/core/letters.js';
import { registerFonts } from '../../src/pictures/fonts.js';
import { font } from '../../src/pictures/ink.js';
import { drawTimeline, type Timeline } from '../../src/pictures/timeline.js';
import { drawable } from './cmap.js';

registerFonts();

const SIZE = 48;
/** A private letter of the last plane, which no font has. */
const LACKING = '\u{10fffd}';

/** The pixels of one letter in our fonts. */
function drawn(letter: string, weight: 400 | 600): string {
  const ink = createCanvas(SIZE, SIZE).getContext('2d');
  ink.font = font(24, weight);
  ink.fillText(letter, 8, 36);
  return Buffer.from(ink.getImageData(0, 0, SIZE, SIZE).data).toString('base64');
}

const isGlyph = (letter: string, weight: 400 | 600): boolean => {
  const glyph = drawn(letter, weight);
  return glyph !== drawn(LACKING, weight) && glyph !== drawn(' ', weight);
};

describe('a name in a picture', () => {
  test.each(['Ольга', 'Ítalo', 'Nguyễn Thị', 'Łukasz', 'Þórr', 'Ωμέγα', 'आदित्य', 'Ғалым'])(
    '%s is drawn with a glyph for every letter',
    (name) => {
      expect(drawnName([name])).toBe(name);
      for (const weight of [400, 600] as const) {
        for (const letter of name.replaceAll(' ', '')) {
          const has = drawable(weight).has(letter.codePointAt(0) ?? 0);
          expect(has && isGlyph(letter, weight), `${letter} in ${weight}`).toBe(true);
        }
      }
    },
  );

  test('is never one that shows a box: whatever is let through, the fonts have', () => {
    const [regular, bold] = [drawable(400), drawable(600)];
    for (let point = 0x21; point < 0x2_0000; point += 1) {
      if (point >= 0xd800 && point < 0xe000) continue;
      const letters = Array.from(drawnName([String.fromCodePoint(point)]) ?? '');
      const points = letters.map((letter) => letter.codePointAt(0) ?? 0);
      const isDrawn = points.every((one) => regular.has(one) && bold.has(one));
      if (!isDrawn) expect(points, point.toString(16)).toEqual([]);
    }
  });

  test.each([
    ['Mara 🎬❤️', 'Mara'],
    ['👩‍🚀 Zoë', 'Zoë'],
    ['🇩🇪 Jonas ★', 'Jonas'],
    ['I\u0301talo', 'Ítalo'],
  ])('%s is drawn without its signs', (name, expected) => {
    expect(drawnName([name])).toBe(expected);
  });

  test.each(['李雷', 'محمد', 'דוד', 'ゆき', '김민준', '🎬🎬'])(
    '%s gives way to the username, and is left to the message where there is none',
    (name) => {
      expect(drawnName([name, 'lei'])).toBe('lei');
      expect(drawnName([name])).toBeNull();
    },
  );
});

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 25, 12);
const timeline: Timeline = {
  title: '25 Nov to 25 Dec 2026',
  zone: 'UTC',
  from: NOW - 1.5 * DAY,
  to: NOW + 30 * DAY,
  now: NOW,
  ticks: [{ at: NOW + 5 * DAY, label: '30 Nov' }],
  rows: [
    { label: 'Ольга', small: 'Films', kind: 'ends', from: NOW - DAY, to: NOW + DAY, note: 'x' },
    { label: 'Ítalo', small: 'Shows', kind: 'stays', from: NOW - DAY, to: null, note: 'no end' },
  ],
};

describe('the picture', () => {
  test('is 1200 wide, on the ground of Discord, with a bar for what is had and a line for now', async () => {
    const image = await loadImage(Buffer.from(drawTimeline(timeline)));
    expect(image.width).toBe(1200);
    const ink = createCanvas(image.width, image.height).getContext('2d');
    ink.drawImage(image, 0, 0);
    const at = (x: number, y: number) =>
      Buffer.from(ink.getImageData(x, y, 1, 1).data.subarray(0, 3)).toString('hex');
    expect(at(2, 2)).toBe('2b2d31');
    // Of the row without an end, the last pixels of the bar.
    expect(at(1150, image.height - 56 - 50)).toBe('009e73');
    const row = Array.from({ length: 1200 }, (_, x) => at(x, 128 + 4));
    expect(row.filter((colour) => colour === 'f2f3f5')).toHaveLength(3);
  });

  test('of 20 rows with long names is not wider, and takes little time once it is warm', () => {
    const name = 'A very long name that no column holds '.repeat(4);
    const row = { label: name, small: name, kind: 'begins' as const, note: name };
    const rows = Array.from({ length: 20 }, (_, i) => ({
      ...row,
      from: NOW + i * DAY,
      to: NOW + (i + 1) * DAY,
    }));
    const png = Buffer.from(drawTimeline({ ...timeline, title: name, rows }));
    expect(png.readUInt32BE(16)).toBe(1200);
    expect(png.length).toBeLessThan(1_000_000);
  });
});

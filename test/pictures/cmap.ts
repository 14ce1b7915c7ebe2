import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { inflateSync } from 'node:zlib';

const folder = join(
  dirname(createRequire(import.meta.url).resolve('@fontsource/noto-sans/package.json')),
  'files',
);

/** The table of a WOFF file that says which letters it has glyphs for. */
function cmapOf(file: Buffer): Buffer {
  for (let at = 44; at < 44 + file.readUInt16BE(12) * 20; at += 20) {
    if (file.toString('latin1', at, at + 4) !== 'cmap') continue;
    const [offset, packed, size] = [4, 8, 12].map((by) => file.readUInt32BE(at + by)) as [
      number,
      number,
      number,
    ];
    const bytes = file.subarray(offset, offset + packed);
    return packed === size ? bytes : inflateSync(bytes);
  }
  throw new Error('no cmap');
}

const between = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Code points of one subtable, of format 4 or 12. */
function lettersIn(sub: Buffer): number[] {
  const format = sub.readUInt16BE(0);
  if (format === 12) {
    const groups = upTo(sub.readUInt32BE(12)).map((group) => 16 + group * 12);
    return groups.flatMap((at) => between(sub.readUInt32BE(at), sub.readUInt32BE(at + 4)));
  }
  if (format !== 4) return [];
  const segments = sub.readUInt16BE(6);
  return upTo(segments / 2).flatMap((segment) => {
    const last = sub.readUInt16BE(14 + segment * 2);
    return last === 0xffff ? [] : between(sub.readUInt16BE(16 + segments + segment * 2), last);
  });
}

const lettersOf = (cmap: Buffer): number[] =>
  upTo(cmap.readUInt16BE(2)).flatMap((i) => lettersIn(cmap.subarray(cmap.readUInt32BE(8 + i * 8))));

/** Every code point that our fonts of this weight have a glyph for. */
export function drawable(weight: 400 | 600): ReadonlySet<number> {
  const files = readdirSync(folder).filter((name) => name.endsWith(`-${weight}-normal.woff`));
  const all = files.flatMap((name) => lettersOf(cmapOf(readFileSync(join(folder, name)))));
  return new Set(all);
}

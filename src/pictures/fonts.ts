import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GlobalFonts } from '@napi-rs/canvas';

/** Parts of Noto Sans by alphabet, the commonest first: a letter is taken from the first that has it. */
const SUBSETS = [
  'latin',
  'latin-ext',
  'cyrillic',
  'cyrillic-ext',
  'greek',
  'greek-ext',
  'vietnamese',
  'devanagari',
] as const;
const WEIGHTS = [400, 600] as const;

const familyOf = (subset: string): string => `Usher ${subset}`;

/** The families as a font list; nothing of the machine's own fonts is in it. */
export const FAMILY = SUBSETS.map((subset) => `"${familyOf(subset)}"`).join(', ');

/** Registers the fonts once in this thread. */
export function registerFonts(): void {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve('@fontsource/noto-sans/package.json')), 'files');
  for (const subset of SUBSETS) {
    for (const weight of WEIGHTS) {
      const file = join(folder, `noto-sans-${subset}-${weight}-normal.woff2`);
      if (GlobalFonts.has(`${familyOf(subset)} ${weight}`)) continue;
      if (!GlobalFonts.registerFromPath(file, familyOf(subset))) {
        throw new Error(`the font ${file} cannot be read`);
      }
    }
  }
}

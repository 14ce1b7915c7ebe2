/**
 * What the fonts of Usher's pictures have glyphs for: Latin with Vietnamese, Greek, Cyrillic and Devanagari. A test
 * holds it against the fonts themselves.
 */
const DRAWN =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02cc\u0300\u0301\u0303\u0304\u0308\u0309\u0323\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03e1\u03f0-\u052f\u0900-\u097f\u1e00-\u1f15\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fc4\u1fc6-\u1fd3\u1fd6-\u1fdb\u1fdd-\u1fef\u1ff2-\u1ff4\u1ff6-\u1ffe\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020\u2022\u2026\u2032\u2033\u2039\u203a\u20a0-\u20c0\u2116\u2122\u2212]*$/u;

/** Emoji and other signs, with what only changes how they look: a name is the same without them. */
const SIGNS =
  /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\p{S}\p{P}\p{M}\u20e3]/gu;

/**
 * A name as a picture can show it: the first of several that can be drawn, if need be without its signs. null: none
 * can, because they are in an alphabet that the fonts lack, and a box for each letter tells nobody anything.
 */
export function drawnName(names: readonly string[]): string | null {
  for (const name of names) {
    const drawn = name
      .normalize('NFC')
      .replace(SIGNS, (sign) => (DRAWN.test(sign) ? sign : ''))
      .replace(/[\p{Cc}\p{Cf}]/gu, '')
      .replace(/\s+/gu, ' ')
      .trim();
    if (drawn !== '' && DRAWN.test(drawn)) return drawn;
  }
  return null;
}

import type { Json } from '../tour/drive.js';
import { CANARY, NOBODY } from './hostile.js';

/** What Discord would do with a text that came from somebody's input, if it stood there unescaped. */
const LIVE: readonly (readonly [string, RegExp])[] = [
  ['mentions everybody', /@(?:everyone|here)/i],
  ['mentions somebody', new RegExp(`<@[!&]?(?:${NOBODY.user}|${NOBODY.role})>`)],
  ['mentions a channel', new RegExp(`<#${NOBODY.channel}>`)],
  ['mentions a command', new RegExp(`</[^>]*:${NOBODY.command}>`)],
  ['shows an emoji', new RegExp(`<a?:\\w+:${NOBODY.emoji}>`)],
  ['shows a time', /<t:1:R>/],
  ['links into the guild', /<id:/],
  ['links', /https?:\/\/evil/],
  ['hides a link', /\]\(/],
  ['is formatted', new RegExp(`(?:__|~~|\\|\\||\`|\\w\\*\\*|(?<!\\*)\\*)${CANARY}`)],
  ['is in italics', new RegExp(`(?<![\\w_])_${CANARY}`)],
  ['is a heading, quote or list', new RegExp(`^(?:#{1,3}|-#|>{1,3}|[-*+]|\\d+\\.) ${CANARY}`, 'm')],
];

/** Marks that reorder or hide letters. The one after "@" is the bot's own, so that nobody is mentioned. */
const UNSEEN =
  /(?<!@)[\u200b-\u200f\u202a-\u202e\u2060-\u2069\u061c\u3164\ufeff]|[\0-\x08\x0e-\x1f]/;
const HALF_LETTER = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const ESCAPED = /\\[!-/:-@[-`{-~]/g;

/** Why this markdown should not have been shown; null when nothing is wrong with it. */
export function wrongMarkdown(text: string): string | null {
  const shown = text.replace(ESCAPED, '\u0001');
  const found = LIVE.find(([, pattern]) => pattern.test(shown));
  return found ? found[0] : wrongLetters(text);
}

/** The same of a label, which Discord shows as it is. */
export function wrongLetters(text: string): string | null {
  if (UNSEEN.test(text)) return 'has letters that hide or reorder others';
  return HALF_LETTER.test(text) ? 'has half a letter' : null;
}

/** Keys under which Discord's objects hold markdown, and plain words. */
const MARKDOWN = new Set(['content']);
const PLAIN = new Set(['label', 'placeholder', 'name', 'title', 'description', 'filename']);

/** What is wrong with the words of a message, a modal or a list of choices, one line each. */
export function wrongWords(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(wrongWords);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value as Json).flatMap(([key, part]) => {
    if (typeof part !== 'string') return wrongWords(part);
    const why = MARKDOWN.has(key)
      ? wrongMarkdown(part)
      : PLAIN.has(key)
        ? wrongLetters(part)
        : null;
    return why === null ? [] : [`${why}: ${JSON.stringify(part.slice(0, 300))}`];
  });
}

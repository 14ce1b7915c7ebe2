import { describe, expect, test } from 'vitest';
import { commands } from '../src/commands/registry.js';
import { allSaid, type Said } from './texts/scan.js';

const all = allSaid();
const of = (kind: Said['kind']) => all.filter((one) => one.kind === kind);
const refusals = of('refusal');

/** What voice.md has no place for. */
const UNSPOKEN = /\b(?:please|successfully|oops|sorry|users?|he|she|his|her)\b|!(?!\[)/i;
/** What begins a sentence that says what to do next, or that nothing is to be done. */
const WAY_OUT =
  /(?:^|[.:;,] |⏎ |\bor )(?:use|ask|choose|try|name|say|make|change|open|type|see|wait|add|connect|start|give|write|take|show|let|pick|did you mean|I try again|there (?:is|are)|link|set|check|look|put|leave|move|switch|send|read)\b|[Uu]se \/|stays?\b|already\b/i;
const sentences = (text: string): number =>
  text.split(/[.?](?: |$)/).filter((s) => s !== '').length;

/** One page that shows everything Usher can say, so that somebody can read it in five minutes. */
function page(): string {
  const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join('\n');
  const byCode = [...new Set(refusals.map(({ code }) => code))].sort().map((code) => {
    const texts = refusals.filter((one) => one.code === code).map(({ text }) => text);
    return `\`${code}\` ${[...new Set(texts)].join('\n  / ')}`;
  });
  const files = [...new Set(of('sentence').map(({ file }) => file))].map((file) => {
    const texts = of('sentence').filter((one) => one.file === file);
    return `### ${file}\n\n${list([...new Set(texts.map(({ text }) => text))])}`;
  });
  const labels = [...new Set(of('label').map(({ text }) => text))].sort();
  const described = commands.map(({ name, description, options }) => {
    const own = Object.entries(options).map(([key, option]) => `${key}: ${option.description}`);
    return [`/${name} · ${description}`, ...own].join('\n  - ');
  });
  return [
    '# Everything that Usher says',
    'Written by `test/texts.test.ts` from the source (`npx vitest run test/texts.test.ts -u`): values are samples, ⏎ is a new line.',
    '## Refusals, by their code',
    list(byCode),
    '## Answers, questions, empty lists and audit messages, by file',
    ...files,
    '## Buttons, menus and forms',
    labels.join(' · '),
    '## Commands',
    list(described),
    '',
  ].join('\n\n');
}

describe('what Usher says', () => {
  test('is all on one page', async () => {
    await expect(page()).toMatchFileSnapshot('texts.md');
  });

  test('keeps to the voice: no pleading, no cheering, nobody is a user', () => {
    const wrong = all.filter(({ text }) => UNSPOKEN.test(text.replaceAll('!important', '')));
    expect(wrong).toEqual([]);
  });
});

describe('a refusal', () => {
  test.each(refusals.map(({ code, text }) => [code, text] as const))(
    '%s says what to do next, in two sentences: %s',
    (_, text) => {
      expect(text).toMatch(WAY_OUT);
      expect(sentences(text)).toBeLessThanOrEqual(2);
      expect(text).toMatch(/[.?]$/);
    },
  );
});

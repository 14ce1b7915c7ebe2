import { describe, expect, test } from 'vitest';
import { escapeName, fullTime, plainName } from '../../src/core/text.js';

describe('an escaped name', () => {
  test.each([
    ['Films', 'Films'],
    ['Sci-Fi (4K) & more: 1.5', 'Sci-Fi (4K) & more: 1.5'],
    [
      '**bold** _it_ ~~no~~ `code` ||spoiler||',
      '\\*\\*bold\\*\\* \\_it\\_ \\~\\~no\\~\\~ \\`code\\` \\|\\|spoiler\\|\\|',
    ],
    ['[free](https://evil.example)', '\\[free\\](https\\://evil.example)'],
    ['<@200000000000000001> <t:0:R> </x:1>', '\\<@200000000000000001> \\<t:0:R> \\</x:1>'],
    ['@everyone', '@\u200beveryone'],
    ['# Big', '\\# Big'],
    ['- item', '\\- item'],
    ['1. one', '1\\. one'],
    ['back\\slash', 'back\\\\slash'],
    ['a\u202eb\u200bc\u0007d\ufeffe\u2066f', 'abcdef'],
    ['two\nlines', 'two lines'],
    ['\u3164', '(no name)'],
    ['é 日本 🎬', 'é 日本 🎬'],
  ])('of %j is %j', (title, shown) => expect(escapeName(title)).toBe(shown));

  test('is cut at 100 characters, never inside one', () => {
    expect(escapeName('🎬'.repeat(101))).toBe(`${'🎬'.repeat(99)}…`);
    expect(escapeName('🎬'.repeat(100))).toBe('🎬'.repeat(100));
  });
});

describe('a suggestion', () => {
  test.each([
    ['Films *4K*', 'Films *4K*'],
    ['\u202egnp.exe', 'gnp.exe'],
    ['x\n# y', 'x # y'],
    ['\u200b', '(no name)'],
  ])('of %j is %j', (name, shown) => expect(plainName(name, 100)).toBe(shown));

  test('is cut at 100 of the units Discord counts in, never inside a letter', () => {
    expect(plainName('W'.repeat(101), 100)).toBe(`${'W'.repeat(99)}…`);
    expect(plainName('🎬'.repeat(51), 100)).toBe(`${'🎬'.repeat(49)}…`);
  });
});

test('times are told by Discord in the zone of each reader', () => {
  const at = new Date('2027-01-15T08:00:00.900Z');
  expect(fullTime(at)).toBe('<t:1800000000:f> (<t:1800000000:R>)');
});

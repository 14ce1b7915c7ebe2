import { expect, test } from 'vitest';
import { POSTING } from '../../src/discord/press.js';
import { read } from './files.js';

const readme = read('README.md');
const link = /https:\/\/discord\.com\/oauth2\/authorize\?[^\s`]+/.exec(readme)?.[0] ?? '';

test('the invite link of the README asks for exactly the rights that posting needs', () => {
  const rights = Object.values(POSTING).reduce((sum, bit) => sum | bit, 0n);
  expect(new URL(link).searchParams.get('permissions')).toBe(String(rights));
  expect(new URL(link).searchParams.get('scope')).toBe('bot applications.commands');
});

test('the README and .env.example name each of these rights', () => {
  for (const text of [readme, read('.env.example')].map((one) => one.replace(/\s*\n[\s#]*/g, ' ')))
    for (const right of Object.keys(POSTING)) expect(text).toContain(right);
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { killAtLines } from '../../sim/kill/kill.js';
import { LINES } from '../../sim/kill/sites.js';

test.each(LINES)('$moment $step: is one place in the bot', ({ file, text }) => {
  const built = readFileSync(new URL(`../../dist/src/${file}`, import.meta.url), 'utf8');
  expect(built.split(text)).toHaveLength(2);
});

/** More, and others: `npm run -s test:kill -- --points 20`. */
describe('a bot killed at any line of a grant, and again at its end', () => {
  test(
    'gives and takes what was ordered, and tells each case once',
    { timeout: 300_000 },
    async () => {
      const lines: string[] = [];
      await killAtLines({ worlds: 3, breaks: undefined, say: (line) => lines.push(line) });
      expect(lines.at(-2), lines.join('\n')).toBe('by 0 more the bot did not come');
      expect(lines.at(-1)).toMatch(new RegExp(`^kill: ${LINES.length} passed, 0 failed, \\d+ s$`));
    },
  );
});

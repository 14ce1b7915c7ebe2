import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ids } from '../../sim/tour/world.js';
import { inNotice, inWrite, Mortal } from './kill.js';

const END_IN_MS = 4_000;

test.each([...inWrite, ...inNotice])('$name: is one place in the bot', ({ file, text }) => {
  const built = readFileSync(new URL(`../../dist/src/${file}`, import.meta.url), 'utf8');
  expect(built.split(text)).toHaveLength(2);
});

describe('a bot killed while access ends', () => {
  test.concurrent.each([...inWrite, ...inNotice])(
    '$name: the library is gone from Plex, told once',
    { timeout: 90_000 },
    async (point) => {
      const mortal = await Mortal.start(point);
      try {
        const { checks } = mortal.test;
        const mark = await checks.mark();
        await checks.command({
          user: ids.moderator,
          name: 'grant',
          options: {
            person: 'mara',
            library: 'Kids',
            until: new Date(Date.now() + END_IN_MS).toISOString(),
          },
          waitMs: 0,
        });
        await checks.untilTold(mark.posts, [/Kids/, /Seen in Plex/], END_IN_MS);
        await mortal.arm();
        await mortal.reborn();
        await checks.untilShared('mara', ['Films'], 25_000);
        await mortal.everyCaseToldOnce(/Kids[^]*gone <t[^]*Case \d+ · Gone from Plex/);
      } finally {
        await mortal.stop();
      }
    },
  );
});

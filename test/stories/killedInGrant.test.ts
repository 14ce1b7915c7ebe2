import { describe, expect, test } from 'vitest';
import { ids } from '../../sim/tour/world.js';
import { inNotice, inWrite, Mortal, type Point } from './kill.js';

const beforeCommit: Point = {
  name: 'before the commit of the grant',
  file: 'access/grant.js',
  text: 'const outcome = await store.transaction(',
  kill: 'before',
};
const afterCommit: Point = {
  name: 'after the commit of the grant',
  file: 'access/grant.js',
  text: 'announce(parts, done.announced);',
  kill: 'before',
};

const grant = (mortal: Mortal) =>
  mortal.test.checks.command({
    user: ids.moderator,
    name: 'grant',
    options: { person: 'mara', library: 'Kids' },
    waitMs: 0,
  });

describe('a bot killed in the middle of a grant', () => {
  test.concurrent.each([afterCommit, ...inWrite, ...inNotice])(
    '$name: the grant is in Plex, told once',
    { timeout: 90_000 },
    async (point) => {
      const mortal = await Mortal.start(point);
      try {
        await mortal.arm();
        await grant(mortal);
        await mortal.reborn();
        // Inside a transaction the kill takes the grant back, like one that was never asked for.
        const isLost = point.text.includes('shares.save');
        if (isLost) await grant(mortal);
        await mortal.test.checks.untilShared('mara', ['Films', 'Kids'], 25_000);
        await mortal.everyCaseToldOnce(/Kids[^]*Case \d+ · Seen in Plex/);
      } finally {
        await mortal.stop();
      }
    },
  );

  test(
    'before the commit: nothing happened, and nothing is told',
    { timeout: 90_000 },
    async () => {
      const mortal = await Mortal.start(beforeCommit);
      try {
        const { checks } = mortal.test;
        const before = await checks.audit();
        await mortal.arm();
        await grant(mortal);
        await mortal.reborn();
        expect(await checks.shared('mara')).toEqual(['Films']);
        expect(await checks.audit()).toEqual(before);
        expect((await checks.calls(0)).writes).toEqual([]);
      } finally {
        await mortal.stop();
      }
    },
  );
});

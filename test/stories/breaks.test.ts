import { describe, expect, test } from 'vitest';
import { runTour, TOUR_WITHIN } from './tour.js';

/** What a break lets happen is a race, which a busy machine may not show at the first try. */
const TRIES = 3;

describe.concurrent('the tour', () => {
  test.each([
    ['readback', ['expiry-two-seconds']],
    ['fence', ['last-library-keeps-default', 'revoke-while-grant-is-stalled']],
    ['lost-write', ['lost-write-redone']],
  ])('notices the fault %s', TOUR_WITHIN, async (name, steps) => {
    const only = steps.flatMap((step) => ['--only', step]);
    const noticed = new RegExp(`^not ok \\d+ ${steps.at(-1) ?? ''} `, 'm');
    let { printed, code } = await runTour(['--break', name, '--bail', ...only]);
    for (let tries = 1; code === 0 && tries < TRIES; tries += 1) {
      ({ printed, code } = await runTour(['--break', name, '--bail', ...only]));
    }
    expect(printed).toMatch(noticed);
    expect(code).toBe(1);
  });
});

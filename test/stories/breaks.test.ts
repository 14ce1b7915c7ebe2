import { describe, expect, test } from 'vitest';
import { runTour, TOUR_WITHIN } from './tour.js';

describe.concurrent('the tour', () => {
  test.each([
    ['readback', ['expiry-two-seconds']],
    ['fence', ['last-library-keeps-default', 'revoke-while-grant-is-stalled']],
    ['lost-write', ['lost-write-redone']],
  ])('notices the fault %s', TOUR_WITHIN, async (name, steps) => {
    const only = steps.flatMap((step) => ['--only', step]);
    const { printed, code } = await runTour(['--break', name, '--bail', ...only]);
    const step = steps.at(-1) ?? '';
    expect(printed).toMatch(new RegExp(`^not ok \\d+ ${step} `, 'm'));
    expect(code).toBe(1);
  });
});

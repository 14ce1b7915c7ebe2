import { expect, test } from 'vitest';
import { runTour, TOUR_WITHIN } from './tour.js';

test('the tour passes', TOUR_WITHIN, async () => {
  const { printed, code, last } = await runTour([]);
  expect(printed).not.toMatch(/^not ok/m);
  expect(last).toMatch(/^tour: \d+ passed, 0 failed, \d+ s$/);
  expect(code).toBe(0);
});

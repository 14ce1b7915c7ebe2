import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { House } from './house.js';

let house: House;

beforeAll(async () => {
  house = await House.open();
  await house.begin();
  const wish = { person: 'mara', library: 'Kids', from: null, until: null, confirmed: null };
  await house.as('moderator').grant({ ...wish, reason: 'her **birthday**' });
});
afterAll(() => house.close());

describe('what somebody has', () => {
  test('is told with why it was given, as harmless words', async () => {
    const { text } = await house.as('auditor').show('mara');
    expect(text).toContain('her \\*\\*birthday\\*\\*');
  });

  test('fault 33: is told with the whole address to Admins alone', async () => {
    expect((await house.as('admin').show('mara')).text).toContain('mara@example.org');
    for (const power of ['moderator', 'auditor'] as const) {
      expect((await house.as(power).show('mara')).text).not.toContain('@example.org');
    }
  });
});

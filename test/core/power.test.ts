import { expect, test } from 'vitest';
import type { RoleId } from '../../src/core/model.js';
import { atLeast, powerOf } from '../../src/core/power.js';

const bindings = {
  admin: ['1' as RoleId],
  moderator: ['2' as RoleId, '3' as RoleId],
  auditor: ['4' as RoleId],
};

test.each([
  [[], false, 'everyone'],
  [['9'], false, 'everyone'],
  [['4'], false, 'auditor'],
  [['4', '3'], false, 'moderator'],
  [['9', '2', '1'], false, 'admin'],
  [[], true, 'admin'],
] as const)('roles %j with owner or Administrator %s give %s', (roleIds, isAlwaysAdmin, power) => {
  expect(powerOf({ roleIds, isAlwaysAdmin }, bindings)).toBe(power);
});

test('each power includes those below it', () => {
  const powers = ['everyone', 'auditor', 'moderator', 'admin'] as const;
  const table = powers.map((power) => powers.map((needed) => atLeast(power, needed)));
  expect(table).toEqual([
    [true, false, false, false],
    [true, true, false, false],
    [true, true, true, false],
    [true, true, true, true],
  ]);
});

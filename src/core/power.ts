import type { Power, RoleId } from './model.js';

const height: Readonly<Record<Power, number>> = { everyone: 0, auditor: 1, moderator: 2, admin: 3 };

/** Whether a power includes the one that is needed: Admin ⊃ Moderator ⊃ Auditor ⊃ everyone. */
export const atLeast = (power: Power, needed: Power): boolean => height[power] >= height[needed];

/** What Discord says of a member at the moment of an interaction. */
export interface Standing {
  readonly roles: readonly RoleId[];
  readonly isOwner: boolean;
  /** Holds Discord's own Administrator permission. */
  readonly isAdministrator: boolean;
}

/** The highest power that any of a member's roles is bound to. Owner and administrators can never lock themselves out. */
export function powerOf(
  member: Standing,
  bindings: readonly { readonly roleId: RoleId; readonly power: Power }[],
): Power {
  if (member.isOwner || member.isAdministrator) return 'admin';
  return bindings
    .filter((binding) => member.roles.includes(binding.roleId))
    .reduce<Power>((best, { power }) => (atLeast(power, best) ? power : best), 'everyone');
}

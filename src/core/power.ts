import type { Power, RoleId } from './model.js';

/** Which guild roles give which power; any bound role suffices. */
export type RoleBindings = Readonly<Record<Exclude<Power, 'everyone'>, readonly RoleId[]>>;

/** What Discord says of somebody in the interaction itself. */
export interface Standing {
  /** As sent with this interaction, without @everyone. */
  readonly roleIds: readonly string[];
  /** The guild's owner or a holder of Discord's Administrator permission: they can never lock themselves out. */
  readonly isAlwaysAdmin: boolean;
}

const height: Readonly<Record<Power, number>> = { everyone: 0, auditor: 1, moderator: 2, admin: 3 };

/** As people read them. */
export const powerName: Readonly<Record<Exclude<Power, 'everyone'>, string>> = {
  admin: 'Admin',
  moderator: 'Moderator',
  auditor: 'Auditor',
};

/** Whether a power includes the one that is needed: Admin ⊃ Moderator ⊃ Auditor ⊃ everyone. */
export const atLeast = (power: Power, needed: Power): boolean => height[power] >= height[needed];

/** The highest power that somebody's roles give. */
export function powerOf({ roleIds, isAlwaysAdmin }: Standing, bindings: RoleBindings): Power {
  if (isAlwaysAdmin) return 'admin';
  const bound = (['admin', 'moderator', 'auditor'] as const).find((power) =>
    bindings[power].some((role) => roleIds.includes(role)),
  );
  return bound ?? 'everyone';
}

import { PermissionFlagsBits, type Interaction } from 'discord.js';
import type { Power, RoleId } from '../core/model.js';

/** Which guild roles give which power; any bound role suffices. */
export type RoleBindings = Readonly<Record<Exclude<Power, 'everyone'>, readonly RoleId[]>>;

/** What Discord says of somebody in the interaction itself. */
export interface Standing {
  /** As sent with this interaction, without @everyone. */
  readonly roleIds: readonly string[];
  /** The guild's owner or a holder of Discord's Administrator permission. */
  readonly isAlwaysAdmin: boolean;
}

const RANK = { everyone: 0, auditor: 1, moderator: 2, admin: 3 } as const satisfies Record<
  Power,
  number
>;

/** Whether `power` includes `needed`. */
export const suffices = (power: Power, needed: Power): boolean => RANK[power] >= RANK[needed];

/** The highest power that somebody's roles give. */
export function powerOf({ roleIds, isAlwaysAdmin }: Standing, bindings: RoleBindings): Power {
  if (isAlwaysAdmin) return 'admin';
  const bound = (['admin', 'moderator', 'auditor'] as const).find((power) =>
    bindings[power].some((role) => roleIds.includes(role)),
  );
  return bound ?? 'everyone';
}

/** What the interaction says of who sent it; null when Discord does not tell roles now (guild unavailable, or no guild). */
export function standingOf(interaction: Interaction): Standing | null {
  const { member, guild, memberPermissions } = interaction;
  if (!member || guild?.available === false) return null;
  const isAdministrator = memberPermissions?.has(PermissionFlagsBits.Administrator) ?? false;
  return {
    roleIds: roleIdsOf(member),
    isAlwaysAdmin: isAdministrator || guild?.ownerId === interaction.user.id,
  };
}

/**
 * discord.js hands out the raw member when it does not know the guild. Otherwise `roles.cache` leaves out every role the
 * guild's cache lacks, and only `_roles` (structures/GuildMember.js) is what was sent.
 */
function roleIdsOf(member: NonNullable<Interaction['member']>): readonly string[] {
  if (Array.isArray(member.roles)) return member.roles;
  const sent = (member as { readonly _roles?: unknown })._roles;
  const isIds = Array.isArray(sent) && sent.every((id) => typeof id === 'string');
  return isIds ? sent : [...member.roles.cache.keys()];
}

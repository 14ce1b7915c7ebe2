import { PermissionFlagsBits, type GuildMember, type Interaction } from 'discord.js';
import type { Standing } from '../core/power.js';

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

/** The same of a member whom Discord was asked for. */
export const standingOfMember = (member: GuildMember): Standing => ({
  roleIds: roleIdsOf(member),
  isAlwaysAdmin:
    member.permissions.has(PermissionFlagsBits.Administrator) || member.guild.ownerId === member.id,
});

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

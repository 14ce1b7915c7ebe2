import type { Interaction } from 'discord.js';
import type { Asker } from '../commands/command.js';
import { UserError } from '../core/errors.js';
import type { DiscordUserId, GuildId, Power } from '../core/model.js';
import { atLeast, powerName, powerOf, type RoleBindings } from '../core/power.js';
import { standingOf } from './power.js';

/** Somebody who may be answered, and what they may reach. */
export interface Caller<A> {
  readonly guildId: GuildId;
  readonly actor: Asker;
  readonly access: A;
}

/** What decides who may do what. */
export interface CallerParts<A> {
  /** Use cases bound to one guild and actor. */
  readonly accessFor: (ask: { readonly guildId: GuildId; readonly actor: Asker }) => A | Promise<A>;
  readonly bindingsOf: (guildId: GuildId) => Promise<RoleBindings>;
  /** The only guild served; null = every guild. */
  readonly guildId: GuildId | null;
}

/** Who asks and with which power; refuses whoever may not. */
export async function callerOf<A>(
  parts: CallerParts<A>,
  interaction: Interaction,
  { allow, description }: { allow: Power; description: string },
): Promise<Caller<A>> {
  const guildId = interaction.guildId as GuildId | null;
  if (!guildId || (parts.guildId !== null && parts.guildId !== guildId)) {
    throw new UserError(
      'foreign-guild',
      'Usher works only in the Discord server it was set up for. Use the command there.',
    );
  }
  const standing = standingOf(interaction);
  if (!standing) {
    throw new UserError(
      'roles-unknown',
      'Discord does not tell me roles right now. Try again soon.',
    );
  }
  const bindings = await parts.bindingsOf(guildId);
  const power = powerOf(standing, bindings);
  if (!atLeast(power, allow)) {
    throw new UserError('power', needs(allow, description, whoGives(allow, bindings, interaction)));
  }
  const userId = interaction.user.id as DiscordUserId;
  const actor = { kind: 'member', userId, power } as const;
  return { guildId, actor, access: await parts.accessFor({ guildId, actor }) };
}

const needs = (allow: Power, description: string, who: string): string =>
  allow === 'everyone'
    ? ''
    : `You need ${powerName[allow]} to ${description.charAt(0).toLowerCase()}${description.slice(1)}. Ask ${who}.`;

/** The lowest bound role that has the power, else Discord's owner of the guild. */
function whoGives(allow: Power, bindings: RoleBindings, { guild }: Interaction): string {
  const upwards = (['auditor', 'moderator', 'admin'] as const).filter((power) =>
    atLeast(power, allow),
  );
  const role = upwards.flatMap((power) => bindings[power]).at(0);
  if (role !== undefined) return `someone with <@&${role}>`;
  return guild ? `<@${guild.ownerId}>` : 'an administrator';
}

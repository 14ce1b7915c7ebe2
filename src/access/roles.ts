import type { BoundPower } from '../core/cases.js';
import { UserError } from '../core/errors.js';
import type { DiscordUserId, RoleId } from '../core/model.js';
import { powerName, powerOf } from '../core/power.js';
import type { Tables } from '../store/store.js';
import { rolesByPower } from './bindings.js';
import { fixedOf, mustBeFree } from './environment.js';
import { note } from './note.js';
import type { Parts, Standing } from './parts.js';
import type { Told } from './tell.js';

const POWERS = ['admin', 'moderator', 'auditor'] as const satisfies readonly BoundPower[];
const ABOVE = 'The owner of this Discord server and holders of Administrator are always Admin.';
/** How commands are hidden from those who cannot use them anyway. */
export const HIDE =
  'To hide commands from everybody else: Server Settings → Integrations → Usher, then choose who sees each.';

/** Which roles give which power. */
export async function showRoles({ store }: Parts, { guildId }: Standing): Promise<Told> {
  const bound = await rolesByPower(store, guildId);
  const fixed = await fixedOf(store, guildId);
  const lines = POWERS.map((power) => {
    const roles = bound[power].map((role) => `<@&${role}>`).join(', ') || 'no role yet';
    return `**${powerName[power]}**: ${roles}${fixed.has(power) ? ' · set by environment' : ''}`;
  });
  return { tone: 'neutral', text: [...lines, ABOVE].join('\n') };
}

/** Which power somebody has here, and by which roles; null: whoever asks. */
export async function whoIs(
  { store, rolesOf }: Parts,
  { guildId, actor }: Standing,
  member: DiscordUserId | null,
): Promise<Told> {
  const userId = member ?? (actor.kind === 'member' ? actor.userId : null);
  const roles = userId === null ? null : await rolesOf(guildId, userId);
  if (userId === null || roles === null) {
    throw new UserError(
      'roles-unknown',
      'Discord does not tell me their roles right now. Try again soon.',
    );
  }
  const who = `<@${userId}>`;
  const not = (why: string): Told => ({ tone: 'neutral', text: `${who} ${why}` });
  if (roles === 'left') return not('is not in this Discord server, and can do nothing here.');
  const bound = await rolesByPower(store, guildId);
  const power = powerOf(roles, bound);
  if (power === 'everyone') {
    return not(
      'has no power here: none of their roles is bound. An Admin can bind one with /roles bind.',
    );
  }
  const by = POWERS.flatMap((one) =>
    bound[one]
      .filter((role) => roles.roleIds.includes(role))
      .map((role) => `<@&${role}> gives ${powerName[one]}`),
  );
  const always = roles.isAlwaysAdmin ? [ALWAYS] : [];
  return not(`is **${powerName[power]}** here.\n${[...always, ...by].join('\n')}`);
}

const ALWAYS = 'As owner of this Discord server or holder of Administrator, whatever the roles.';

const held = async ({ store }: Parts, { guildId }: Standing, role: RoleId) =>
  (await store.guilds.bindings(guildId)).find((binding) => binding.roleId === role);

/** Lets a role give a power, instead of what it gave before. */
export async function bindRole(
  parts: Parts,
  standing: Standing,
  { role, power }: { role: RoleId; power: BoundPower },
): Promise<Told> {
  const { guildId } = standing;
  // Discord gives the role that everybody has the id of the guild.
  if ((role as string) === (guildId as string)) {
    throw new UserError(
      'everyone',
      'Everybody here has that role. Choose one that only some have.',
    );
  }
  const before = await held(parts, standing, role);
  if (before?.power === power) {
    throw new UserError(
      'bound-already',
      `<@&${role}> gives ${powerName[power]} already. Use /roles show to see every role.`,
    );
  }
  await mustBeFree(parts.store, guildId, power);
  if (before) await mustBeFree(parts.store, guildId, before.power);
  const facts = { type: 'role.bound', role, power } as const;
  const change = (tables: Tables) => tables.guilds.bindRole({ guildId, roleId: role, power });
  const told = await note(parts, standing, { facts, personId: null, change });
  return { ...told, text: told.text.replace('\n-#', `\n${HIDE}\n-#`) };
}

/** Takes its power from a role. */
export async function unbindRole(parts: Parts, standing: Standing, role: RoleId): Promise<Told> {
  const before = await held(parts, standing, role);
  if (!before)
    throw new UserError(
      'not-bound',
      `<@&${role}> gives no power. Use /roles show to see which do.`,
    );
  await mustBeFree(parts.store, standing.guildId, before.power);
  const facts = { type: 'role.unbound', role, power: before.power } as const;
  const change = (tables: Tables) => tables.guilds.unbindRole(standing.guildId, role);
  return note(parts, standing, { facts, personId: null, change });
}

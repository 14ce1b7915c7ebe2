import type { BoundPower } from '../core/cases.js';
import { UserError } from '../core/errors.js';
import type { ChannelId, RoleId } from '../core/model.js';
import { powerName } from '../core/power.js';
import { listed } from '../core/text.js';
import type { Tables } from '../store/store.js';
import { rolesByPower } from './bindings.js';
import { fixedOf, mustBeFree } from './environment.js';
import { headOf, note } from './note.js';
import type { Parts, Standing } from './parts.js';
import { openCase } from './record.js';
import type { Told } from './tell.js';

/** Without these nothing can be told in a channel, or it would be told twice. */
const NEEDED = ['View Channel', 'Send Messages', 'Read Message History'];
const ATTACH = 'Attach Files';

/** Tells every change in this channel; `lacks` names Usher's missing permissions there, null: Discord told none. */
export async function setAuditChannel(
  parts: Parts,
  standing: Standing,
  { channel, lacks }: { readonly channel: ChannelId; readonly lacks: readonly string[] | null },
): Promise<Told> {
  const { guildId } = standing;
  await mustBeFree(parts.store, guildId, 'audit-channel');
  if (lacks === null) {
    throw new UserError(
      'no-channel',
      'That is no channel of this Discord server. Choose one from the list.',
    );
  }
  const missing = lacks.filter((one) => NEEDED.includes(one));
  if (missing.length > 0) {
    throw new UserError(
      'channel-closed',
      `In <#${channel}> Usher lacks ${listed(missing)}. Give it that in the channel's permissions, then choose the channel again.`,
    );
  }
  const told = await note(parts, standing, {
    facts: { type: 'audit-channel.set', channel },
    personId: null,
    change: (tables) => tables.guilds.set(guildId, { auditChannelId: channel }),
  });
  if (!lacks.includes(ATTACH)) return told;
  const hint = `Without **${ATTACH}** long lists come without their table.`;
  return { ...told, text: told.text.replace('\n-#', `\n${hint}\n-#`) };
}

/** What was chosen in a menu of roles for a power, and which of its roles the menu showed as chosen. */
export interface ChosenRoles {
  readonly power: BoundPower;
  readonly roles: readonly RoleId[];
  readonly shown: readonly RoleId[];
}

/**
 * Lets these roles give a power, and those no longer that were shown and left out; a role that the menu had no room
 * for, or that somebody bound meanwhile, stays. Each role that begins or stops to give one is a case.
 */
export async function setRoles(
  parts: Parts,
  standing: Standing,
  { power, roles, shown }: ChosenRoles,
): Promise<void> {
  const { store, clock } = parts;
  const { guildId } = standing;
  if (roles.some((role) => (role as string) === (guildId as string))) {
    throw new UserError(
      'everyone',
      'Everybody here has that role. Choose one that only some have.',
    );
  }
  await mustBeFree(store, guildId, power);
  const before = await rolesByPower(store, guildId);
  const fixed = await fixedOf(store, guildId);
  const moved = roles.find((role) =>
    [...fixed].some((p) => p in before && p !== power && before[p as BoundPower].includes(role)),
  );
  if (moved !== undefined) {
    throw new UserError(
      'set-by-environment',
      `The power of <@&${moved}> is set by environment. Change it there, or choose another role for ${powerName[power]}.`,
    );
  }
  await store.transaction(async (tables: Tables) => {
    const head = headOf(standing, clock.now());
    for (const role of roles.filter((one) => !before[power].includes(one))) {
      await tables.guilds.bindRole({ guildId, roleId: role, power });
      await openCase(tables, head, { type: 'role.bound', role, power });
    }
    const left = shown.filter((role) => !roles.includes(role));
    for (const role of before[power].filter((one) => left.includes(one))) {
      await tables.guilds.unbindRole(guildId, role);
      await openCase(tables, head, { type: 'role.unbound', role, power });
    }
  });
  parts.knock(guildId);
}

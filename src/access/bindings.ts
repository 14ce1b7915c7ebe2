import type { GuildId, Power } from '../core/model.js';
import type { RoleBindings } from '../core/power.js';
import type { Store } from '../store/store.js';

/** Which guild roles give which power. */
export async function rolesByPower(store: Store, guildId: GuildId): Promise<RoleBindings> {
  const rows = await store.guilds.bindings(guildId);
  const rolesOf = (power: Power) =>
    rows.filter((row) => row.power === power).map((row) => row.roleId);
  return { admin: rolesOf('admin'), moderator: rolesOf('moderator'), auditor: rolesOf('auditor') };
}

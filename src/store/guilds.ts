import type { EntityManager } from 'typeorm';
import type { GuildId, RoleId } from '../core/model.js';
import { forgetGuild, guildsToForget } from './farewell.js';
import type { GuildRow, RoleBindingRow } from './rows.js';
import { guildTable, roleBindingTable, settingTable } from './schema.js';

/** Guilds, who may do what in them, and the few facts about this installation. */
export class Guilds {
  constructor(private readonly db: EntityManager) {}

  find(id: GuildId): Promise<GuildRow | null> {
    return this.db.findOneBy(guildTable, { id });
  }

  all(): Promise<GuildRow[]> {
    return this.db.find(guildTable);
  }

  /** Makes the guild known and back; keeps what was set before. */
  async welcome(id: GuildId): Promise<void> {
    await this.db.query(
      'insert into guild (id) values ($1) on conflict (id) do update set left_at = null',
      [id],
    );
  }

  async set(id: GuildId, change: Partial<Omit<GuildRow, 'id' | 'lastCaseNumber'>>): Promise<void> {
    await this.db.update(guildTable, { id }, change);
  }

  /** Guilds that Usher left and owes nothing since `before`. */
  toForget(before: Date): Promise<GuildId[]> {
    return guildsToForget(this.db, before);
  }

  /** Locks a guild that was left before that instant; false: it is not left any more. */
  async lockLeft(id: GuildId, before: Date): Promise<boolean> {
    const rows = await this.db.query<unknown[]>(
      'select 1 from guild where id = $1 and left_at <= $2 for update',
      [id, before],
    );
    return rows.length === 1;
  }

  /** Deletes the guild and everything of it. */
  forget(id: GuildId): Promise<void> {
    return forgetGuild(this.db, id);
  }

  bindings(id: GuildId): Promise<RoleBindingRow[]> {
    return this.db.findBy(roleBindingTable, { guildId: id });
  }

  /** Replaces all roles bound to one power; a role that gave another power gives this one. */
  async bind(id: GuildId, power: RoleBindingRow['power'], roles: readonly RoleId[]): Promise<void> {
    await this.db.delete(roleBindingTable, { guildId: id, power });
    const rows = [...new Set(roles)].map((roleId) => ({ guildId: id, roleId, power }));
    if (rows.length > 0) await this.db.upsert(roleBindingTable, rows, ['guildId', 'roleId']);
  }

  /** Binds one role, whatever it gave before. */
  async bindRole(row: RoleBindingRow): Promise<void> {
    await this.db.upsert(roleBindingTable, row, ['guildId', 'roleId']);
  }

  async unbindRole(id: GuildId, roleId: RoleId): Promise<void> {
    await this.db.delete(roleBindingTable, { guildId: id, roleId });
  }

  async setting(name: string): Promise<string | null> {
    return (await this.db.findOneBy(settingTable, { name }))?.value ?? null;
  }

  async remember(name: string, value: string): Promise<void> {
    await this.db.upsert(settingTable, { name, value }, ['name']);
  }
}

import { In, IsNull } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { GuildId, LibraryId, MachineId, SectionId, ServerId } from '../core/model.js';
import type { LibraryRow, ServerRow } from './rows.js';
import { libraryTable, serverTable } from './schema.js';
import { hangsOn, letGoOfServer } from './letGo.js';
import { takeOver } from './takeOver.js';

/** Plex servers of guilds and their libraries. */
export class Servers {
  constructor(private readonly db: EntityManager) {}

  get(id: ServerId): Promise<ServerRow> {
    return this.db.findOneByOrFail(serverTable, { id });
  }

  all(): Promise<ServerRow[]> {
    return this.db.find(serverTable, { order: { name: 'ASC', id: 'ASC' } });
  }

  ofGuild(guildId: GuildId): Promise<ServerRow[]> {
    return this.db.find(serverTable, { where: { guildId }, order: { name: 'ASC', id: 'ASC' } });
  }

  byMachine(machineId: MachineId): Promise<ServerRow | null> {
    return this.db.findOneBy(serverTable, { machineId });
  }

  /** Moves a server with its data to another guild; returns how many people it concerns. */
  takeOver(machineId: MachineId, guildId: GuildId): Promise<number> {
    return takeOver(this.db, machineId, guildId);
  }

  /** What hangs on a server: people with something there, ends that are planned, changes on the way. */
  hangsOn(id: ServerId): ReturnType<typeof hangsOn> {
    return hangsOn(this.db, id);
  }

  /** Forgets a server with all that was given there; what was told of it stays. */
  letGo(id: ServerId, now: Date): Promise<void> {
    return letGoOfServer(this.db, id, now);
  }

  async add(row: ServerRow): Promise<void> {
    await this.db.insert(serverTable, row);
  }

  async set(id: ServerId, change: Partial<Omit<ServerRow, 'id' | 'guildId'>>): Promise<void> {
    await this.db.update(serverTable, { id }, change);
  }

  /** Every library, also those that are gone; by title. */
  libraries(serverIds: readonly ServerId[]): Promise<LibraryRow[]> {
    return this.db.find(libraryTable, {
      where: { serverId: In([...serverIds]) },
      order: { title: 'ASC', id: 'ASC' },
    });
  }

  library(serverId: ServerId, sectionId: SectionId): Promise<LibraryRow | null> {
    return this.db.findOneBy(libraryTable, { serverId, sectionId });
  }

  /** Libraries of a guild that people can be given now. */
  librariesOfGuild(guildId: GuildId): Promise<(LibraryRow & { serverName: string })[]> {
    return this.db.query(
      `select l.id, l.server_id as "serverId", l.section_id::float8 as "sectionId", l.key, l.uuid,
              l.title, l.type, l.is_default as "isDefault", l.missing_since as "missingSince",
              l.gone_at as "goneAt", s.name as "serverName"
         from library l join server s on s.id = l.server_id
        where s.guild_id = $1 and l.gone_at is null
        order by lower(l.title), s.name, l.id`,
      [guildId],
    );
  }

  /** Libraries of a guild that are gone, the last one first, with how many people have open grants of them. */
  deletedLibraries(
    guildId: GuildId,
  ): Promise<(LibraryRow & { serverName: string; people: number })[]> {
    return this.db.query(
      `select l.id, l.server_id as "serverId", l.section_id::float8 as "sectionId", l.key, l.uuid,
              l.title, l.type, l.is_default as "isDefault", l.missing_since as "missingSince",
              l.gone_at as "goneAt", s.name as "serverName",
              (select count(*)::int from access_grant g where g.library_id = l.id and g.closed_at is null) as people
         from library l join server s on s.id = l.server_id
        where s.guild_id = $1 and l.gone_at is not null
        order by l.gone_at desc, l.id`,
      [guildId],
    );
  }

  async addLibrary(row: LibraryRow): Promise<void> {
    await this.db.insert(libraryTable, row);
  }

  async setLibrary(id: LibraryId, change: Partial<Omit<LibraryRow, 'id' | 'serverId'>>) {
    await this.db.update(libraryTable, { id }, change);
  }

  defaults(serverId: ServerId): Promise<LibraryRow[]> {
    return this.db.findBy(libraryTable, { serverId, isDefault: true, goneAt: IsNull() });
  }
}

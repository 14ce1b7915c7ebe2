import { In, IsNull } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type {
  Entitlement,
  Grant,
  GrantId,
  LibraryId,
  PersonId,
  SectionId,
  ServerId,
} from '../core/model.js';
import type { GrantRow } from './rows.js';
import { grantTable } from './schema.js';

/** An open grant with the library it is for, as plex.tv knows it. */
export interface OpenGrant extends GrantRow, Grant {
  readonly serverId: ServerId;
}

const COLUMNS = `g.id, g.person_id as "personId", g.library_id as "libraryId",
              l.section_id::float8 as section, l.server_id as "serverId", g.starts_at as "startsAt",
              g.ends_at as "endsAt", g.revoked_at as "revokedAt", g.created_at as "createdAt",
              g.closed_at as "closedAt", g.source, g.giver, g.reason`;

/** Who may see what, from when until when. */
export class Grants {
  constructor(private readonly db: EntityManager) {}

  /** Open grants (end not yet taken) of these people on one server; of everybody when `people` is null. */
  open(serverId: ServerId, people: readonly PersonId[] | null): Promise<OpenGrant[]> {
    return this.db.query(
      `select ${COLUMNS}
         from access_grant g join library l on l.id = g.library_id
        where l.server_id = $1 and g.closed_at is null and ($2::uuid[] is null or g.person_id = any($2))
        order by g.created_at, g.id`,
      [serverId, people],
    );
  }

  /** Who has an open grant of a library, in the order in which shares are locked. */
  async holders(libraryId: LibraryId): Promise<PersonId[]> {
    const rows = await this.db.query<{ personId: PersonId }[]>(
      `select person_id as "personId" from access_grant
        where library_id = $1 and closed_at is null order by person_id`,
      [libraryId],
    );
    return rows.map(({ personId }) => personId);
  }

  find(id: GrantId): Promise<GrantRow | null> {
    return this.db.findOneBy(grantTable, { id });
  }

  /** The newest grant of a library to a person, over or not. */
  newest(libraryId: LibraryId, personId: PersonId): Promise<GrantRow | null> {
    return this.db.findOne(grantTable, {
      where: { libraryId, personId },
      order: { createdAt: 'DESC', id: 'ASC' },
    });
  }

  async add(row: GrantRow): Promise<void> {
    await this.db.insert(grantTable, row);
  }

  async addAll(rows: readonly GrantRow[]): Promise<void> {
    if (rows.length > 0) await this.db.insert(grantTable, [...rows]);
  }

  /** Changes an open grant; false when it was closed meanwhile. */
  async change(
    id: GrantId,
    to: { startsAt?: Date; endsAt?: Date | null; revokedAt?: Date; libraryId?: LibraryId },
  ): Promise<boolean> {
    const done = await this.db.update(grantTable, { id, closedAt: IsNull() }, to);
    return done.affected === 1;
  }

  /** Grants that an adoption of what Plex shows ended after `since`: the latest of each library. */
  endedByAdoption(
    { serverId, personId }: Pick<OpenGrant, 'serverId' | 'personId'>,
    since: Date,
  ): Promise<OpenGrant[]> {
    return this.db.query(
      `select distinct on (g.library_id) ${COLUMNS}
         from access_grant g join library l on l.id = g.library_id
         join "case" c on c.person_id = g.person_id and c.server_id = l.server_id
                      and c.type = 'drift.adopted' and c.at = g.revoked_at
        where l.server_id = $1 and g.person_id = $2 and g.closed_at is not null and g.revoked_at > $3
        order by g.library_id, g.revoked_at desc`,
      [serverId, personId, since],
    );
  }

  /** Takes back an early end: it goes on to the end it had. */
  async reopen(id: GrantId): Promise<void> {
    await this.db.update(grantTable, { id }, { revokedAt: null, closedAt: null });
  }

  /** Marks grants as over: their end was taken in this transaction. */
  async close(ids: readonly GrantId[], at: Date): Promise<void> {
    if (ids.length > 0) await this.db.update(grantTable, { id: In([...ids]) }, { closedAt: at });
  }

  /** The libraries of a server: the rest of what decides `intended`. */
  async libraries(serverId: ServerId): Promise<Required<Omit<Entitlement, 'grants' | 'ending'>>> {
    const rows = await this.db.query<{ section: SectionId; isDefault: boolean; gone: boolean }[]>(
      `select section_id::float8 as section, is_default as "isDefault", gone_at is not null as gone
         from library where server_id = $1`,
      [serverId],
    );
    const present = rows.filter((row) => !row.gone);
    return {
      defaults: present.filter((row) => row.isDefault).map((row) => row.section),
      gone: rows.filter((row) => row.gone).map((row) => row.section),
      known: present.map((row) => row.section),
    };
  }
}

import { randomInt, randomUUID } from 'node:crypto';
import pg from 'pg';
import type {
  AccountId,
  CaseId,
  ChannelId,
  GrantId,
  GuildId,
  LibraryId,
  MachineId,
  Order,
  PersonId,
  SectionId,
  SectionKey,
  ServerId,
} from '../../src/core/model.js';
import { openStore } from '../../src/store/open.js';
import type { CaseRow, GrantRow, LibraryRow, PersonRow, ServerRow } from '../../src/store/rows.js';
import type { Store } from '../../src/store/store.js';
import { createTestDatabase } from '../support/postgres.js';

/** A fixed instant, so that no test depends on when it runs. */
export const NOON = new Date('2026-03-01T12:00:00.000Z');
export const minutesFromNoon = (minutes: number): Date => new Date(+NOON + minutes * 60_000);

/** An open store on a database of its own, and a way to look at its rows that is not the store's. */
export interface TestStore {
  readonly url: string;
  readonly store: Store;
  sql<Row extends pg.QueryResultRow>(statement: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export async function openTestStore(): Promise<TestStore> {
  const database = await createTestDatabase();
  const opened = await openStore(database.url);
  const pool = new pg.Pool({ connectionString: database.url, max: 3 });
  pool.on('error', () => undefined); // dropping the database may be quicker than its goodbye
  return {
    url: database.url,
    store: opened.store,
    sql: async <Row extends pg.QueryResultRow>(statement: string, values: unknown[] = []) =>
      (await pool.query<Row>(statement, values)).rows,
    close: async () => {
      await pool.end();
      await opened.close();
      await database.drop();
    },
  };
}

const snowflake = (): string => `1${String(randomInt(10 ** 9)).padStart(17, '0')}`;
export const aSection = (): SectionId => randomInt(1, 2 ** 40) as SectionId;
export const aChannel = (): ChannelId => snowflake() as ChannelId;

/** One guild with a server that has one library, and one person. */
export interface Household {
  readonly guildId: GuildId;
  readonly serverId: ServerId;
  readonly library: LibraryRow;
  readonly personId: PersonId;
}

export async function aHousehold(store: Store): Promise<Household> {
  const guildId = snowflake() as GuildId;
  await store.guilds.welcome(guildId);
  const server = aServer({ guildId });
  await store.servers.add(server);
  const library = aLibrary({ serverId: server.id });
  await store.servers.addLibrary(library);
  const person = aPerson({ guildId });
  await store.people.save([person]);
  return { guildId, serverId: server.id, library, personId: person.id };
}

export const aServer = (own: Partial<ServerRow> & { guildId: GuildId }): ServerRow => ({
  id: randomUUID() as ServerId,
  machineId: randomUUID() as string as MachineId,
  ownerId: 7 as AccountId,
  ownerName: 'owner',
  endPolicy: 'keep-default',
  name: 'Attic',
  pmsUrl: 'http://127.0.0.1:32400',
  syncedAt: null,
  sweptAt: null,
  saneRows: [],
  doubtedRows: null,
  ...own,
});

export const aLibrary = (own: Partial<LibraryRow> & { serverId: ServerId }): LibraryRow => ({
  id: randomUUID() as LibraryId,
  sectionId: aSection(),
  key: '1' as SectionKey,
  uuid: randomUUID(),
  title: 'Films',
  type: 'movie',
  isDefault: false,
  missingSince: null,
  goneAt: null,
  ...own,
});

export const aPerson = (own: Partial<PersonRow> & { guildId: GuildId }): PersonRow => ({
  id: randomUUID() as PersonId,
  accountId: randomInt(1, 2 ** 40) as AccountId,
  kind: 'friend',
  title: 'Mara',
  username: 'mara',
  email: 'mara@example.org',
  invitedAs: '',
  mergedInto: null,
  missingSince: null,
  goneAt: null,
  ...own,
});

export const aGrant = (
  own: Partial<GrantRow> & { personId: PersonId; libraryId: LibraryId },
): GrantRow => ({
  id: randomUUID() as GrantId,
  startsAt: NOON,
  endsAt: null,
  revokedAt: null,
  createdAt: NOON,
  closedAt: null,
  source: 'command',
  giver: null,
  reason: null,
  ...own,
});

/** A case that has not got its number yet. */
export const aCase = (
  own: Partial<CaseRow> & { guildId: GuildId; noticeId: string },
): Omit<CaseRow, 'number'> => ({
  id: randomUUID() as CaseId,
  at: NOON,
  type: 'grant.created',
  personId: null,
  serverId: null,
  actorId: null,
  reason: null,
  facts: {},
  ...own,
});

export const anOrder = (own: Partial<Order>): Order => ({
  section: aSection(),
  want: 'add',
  since: NOON,
  cause: 'case',
  caseId: null,
  tried: false,
  seenAt: null,
  shownAt: null,
  ...own,
});

/** A notice with one case, as a command writes them: in one transaction. */
export async function aToldCase(
  store: Store,
  own: Partial<CaseRow> & { guildId: GuildId },
): Promise<{ row: CaseRow; noticeId: string }> {
  const noticeId = randomUUID();
  const row = await store.transaction(async (tx) => {
    await tx.notices.owe(noticeId, own.guildId, NOON);
    return tx.cases.append(aCase({ ...own, noticeId }));
  });
  return { row, noticeId };
}

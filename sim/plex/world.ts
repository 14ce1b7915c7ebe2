import { z } from 'zod';

const settings = z.strictObject({
  allowSync: z.boolean().default(false),
  allowCameraUpload: z.boolean().default(false),
  allowChannels: z.boolean().default(false),
  allowTuners: z.number().int().default(0),
  allowSubtitleAdmin: z.boolean().default(false),
});
const filters = z.strictObject({
  filterAll: z.string().default(''),
  filterMovies: z.string().default(''),
  filterMusic: z.string().default(''),
  filterPhotos: z.string().default(''),
  filterTelevision: z.string().default(''),
});
const owner = z.strictObject({
  id: z.number().int(),
  token: z.string(),
  username: z.string(),
  email: z.string(),
});
const library = z.strictObject({
  key: z.string(),
  sectionId: z.number().int(),
  uuid: z.string(),
  title: z.string(),
  type: z.string(),
});
const server = z.strictObject({
  machineId: z.string(),
  serverId: z.number().int(),
  name: z.string(),
  ownerId: z.number().int().optional(),
  connections: z
    .array(z.strictObject({ uri: z.string(), local: z.boolean(), relay: z.boolean() }))
    .optional(),
  /** What its resource says it provides; "server" when missing. */
  provides: z.string().optional(),
  sharedTo: z.array(z.number().int()).optional(),
  libraries: z.array(library),
});
const account = z.strictObject({
  id: z.number().int(),
  /** Lets this account in at plex.tv; `account-token-<id>` when missing, none at all for a managed user. */
  token: z.string().optional(),
  username: z.string(),
  email: z.string(),
  title: z.string(),
  home: z.boolean().default(false),
  restricted: z.boolean().default(false),
  friend: z.boolean().default(false),
  friendOf: z.array(z.number().int()).optional(),
  restrictionProfile: z.string().optional(),
  filters: filters.optional(),
  settings: settings.optional(),
});
const share = z.strictObject({
  id: z.number().int(),
  machineId: z.string(),
  accountId: z.number().int().nullable(),
  email: z.string(),
  sectionIds: z.array(z.number().int()),
  allLibraries: z.boolean().default(false),
  invitedAt: z.number(),
  acceptedAt: z.number().nullable(),
  /** Shared without a friend request. */
  skipFriendship: z.boolean().optional(),
  /** The invite was taken back, and its row stayed: nobody can accept it any more. */
  cancelled: z.boolean().optional(),
  /** Settings that came with an invite to an address without an account; its account gets them. */
  given: z.record(z.string(), z.union([z.boolean(), z.number(), z.string()])).optional(),
});
/** A share that its person declined or left: gone from v1, and in v2 a row with a date. */
const ended = share.extend({ endedAt: z.number(), how: z.enum(['declined', 'left']) });
const pin = z.strictObject({
  id: z.number().int(),
  code: z.string(),
  approved: z.boolean(),
  expiresAt: z.number(),
  /** Who approved it; the first owner when missing. */
  accountId: z.number().int().optional(),
  clientIdentifier: z.string().optional(),
});
const session = z.strictObject({
  sessionId: z.string(),
  accountId: z.number().int(),
  machineId: z.string(),
  sectionKey: z.string(),
  title: z.string(),
});
/** Something that was watched; `viewedAt` in epoch seconds. */
const view = session.omit({ sessionId: true }).extend({ viewedAt: z.number() });

/** The whole world behind one origin, as `GET /_sim/state` shows it. Times are epoch seconds; pins' in ms. */
export const worldSchema = z.strictObject({
  owner,
  owners: z.array(owner).default([]),
  servers: z.array(server),
  accounts: z.array(account),
  shares: z.array(share),
  pins: z.array(pin).default([]),
  sessions: z.array(session).default([]),
  ended: z.array(ended).default([]),
  history: z.array(view).default([]),
});

export type PlexWorld = z.infer<typeof worldSchema>;
export type Owner = z.infer<typeof owner>;
export type Server = z.infer<typeof server>;
export type Library = z.infer<typeof library>;
export type Account = z.infer<typeof account>;
export type Share = z.infer<typeof share>;
export type Ended = z.infer<typeof ended>;
export type Session = z.infer<typeof session>;
/** What a person may do with what is shared, and what is filtered out for them. */
export type Settings = z.infer<typeof settings> & z.infer<typeof filters>;

/** All settings as plex.tv has them when nobody ever set any. */
export const NO_SETTINGS: Settings = { ...settings.parse({}), ...filters.parse({}) };

const machine = (n: number): string => n.toString(16).padStart(2, '0').repeat(20);
const ATTIC = machine(0xa1);
const CELLAR = machine(0xc2);
const FIRST_SECTION = 118_278_404;

const libraries = (server: number, titles: readonly (readonly [string, string])[]): Library[] =>
  titles.map(([title, type], i) => ({
    key: String(i * 3 + 1 + server),
    sectionId: FIRST_SECTION + server * 10_000 + i * 37,
    uuid: `${server}${i}b7c1de-0000-4000-8000-00000000000${i}`,
    title,
    type,
  }));

const seconds = (iso: string): number => Date.parse(iso) / 1000;

/** An owner with one server, libraries Films and Shows, and nobody else. */
export const emptyWorld = (token: string): PlexWorld => ({
  owner: { id: 4_400_001, token, username: 'owner', email: 'owner@example.org' },
  owners: [],
  servers: [
    {
      machineId: ATTIC,
      serverId: 777,
      name: 'Attic',
      libraries: libraries(0, [
        ['Films', 'movie'],
        ['Shows', 'show'],
      ]),
    },
  ],
  accounts: [],
  shares: [],
  pins: [],
  sessions: [],
  ended: [],
  history: [],
});

const person = (id: number, username: string, more: Partial<Account>): Account => ({
  id,
  username,
  email: username === '' ? '' : `${username}@example.org`,
  title: username,
  home: false,
  restricted: false,
  friend: false,
  ...more,
});

/** Two servers and five people, one of each kind that Plex knows. */
export const demoWorld = (token: string): PlexWorld => {
  const world = emptyWorld(token);
  const attic = libraries(0, [
    ['Films', 'movie'],
    ['Shows', 'show'],
    ['Kids', 'movie'],
    ['Default', 'movie'],
  ]);
  return {
    ...world,
    servers: [
      { machineId: ATTIC, serverId: 777, name: 'Attic', libraries: attic },
      {
        machineId: CELLAR,
        serverId: 778,
        name: 'Cellar',
        libraries: libraries(1, [
          ['Films', 'movie'],
          ['Music', 'artist'],
        ]),
      },
    ],
    accounts: [
      person(4_410_021, 'mara', { title: 'Mara', email: 'Mara@example.org', friend: true }),
      person(4_410_022, 'jonas', { title: 'Jonas', friend: true }),
      person(4_410_031, '', { title: 'Kid', home: true, restricted: true }),
      person(4_410_032, 'homer', { title: 'Homer', home: true }),
      person(4_410_099, 'zoe', { title: 'Zoe' }),
    ],
    shares: [
      {
        id: 30_001,
        machineId: ATTIC,
        accountId: 4_410_021,
        email: 'mara@example.org',
        sectionIds: [attic[0]?.sectionId ?? 0],
        allLibraries: false,
        invitedAt: seconds('2025-11-01T10:00:00Z'),
        acceptedAt: seconds('2025-11-01T11:00:00Z'),
      },
      {
        id: 30_002,
        machineId: ATTIC,
        accountId: null,
        email: 'tove@example.org',
        sectionIds: [attic[1]?.sectionId ?? 0],
        allLibraries: false,
        invitedAt: seconds('2026-11-20T10:00:00Z'),
        acceptedAt: null,
      },
    ],
  };
};

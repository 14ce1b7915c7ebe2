import { z } from 'zod';
import type { Shape } from './bodies.js';

const id = z.number().int();
const instant = z.iso.datetime();
const text = z.string();
const bool = z.boolean();

const settings = z.strictObject({
  allowSync: bool,
  allowCameraUpload: bool,
  allowChannels: bool,
  allowTuners: z.literal([0, 1, 2]),
  allowSubtitleAdmin: bool,
  filterAll: text.nullable(),
  filterMovies: text,
  filterMusic: text,
  filterPhotos: text.nullable(),
  filterTelevision: text,
});
const owner = z.strictObject({
  id,
  uuid: text,
  title: text,
  username: text,
  email: text,
  friendlyName: text.nullable(),
});
const section = z.strictObject({ id, key: id, title: text, type: text });
const invited = owner.extend({
  id: id.nullable(),
  restricted: bool,
  home: bool,
  status: z.enum(['accepted', 'pending']),
  thumb: text,
  sharingSettings: settings,
});
const share = z.strictObject({
  id,
  name: text,
  ownerId: id,
  owner,
  invitedId: id.nullable(),
  invitedEmail: text.nullable(),
  invited,
  serverId: id,
  machineIdentifier: text,
  accepted: bool,
  acceptedAt: instant.nullable(),
  invitedAt: instant,
  deletedAt: instant.nullable(),
  leftAt: instant.nullable(),
  owned: bool,
  inviteToken: text,
  lastSeenAt: instant.nullable(),
  numLibraries: id,
  allLibraries: bool,
  searchEnabled: bool,
  libraries: z.array(section),
  sharingSettings: settings,
});
const user = owner.extend({
  thumb: text,
  authToken: text,
  home: bool,
  homeAdmin: bool,
  homeSize: id,
  maxHomeSize: z.literal(15),
  guest: bool,
  restricted: bool,
  protected: bool,
  hasPassword: bool,
  twoFactorEnabled: bool,
  joinedAt: id,
  scrobbleTypes: text,
  subscription: z.strictObject({
    active: bool,
    status: text,
    plan: text,
    subscribedAt: instant,
    features: z.array(text),
  }),
  profile: z.strictObject({}),
  entitlements: z.array(text),
  roles: z.array(text),
});
const pin = z.strictObject({
  id,
  code: text,
  product: text,
  trusted: bool,
  clientIdentifier: text,
  location: z.strictObject({ code: text, country: text, city: text }),
  expiresIn: id,
  createdAt: instant,
  expiresAt: instant,
  authToken: text.nullable(),
  newRegistration: z.null(),
});
const resource = z.strictObject({
  name: text,
  product: text,
  productVersion: text,
  platform: text,
  platformVersion: text,
  device: text,
  clientIdentifier: text,
  createdAt: instant,
  lastSeenAt: instant,
  provides: text,
  ownerId: id.nullable(),
  sourceTitle: text.nullable(),
  publicAddress: text,
  accessToken: text,
  owned: bool,
  home: bool,
  synced: bool,
  relay: bool,
  presence: bool,
  httpsRequired: bool,
  publicAddressMatches: bool,
  dnsRebindingProtection: bool,
  natLoopbackSupported: bool,
  connections: z.array(
    z.strictObject({
      protocol: z.enum(['http', 'https']),
      address: text,
      port: id,
      uri: z.url(),
      local: bool,
      relay: bool,
      IPv6: bool,
    }),
  ),
});
const member = owner.extend({
  admin: bool,
  guest: bool,
  restricted: bool,
  restrictionProfile: text.nullable(),
  hasPassword: bool,
  protected: bool,
  thumb: text,
  updatedAt: id,
});
const home = z.strictObject({
  id,
  name: text,
  guestUserID: id.nullable(),
  guestUserUUID: text.nullable(),
  guestEnabled: bool,
  subscription: bool,
  users: z.array(member),
});
const server = z.strictObject({
  name: text,
  machineIdentifier: text,
  owned: bool,
  librarySections: z.array(section),
});

/** A media server's container: `size` counts the rows, and no rows are no list. */
const media = (more: z.ZodRawShape, list?: { name: string; row: z.ZodType }) =>
  z.strictObject({
    MediaContainer: z
      .strictObject({
        size: id,
        ...more,
        ...(list ? { [list.name]: z.array(list.row).min(1).optional() } : {}),
      })
      .refine((one: Record<string, unknown>) => {
        const rows = list ? (one[list.name] as unknown[] | undefined) : undefined;
        return one.size === (rows?.length ?? 0);
      }, 'size is not the number of rows'),
  });

const key = z.string().regex(/^\d+$/);
const directory = z.strictObject({
  key,
  uuid: text,
  title: text,
  type: z.enum(['movie', 'show', 'artist', 'photo']),
  agent: text,
  scanner: text,
  language: text,
  refreshing: bool,
  createdAt: id,
  updatedAt: id,
  scannedAt: id,
  contentChangedAt: id,
  hidden: id,
  Location: z.array(z.strictObject({ id, path: text })),
});
const thing = z.strictObject({
  ratingKey: key.optional(),
  key: text.optional(),
  librarySectionID: key,
  type: text,
  title: text,
});
const playing = thing.extend({
  sessionKey: key,
  librarySectionTitle: text,
  viewOffset: id,
  duration: id,
  User: z.strictObject({ id: key, title: text, thumb: text }),
  Player: z.looseObject({ machineIdentifier: text, state: text, local: bool, userID: id }),
  Session: z.strictObject({ id: text, bandwidth: id, location: z.enum(['lan', 'wan']) }),
});
const watched = thing.extend({ historyKey: text, viewedAt: id, accountID: id, deviceID: id });
const account = z.strictObject({ id, key: text, name: text, thumb: text });
const root = {
  allowSharing: bool,
  allowSync: bool,
  friendlyName: text,
  machineIdentifier: text,
  multiuser: bool,
  myPlex: bool,
  myPlexSigninState: text,
  myPlexSubscription: bool,
  myPlexUsername: text,
  platform: text,
  version: text,
};

const shares = z.array(share);
const sent = z.array(z.strictObject({ invited, sharedServers: shares }));
const received = z.array(z.strictObject({ owner, sharedServers: shares }));
const identity = { claimed: bool, machineIdentifier: text, version: text };
const sections = { allowSync: bool, title1: text };

/** What every JSON answer of 2xx looks like, by method and path; those of a media server without its place. */
export const ANSWERS: Readonly<Record<string, Shape>> = {
  'GET /api/v2/user': { name: 'user', schema: user },
  'GET /api/v2/ping': { name: 'ping', schema: z.strictObject({ pong: z.literal(true) }) },
  'POST /api/v2/pins': { name: 'pin', schema: pin },
  'GET /api/v2/pins/:pin': { name: 'pin', schema: pin },
  'GET /api/v2/resources': { name: 'resources', schema: z.array(resource) },
  'GET /api/v2/home/users': { name: 'home', schema: home },
  'GET /api/v2/servers/:machine': { name: 'server', schema: server },
  'GET /api/v2/sharing_settings': { name: 'sharing settings', schema: settings },
  'POST /api/v2/sharing_settings': { name: 'sharing settings', schema: settings },
  'GET /api/v2/shared_servers/owned/accepted': { name: 'shares', schema: shares },
  'GET /api/v2/shared_servers/owned/pending': { name: 'shares', schema: shares },
  'GET /api/v2/shared_servers/invites/owned/pending': { name: 'sent invites', schema: sent },
  'GET /api/v2/shared_servers/invites/received/pending': { name: 'invites', schema: received },
  'POST /api/v2/shared_servers': { name: 'share', schema: share },
  'GET /api/v2/shared_servers/:share': { name: 'share', schema: share },
  'POST /api/v2/shared_servers/:share': { name: 'share', schema: share },
  'POST /api/v2/shared_servers/:share/accept': { name: 'share', schema: share },
  'GET /': { name: 'media server', schema: media(root) },
  'GET /identity': { name: 'identity', schema: media(identity) },
  'GET /library': { name: 'library', schema: media({ identifier: text, title1: text }) },
  'GET /library/sections': {
    name: 'sections',
    schema: media(sections, { name: 'Directory', row: directory }),
  },
  'GET /status/sessions': {
    name: 'sessions',
    schema: media({}, { name: 'Metadata', row: playing }),
  },
  'GET /status/sessions/history/all': {
    name: 'history',
    schema: media({ totalSize: id, offset: id }, { name: 'Metadata', row: watched }),
  },
  'GET /accounts': { name: 'accounts', schema: media({}, { name: 'Account', row: account }) },
};

const error = z.strictObject({
  code: id,
  message: text,
  status: id,
  field: text.optional(),
});

/** What plex.tv's v2 says when it refuses. */
export const REFUSAL: Shape = {
  name: 'errors',
  schema: z.strictObject({ errors: z.array(error).min(1) }),
};

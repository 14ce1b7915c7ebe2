import { tag } from './shapes.js';
import { guestToken, sectionsOf } from './plexTv.js';
import type { PlexTv } from './plexTv.js';
import { settingsOf } from './settings.js';
import type { Account, Ended, PlexWorld, Server, Share } from './world.js';

/** A share with its server, in the world that is shown: of now, or of a while ago. */
interface Row {
  readonly world: PlexWorld;
  readonly server: Server;
  readonly share: Share;
}

/** Sixteen hex digits, as plex.tv names accounts beside their ids. */
export const uuidOf = (id: number): string => (id * 0x9e3779b1).toString(16).padStart(16, '7');

const accountOf = ({ world, share }: Row): Account | undefined =>
  world.accounts.find((account) => account.id === share.accountId);

/** When this person last watched something on this server; null = never. */
const lastSeen = ({ world, share }: Row): number | null => {
  const views = world.history.filter(
    (view) => view.accountId === share.accountId && view.machineId === share.machineId,
  );
  return views.length === 0 ? null : Math.max(...views.map((view) => view.viewedAt));
};

/** A row of `shared_servers`: every library of the server, flagged; `mark` is how an invite says that it waits. */
export function sharedServer(row: Row, mark: 'missing' | 'zero' | 'flag'): string {
  const { server, share } = row;
  const account = accountOf(row);
  const shared = new Set(sectionsOf(server, share).map((library) => library.sectionId));
  const sections = server.libraries.map((library) =>
    tag('Section', {
      id: library.sectionId,
      key: library.key,
      title: library.title,
      type: library.type,
      shared: shared.has(library.sectionId),
    }),
  );
  const waits = { acceptedAt: mark === 'zero' ? 0 : null, accepted: mark === 'flag' ? 0 : null };
  const { allowSync, allowCameraUpload, allowChannels, allowTuners, allowSubtitleAdmin, ...rest } =
    settingsOf(account);
  const attributes = {
    id: share.id,
    username: account?.username ?? '',
    email: (account?.email ?? share.email).toLowerCase(),
    userID: share.accountId,
    accessToken: guestToken(share),
    name: server.name,
    invitedAt: Math.round(share.invitedAt),
    ...(share.acceptedAt === null ? waits : { acceptedAt: Math.round(share.acceptedAt) }),
    allowSync,
    allowCameraUpload,
    allowChannels,
    allowTuners,
    allowSubtitleAdmin,
    owned: false,
    allLibraries: share.allLibraries,
    ...rest,
  };
  return tag('SharedServer', attributes, sections.join('\n'));
}

/** Somebody in `/api/users`, with their shares of the caller's servers. */
export function userElement(
  world: PlexWorld,
  account: Account,
  { shares, isHome }: { readonly shares: readonly Share[]; readonly isHome: boolean },
): string {
  const children = shares.flatMap((share) => {
    const server = world.servers.find((one) => one.machineId === share.machineId);
    if (!server) return [];
    const attributes = {
      id: share.id,
      serverId: server.serverId,
      machineIdentifier: share.machineId,
      name: server.name,
      lastSeenAt: lastSeen({ world, server, share }) ?? 0,
      numLibraries: sectionsOf(server, share).length,
      allLibraries: share.allLibraries,
      owned: true,
      pending: share.acceptedAt === null,
    };
    return [tag('Server', attributes)];
  });
  const attributes = {
    id: account.id,
    title: account.title,
    username: account.username,
    email: account.email,
    recommendationsPlaylistId: '',
    thumb: '',
    protected: false,
    home: isHome,
    ...settingsOf(account),
    restricted: account.restricted,
  };
  return tag('User', attributes, children.join('\n'));
}

const iso = (at: number | null): string | null =>
  at === null ? null : new Date(at * 1000).toISOString().replace(/\.\d+Z$/, 'Z');

function settings2(account: Account | undefined) {
  const all = settingsOf(account);
  return { ...all, filterPhotos: all.filterPhotos || null, filterAll: all.filterAll || null };
}

function invited2(row: Row) {
  const { share } = row;
  const account = accountOf(row);
  return {
    id: share.accountId,
    uuid: uuidOf(share.accountId ?? share.id),
    title: account?.title ?? share.email,
    username: account?.username ?? '',
    email: account?.email ?? share.email,
    friendlyName: null,
    restricted: account?.restricted ?? false,
    home: account?.home ?? false,
    status: share.acceptedAt === null ? 'pending' : 'accepted',
    thumb: '',
    sharingSettings: settings2(account),
  };
}

/** A share as v2 shows it: only the libraries that are shared. `isOwn`: to the owner of the server, not to the guest. */
export function share2(tv: PlexTv, row: Row, isOwn = true) {
  const { server, share } = row;
  const owner = tv.ownerOf(server);
  const ended = 'how' in share ? (share as Ended) : null;
  const shared = sectionsOf(server, share);
  return {
    id: share.id,
    name: server.name,
    ownerId: owner.id,
    owner: {
      id: owner.id,
      uuid: uuidOf(owner.id),
      title: owner.username,
      username: owner.username,
      email: owner.email,
      friendlyName: null,
    },
    invitedId: share.accountId,
    invitedEmail: share.accountId === null ? share.email : null,
    invited: invited2(row),
    serverId: server.serverId,
    machineIdentifier: server.machineId,
    accepted: share.acceptedAt !== null,
    acceptedAt: iso(share.acceptedAt),
    invitedAt: iso(share.invitedAt),
    deletedAt: ended?.how === 'declined' ? iso(ended.endedAt) : null,
    leftAt: ended?.how === 'left' ? iso(ended.endedAt) : null,
    owned: isOwn,
    inviteToken: inviteToken(share),
    lastSeenAt: iso(lastSeen(row)),
    numLibraries: shared.length,
    allLibraries: share.allLibraries,
    searchEnabled: true,
    libraries: shared.map((library) => ({
      id: library.sectionId,
      key: Number(library.key),
      title: library.title,
      type: library.type,
    })),
    sharingSettings: settings2(accountOf(row)),
  };
}

/** Whoever holds it may accept the invite, under whatever account. */
export const inviteToken = (share: Share): string => `invite-token-${share.id}`;

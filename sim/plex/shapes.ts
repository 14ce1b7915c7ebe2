import type { Answer } from '../common/server.js';
import { guestToken, sectionsOf } from './plexTv.js';
import type { PlexTv } from './plexTv.js';
import type { Account, Owner, PlexWorld, Server, Share } from './world.js';

const XML = { 'content-type': 'application/xml; charset=utf-8' };
const HTML = { 'content-type': 'text/html; charset=utf-8' };
/** plex.tv's own id, on containers: never that of the server asked for. */
const PLEX_TV_MACHINE = 'f0'.repeat(20);

const escape = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

type Value = string | number | boolean | null;

/** One element; booleans are 0 and 1, null is left out. */
export function tag(name: string, attributes: Record<string, Value>, children = ''): string {
  const text = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(
      ([key, value]) =>
        ` ${key}="${escape(String(typeof value === 'boolean' ? Number(value) : value))}"`,
    )
    .join('');
  return children === '' ? `<${name}${text}/>` : `<${name}${text}>\n${children}\n</${name}>`;
}

export const xml = (body: string, status = 200): Answer => ({
  status,
  headers: XML,
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}\n`,
});

export const json = (body: unknown, status = 200): Answer => ({ status, body });

/** v1 errors: XML whatever was asked for. */
export const v1Error = (status: number, text: string): Answer =>
  xml(tag('Response', { code: String(status), status: text }), status);

/** v2 errors: JSON only when it was asked for. */
export function v2Error(
  accept: string | undefined,
  error: { code: number; message: string; status: number; http?: number },
): Answer {
  const { code, message, status, http = status } = error;
  if (accept?.includes('application/json')) {
    return json({ errors: [{ code, message, status }] }, http);
  }
  return xml(tag('errors', {}, tag('error', { code, message, status })), http);
}

/** A v2 value as XML: fields are attributes, a list is an element named in the plural with one in the singular each. */
function element(name: string, value: object): string {
  if (Array.isArray(value)) {
    const singular = name.replace(/ies$/, 'y').replace(/s$/, '');
    const rows = value.map((row: object) => element(singular, row));
    return tag(name, {}, rows.join('\n'));
  }
  const fields = Object.entries(value) as [string, unknown][];
  const isInner = (field: unknown): field is object => typeof field === 'object' && field !== null;
  const attributes = fields.filter(([, field]) => !isInner(field) && field !== undefined);
  const children = fields.flatMap(([key, field]) => (isInner(field) ? [element(key, field)] : []));
  return tag(name, Object.fromEntries(attributes) as Record<string, Value>, children.join('\n'));
}

/** A v2 answer: JSON only when it was asked for, else XML with `name` as its root. */
export const v2 = (
  accept: string | undefined,
  { name, value, status = 200 }: { name: string; value: object; status?: number },
): Answer =>
  accept?.includes('application/json') ? json(value, status) : xml(element(name, value), status);

/** Keeps the first `n` rows of an answer's root, and says so in `size`: a short answer that contradicts nothing. */
export function truncate(answer: Answer, n: number): Answer {
  const { body } = answer;
  if (Array.isArray(body)) return { ...answer, body: body.slice(0, n) };
  if (typeof body === 'string') return { ...answer, body: truncateXml(body, n) };
  const root = (body as { MediaContainer?: Record<string, unknown> } | undefined)?.MediaContainer;
  const list = Object.entries(root ?? {}).find(([, value]) => Array.isArray(value));
  if (!list) return answer;
  const rows = (list[1] as unknown[]).slice(0, n);
  return { ...answer, body: { MediaContainer: { ...root, size: rows.length, [list[0]]: rows } } };
}

const TAG = /<(\/?)[A-Za-z][^\s/>]*(?:"[^"]*"|[^">])*?(\/?)>/g;

function truncateXml(text: string, n: number): string {
  let depth = 0;
  let rows = 0;
  let cut = { from: text.length, to: text.length };
  for (const { 0: whole, 1: closes, 2: closed, index } of text.matchAll(TAG)) {
    if (closes !== '') depth -= 1;
    // The end of the root: from the first row too many to here, nothing stays.
    if (depth === 0 && closes !== '') cut = { from: Math.min(cut.from, index), to: index };
    if (depth === 1 && closes === '') {
      rows += 1;
      if (rows === n + 1) cut = { from: index, to: index };
    }
    if (closes === '' && closed === '' && whole !== '') depth += 1;
  }
  if (rows <= n) return text;
  return `${text.slice(0, cut.from)}${text.slice(cut.to)}`.replace(/ size="\d+"/, ` size="${n}"`);
}

export const html = (status: number, title: string): Answer => ({
  status,
  headers: HTML,
  body: `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
});

/** A container as plex.tv's v1 lists send it. */
export const container = (children: readonly string[], more: Record<string, Value> = {}): Answer =>
  xml(
    tag(
      'MediaContainer',
      {
        friendlyName: 'myPlex',
        identifier: 'com.plexapp.plugins.myplex',
        machineIdentifier: PLEX_TV_MACHINE,
        size: children.length,
        ...more,
      },
      children.join('\n'),
    ),
  );

const filterAttributes = (account: Account | undefined) => ({
  filterAll: account?.filters?.filterAll ?? '',
  filterMovies: account?.filters?.filterMovies ?? '',
  filterMusic: account?.filters?.filterMusic ?? '',
  filterPhotos: account?.filters?.filterPhotos ?? '',
  filterTelevision: account?.filters?.filterTelevision ?? '',
});

const settingAttributes = (account: Account | undefined) => ({
  allowTuners: account?.settings?.allowTuners ?? 0,
  allowSync: account?.settings?.allowSync ?? false,
  allowCameraUpload: account?.settings?.allowCameraUpload ?? false,
  allowChannels: account?.settings?.allowChannels ?? false,
  allowSubtitleAdmin: account?.settings?.allowSubtitleAdmin ?? false,
});

/** A row of `shared_servers`: every library of the server, flagged. */
export function sharedServer(world: PlexWorld, server: Server, share: Share): string {
  const account = world.accounts.find((a) => a.id === share.accountId);
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
  return tag(
    'SharedServer',
    {
      id: share.id,
      username: account?.username ?? '',
      email: (account?.email ?? share.email).toLowerCase(),
      userID: share.accountId,
      accessToken: guestToken(share),
      name: server.name,
      invitedAt: Math.round(share.invitedAt),
      acceptedAt: share.acceptedAt === null ? null : Math.round(share.acceptedAt),
      ...settingAttributes(account),
      owned: false,
      allLibraries: share.allLibraries,
      ...filterAttributes(account),
    },
    sections.join('\n'),
  );
}

/** Somebody in `/api/users`, with the shares of this owner's servers. */
export function userElement(
  plexTv: PlexTv,
  world: PlexWorld,
  { account, owner }: { account: Account; owner: Owner },
): string {
  const servers = world.servers.filter((server) => plexTv.isOwn(server, owner));
  const shares = world.shares.filter(
    (share) =>
      share.accountId === account.id && servers.some((s) => s.machineId === share.machineId),
  );
  const children = shares.map((share) => {
    const server = servers.find((one) => one.machineId === share.machineId);
    return tag('Server', {
      id: share.id,
      serverId: server?.serverId ?? 0,
      machineIdentifier: share.machineId,
      name: server?.name ?? '',
      lastSeenAt: 0,
      numLibraries: server ? sectionsOf(server, share).length : 0,
      allLibraries: share.allLibraries,
      owned: true,
      pending: share.acceptedAt === null,
    });
  });
  return tag(
    'User',
    {
      id: account.id,
      title: account.title,
      username: account.username,
      email: account.email,
      recommendationsPlaylistId: '',
      thumb: '',
      protected: false,
      home: account.home,
      ...settingAttributes(account),
      ...filterAttributes(account),
      restricted: account.restricted,
    },
    children.join('\n'),
  );
}

/** A share as v2 shows it: only the libraries that are shared. */
export function share2(world: PlexWorld, server: Server, share: Share) {
  const account = world.accounts.find((a) => a.id === share.accountId);
  const iso = (at: number | null) => (at === null ? null : new Date(at * 1000).toISOString());
  return {
    id: share.id,
    name: server.name,
    ownerId: server.ownerId ?? world.owner.id,
    invitedId: share.accountId,
    invitedEmail: share.accountId === null ? share.email : null,
    invited: {
      id: share.accountId,
      uuid: 'a1b2c3d4e5f60718',
      title: account?.title ?? share.email,
      username: account?.username ?? '',
      email: account?.email ?? share.email,
      friendlyName: null,
      restricted: account?.restricted ?? false,
      home: account?.home ?? false,
      status: share.acceptedAt === null ? 'pending' : 'accepted',
      thumb: '',
    },
    serverId: server.serverId,
    machineIdentifier: server.machineId,
    accepted: share.acceptedAt !== null,
    acceptedAt: iso(share.acceptedAt),
    invitedAt: iso(share.invitedAt),
    deletedAt: null,
    leftAt: null,
    owned: true,
    inviteToken: `invite-token-${share.id}`,
    lastSeenAt: null,
    numLibraries: sectionsOf(server, share).length,
    allLibraries: share.allLibraries,
    searchEnabled: true,
    libraries: sectionsOf(server, share).map((library) => ({
      id: library.sectionId,
      key: Number(library.key),
      title: library.title,
      type: library.type,
    })),
    sharingSettings: { ...account?.settings, ...filterAttributes(account) },
  };
}

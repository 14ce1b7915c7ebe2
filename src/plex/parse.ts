import type { AccountId, SectionId, SectionKey, ShareId } from '../core/model.js';
import type { ShareRow, SharesAnswer } from '../core/reads.js';
import { isSame, setOf } from '../core/sections.js';
import { PlexProtocolError } from './errors.js';
import { readXml } from './xml.js';
import type { Element } from './xml.js';

type Body = AsyncIterable<Uint8Array>;
type Attributes = Element['attributes'];

/** A whole number from an attribute; 0 and "" mean none. */
function numberOf(attributes: Attributes, name: string): number | null {
  const text = attributes[name] ?? '';
  if (text === '') return null;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new PlexProtocolError(`Plex sent ${name}="${text.slice(0, 20)}" where a number belongs`);
  }
  return value === 0 ? null : value;
}

function idOf(element: Element, name: string): number {
  const id = numberOf(element.attributes, name);
  if (id === null) throw new PlexProtocolError(`Plex sent a <${element.name}> without ${name}`);
  return id;
}

const isOn = (text: string | undefined): boolean => text === '1' || text === 'true';

/** No positive acceptedAt and not accepted="1": an invite that waits. Managed users never need to accept. */
const isPending = (attributes: Attributes): boolean =>
  (numberOf(attributes, 'acceptedAt') ?? 0) === 0 && !isOn(attributes.accepted);

/** The share list of one server, row by row: nothing but the rows themselves is kept in memory. */
export async function parseShares(body: Body, at: Date): Promise<SharesAnswer> {
  const rows: ShareRow[] = [];
  let size: number | null = null;
  let open: {
    row: Omit<ShareRow, 'sections' | 'catalogue'>;
    shared: SectionId[];
    all: SectionId[];
  } | null = null;
  let catalogue: readonly SectionId[] = [];
  const onOpen = (element: Element) => {
    const { name, attributes, depth } = element;
    if (depth === 0) size = attributes.size === undefined ? null : Number(attributes.size);
    if (depth === 1 && name === 'SharedServer') {
      open = { row: rowOf(element), shared: [], all: [] };
    }
    if (depth === 2 && name === 'Section' && open) {
      const section = idOf(element, 'id') as SectionId;
      open.all.push(section);
      if (attributes.shared === undefined || isOn(attributes.shared)) open.shared.push(section);
    }
  };
  const onClose = (name: string, depth: number) => {
    if (depth !== 1 || name !== 'SharedServer' || !open) return;
    const listed = setOf(open.all);
    // Rows that list the same share one array: 10,000 rows need no 10,000 catalogues.
    catalogue = isSame(listed, catalogue) ? catalogue : listed;
    rows.push({ ...open.row, sections: setOf(open.shared), catalogue });
    open = null;
  };
  await readXml(body, { root: 'MediaContainer', onOpen, onClose });
  return { at, size, rows };
}

function rowOf(element: Element): Omit<ShareRow, 'sections' | 'catalogue'> {
  const { attributes } = element;
  return {
    id: idOf(element, 'id') as ShareId,
    accountId: numberOf(attributes, 'userID') as AccountId | null,
    email: attributes.email ?? '',
    username: attributes.username ?? '',
    pending: isPending(attributes),
    all: isOn(attributes.allLibraries),
  };
}

/** The id of the one share in the answer to a create; null when the answer cannot be read. */
export async function parseCreated(body: Body): Promise<ShareId | null> {
  let id: number | null = null;
  const onOpen = (element: Element) => {
    if (element.name === 'SharedServer') id ??= numberOf(element.attributes, 'id');
  };
  return readXml(body, { root: 'MediaContainer', onOpen }).then(
    () => id as ShareId | null,
    () => null, // the write was taken: a body that cannot be read only costs the id
  );
}

/** A library as plex.tv lists it. */
export interface PlexSection {
  readonly sectionId: SectionId;
  readonly key: SectionKey;
  readonly title: string;
  readonly type: string;
}

/** A server with its libraries, as plex.tv knows them. */
export interface PlexCatalogue {
  readonly name: string;
  readonly owned: boolean;
  readonly sections: readonly PlexSection[];
}

/** `GET /api/servers/{m}`: the first Server is the one asked for; the container's `size` means nothing. */
export async function parseCatalogue(body: Body): Promise<PlexCatalogue> {
  let server: { name: string; owned: boolean } | null = null;
  let servers = 0;
  const sections: PlexSection[] = [];
  const onOpen = (element: Element) => {
    const { name, attributes, depth } = element;
    if (depth === 1 && name === 'Server') {
      servers += 1;
      server ??= { name: attributes.name ?? '', owned: isOn(attributes.owned) };
    }
    if (depth === 2 && name === 'Section' && servers === 1) {
      sections.push({
        sectionId: idOf(element, 'id') as SectionId,
        key: (attributes.key ?? '') as SectionKey,
        title: attributes.title ?? '',
        type: attributes.type ?? '',
      });
    }
  };
  await readXml(body, { root: 'MediaContainer', onOpen });
  const found = server as { name: string; owned: boolean } | null;
  if (found === null) throw new PlexProtocolError('plex.tv does not list that server');
  return { ...found, sections };
}

/** Somebody the owner knows: a friend, or a member of the owner's Plex Home. */
export interface PlexPerson {
  readonly accountId: AccountId;
  readonly username: string;
  readonly title: string;
  /** "" for managed users. */
  readonly email: string;
  readonly home: boolean;
  /** A managed user: no account of their own. */
  readonly restricted: boolean;
  /** Their shares of all the owner's servers; one that is pending was not accepted yet. */
  readonly shares: readonly { readonly id: ShareId; readonly pending: boolean }[];
}

/** `GET /api/users` or `/api/home/users`. Home lists include the owner (`admin="1"`), who is left out. */
export async function parsePeople(body: Body, list: 'users' | 'home'): Promise<PlexPerson[]> {
  const people: PlexPerson[] = [];
  let shares: { id: ShareId; pending: boolean }[] = [];
  const onOpen = (element: Element) => {
    const { name, attributes, depth } = element;
    if (depth === 2 && name === 'Server') {
      shares.push({ id: idOf(element, 'id') as ShareId, pending: isOn(attributes.pending) });
    }
    if (depth === 1) shares = [];
    if (depth !== 1 || name !== 'User' || isOn(attributes.admin)) return;
    people.push({
      accountId: idOf(element, 'id') as AccountId,
      username: attributes.username ?? '',
      title: attributes.title ?? '',
      email: attributes.email ?? '',
      home: list === 'home' || isOn(attributes.home),
      restricted: isOn(attributes.restricted),
      shares,
    });
  };
  await readXml(body, { root: 'MediaContainer', onOpen });
  return people;
}

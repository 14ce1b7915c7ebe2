import { decide } from '../core/decide.js';
import type { EndPolicy, Read, ServerId, ShareChange } from '../core/model.js';
import { minus } from '../core/sections.js';
import type { Sections } from '../core/sections.js';
import type { Tables } from '../store/store.js';
import { manageIn } from './manage.js';
import type { ManageWish, Managed } from './manage.js';
import type { Parts, Standing } from './parts.js';
import { hold, libraryNames } from './record.js';

/** What Plex would be sent at once for a person on one server. */
export interface PlexChange {
  readonly server: string;
  readonly endPolicy: EndPolicy;
  readonly kind: ShareChange['kind'];
  /** Titles, as the guild tells them apart. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** What the person then has there. */
  readonly left: readonly string[];
  /** The last libraries cannot end: there is no default to keep. */
  readonly isStuck: boolean;
  /** Has everything, also libraries to come, which the change ends for good. */
  readonly endsAll: boolean;
}

/** The change in Plex that saving would make: it is made, looked at, and taken back. null: changed by somebody else. */
export async function rehearseManage(
  parts: Parts,
  standing: Standing,
  wish: ManageWish,
): Promise<readonly PlexChange[] | null> {
  return parts.store.rehearse(async (tables) => {
    const done = await manageIn(tables, parts, { standing, wish });
    if (done === null) return null;
    const changes: PlexChange[] = [];
    for (const serverId of done.servers) {
      changes.push(await changeOn(tables, parts, { standing, done, serverId }));
    }
    return changes;
  });
}

async function changeOn(
  tables: Tables,
  parts: Parts,
  { standing, done, serverId }: { standing: Standing; done: Managed; serverId: ServerId },
): Promise<PlexChange> {
  const names = await libraryNames(tables, serverId);
  const server = await tables.servers.get(serverId);
  const who = { guildId: standing.guildId, serverId, personId: done.person.id, names };
  const now = parts.clock.now();
  const { stored, entitlement } = await hold(tables, who, now);
  const read = readNow(stored.share.observed, [...names.keys()], now);
  // As if nothing were on its way: that is sent before, and is no part of this.
  const share = { ...stored.share, attempt: null, observed: read };
  const { change, stuck } = decide(share, read, { entitlement, times: parts.times, now });
  const left = leftBy(change, read);
  const titles = (sections: Sections) =>
    sections
      .map((section) => names.get(section) ?? 'a library not read yet')
      .sort((a, b) => a.localeCompare(b));
  return {
    server: server.name,
    endPolicy: server.endPolicy,
    kind: change.kind,
    added: titles(minus(left, read.sections)),
    removed: titles(minus(read.sections, left)),
    left: titles(left),
    isStuck: stuck,
    endsAll: read.all && change.kind !== 'none',
  };
}

/** Plex's last answer, as if it had been given now; nothing, where it never showed a share. */
const readNow = (observed: Read | null, catalogue: Sections, at: Date): Read =>
  observed === null
    ? { at, row: null, pending: false, all: false, sections: [], catalogue }
    : { ...observed, at };

function leftBy(change: ShareChange, read: Read): Sections {
  if (change.kind === 'none') return read.sections;
  return 'sections' in change ? change.sections : [];
}

import { takeOrders } from '../core/orders.js';
import type { Sections } from '../core/sections.js';
import { importShare } from '../core/settle.js';
import type { ServerRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';
import { ownHead } from './caseHead.js';
import type { Going } from './going.js';
import { isOfHome } from './grantable.js';
import { importGrants } from './importGrants.js';
import { lackedBy, lackingFacts } from './lacking.js';
import { isOlder } from './look.js';
import type { Parts } from './parts.js';
import type { ListRead, Sought } from './readList.js';
import { announce, hold, libraryNames, openCase, record } from './record.js';
import type { LibraryNames } from './record.js';

/** People whose shares were taken over, and how many libraries they have. */
export interface Imported {
  readonly people: number;
  readonly grants: number;
}

/** Takes over the shares of people whom Usher does not manage yet, and tells of it once. */
export async function importAll(
  parts: Parts,
  server: ServerRow,
  { people, list, going }: { people: readonly Sought[]; list: ListRead; going: Going },
): Promise<Imported> {
  const managed = new Set(
    (await parts.store.shares.on(server.id, null))
      .filter(({ share, handsOff }) => handsOff || share.managed || share.orders.length > 0)
      .map((stored) => stored.personId),
  );
  const names = await libraryNames(parts.store, server.id);
  const withHome = (await parts.store.guilds.find(server.guildId))?.homeUsers === true;
  const counts = { people: 0, grants: 0 };
  const lacked: Sections[] = [];
  for (const [done, who] of people.entries()) {
    const { person } = who;
    if (going.signal.aborted) break;
    going.tell(done, people.length);
    // Usher leaves the owner's home alone, unless it was told otherwise.
    if (managed.has(person.id) || (isOfHome(person) && !withHome)) continue;
    const taken = await importOne(parts, server, { who, list, names }).catch((error: unknown) => {
      const details = { err: error, serverId: server.id, personId: person.id };
      parts.log.error(details, 'one person could not be taken over');
      return null;
    });
    if (taken === null) continue;
    counts.people += 1;
    counts.grants += taken.grants;
    lacked.push(taken.lacked);
  }
  if (counts.people > 0) {
    const lacking = lackingFacts(names, lacked);
    const facts = {
      type: 'people.imported' as const,
      server: server.name,
      ...counts,
      ...(lacking.length > 0 && { lacking }),
    };
    await parts.store.transaction((tables) =>
      openCase(tables, ownHead(server.guildId, server.id, parts.clock.now()), facts),
    );
    parts.knock(server.guildId);
  }
  return counts;
}

interface Taken {
  readonly grants: number;
  /** Defaults that they do not have. */
  readonly lacked: Sections;
}

/** Takes over one person's share; null when there is none, or nothing may be concluded from what was read. */
async function importOne(
  parts: Parts,
  server: ServerRow,
  { who: sought, list, names }: { who: Sought; list: ListRead; names: LibraryNames },
): Promise<Taken | null> {
  const { person } = sought;
  const read = list.of(sought);
  if (read === 'unknown' || read.row === null) return null;
  const who = { guildId: server.guildId, serverId: server.id, personId: person.id, names };
  const done = await parts.store.transaction(async (tables: Tables) => {
    const held = await hold(tables, who, parts.clock.now());
    const { stored, entitlement } = held;
    if (stored.share.managed || isOlder(read, stored.share)) return null;
    const taken = takeOrders(stored.share, entitlement, parts.clock.now());
    const { t } = taken;
    const seen = { ...taken.share, observed: read };
    const done = importShare(seen, read, { entitlement, times: parts.times, t });
    if (done === null) return null;
    const grants = await importGrants(tables, stored, { sections: done.granted, t });
    const closed = [...taken.closed, ...done.closed];
    const step = { ...taken, share: done.share, closed };
    const lacked = lackedBy({ share: done.share }, entitlement.defaults);
    return { grants, lacked, recorded: await record(tables, parts, { held, step }) };
  });
  if (done === null) return null;
  announce(parts, done.recorded);
  return done;
}

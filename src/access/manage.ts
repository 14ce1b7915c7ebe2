import { randomUUID } from 'node:crypto';
import { UserError } from '../core/errors.js';
import type { CaseId, PersonId } from '../core/model.js';
import { bold } from '../core/text.js';
import type { PersonRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';
import type { Recorded } from './follow.js';
import { giveIn } from './grant.js';
import { mustBeGrantable, mustBeRevocable } from './grantable.js';
import type { Parts, Standing } from './parts.js';
import { draw } from './portrait.js';
import type { LibraryPortrait, Portrait } from './portrait.js';
import { announce, libraryNames } from './record.js';
import type { Recorded as Stored } from './record.js';
import { takeIn, weighServer } from './revoke.js';

/** What is to become of one library of a person. */
export type Draft =
  | {
      /** The id of a library. */
      readonly library: string;
      readonly kind: 'give';
      /** null: the start that is planned already, else now. */
      readonly from: Date | null;
      readonly until: Date | null;
    }
  | { readonly library: string; readonly kind: 'end' };

/** Changes of one person, to be made together or not at all. */
export interface ManageWish {
  readonly person: PersonId;
  readonly drafts: readonly Draft[];
  readonly reason: string | null;
  /** Of the portrait that the asker saw. */
  readonly seal: string;
}

/** What was done, before it is committed. */
export interface Managed {
  readonly person: PersonRow;
  readonly caseIds: readonly CaseId[];
  readonly stored: readonly Stored[];
  /** Where something was to be changed. */
  readonly servers: readonly LibraryPortrait['serverId'][];
}

export type ManageOutcome =
  | { readonly kind: 'recorded'; readonly recorded: Recorded }
  /** Everything was so already. */
  | { readonly kind: 'same' }
  /** Somebody else changed this person since the asker saw them: nothing was done. */
  | { readonly kind: 'changed' };

/** Makes all changes in one transaction, with a case for each library. */
export async function manage(
  parts: Parts,
  standing: Standing,
  wish: ManageWish,
): Promise<ManageOutcome> {
  const done = await parts.store.transaction((tables) =>
    manageIn(tables, parts, { standing, wish }),
  );
  if (done === null) return { kind: 'changed' };
  done.stored.forEach((one) => announce(parts, one));
  if (done.caseIds.length === 0) return { kind: 'same' };
  const { caseIds, person, servers } = done;
  return { kind: 'recorded', recorded: { caseIds, people: [person.id], servers } };
}

/** Likewise inside a transaction; null: the person was changed since they were looked at. */
export async function manageIn(
  tables: Tables,
  parts: Parts,
  { standing, wish }: { standing: Standing; wish: ManageWish },
): Promise<Managed | null> {
  const person = await tables.people.get(standing.guildId, wish.person);
  if (!person) throw personLeft();
  const before = await draw(tables, person, parts.clock.now());
  const planned = plannedOf(before, wish.drafts);
  const servers = [...new Set(planned.map(({ library }) => library.serverId))].sort();
  // All of them first, and in one order: who holds the guild's case number waits for no share.
  for (const serverId of servers) {
    await tables.shares.lock(serverId, person.id, parts.clock.now());
  }
  const held = await draw(tables, person, parts.clock.now());
  if (held.seal !== wish.seal) return null;
  const batch = randomUUID();
  const caseIds: CaseId[] = [];
  const stored: Stored[] = [];
  for (const one of plannedOf(held, wish.drafts)) {
    const done = await carryOut(tables, parts, { ...one, standing, wish, person, batch });
    if (done === null) continue;
    caseIds.push(done.caseId);
    stored.push(done.stored);
  }
  return { person, caseIds, stored, servers };
}

const personLeft = (): UserError =>
  new UserError('person-left', 'That person is no longer there. Use /people list to see who is.');

interface Planned {
  readonly draft: Draft;
  readonly library: LibraryPortrait;
}

/** The drafts with their libraries, server by server. */
function plannedOf({ libraries }: Portrait, drafts: readonly Draft[]): readonly Planned[] {
  return drafts
    .map((draft) => {
      const library = libraries.find(({ id }) => id === draft.library);
      if (library) return { draft, library };
      throw new UserError(
        'library-left',
        'One of those libraries is no longer there. Open the panel again to see which are.',
      );
    })
    .sort((a, b) => (a.library.serverId < b.library.serverId ? -1 : 1));
}

interface CarryingOut extends Planned {
  readonly standing: Standing;
  readonly wish: ManageWish;
  readonly person: PersonRow;
  readonly batch: string;
}

async function carryOut(
  tables: Tables,
  parts: Parts,
  { draft, library, ...of }: CarryingOut,
): Promise<{ readonly caseId: CaseId; readonly stored: Stored } | null> {
  if (draft.kind === 'end') return end(tables, parts, { library, ...of });
  const { standing, person, batch, wish } = of;
  await mustBeGrantable(tables, person, library.serverId);
  const row = (await tables.servers.librariesOfGuild(standing.guildId)).find(
    ({ id }) => id === library.id,
  );
  if (!row) throw personLeft();
  const { grant, title } = library;
  const isPlanned = grant !== null && grant.startsAt > parts.clock.now();
  const done = await giveIn(tables, parts, {
    standing,
    person,
    library: row,
    title,
    batch,
    names: await libraryNames(tables, library.serverId),
    wish: {
      person: person.id,
      library: library.id,
      from: draft.from ?? (isPlanned ? grant.startsAt : null),
      until: draft.until,
      reason: wish.reason,
      // What is lost by it stood in the panel.
      confirmed: grant,
      isWarned: true,
      source: 'panel',
    },
  });
  return 'announced' in done ? { caseId: done.caseId, stored: done.announced } : null;
}

async function end(
  tables: Tables,
  parts: Parts,
  { library, standing, wish, person, batch }: Omit<CarryingOut, 'draft'>,
) {
  const { serverId, section, title } = library;
  await mustBeRevocable(tables, person, [serverId]);
  const at = { person, serverId, only: section };
  const taking = await weighServer({ store: tables, clock: parts.clock }, at);
  if (taking.granted.length + taking.byHand.length === 0) {
    throw new UserError(
      'nothing-to-take',
      `${bold(person.title)} was not given ${bold(title)}, so there is nothing to end. Default libraries stay.`,
    );
  }
  return takeIn(tables, parts, { standing, reason: wish.reason, person, taking, batch });
}

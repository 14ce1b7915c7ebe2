import { z } from 'zod';
import { UserError } from '../core/errors.js';
import type { CaseId, PersonId, SectionId, Share } from '../core/model.js';
import { isActive } from '../core/intended.js';
import { takeOrders } from '../core/orders.js';
import { union } from '../core/sections.js';
import { bold, counted } from '../core/text.js';
import type { StoredShare } from '../store/shares.js';
import type { Tables } from '../store/store.js';
import { brake } from './brake.js';
import type { Held as HeldWish, Loss } from './brake.js';
import { findLibrary, libraryName } from './find.js';
import type { NamedLibrary } from './find.js';
import type { Recorded } from './follow.js';
import type { HeldUse } from './heldUse.js';
import { touchOffers } from './offers.js';
import { giverOf } from './parts.js';
import type { Parts, Standing } from './parts.js';
import { announce, hold, libraryFacts, libraryNames, openCase, record } from './record.js';
import type { Held, LibraryNames, OwnCase, Recorded as Stored } from './record.js';

/** A library to be made a default, or no longer one. */
export interface DefaultWish {
  readonly library: string;
  readonly isDefault: boolean;
  /** How many it concerns, as the asker has seen; null: nothing was shown. */
  readonly confirmed: number | null;
  /** It was adopted unasked: it can be taken back though no other default is there. */
  readonly isUndo?: boolean;
  /** A second Admin agreed that so many lose it. */
  readonly isAgreed?: boolean;
}

export type DefaultOutcome =
  | { readonly kind: 'recorded'; readonly recorded: Recorded }
  | { readonly kind: 'ask'; readonly text: string; readonly count: number }
  | HeldWish;

interface Subject {
  readonly library: NamedLibrary;
  readonly title: string;
  /** Everybody managed on its server. */
  readonly shares: readonly StoredShare[];
  /** Those who get or lose it by this. */
  readonly concerned: readonly PersonId[];
  readonly count: number;
  /** Those who have everything in Plex, also libraries to come, and who would lose that with it. */
  readonly losingAll: number;
  /** The server has no other default. */
  readonly isOnly: boolean;
}

/** Makes a library one that everybody managed keeps, or takes that back; asks with the number of people first. */
export async function setDefault(
  parts: Parts,
  standing: Standing,
  wish: DefaultWish,
): Promise<DefaultOutcome> {
  const subject = await weigh(parts, standing, wish);
  // When it concerns others by now than what was shown, it is shown again.
  if (wish.confirmed !== subject.count) return question(subject, wish);
  if (!wish.isDefault && wish.isAgreed !== true) {
    const stored = { library: subject.library.id, isUndo: wish.isUndo ?? false };
    const braked = { kind: 'default', wish: stored, loss: lossOf(subject) } as const;
    const held = await brake(parts, standing, braked);
    if (held) return held;
  }
  const { caseId, stored } = await change(parts, standing, {
    ...subject,
    isDefault: wish.isDefault,
  });
  stored.forEach((one) => announce(parts, one));
  parts.knock(standing.guildId);
  const { serverId } = subject.library;
  const people = subject.shares.map((share) => share.personId);
  return { kind: 'recorded', recorded: { caseIds: [caseId], people, servers: [serverId] } };
}

async function weigh(
  parts: Parts,
  { guildId }: Standing,
  { library: typed, isDefault, isUndo = false }: DefaultWish,
): Promise<Subject> {
  const { store, clock } = parts;
  const { library, all } = await findLibrary(store, guildId, typed);
  const title = libraryName(library, all);
  if (library.isDefault === isDefault) {
    const is = isDefault ? 'is a default library already' : 'is not a default library';
    throw new UserError(
      'default-already',
      `${bold(title)} ${is}. Use /library list to see which are.`,
    );
  }
  const defaults = await store.servers.defaults(library.serverId);
  const isOnly = !isDefault && defaults.length === 1;
  if (isOnly && !isUndo) {
    throw new UserError(
      'last-default',
      `${bold(title)} is the only default library of ${bold(library.serverName)}: who has nothing else would leave the server. Make another one a default first.`,
    );
  }
  const managed = (await store.shares.on(library.serverId, null)).filter((s) => s.share.managed);
  const now = clock.now();
  const granted = (await store.grants.open(library.serverId, null)).filter(
    (grant) => grant.section === library.sectionId && isActive(grant, now),
  );
  const isConcerned = ({ share, personId }: StoredShare): boolean => {
    if (share.observed === null || share.observed.row === null) return false;
    const has = share.observed.sections.includes(library.sectionId);
    if (isDefault) return !has && !share.exempt.includes(library.sectionId);
    return has && !granted.some((grant) => grant.personId === personId);
  };
  const concerned = managed.filter(isConcerned);
  const losing = concerned.filter(({ share }) => !isDefault && share.observed?.all === true);
  const people = concerned.map(({ personId }) => personId);
  const counts = { concerned: people, count: people.length, losingAll: losing.length };
  return { library, title, shares: managed, isOnly, ...counts };
}

const lossOf = ({ library, title, concerned }: Subject): Loss => ({
  words: `stop keeping ${bold(title)} as a default library of ${bold(library.serverName)}`,
  people: concerned,
});

const storedWish = z.object({ library: z.string(), isUndo: z.boolean() });

/** No longer keeping a library, held until a second Admin agrees. */
export const heldDefault: HeldUse = {
  async weigh(parts, standing, wish) {
    const { library, isUndo } = storedWish.parse(wish);
    const asked = { library, isUndo, isDefault: false, confirmed: null };
    return lossOf(await weigh(parts, standing, asked));
  },
  async carryOut(parts, standing, { wish, count }) {
    const { library, isUndo } = storedWish.parse(wish);
    const agreed = { library, isUndo, isDefault: false, confirmed: count, isAgreed: true };
    const outcome = await setDefault(parts, standing, agreed);
    return outcome.kind === 'recorded' ? outcome.recorded : null;
  },
};

function question(subject: Subject, { isDefault }: DefaultWish): DefaultOutcome {
  const { library, title, count, losingAll, isOnly } = subject;
  const server = bold(library.serverName);
  const people = counted(count, 'person', 'people');
  const text = isDefault
    ? `${bold(title)} becomes a default library of ${server}: ${people} ${count === 1 ? 'gets' : 'get'} it, and everybody managed keeps it.`
    : `${bold(title)} is then no longer a default library of ${server}: ${people} ${count === 1 ? 'loses' : 'lose'} it.`;
  const lost = `${counted(losingAll, 'person has', 'people have')} everything in Plex, also libraries to come: that is lost for good.`;
  const last = `${server} has no other: whose last library there ends leaves the server from then on.`;
  const lines = [text, ...(isOnly ? [last] : []), ...(losingAll === 0 ? [] : [lost])];
  return { kind: 'ask', text: lines.join('\n'), count };
}

async function change(
  parts: Parts,
  standing: Standing,
  { library, shares, count, isDefault }: Subject & Pick<DefaultWish, 'isDefault'>,
): Promise<{ caseId: CaseId; stored: readonly Stored[] }> {
  const { guildId } = standing;
  const { serverId, sectionId } = library;
  return parts.store.transaction(async (tables) => {
    await tables.servers.setLibrary(library.id, { isDefault });
    const names = await libraryNames(tables, serverId);
    // Every lock before the number of the case: whoever else waits for a number holds one share only.
    const helds: Held[] = [];
    // Who was merged into somebody else since the count has no share any more.
    const present = await tables.shares.on(serverId, null);
    const there = new Set(present.map((stored) => stored.personId));
    for (const { personId } of shares.filter((stored) => there.has(stored.personId))) {
      const who = { guildId, serverId, personId, names };
      helds.push(await hold(tables, who, parts.clock.now()));
    }
    const about = { serverId, names, server: library.serverName, sectionId, people: count };
    const caseId = await open(tables, parts, { standing, isDefault, about });
    const stored: Stored[] = [];
    for (const held of helds) {
      const { share } = held.stored;
      const after = isDefault ? withoutInviting(share, sectionId) : share;
      const own = { caseId, sections: [sectionId], isQuiet: true };
      stored.push(await takeOne(tables, parts, { held, share: after, own }));
    }
    await touchOffers(tables, serverId, parts.clock.now());
    return { caseId, stored };
  });
}

interface Opening {
  readonly standing: Standing;
  readonly isDefault: boolean;
  readonly about: {
    readonly serverId: NamedLibrary['serverId'];
    readonly names: LibraryNames;
    readonly server: string;
    readonly sectionId: SectionId;
    readonly people: number;
  };
}

function open(tables: Tables, { clock }: Parts, { standing, isDefault, about }: Opening) {
  const { serverId, names, server, sectionId, people } = about;
  const head = { guildId: standing.guildId, personId: null, serverId, reason: null };
  return openCase(
    tables,
    { ...head, actorId: giverOf(standing), at: clock.now() },
    {
      type: isDefault ? 'default.added' : 'default.removed',
      libraries: libraryFacts(names, [sectionId]),
      server,
      people,
    },
  );
}

/** Orders for one of many what a change of the defaults, or of what they are kept from, makes of their share. */
export async function takeOne(
  tables: Tables,
  parts: Pick<Parts, 'times' | 'clock'>,
  { held, share, own }: { held: Held; share: Share; own: OwnCase },
): Promise<Stored> {
  const step = takeOrders(share, held.entitlement, parts.clock.now());
  return record(tables, parts, { held, step, own, looks: 0 });
}

/** A new default is no reason to invite somebody who has no share now. */
const withoutInviting = (share: Share, section: SectionId): Share =>
  share.observed?.row === null
    ? { ...share, ordered: union(share.ordered, [section]), version: share.version + 1 }
    : share;

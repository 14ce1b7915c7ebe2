import type { CaseFacts } from '../core/cases.js';
import { UserError } from '../core/errors.js';
import { openDrift } from '../core/drift.js';
import { adoptDrift, driftOf, revertDrift } from '../core/driftVerdict.js';
import { intendedLibraries } from '../core/intended.js';
import type { CaseId, ClosedOrder, Drift, DriftVerdict, Share } from '../core/model.js';
import { lookInstant } from '../core/orders.js';
import { setOf } from '../core/sections.js';
import type { CaseRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';
import { CARDS } from './driftCards.js';
import type { Recorded } from './follow.js';
import { importGrants } from './importGrants.js';
import { giverOf } from './parts.js';
import type { Parts, Standing } from './parts.js';
import { reconcile } from './reconcile.js';
import { announce, hold, libraryFacts, libraryNames, openCase, record } from './record.js';
import type { Held, Recorded as Stored } from './record.js';
import { settleEdges } from './settleEdges.js';

/** What is to become of the difference that a case tells of. */
export interface DriftWish {
  readonly case: string;
  readonly verdict: DriftVerdict;
}

/** Grants that an adoption ended this long ago at the most go on when a hand undoes the edit. */
export const UNDONE_WITHIN_MS = 24 * 60 * 60_000;

type Card = CaseRow & {
  readonly personId: NonNullable<CaseRow['personId']>;
  readonly serverId: NonNullable<CaseRow['serverId']>;
};

/**
 * Decides on a difference between Plex and what was given here, as Plex has it now. Of two who decide at once, one does;
 * the other hears what became of it.
 */
export async function decideDrift(
  parts: Parts,
  standing: Standing,
  { case: id, verdict }: DriftWish,
): Promise<Recorded> {
  const card = await cardOf(parts, standing, id);
  await mustBeOpen(parts.store, card);
  const people = [card.personId];
  if (verdict !== 'ignore') {
    // What the message says may be hours old: what counts is what Plex shows now.
    const run = await reconcile(parts, card.serverId, { people, priority: 'person' });
    if (run.outage !== null) throw run.outage;
  }
  const { recorded, caseId } = await parts.store.transaction(async (tables) => {
    const names = await libraryNames(tables, card.serverId);
    const { guildId } = standing;
    const { serverId, personId } = card;
    const who = { guildId, serverId, personId, names };
    const held = await settleEdges(tables, parts, await hold(tables, who, parts.clock.now()));
    // Whoever was first has committed by now, for we hold the share.
    await mustBeOpen(tables, card);
    const drift = driftIn(parts, held).filter(({ caseId }) => caseId === card.id);
    if (drift.length === 0) throw isOver();
    return decideIn(tables, parts, { standing, held, drift, verdict, card });
  });
  announce(parts, recorded);
  return { caseIds: [caseId], people, servers: [card.serverId] };
}

async function cardOf({ store }: Parts, { guildId }: Standing, id: string): Promise<Card> {
  const card = await store.cases.find(id as CaseId);
  const isCard = card?.guildId === guildId && CARDS.includes(card.type);
  const { personId = null, serverId = null } = card ?? {};
  if (!isCard || personId === null || serverId === null) throw isOver();
  return { ...card, personId, serverId };
}

const isOver = (): UserError =>
  new UserError(
    'drift-over',
    'That difference is over: Plex no longer shows it so, or it was told anew. Use /people show to see how it is now.',
  );

const PAST: Readonly<Record<string, string>> = {
  'drift.adopted': 'adopted',
  'drift.reverted': 'reverted',
  'drift.ignored': 'ignored',
} satisfies Partial<Record<CaseFacts['type'], string>>;

async function mustBeOpen(tables: Tables, card: Card): Promise<void> {
  const verdict = (await tables.cases.driftVerdicts([card.id])).get(card.id);
  if (!verdict) return;
  const by = verdict.actorId === null ? 'The drift policy' : `<@${verdict.actorId}>`;
  throw new UserError(
    'drift-decided',
    `${by} has ${PAST[verdict.type] ?? 'decided'} that already. Use /people show to see how it is now.`,
  );
}

/** What of a held share somebody, or the policy, can decide on. */
export function driftIn({ times, clock }: Parts, { stored, entitlement }: Held): readonly Drift[] {
  const { share } = stored;
  const t = lookInstant(share, clock.now());
  const intended = intendedLibraries({ share, entitlement }, t);
  return openDrift(share, { intended, times });
}

export interface Deciding {
  readonly standing: Standing;
  /** Its edges are taken. */
  readonly held: Held;
  readonly drift: readonly Drift[];
  readonly verdict: DriftVerdict;
  /** The case that told of it, whose message tells what became of it; null: it was told too long ago. */
  readonly card: Pick<CaseRow, 'id' | 'noticeId'>;
}

/** Does it inside a transaction that holds the share. */
export async function decideIn(
  tables: Tables,
  parts: Parts,
  deciding: Deciding,
): Promise<{ readonly recorded: Stored; readonly caseId: CaseId }> {
  const { standing, held, drift, verdict, card } = deciding;
  const { personId, serverId } = held.stored;
  const t = lookInstant(held.stored.share, parts.clock.now());
  const done = await verdicts[verdict](tables, deciding, t);
  const named = (kind: Drift['kind']) => libraryFacts(held.names, driftOf(drift, kind));
  const decided = { of: card.id, added: named('added'), removed: named('removed') };
  const caseId = await openCase(
    tables,
    {
      guildId: held.guildId,
      personId,
      serverId,
      actorId: giverOf(standing),
      reason: null,
      at: t,
      batch: card.noticeId ?? undefined,
    },
    done.facts(decided),
  );
  const own = { caseId, sections: setOf(drift.map(({ section }) => section)), isQuiet: true };
  const { share, closed = [] } = done;
  const step = { share, closed, began: [], ended: [], t };
  const recorded = await record(tables, parts, { held: done.held ?? held, step, own, looks: 0 });
  return { recorded, caseId };
}

type About = Pick<Extract<CaseFacts, { type: 'drift.ignored' }>, 'of' | 'added' | 'removed'>;

interface Done {
  readonly share: Share;
  readonly closed?: readonly ClosedOrder[];
  /** With the grants as they are then, where they changed. */
  readonly held?: Held;
  readonly facts: (about: About) => CaseFacts;
}

const verdicts: Readonly<
  Record<DriftVerdict, (tables: Tables, deciding: Deciding, t: Date) => Promise<Done>>
> = {
  adopt,
  revert: (_, { held, drift }, t) => {
    const facts = (about: About): CaseFacts => ({ type: 'drift.reverted', ...about });
    return Promise.resolve({ ...revertDrift(held.stored.share, drift, t), facts });
  },
  ignore: (_, { held, drift }) => {
    const { share } = held.stored;
    const driftSeen = share.driftSeen.map((one) =>
      drift.includes(one) ? { ...one, ignored: true as const } : one,
    );
    const facts = (about: About): CaseFacts => ({ type: 'drift.ignored', ...about });
    return Promise.resolve({ share: { ...share, driftSeen }, facts });
  },
};

async function adopt(tables: Tables, { held, drift }: Deciding, t: Date): Promise<Done> {
  const { stored, entitlement, names } = held;
  const since = new Date(t.getTime() - UNDONE_WITHIN_MS);
  const endedByAdoption = await tables.grants.endedByAdoption(stored, since);
  const done = adoptDrift(stored.share, drift, { entitlement, endedByAdoption, t });
  for (const { id } of done.ended) await tables.grants.change(id, { revokedAt: t });
  const ended = done.ended.map(({ id }) => id);
  await tables.grants.close(ended, t);
  for (const { id } of done.hastened) await tables.grants.change(id, { startsAt: t });
  for (const { id } of done.reopened) await tables.grants.reopen(id);
  await importGrants(tables, stored, { sections: done.granted, t });
  const grants = await tables.grants.open(stored.serverId, [stored.personId]);
  const after = { ...entitlement, grants };
  const kept = { ...stored.share, exempt: done.exempt };
  const withEnd = [...done.hastened, ...done.reopened].flatMap(({ endsAt, section }) =>
    endsAt === null ? [] : section,
  );
  return {
    share: {
      ...kept,
      driftSeen: kept.driftSeen.filter((one) => !drift.includes(one)),
      ordered: intendedLibraries({ share: kept, entitlement: after }, t),
      lookedAt: t,
      version: kept.version + 1,
    },
    held: { ...held, entitlement: after },
    facts: (about) => ({
      type: 'drift.adopted',
      ...about,
      withEnd: libraryFacts(names, withEnd),
    }),
  };
}

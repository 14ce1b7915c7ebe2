import { createHash, randomUUID } from 'node:crypto';
import {
  AGREED_WITHIN_MS,
  ALONE_WITHIN_MS,
  brakeLimit,
  heldState,
  tellHeld,
} from '../core/brake.js';
import { UserError } from '../core/errors.js';
import type { DiscordUserId, GuildId, PersonId } from '../core/model.js';
import type { HeldRow } from '../store/held.js';
import type { Tables } from '../store/store.js';
import { giverOf } from './parts.js';
import type { Parts, Standing } from './parts.js';

/** The use cases that can be held. Stored with what is held: never rename one. */
export type HeldKind = 'default' | 'end-policy' | 'import' | 'bulk' | 'drift';

/** What a wish would take, and from whom. */
export interface Loss {
  /** As it follows on "wants to": markdown, safe to post, without addresses. */
  readonly words: string;
  /** Whoever would have less than now, or for a shorter time. */
  readonly people: readonly PersonId[];
}

/** Something that takes access from people, about to be carried out. */
export interface Braked {
  readonly kind: HeldKind;
  /** All that carrying it out later takes. */
  readonly wish: object;
  readonly loss: Loss;
}

/** It waits for a second Admin. */
export interface Held {
  readonly kind: 'held';
  readonly id: string;
  readonly count: number;
  readonly seal: string;
  readonly expiresAt: Date;
  readonly text: string;
  /** Nobody else is Admin here: its author confirms it alone, a minute later, by typing the count. */
  readonly isAlone: boolean;
}

/** Usher itself asks for the same again after this, when nobody agreed. */
const ASKED_AGAIN_MS = 24 * 60 * 60_000;

/**
 * Holds what takes access from too many people at once; null: go on. Every bulk command, file, policy and change of
 * defaults asks this before its transaction. Ends of grants, and commands on one person, never do.
 */
export async function brake(
  parts: Parts,
  standing: Standing,
  { kind, wish, loss }: Braked,
): Promise<Held | null> {
  const { store, clock } = parts;
  const { guildId } = standing;
  const toll = tollOf(loss);
  const now = clock.now();
  const guild = await store.guilds.find(guildId);
  if (!guild || toll.count === 0) return null;
  const having = await store.held.having(guildId, now);
  const setting = { people: guild.brakePeople, percent: guild.brakePercent };
  if (toll.count <= brakeLimit(having, setting)) return null;
  const authorId = giverOf(standing);
  const isAlone = authorId !== null && !(await hasOthers(store, { guildId, authorId }, now));
  const last = authorId === null ? await store.held.lastOwn(guildId, kind, toll.seal) : null;
  if (last && isStillAsked(last, now)) return heldOf(last, { now, isAlone });
  if (guild.auditChannelId === null && authorId !== null && !isAlone) throw nowhere();
  const head = { id: randomUUID(), guildId, kind, wish, authorId, having, ...toll };
  const expiresAt = new Date(+now + AGREED_WITHIN_MS);
  const row = { ...head, words: loss.words, heldAt: now, expiresAt, noticeId: randomUUID() };
  await store.transaction(async (tables) => {
    await tables.notices.owe(row.noticeId, guildId, now);
    await tables.held.add(row);
  });
  parts.knock(guildId);
  return heldOf({ ...row, ...undecided }, { now, isAlone });
}

const undecided = {
  outcome: null,
  decidedBy: null,
  decidedAt: null,
  doneAt: null,
  recorded: null,
} as const;

/** How many people a loss concerns, each once, and by what others are told apart. */
export function tollOf({ people }: Loss): { readonly count: number; readonly seal: string } {
  const ids = [...new Set(people)].sort();
  const seal = createHash('sha256').update(ids.join(' ')).digest('base64url').slice(0, 22);
  return { count: ids.length, seal };
}

/** What is held, for whoever wanted it. */
export const heldOf = (
  row: HeldRow,
  { now, isAlone }: { readonly now: Date; readonly isAlone: boolean },
): Held => ({
  kind: 'held',
  id: row.id,
  count: row.count,
  seal: row.seal,
  expiresAt: row.expiresAt,
  text: tellHeld(row, now).text,
  isAlone,
});

/** Whether somebody but this one used an Admin's power lately. */
export async function hasOthers(
  tables: Tables,
  { guildId, authorId }: { readonly guildId: GuildId; readonly authorId: DiscordUserId },
  now: Date,
): Promise<boolean> {
  const admins = await tables.troubles.admins(guildId, new Date(+now - ALONE_WITHIN_MS));
  return admins.some((userId) => userId !== authorId);
}

/** Usher wants the same at every look: it is asked once a day, and not while it is carried out. */
const isStillAsked = (row: HeldRow, now: Date): boolean =>
  heldState(row, now) === 'waiting' ||
  (row.outcome === 'agreed' ? row.doneAt === null : +now - +row.heldAt < ASKED_AGAIN_MS);

const nowhere = (): UserError =>
  new UserError(
    'brake-no-channel',
    'So many people lose access by this that another Admin must agree, in the audit channel, and there is none. Choose one with /setup.',
  );

import { ALONE_AFTER_MS, heldState, isSameToll, judgePress, tellHeld } from '../core/brake.js';
import type { PressVerdict, Toll } from '../core/brake.js';
import { UserError } from '../core/errors.js';
import type { Actor, CaseId } from '../core/model.js';
import { fullTime } from '../core/text.js';
import type { HeldRow } from '../store/held.js';
import { hasOthers, heldOf, tollOf } from './brake.js';
import type { Held } from './brake.js';
import { follow, readRecorded } from './follow.js';
import type { Recorded } from './follow.js';
import { unwatched } from './going.js';
import type { Going, Step } from './going.js';
import { heldUse } from './heldKinds.js';
import type { Parts, Standing } from './parts.js';
import type { Told } from './tell.js';

/** A press on what is held. */
export interface Agreement {
  readonly held: string;
  /** What the button showed. */
  readonly seen: Toll;
  /** What was typed; null: nothing had to be. */
  readonly typed: string | null;
}

export type AgreeOutcome =
  /** It concerns others by now: shown again, nothing done. */
  | { readonly kind: 'show'; readonly held: Held }
  | { readonly kind: 'go'; readonly steps: AsyncIterable<Step<Recorded | null>> };

/** Clocks differ: nobody looks before it is certainly over. */
const A_LITTLE_MS = 250;

/** What is done with what the brake holds. */
export class BrakeDesk {
  constructor(
    private readonly parts: Parts,
    private readonly standing: Standing,
  ) {}

  /** Lets go of what is held, once: of two who press at the same time one is told that it was the other. */
  async agree({ held: id, seen, typed }: Agreement): Promise<AgreeOutcome> {
    const { parts, standing } = this;
    const { store, clock } = parts;
    const row = await this.find(id);
    if (heldState(row, clock.now()) !== 'waiting') throw refusalFor(row, stateOf(row, clock.now()));
    const by = this.presser();
    const use = heldUse(row.kind);
    if (!use) throw tooOld();
    const loss = await use.weigh(parts, authorOf(row), row.wish);
    const present = tollOf(loss);
    const now = clock.now();
    const { guildId, authorId } = row;
    const isOthers = authorId !== null && (await hasOthers(store, { guildId, authorId }, now));
    const press = { by, now, seen, present, hasOthers: isOthers, typed: numberOf(typed) };
    const verdict = judgePress(row, press);
    if (verdict.kind === 'refuse') throw refusalFor(row, verdict.why);
    if (verdict.kind === 'show') return this.show(row, { ...present, words: loss.words });
    if (!isSameToll(row, present)) await store.held.change(id, { ...row, ...present });
    const isFirst = await store.held.decide(id, { outcome: 'agreed', by, at: now });
    const agreed = await this.find(id);
    if (!isFirst) throw refusalFor(agreed, stateOf(agreed, clock.now()));
    await tellAgain(parts, row);
    const run = (going: Going) =>
      parts.works.together(`held ${id}`, going, (one) => carryOut(parts, agreed, one));
    return { kind: 'go', steps: parts.works.watch(standing.guildId, run) };
  }

  /** What is to be said of it now. */
  async tell(id: string): Promise<Told> {
    return tellHeld(await this.find(id), this.parts.clock.now());
  }

  /** Says no to it: nothing is changed. */
  async leave(id: string): Promise<Told> {
    const { store, clock } = this.parts;
    const row = await this.find(id);
    const { actor } = this.standing;
    if (actor.kind !== 'member' || (actor.power !== 'admin' && actor.userId !== row.authorId)) {
      throw new UserError(
        'brake-power',
        'You need Admin to leave what somebody else asked for. Ask an Admin, or wait: without one it is dropped.',
      );
    }
    const at = clock.now();
    const isFirst = await store.held.decide(id, { outcome: 'left', by: this.presser(), at });
    const now = await this.find(id);
    if (!isFirst) throw refusalFor(now, stateOf(now, at));
    await tellAgain(this.parts, row);
    return tellHeld(now, at);
  }

  /** What becomes of it, for whoever wanted it: that it waits, what was decided, and how far it is then. */
  async *follow(held: Held): AsyncGenerator<{ readonly told: Told; readonly isWaiting: boolean }> {
    const { parts } = this;
    const left = () => Math.max(+held.expiresAt - +parts.clock.now(), 0) + A_LITTLE_MS;
    for (;;) {
      const signal = AbortSignal.timeout(left());
      const heard = parts.news.next([held.id as CaseId], signal);
      const row = await this.find(held.id);
      const now = parts.clock.now();
      const recorded = row.doneAt === null ? null : readRecorded(row.recorded);
      if (recorded && recorded.caseIds.length > 0) {
        for await (const told of follow(parts, recorded)) yield { told, isWaiting: false };
        return;
      }
      const state = heldState(row, now);
      yield { told: tellHeld(row, now), isWaiting: state === 'waiting' };
      if (state === 'left' || state === 'dropped' || row.doneAt !== null) return;
      if (!(await heard) && !signal.aborted) return;
    }
  }

  private presser() {
    const { actor } = this.standing;
    if (actor.kind !== 'member') throw new Error('a button is pressed by a member');
    return actor.userId;
  }

  private async find(id: string): Promise<HeldRow> {
    const row = await this.parts.store.held.find(this.standing.guildId, id);
    if (row) return row;
    throw new UserError('held-forgotten', 'That was decided long ago. Use the command again.');
  }

  private async show(row: HeldRow, to: Toll & { readonly words: string }): Promise<AgreeOutcome> {
    const { store, clock } = this.parts;
    const now = clock.now();
    const having = await store.held.having(row.guildId, now);
    const changed = { words: to.words, count: to.count, seal: to.seal, having };
    await store.held.change(row.id, changed);
    await tellAgain(this.parts, row);
    return { kind: 'show', held: heldOf({ ...row, ...changed }, { now, isAlone: false }) };
  }
}

/** Carries out what was agreed to and not done to the end, because the process ended or a store did not answer. */
export async function carryOn(parts: Parts): Promise<void> {
  for (const row of await parts.store.held.unfinished()) {
    await parts.works
      .together(`held ${row.id}`, unwatched, (going) => carryOut(parts, row, going))
      .catch((error: unknown) =>
        parts.log.warn({ err: error, held: row.id }, 'what was agreed to is tried again'),
      );
  }
}

/** null: it concerns others by now, and waits again. */
async function carryOut(parts: Parts, row: HeldRow, going: Going): Promise<Recorded | null> {
  const { store, clock } = parts;
  const { wish, count } = row;
  const done = async (recorded: Recorded | null) => {
    await store.held.done(row.id, clock.now(), recorded);
    await tellAgain(parts, row);
  };
  const use = heldUse(row.kind);
  if (use === null) {
    await done(null);
    throw tooOld();
  }
  try {
    const recorded = await use.carryOut(parts, authorOf(row), { wish, count, going });
    if (recorded !== null) await done(recorded);
    else await store.held.reopen(row.id);
    return recorded;
  } catch (error) {
    // Somebody made it so meanwhile: nothing is left to do.
    if (error instanceof UserError) await done(null);
    throw error;
  }
}

/** Its message is edited, and whoever waits for it hears. */
async function tellAgain(parts: Parts, { id, guildId, noticeId }: HeldRow): Promise<void> {
  await parts.store.notices.touchAll([noticeId], parts.clock.now());
  parts.news.tell([id]);
  parts.knock(guildId);
}

/** It is done in the name of whoever wanted it. */
function authorOf({ guildId, authorId }: HeldRow): Standing {
  const actor: Actor =
    authorId === null ? { kind: 'usher' } : { kind: 'member', userId: authorId, power: 'admin' };
  return { guildId, actor };
}

const numberOf = (typed: string | null): number | null =>
  typed === null ? null : /^\d{1,7}$/.test(typed.trim()) ? Number(typed.trim()) : -1;

type Why = Extract<PressVerdict, { kind: 'refuse' }>['why'];

/** Why a press found nothing to decide. */
function stateOf(row: HeldRow, now: Date): Why {
  const state = heldState(row, now);
  if (state === 'waiting') throw new Error('it waits still');
  return state;
}

const decider = ({ decidedBy }: HeldRow): string =>
  decidedBy === null ? 'Somebody' : `<@${decidedBy}>`;

const reasons: Readonly<
  Record<Why, (row: HeldRow) => { readonly why: string; readonly sentence: string }>
> = {
  agreed: (row) => ({
    why: 'brake-agreed',
    sentence: `${decider(row)} was quicker and agreed already. There is nothing left to do.`,
  }),
  left: (row) => ({
    why: 'brake-left',
    sentence: `${decider(row)} left it as it is already. Use the command again to ask anew.`,
  }),
  dropped: () => ({
    why: 'brake-dropped',
    sentence:
      'Nobody agreed within 10 minutes, so it was dropped. Use the command again to ask anew.',
  }),
  own: () => ({
    why: 'brake-own',
    sentence:
      'Whoever wants it cannot agree to it: too many people lose access by it. Ask another Admin to press this button.',
  }),
  untyped: () => ({
    why: 'brake-untyped',
    sentence:
      'You are the only Admin here, so you confirm it by typing the number of people. Use the button in the answer to your command.',
  }),
  soon: (row) => ({
    why: 'brake-soon',
    sentence: `Wait until ${fullTime(new Date(+row.heldAt + ALONE_AFTER_MS))}, a minute after you asked for it. Then type the number again.`,
  }),
  miscounted: (row) => ({
    why: 'brake-miscounted',
    sentence: `That is not the number of people who lose access. Read it again, and type ${row.count} if you want that.`,
  }),
};

const refusalFor = (row: HeldRow, reason: Why): UserError => {
  const { why, sentence } = reasons[reason](row);
  return new UserError(why, sentence);
};

const tooOld = (): UserError =>
  new UserError('held-old', 'That is from before Usher was updated. Use the command again.');

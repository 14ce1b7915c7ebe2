import type { DiscordUserId } from './model.js';
import { bold, counted, dateTime, fullTime } from './text.js';
import type { Tone } from './text.js';

/** From how many people one act may take access unasked: the larger of the two. */
export interface BrakeSetting {
  readonly people: number;
  /** Of those who have something. */
  readonly percent: number;
}

/** Until somebody chose otherwise. */
export const USUAL_BRAKE: BrakeSetting = { people: 5, percent: 10 };

/** The setting in words, as it follows on "from". */
export const brakeWords = ({ people, percent }: BrakeSetting): string =>
  `more than ${counted(people, 'person', 'people')}, and more than ${percent} % of those who have something`;

/** Another Admin has so long to agree. */
export const AGREED_WITHIN_MS = 10 * 60_000;
/** Whoever is the only Admin waits so long before confirming alone. */
export const ALONE_AFTER_MS = 60_000;
/** Nobody else used an Admin's power within this: there is nobody to ask. */
export const ALONE_WITHIN_MS = 30 * 24 * 60 * 60_000;

/** The most people from whom one act takes access without a second Admin, when so many have something. */
export const brakeLimit = (having: number, { people, percent }: BrakeSetting): number =>
  Math.max(people, Math.floor((having * percent) / 100));

/** How many people something concerns, and how they are known again. */
export interface Toll {
  readonly count: number;
  /** Of who they are: others make another one. */
  readonly seal: string;
}

export const isSameToll = (a: Toll, b: Toll): boolean => a.count === b.count && a.seal === b.seal;

/** What waits for a second Admin, or once did. */
export interface HeldWish extends Toll {
  /** null: Usher itself, by a policy. */
  readonly authorId: DiscordUserId | null;
  /** What is wanted, as it follows on "wants to": markdown, safe to post. */
  readonly words: string;
  /** How many had something then. */
  readonly having: number;
  readonly heldAt: Date;
  readonly expiresAt: Date;
  /** null: nobody decided; after `expiresAt` it is dropped. */
  readonly outcome: 'agreed' | 'left' | null;
  readonly decidedBy: DiscordUserId | null;
}

export type HeldState = 'waiting' | 'agreed' | 'left' | 'dropped';

/** What became of it. A wish that nobody agreed to in time is dropped, whether or not anything ran at that instant. */
export function heldState(
  { outcome, expiresAt }: Pick<HeldWish, 'outcome' | 'expiresAt'>,
  now: Date,
): HeldState {
  if (outcome !== null) return outcome;
  return now < expiresAt ? 'waiting' : 'dropped';
}

/** Somebody with an Admin's power agrees to what a button showed. */
export interface BrakePress {
  readonly by: DiscordUserId;
  readonly now: Date;
  /** What the button showed. */
  readonly seen: Toll;
  /** What it would take by now. */
  readonly present: Toll;
  /** The number that was typed; null: a button was pressed. */
  readonly typed: number | null;
  /** Somebody other than the author used an Admin's power lately. */
  readonly hasOthers: boolean;
}

export type PressVerdict =
  | { readonly kind: 'go' }
  /** It concerns others by now: that is shown, and nothing done. */
  | { readonly kind: 'show' }
  | {
      readonly kind: 'refuse';
      readonly why: Exclude<HeldState, 'waiting'> | 'own' | 'untyped' | 'soon' | 'miscounted';
    };

/** Whether a press lets go of what is held. */
export function judgePress(held: HeldWish, press: BrakePress): PressVerdict {
  const { by, now, seen, present, typed, hasOthers } = press;
  const refuse = (why: Extract<PressVerdict, { kind: 'refuse' }>['why']): PressVerdict => ({
    kind: 'refuse',
    why,
  });
  const state = heldState(held, now);
  if (state !== 'waiting') return refuse(state);
  if (by === held.authorId) {
    if (hasOthers) return refuse('own');
    if (typed === null) return refuse('untyped');
    if (now.getTime() - held.heldAt.getTime() < ALONE_AFTER_MS) return refuse('soon');
  }
  if (!isSameToll(seen, present)) return { kind: 'show' };
  if (typed !== null && typed !== present.count) return refuse('miscounted');
  return { kind: 'go' };
}

/** "12 of 42 people". */
export const tollWords = ({ count, having }: Pick<HeldWish, 'count' | 'having'>): string =>
  `${count} of ${counted(Math.max(having, count), 'person', 'people')}`;

const wanted = (held: HeldWish): string =>
  `${held.authorId === null ? 'By its settings Usher' : `<@${held.authorId}>`} wanted to ${held.words}.`;

/** The one message about what is held, while it waits and when it is decided. */
export function tellHeld(
  held: HeldWish,
  now: Date,
): { readonly tone: Tone; readonly text: string } {
  const by = held.decidedBy === null ? '' : `<@${held.decidedBy}>`;
  const foot = `-# Held ${dateTime(held.heldAt)}`;
  const whole = (tone: Tone, ...lines: string[]) => ({ tone, text: [...lines, foot].join('\n') });
  switch (heldState(held, now)) {
    case 'waiting':
      return whole(
        'attention',
        `${held.authorId === null ? 'By its settings Usher' : `<@${held.authorId}>`} wants to ${held.words}. That takes access from ${bold(tollWords(held))}.`,
        `${held.authorId === null ? 'An Admin' : 'Another Admin'} must agree until ${fullTime(held.expiresAt)}; after that it is dropped.`,
      );
    case 'agreed':
      return whole(
        'done',
        held.decidedBy === held.authorId
          ? `${by} confirmed it alone: nobody else was Admin here within 30 days.`
          : `${by} agreed.`,
        `${wanted(held)} That takes access from ${bold(tollWords(held))}.`,
      );
    case 'left':
      return whole('neutral', `${by} left it as it is. Nothing was changed.`, wanted(held));
    case 'dropped':
      return whole(
        'attention',
        'Dropped, because nobody agreed within 10 minutes. Nothing was changed.',
        `${wanted(held)} That would have taken access from ${bold(tollWords(held))}.`,
      );
  }
}

import type { EndPolicy, SectionId } from '../../../src/core/model.js';
import { nameOf, namesOf } from './libraries.js';
import type { Sections } from '../../../src/core/sections.js';

/** What a run does, in this order; a process can die or stall before each. */
export const STAGES = ['look', 'decide', 'send', 'answer', 'lookBack', 'confirm'] as const;
export type Stage = (typeof STAGES)[number];

/** lost: answered 2xx and never applied. late: no answer, lands a tick later. unheard: applied, no answer. unread: applied, and
 * answered with a body that cannot be read. */
export type Fate = 'lost' | 'late' | 'unheard' | 'unread';

/** One run of reconcile, and what goes wrong in it. */
export interface RunStep {
  readonly kind: 'run';
  /** How many changes old the first read and the read-back are. */
  readonly lag: number;
  readonly lagBack: number;
  readonly fate: Fate | null;
  readonly crashAt: Stage | null;
  readonly pauseAt: Stage | null;
  /** A tick passes after this stage. */
  readonly tickAfter: Stage | null;
  /** A second process that did not wait for the lock. */
  readonly second: boolean;
  /** What it creates is an invite. */
  readonly asInvite: boolean;
  /** The list of the latest write is to be written once more. */
  readonly nudge: boolean;
}

/** One thing that happens: a command, an edge, an edit made in Plex, a run, or time. */
export type Step =
  | { readonly kind: 'grant' | 'revoke'; readonly library: SectionId }
  /** A grant made long ago begins; one made for a time is over. Nobody's command. */
  | { readonly kind: 'starts' | 'ends'; readonly library: SectionId }
  | { readonly kind: 'toggleDefault'; readonly library: SectionId }
  | { readonly kind: 'handAdd' | 'handRemove' | 'recreate'; readonly library: SectionId }
  | { readonly kind: 'handDrop' | 'handAll' | 'accept' | 'noticeGone' | 'calm' }
  /** Something is given on another server of the owner, or no longer. */
  | { readonly kind: 'elsewhere' }
  /** Another server removes the person, because nothing is given here: at once, or a tick later. */
  | { readonly kind: 'removedElsewhere'; readonly late: boolean }
  | { readonly kind: 'import'; readonly lag: number }
  | { readonly kind: 'wait'; readonly ticks: number }
  | { readonly kind: 'resume'; readonly process: 0 | 1 }
  | RunStep;

export const PLAIN_RUN: RunStep = {
  kind: 'run',
  lag: 0,
  lagBack: 0,
  fate: null,
  crashAt: null,
  pauseAt: null,
  tickAfter: null,
  second: false,
  asInvite: false,
  nudge: false,
};

export const run = (how: Partial<RunStep> = {}): RunStep => ({ ...PLAIN_RUN, ...how });

/** What is so before the first step. */
export interface Setting {
  /** A share made by hand before Usher. */
  readonly shared: Sections;
  readonly defaults: Sections;
  readonly managed: boolean;
  /** plex.tv ignores a new list for an invite that waits. */
  readonly invitesFixed: boolean;
  readonly policy: EndPolicy;
  /** A member of the owner's home. */
  readonly isHome: boolean;
}

export const NOBODY: Setting = {
  shared: [],
  defaults: [],
  managed: false,
  invitesFixed: false,
  policy: 'keep-default',
  isHome: false,
};

function tellRun(step: RunStep): string {
  const how = [
    step.second && 'second process',
    step.lag > 0 && `lag ${step.lag}`,
    step.lagBack > 0 && `read-back lag ${step.lagBack}`,
    step.fate,
    step.asInvite && 'as an invite',
    step.nudge && 'nudge',
    step.crashAt && `dies before ${step.crashAt}`,
    step.pauseAt && `stalls before ${step.pauseAt}`,
    step.tickAfter && `tick after ${step.tickAfter}`,
  ].filter((part) => typeof part === 'string');
  return how.length === 0 ? 'run' : `run (${how.join(', ')})`;
}

/** A step in a few words, for the trace of a history that failed. */
export function tellStep(step: Step): string {
  if (step.kind === 'run') return tellRun(step);
  if ('library' in step) return `${step.kind} ${nameOf(step.library)}`;
  if (step.kind === 'import') return `import (lag ${step.lag})`;
  if (step.kind === 'wait') return `wait ${step.ticks}`;
  if (step.kind === 'resume') return `resume process ${step.process}`;
  return step.kind;
}

export const tellSetting = (setting: Setting): string =>
  [
    `shared ${namesOf(setting.shared)}, defaults ${namesOf(setting.defaults)}`,
    setting.managed && 'managed',
    setting.invitesFixed && 'invites fixed',
    setting.policy,
    setting.isHome && 'of the home',
  ]
    .filter((part) => typeof part === 'string')
    .join(', ');

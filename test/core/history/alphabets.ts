import fc from 'fast-check';
import { A, B, C } from './libraries.js';
import { NOBODY, STAGES } from './steps.js';
import type { RunStep, Setting, Step } from './steps.js';

/** What may happen in a history, beside grants, ends, runs and time. */
export type Feature =
  | 'hand'
  | 'lag'
  | 'lost'
  | 'crash'
  | 'tick'
  | 'lock'
  | 'keep'
  | 'default'
  | 'all'
  | 'recreate'
  | 'invite'
  | 'import'
  | 'remove'
  | 'home'
  | 'nudge';

export interface History {
  readonly setting: Setting;
  readonly steps: readonly Step[];
}

const LONGEST = 14;

/** A value in so many cases of a hundred, else the plain one. */
function inPercent<T, P>(percent: number, value: fc.Arbitrary<T>, plain: P): fc.Arbitrary<T | P> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 100 - percent, arbitrary: fc.constant(plain) },
    { weight: percent, arbitrary: value },
  );
}

const laterStage = fc.constantFrom(...STAGES.slice(1));
const lagging = fc.constantFrom(1, 2);

function runOf(has: (feature: Feature) => boolean): fc.Arbitrary<RunStep> {
  const only = (feature: Feature, percent: number) => (has(feature) ? percent : 0);
  return fc.record({
    kind: fc.constant('run' as const),
    lag: inPercent(only('lag', 35), lagging, 0),
    lagBack: inPercent(only('lag', 35), lagging, 0),
    fate: inPercent(
      only('lost', 35),
      fc.constantFrom('lost' as const, 'unheard' as const, 'late' as const, 'unread' as const),
      null,
    ),
    crashAt: inPercent(only('crash', 20), laterStage, null),
    pauseAt: inPercent(only('lock', 25), laterStage, null),
    tickAfter: inPercent(only('tick', 30), fc.constantFrom(...STAGES), null),
    second: inPercent(only('lock', 40), fc.constant(true), false),
    asInvite: inPercent(only('invite', 40), fc.constant(true), false),
    nudge: inPercent(only('nudge', 40), fc.constant(true), false),
  });
}

interface Weighted {
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<Step>;
}

function stepOf(features: readonly Feature[]): fc.Arbitrary<Step> {
  const has = (feature: Feature) => features.includes(feature);
  const library = fc.constantFrom(A, B, C);
  const always = (step: Step) => fc.constant(step);
  const about = (kind: Extract<Step, { library: unknown }>['kind']) =>
    library.map((one): Step => ({ kind, library: one }));
  const wait = fc.constantFrom(1, 2, 3).map((ticks): Step => ({ kind: 'wait', ticks }));
  const imports = fc.constantFrom(0, 1, 2).map((lag): Step => ({ kind: 'import', lag }));
  const resume = fc
    .constantFrom(0 as const, 1 as const)
    .map((process): Step => ({ kind: 'resume', process }));
  const removals = fc.boolean().map((late): Step => ({ kind: 'removedElsewhere', late }));
  const when = (feature: Feature, parts: readonly Weighted[]) => (has(feature) ? parts : []);
  const parts: readonly Weighted[] = [
    { weight: 33, arbitrary: runOf(has) },
    { weight: 10, arbitrary: about('grant') },
    { weight: 3, arbitrary: about('starts') },
    { weight: 8, arbitrary: about('revoke') },
    { weight: 4, arbitrary: about('ends') },
    { weight: 10, arbitrary: wait },
    { weight: 4, arbitrary: always({ kind: 'calm' }) },
    ...when('hand', [
      { weight: 8, arbitrary: about('handAdd') },
      { weight: 7, arbitrary: about('handRemove') },
      { weight: 3, arbitrary: always({ kind: 'handDrop' }) },
    ]),
    ...when('default', [{ weight: 3, arbitrary: about('toggleDefault') }]),
    ...when('all', [{ weight: 2, arbitrary: always({ kind: 'handAll' }) }]),
    ...when('recreate', [
      { weight: 2, arbitrary: about('recreate') },
      { weight: 1, arbitrary: always({ kind: 'noticeGone' }) },
    ]),
    ...when('invite', [{ weight: 2, arbitrary: always({ kind: 'accept' }) }]),
    ...when('remove', [
      { weight: 2, arbitrary: always({ kind: 'accept' }) },
      { weight: 2, arbitrary: always({ kind: 'elsewhere' }) },
      { weight: 3, arbitrary: removals },
    ]),
    ...when('import', [{ weight: 3, arbitrary: imports }]),
    ...when('lock', [{ weight: 6, arbitrary: resume }]),
  ];
  return fc.oneof({ withCrossShrink: true }, ...parts);
}

function settingOf(features: readonly Feature[]): fc.Arbitrary<Setting> {
  const has = (feature: Feature) => features.includes(feature);
  const isSet = (feature: Feature) => (has(feature) ? fc.boolean() : fc.constant(false));
  const shared = has('hand') ? fc.constantFrom([], [], [B], [A, B]) : fc.constant([]);
  const defaults =
    has('keep') || has('home')
      ? fc.constant([A])
      : has('default')
        ? fc.constantFrom([], [A])
        : fc.constant([]);
  return fc.record({
    shared,
    defaults,
    managed: isSet('default'),
    invitesFixed: isSet('invite'),
    policy: fc.constant(has('remove') ? ('remove' as const) : ('keep-default' as const)),
    isHome: fc.constant(has('home')),
  });
}

/** Histories in which only these things happen. */
export const historyOf = (features: readonly Feature[]): fc.Arbitrary<History> =>
  fc.record({
    setting: settingOf(features),
    steps: fc.array(stepOf(features), { minLength: 2, maxLength: LONGEST, size: 'max' }),
  });

/** Histories of a few steps only, after a beginning that all of them share. */
export const historyAmong = (
  steps: readonly Step[],
  { setting = NOBODY, first = [] }: { setting?: Setting; first?: readonly Step[] } = {},
): fc.Arbitrary<History> =>
  fc
    .array(fc.constantFrom(...steps), { minLength: 1, maxLength: LONGEST, size: 'max' })
    .map((rest) => ({ setting, steps: [...first, ...rest] }));

import { command, importNow, noticeGone, removedElsewhere } from './commands.js';
import { editLibrary, editShare } from './hands.js';
import { holds } from './plexTv.js';
import { THE_RULES } from './rules.js';
import type { Rules } from './rules.js';
import { resumeRun, startRun } from './runs.js';
import { PLAIN_RUN, tellSetting, tellStep } from './steps.js';
import type { Setting, Step } from './steps.js';
import { MOMENT, TICK, TIMES } from './times.js';
import { World } from './world.js';

/** Runs that may follow the last disturbance before all must be quiet. */
const ROUNDS = 6;

/** A world as it is before the first step. */
export function begin(setting: Setting, rules: Rules = THE_RULES): World {
  const world = new World(setting, rules);
  if (setting.managed && setting.shared.length > 0) importNow(world, 0);
  return world;
}

/** One thing happens. false: it cannot happen now, and nothing but a moment passed. */
export function apply(world: World, step: Step): boolean {
  world.pass(MOMENT);
  switch (step.kind) {
    case 'run':
      return startRun(world, step);
    case 'resume':
      return resumeRun(world, step.process);
    case 'wait':
      world.pass(step.ticks * TICK);
      return true;
    case 'calm':
      calm(world);
      return true;
    case 'import':
      return importNow(world, step.lag);
    case 'noticeGone':
      return noticeGone(world);
    case 'elsewhere':
      return world.store.toggleElsewhere();
    case 'removedElsewhere':
      return removedElsewhere(world, step.late);
    case 'accept':
    case 'handAll':
    case 'handDrop':
      return editShare(world, step.kind);
    case 'handAdd':
    case 'handRemove':
    case 'recreate':
      return editLibrary(world, step.kind, step.library);
    case 'grant':
    case 'starts':
    case 'revoke':
    case 'ends':
    case 'toggleDefault':
      return command(world, step.kind, step.library);
  }
}

/** No hand moves, no fault happens, time passes: then everything must be as ordered, and stay so. */
export function calm(world: World): void {
  const { judge, store } = world;
  resumeRun(world, 0);
  resumeRun(world, 1);
  for (let round = 0, still = 0; round < ROUNDS && still < 2; round += 1) {
    const was = { writes: judge.writes, version: store.share.version };
    world.pass(TIMES.settleMs);
    if (round === 0) noticeGone(world);
    startRun(world, PLAIN_RUN);
    const isStill = judge.writes === was.writes && store.share.version === was.version;
    still = isStill ? still + 1 : 0;
  }
  const { writes } = judge;
  world.pass(TICK);
  startRun(world, PLAIN_RUN);
  startRun(world, PLAIN_RUN);
  if (judge.writes !== writes) judge.breach('P5', 'writes go on after all is quiet');
  world.judgeQuiet();
}

/** The end of a history: what it left behind is judged. */
export function finish(world: World): readonly string[] {
  calm(world);
  const { judge } = world;
  if (judge.orders === 0 && judge.writes > 0) {
    judge.breach('P4', 'a write, and nothing was ever ordered');
  }
  return judge.breaches;
}

/** What Plex shares once all is quiet after a history, and what went wrong on the way. */
export function after(setting: Setting, steps: readonly Step[], rules: Rules = THE_RULES) {
  const world = begin(setting, rules);
  for (const step of steps) apply(world, step);
  const breaches = finish(world);
  const drift = world.store.share.driftSeen.map(({ section, kind }) => [section, kind] as const);
  return { held: holds(world.plex.truth), drift, breaches };
}

/** Everything that a history does wrong; empty: nothing. */
export const play = (setting: Setting, steps: readonly Step[], rules?: Rules): readonly string[] =>
  after(setting, steps, rules).breaches;

/** A history told step by step, with what it did wrong at the end. */
export function trace(setting: Setting, steps: readonly Step[], rules: Rules = THE_RULES): string {
  const world = begin(setting, rules);
  const lines = [`start: ${tellSetting(setting)}`];
  const told = (what: string) => {
    const log = world.log.length > 0 ? ` (${world.log.join('; ')})` : '';
    world.log = [];
    lines.push(`${what}${log}\n    ${world.tell()}`);
  };
  for (const step of steps) {
    const isDone = apply(world, step);
    told(`${tellStep(step)}${isDone ? '' : ': cannot be'}`);
  }
  finish(world);
  told('calm');
  return [...lines, ...world.judge.breaches].join('\n');
}

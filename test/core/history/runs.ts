import { answered, refusedAttempt } from '../../../src/core/attempt.js';
import type { Decision } from '../../../src/core/decide.js';
import type { Attempt, Read, Share, Write } from '../../../src/core/model.js';
import { isSame, setOf } from '../../../src/core/sections.js';
import type { Sent } from './judge.js';
import type { Shown } from './plexTv.js';
import { PLAIN_RUN, STAGES } from './steps.js';
import type { RunStep, Stage } from './steps.js';
import { LANDING, MOMENT, TICK } from './times.js';
import type { Run, World } from './world.js';

/** What a stage makes of a run; null: the run is over. */
type Next = Run | null;

const put = (world: World, index: 0 | 1, run: Next): void => {
  world.runs = index === 0 ? [run, world.runs[1]] : [world.runs[0], run];
};

/** A whole run, with all that goes wrong in it. false: the lock is held, or both processes are busy. */
export function startRun(world: World, how: RunStep): boolean {
  if (world.runs[0] !== null && !how.second) return false;
  const free = world.runs.findIndex((run) => run === null);
  if (free === -1) return false;
  const index = free === 0 ? 0 : 1;
  for (const stage of STAGES) {
    const run = world.runs[index];
    if (stage !== 'look' && run === null) break;
    if (how.pauseAt === stage) break;
    if (how.crashAt === stage) {
      put(world, index, null);
      break;
    }
    put(world, index, go(world, run, { ...how, stage }));
    if (how.tickAfter === stage) world.pass(TICK);
  }
  return true;
}

/** A run that stalled goes on. false: none did. */
export function resumeRun(world: World, index: 0 | 1): boolean {
  if (world.runs[index] === null) return false;
  for (let run: Next = world.runs[index]; run !== null;) {
    run = go(world, run, { ...PLAIN_RUN, stage: run.stage });
    put(world, index, run);
  }
  return true;
}

function go(world: World, run: Next, how: RunStep & { readonly stage: Stage }): Next {
  world.pass(MOMENT);
  if (run === null) return look(world, how);
  switch (how.stage) {
    case 'look':
      return look(world, how);
    case 'decide':
      return decide(world, run, how);
    case 'send':
      return send(world, run, how);
    case 'answer':
      return hear(world, run);
    case 'lookBack':
      return { ...run, stage: 'confirm', back: world.plex.read(how.lagBack) };
    case 'confirm':
      return confirm(world, run);
  }
}

const contextOf = ({ store, rules, now }: World, nudge: Attempt['no'] | null = null) => ({
  entitlement: store.entitlement(),
  times: rules.times,
  now,
  nudge,
});

const isSameRead = (a: Read | null, b: Read | null): boolean =>
  a !== null &&
  b !== null &&
  a.row === b.row &&
  a.pending === b.pending &&
  a.all === b.all &&
  isSame(a.sections, b.sections) &&
  isSame(a.catalogue, b.catalogue);

/** Whether a look without a write changes anything but the time of the last read. */
const isWorthStoring = (was: Share, { share, imported }: Decision): boolean =>
  share.version !== was.version ||
  share.orders.length + imported.length > 0 ||
  JSON.stringify([share.driftSeen, share.attempt]) !==
    JSON.stringify([was.driftSeen, was.attempt]) ||
  !isSameRead(share.observed, was.observed);

/** One list, and what it alone would decide. */
function look(world: World, { lag, nudge: isNudge }: RunStep): Next {
  const { share } = world.store;
  const base = world.plex.read(lag);
  const nudge = isNudge ? (share.attempt?.no ?? null) : null;
  const rehearsed = world.rules.decide(share, base.read, contextOf(world, nudge));
  const isDue = rehearsed.change.kind !== 'none';
  if (!isDue && !isWorthStoring(share, rehearsed)) return null;
  return { stage: 'decide', version: share.version, base, isDue, nudge };
}

/** Under the share's lock: decides again, and stores the attempt before it is sent. */
function decide(world: World, run: Run, how: RunStep): Next {
  const { store, rules, judge } = world;
  const { read } = run.base;
  if (rules.isMoved(store.share, run.version) || rules.isOlder(read, store.share)) return null;
  const decision = rules.decide(store.share, read, contextOf(world, run.nudge));
  const { change, share } = decision;
  if (change.kind !== 'none' && !run.isDue) return null;
  const before = judge.memory;
  world.keep(decision);
  if (change.kind === 'none' || share.attempt === null) return null;
  const sent = sentOf(world, { write: change, base: run.base, how });
  return {
    ...run,
    stage: 'send',
    no: share.attempt.no,
    sentBy: world.plex.now + rules.times.stallMs,
    sent,
    undo: { memory: before, since: world.plex.seq },
  };
}

function sentOf(
  { store: { share }, judge }: World,
  { write, base, how }: { write: Write; base: Shown; how: RunStep },
): Sent {
  const ends = write.kind === 'cancelInvite';
  const excused = share.orders.filter(
    // An invite is taken back to be made anew with all that is to be there.
    (order) => order.cause !== 'case' || (ends && order.want === 'add'),
  );
  return {
    write,
    asInvite: how.asInvite,
    base,
    memory: judge.memory,
    excused: setOf(excused.map((order) => order.section)),
    open: setOf(share.orders.map((order) => order.section)),
  };
}

/** Nothing was written: as if it had never been tried. */
function drop(world: World, { no, undo }: Run): null {
  const { store, judge } = world;
  const policy = store.share.attempt?.no === no ? store.share.attempt?.previous.policy : null;
  if (no !== undefined) store.share = refusedAttempt(store.share, no);
  if (policy && undo) judge.restore(undo.memory, policy.opened, undo.since);
  return null;
}

function send(world: World, run: Run, { fate }: RunStep): Next {
  const { plex, judge } = world;
  const { sent } = run;
  if (!sent || run.sentBy === undefined) throw new Error('a write needs a plan');
  if (plex.now > run.sentBy) return drop(world, run);
  judge.writes += 1;
  if (world.setting.isHome && !('sections' in sent.write)) {
    judge.breach('PH', `${sent.write.kind} of a member of the home`);
  }
  world.log = [...world.log, `${sent.write.kind} sent`];
  if (fate === 'late') {
    world.late = [...world.late, { at: plex.now + LANDING, sent }];
    return { ...run, stage: 'answer', answer: 'none' };
  }
  const isTaken =
    fate === 'lost'
      ? plex.tryOn(sent.write, { asInvite: sent.asInvite, fixed: false }) !== null
      : world.land(sent);
  if (fate === 'unheard') return { ...run, stage: 'answer', answer: 'none' };
  if (!isTaken) return { ...run, stage: 'answer', answer: 'refused' };
  const row = fate === 'lost' ? plex.newRow() : plex.truth.row;
  return { ...run, stage: 'answer', answer: 'taken', row: fate === 'unread' ? null : row };
}

/** Stores what Plex answered, whatever happened meanwhile. */
function hear(world: World, run: Run): Next {
  const { store } = world;
  if (run.answer === 'refused') return drop(world, run);
  if (run.no !== undefined && run.answer === 'taken') {
    store.share = answered(store.share, run.no, run.row ?? null);
  }
  return { ...run, stage: 'lookBack', version: store.share.version };
}

/** The read-back counts only when nothing happened since. */
function confirm(world: World, { back, version }: Run): Next {
  const { store, rules } = world;
  if (!back || rules.isMoved(store.share, version)) return null;
  store.share = rules.confirm(store.share, back.read, contextOf(world)).share;
  return null;
}

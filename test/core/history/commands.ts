import type { SectionId } from '../../../src/core/model.js';
import { minus, union } from '../../../src/core/sections.js';
import { importShare } from '../../../src/core/settle.js';
import { D, LIBRARIES } from './libraries.js';
import { LANDING, MOMENT } from './times.js';
import type { World } from './world.js';

/** What people order, and what begins or ends by itself. */
export type CommandKind = 'grant' | 'starts' | 'revoke' | 'ends' | 'toggleDefault';

/** A transaction of a command, or the passing of an edge. false: it cannot be. */
export function command(world: World, kind: CommandKind, library: SectionId): boolean {
  if (kind !== 'starts' && kind !== 'ends') settleEdges(world);
  const before = world.due();
  if (!record(world, kind, library)) return false;
  world.pass(MOMENT);
  world.noteOrders(before, kind === 'grant' || kind === 'starts' ? library : null);
  return true;
}

/** What ended or began a moment ago, and nobody took yet, comes before a command. */
function settleEdges(world: World): void {
  const taken = world.due();
  if (taken.changed) world.keep({ ...taken, imported: [] });
}

function record(world: World, kind: CommandKind, library: SectionId): boolean {
  const { store, now } = world;
  if (kind === 'ends') return store.end(library, now);
  if (kind === 'revoke') return revoke(world, library);
  if (!world.plex.truth.catalogue.includes(library)) return false;
  if (kind === 'grant') store.grant(library, now);
  if (kind === 'starts') store.start(library, now);
  if (kind === 'toggleDefault') store.toggleDefault(library, now);
  return true;
}

/** Ends what was given; what was not given, and Plex shows, is ordered away. */
function revoke(world: World, library: SectionId): boolean {
  if (world.store.revoke(library, world.now)) return true;
  if (!world.store.revokeByHand(library, world.now)) return false;
  world.order(library, 'remove');
  return true;
}

/** A sync takes over the share of somebody whom nobody manages yet. */
export function importNow(world: World, lag: number): boolean {
  const { store, rules } = world;
  const { read } = world.plex.read(lag);
  if (read.row === null || store.share.managed || store.share.orders.length > 0) return false;
  const taken = store.take(world.now);
  const context = { entitlement: store.entitlement(), times: rules.times, t: taken.t };
  const done = importShare({ ...taken.share, observed: read }, read, context);
  if (done === null) return false;
  world.keep({ ...taken, share: done.share, imported: done.granted });
  return true;
}

/** Another server of the owner removes the person. false: not while anything is given here. */
export function removedElsewhere(world: World, late: boolean): boolean {
  if (!world.store.removedElsewhere(world.now)) return false;
  const removal = { at: world.plex.now + (late ? LANDING : 0), since: world.plex.seq };
  if (late) world.removals = [...world.removals, removal];
  else world.removed(removal);
  return true;
}

/** Two syncs agree that a library is no more. */
export function noticeGone(world: World): boolean {
  const missing = minus(LIBRARIES, union(world.plex.truth.catalogue, [D]));
  const isNews = minus(missing, world.store.gone).length > 0;
  world.store.gone = missing;
  return isNews;
}

import type { SectionId, Want } from '../../../src/core/model.js';
import { minus, union } from '../../../src/core/sections.js';
import { D } from './libraries.js';
import { NOTHING, holds } from './plexTv.js';
import type { Truth } from './plexTv.js';
import type { World } from './world.js';

export type ShareEdit = 'accept' | 'handAll' | 'handDrop';
export type LibraryEdit = 'handAdd' | 'handRemove' | 'recreate';

function edit(world: World, truth: Truth): void {
  const before = holds(world.plex.truth);
  const after = holds(truth);
  const { orders } = world.store.take(world.now).share;
  world.plex.change(truth);
  const { seq } = world.plex;
  const note = (want: Want) => (section: SectionId) => {
    const against = orders.find((order) => order.section === section)?.want ?? null;
    world.judge.edited(section, want, { seq, against });
  };
  minus(after, before).forEach(note('add'));
  minus(before, after).forEach(note('remove'));
}

/** Somebody changes a whole share in Plex. false: there is nothing to change. */
export function editShare(world: World, kind: ShareEdit): boolean {
  const { truth } = world.plex;
  if (kind === 'handAll') {
    const row = truth.row ?? world.plex.newRow();
    edit(world, { ...truth, row, list: truth.catalogue, all: true, pending: false });
    return true;
  }
  if (truth.row === null) return false;
  if (kind === 'handDrop') {
    edit(world, { ...truth, ...NOTHING });
    world.judge.dropped(world.plex.seq);
    return true;
  }
  if (!truth.pending) return false;
  world.plex.change({ ...truth, pending: false, friend: true });
  return true;
}

/** Somebody changes one library in Plex. false: it cannot be. */
export function editLibrary(world: World, kind: LibraryEdit, library: SectionId): boolean {
  const { truth } = world.plex;
  const held = holds(truth);
  if (!truth.catalogue.includes(library)) return false;
  if (kind === 'recreate') return recreate(world, library);
  if ((kind === 'handAdd') === held.includes(library)) return false;
  if (kind === 'handAdd') {
    const row = truth.row ?? world.plex.newRow();
    edit(world, { ...truth, row, list: union(held, [library]) });
    return true;
  }
  const list = minus(held, [library]);
  if (list.length === 0) return editShare(world, 'handDrop');
  edit(world, { ...truth, list, all: false });
  return true;
}

/** A library is deleted and made again: it comes back under a new id, shared with those who have everything. */
function recreate(world: World, library: SectionId): boolean {
  const { truth } = world.plex;
  if (truth.catalogue.includes(D)) return false;
  const catalogue = union(minus(truth.catalogue, [library]), [D]);
  const list = minus(truth.list, [library]);
  const left = truth.all || list.length > 0 ? { ...truth, list } : { ...truth, ...NOTHING };
  world.plex.change({ ...left, catalogue });
  if (truth.all) world.judge.edited(D, 'add', { seq: world.plex.seq, against: null });
  return true;
}

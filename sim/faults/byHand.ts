import type { Happening } from './facts.js';
import type { HandMove, Library } from './moves.js';
import type { Cast, Stage } from './stage.js';

type Hand = Exclude<HandMove, { kind: 'library' }>;

/** Does what somebody does in Plex itself. Gives what happened; null: there was nothing to do. */
export async function byHand(stage: Stage, cast: Cast, move: Hand): Promise<Happening | null> {
  switch (move.kind) {
    case 'hand adds':
    case 'hand removes':
      return edit(stage, cast, move);
    case 'hand gives all':
      return giveAll(stage, cast, move.who);
    case 'guest':
      return answer(stage, cast, move);
    case 'hand drops':
      return drop(stage, cast, move.who);
    case 'hand unfriends':
      await stage.world.plex.act('unfriend', { accountId: cast.accountId });
      return { kind: 'dropped', who: move.who, at: Date.now() };
  }
}

/** A hand can share only with friends, and change only what is there. */
const mayShare = async (stage: Stage, cast: Cast): Promise<boolean> =>
  (await stage.held(cast)) !== null || (await stage.isFriend(cast));

async function edit(
  stage: Stage,
  cast: Cast,
  { kind, who, library }: Extract<Hand, { library: Library }>,
): Promise<Happening | null> {
  const had = (await stage.held(cast))?.libraries ?? [];
  const isAdding = kind === 'hand adds';
  if (had.includes(library) === isAdding || !(await mayShare(stage, cast))) return null;
  const libraries = isAdding ? [...had, library] : had.filter((one) => one !== library);
  if (libraries.length === 0) return drop(stage, cast, who);
  const sectionIds = libraries.map((one) => stage.libraries.sectionOf(one));
  await share(stage, cast, { sectionIds });
  return { kind: 'edited', who, library, to: isAdding ? 'added' : 'removed', at: Date.now() };
}

const share = (
  { world, libraries }: Stage,
  { accountId }: Cast,
  what: { readonly sectionIds?: readonly number[]; readonly allLibraries?: boolean },
) => world.plex.act('setShare', { machineId: libraries.machineId, accountId, ...what });

async function giveAll(stage: Stage, cast: Cast, who: number): Promise<Happening | null> {
  const held = await stage.held(cast);
  if (held?.hasAll === true || !(await mayShare(stage, cast))) return null;
  await share(stage, cast, { allLibraries: true });
  return { kind: 'given all', who, at: Date.now() };
}

async function drop(stage: Stage, cast: Cast, who: number): Promise<Happening | null> {
  const held = await stage.held(cast);
  if (!held) return null;
  await stage.world.plex.act('deleteShare', { shareId: held.row });
  return { kind: 'dropped', who, at: Date.now() };
}

/** What the person does with an invitation, or with a share. */
async function answer(
  stage: Stage,
  cast: Cast,
  { who, how }: Extract<Hand, { kind: 'guest' }>,
): Promise<Happening | null> {
  const held = await stage.held(cast);
  if (!held || held.isPending === (how === 'leaves')) return null;
  const act = { accepts: 'accept', declines: 'decline', leaves: 'leave' }[how];
  await stage.world.plex.act(act, { shareId: held.row });
  return { kind: how === 'accepts' ? 'accepted' : 'dropped', who, at: Date.now() };
}

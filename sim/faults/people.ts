import type { Difference, DriftKind, Grant, Has, Holding, Person, Settings } from './facts.js';
import { LIBRARIES } from './moves.js';
import type { Library } from './moves.js';

/** Whether it was told, since all was last quiet, that somebody has or lacks a library by hand. */
export type IsTold = (library: Library, kind: DriftKind) => boolean;

interface Now {
  readonly settings: Settings;
  readonly now: number;
}

/** Somebody of whom nothing is known yet. */
export const aPerson = (): Person => ({
  has: new Map<Library, Has>(LIBRARIES.map((library) => [library, 'no'])),
  grants: new Map<Library, Grant>(),
  exempt: new Set<Library>(),
  keptByPolicy: new Set<Library>(),
  isManaged: false,
  importOwed: false,
  isNewByEdge: false,
  isMoving: false,
  wasDropped: false,
  isOff: false,
  isPending: 'no',
  hasAll: 'no',
  edited: new Map<Library, DriftKind>(),
  told: new Map<Library, DriftKind>(),
  ordered: new Map<Library, { want: 'add' | 'remove'; at: number }>(),
});

/** Whether a default library stays, whatever ends. */
export const isKept = (person: Person, { defaults }: Settings, library: Library): boolean =>
  person.isManaged && defaults.has(library) && !person.exempt.has(library);

/** Libraries that somebody is to have by grants and defaults at an instant. */
export const intended = (person: Person, settings: Settings, now: number): readonly Library[] =>
  LIBRARIES.filter((library) => {
    const grant = person.grants.get(library);
    return (grant && grant.from <= now) || isKept(person, settings, library);
  });

/** A sync takes over what somebody has whom nobody looks after, unless hands are to be kept off. */
export function takeOver(person: Person, { defaults }: Settings, now: number): void {
  const held = LIBRARIES.filter((library) => person.has.get(library) === 'yes');
  if (held.length === 0 || person.isOff) return;
  person.isManaged = true;
  person.importOwed = false;
  for (const library of held) {
    if (person.grants.has(library) || defaults.has(library)) continue;
    person.grants.set(library, { from: now, until: null });
  }
  for (const library of defaults) if (!held.includes(library)) person.exempt.add(library);
}

/** All is quiet, and this is what Plex holds for somebody: what no rule could give is taken from there. */
export function settle(
  person: Person,
  held: Holding | null,
  { settings, now, isTold }: Now & { readonly isTold: IsTold },
): void {
  const libraries = held?.libraries ?? [];
  for (const library of LIBRARIES) {
    person.has.set(library, libraries.includes(library) ? 'yes' : 'no');
  }
  for (const library of person.keptByPolicy) {
    if (!libraries.includes(library) && !isTold(library, 'removed')) person.exempt.add(library);
  }
  person.keptByPolicy.clear();
  person.edited.clear();
  person.isMoving = false;
  person.isNewByEdge = false;
  person.isPending = held?.isPending === true ? 'yes' : 'no';
  person.hasAll = held?.hasAll === true ? 'yes' : 'no';
  if (!person.isManaged && held !== null) takeOver(person, settings, now);
  if (person.importOwed) importOnce(person, libraries, { settings, now, isTold });
  person.wasDropped = held === null && person.isManaged;
  if (held === null && person.isManaged && person.grants.size === 0) {
    person.isManaged = false;
    person.wasDropped = false;
    person.exempt.clear();
    person.told.clear();
  }
}

/** What was there at the first ripe read was taken over; what a hand did after it was told. Both are right. */
function importOnce(
  person: Person,
  held: readonly Library[],
  { settings, now, isTold }: Now & { readonly isTold: IsTold },
): void {
  person.importOwed = false;
  for (const library of LIBRARIES) {
    const isIntended = intended(person, settings, now).includes(library);
    const isHeld = held.includes(library);
    if (isHeld && !isIntended && !isTold(library, 'added')) {
      person.grants.set(library, { from: now, until: null });
    }
    if (!isHeld && isKept(person, settings, library) && !isTold(library, 'removed')) {
      person.exempt.add(library);
    }
  }
}

/** What differs between what somebody has and what was given; who has everything differs in nothing. */
export function differences(
  person: Person,
  { settings, now, who, held }: Now & { readonly who: number; readonly held: Holding | null },
): readonly Difference[] {
  if (!person.isManaged) return [];
  if (held?.hasAll === true) {
    person.told.clear();
    return [];
  }
  const libraries = held?.libraries ?? [];
  const wanted = intended(person, settings, now);
  return LIBRARIES.flatMap((library): Difference[] => {
    if (libraries.includes(library) === wanted.includes(library)) {
      person.told.delete(library);
      return [];
    }
    const kind = libraries.includes(library) ? 'added' : 'removed';
    const isOwed = person.told.get(library) !== kind;
    person.told.set(library, kind);
    return [{ who, library, kind, isOwed }];
  });
}

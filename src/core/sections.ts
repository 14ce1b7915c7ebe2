import type { SectionId } from './model.js';

/** Small sets of libraries as sorted arrays without doubles: cheap to store, and equal when they look equal. */
export type Sections = readonly SectionId[];

const sorted = (sections: Iterable<SectionId>): Sections =>
  [...new Set(sections)].sort((a, b) => a - b);

export const union = (a: Sections, b: Sections): Sections => sorted([...a, ...b]);
export const minus = (a: Sections, b: Sections): Sections =>
  sorted(a.filter((section) => !b.includes(section)));
export const both = (a: Sections, b: Sections): Sections =>
  sorted(a.filter((section) => b.includes(section)));
export const isSubset = (a: Sections, b: Sections): boolean =>
  a.every((section) => b.includes(section));
export const isSame = (a: Sections, b: Sections): boolean => isSubset(a, b) && isSubset(b, a);
export const setOf = sorted;

import type { SectionId } from '../../../src/core/model.js';
import type { Sections } from '../../../src/core/sections.js';

export const A = 101 as SectionId;
export const B = 102 as SectionId;
export const C = 103 as SectionId;
/** What a re-created library becomes: plex.tv gives it a new id. */
export const D = 104 as SectionId;

/** Every library that a history can meet. */
export const LIBRARIES: Sections = [A, B, C, D];

const NAMES = new Map<SectionId, string>([
  [A, 'A'],
  [B, 'B'],
  [C, 'C'],
  [D, 'D'],
]);

export const nameOf = (section: SectionId): string => NAMES.get(section) ?? `#${section}`;
export const namesOf = (sections: Sections): string => `{${sections.map(nameOf).join('')}}`;

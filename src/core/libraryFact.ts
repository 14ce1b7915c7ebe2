import type { SectionId } from './model.js';

/** A library as a case remembers it: its name may change, or the library go, later. */
export interface LibraryFact {
  readonly section: SectionId;
  /** Title, with the server's name where the guild has several: "Films" or "Films (Attic)". */
  readonly title: string;
}

import type { PlexWorld } from '../plex/world.js';
import type { World } from '../tour/world.js';
import { LIBRARIES } from './moves.js';
import type { HandMove, Library } from './moves.js';

type Fate = Extract<HandMove, { kind: 'library' }>['how'];

/** The libraries of a world under the names that histories use, whatever becomes of them. */
export class Libraries {
  private readonly sections = new Map<number, Library>();
  private readonly ids = new Map<Library, number>();
  /** All titles that a library had, the newest last. */
  private readonly titles = new Map<Library, string[]>(LIBRARIES.map((one) => [one, [one]]));

  constructor(
    private readonly world: World,
    readonly machineId: string,
    found: PlexWorld['servers'][number]['libraries'],
  ) {
    for (const { sectionId, title } of found) this.note(title as Library, sectionId);
  }

  private note(library: Library, sectionId: number): void {
    this.sections.set(sectionId, library);
    this.ids.set(library, sectionId);
  }

  sectionOf(library: Library): number {
    const id = this.ids.get(library);
    if (id === undefined) throw new Error(`there is no ${library}`);
    return id;
  }

  libraryOf(section: number): Library | undefined {
    return this.sections.get(section);
  }

  /** What it is called in Plex now. */
  titleOf(library: Library): string {
    return this.titles.get(library)?.at(-1) ?? library;
  }

  /** Whether a text names it, by any title that it had. */
  isIn(text: string, library: Library): boolean {
    return (this.titles.get(library) ?? []).some((title) => text.includes(`**${title}**`));
  }

  /** By the hand of the owner. One that is deleted is missing until it is brought back. */
  async change(library: Library, how: Fate): Promise<void> {
    const { plex } = this.world;
    const at = { machineId: this.machineId, sectionId: this.sectionOf(library) };
    if (how === 'is deleted') {
      await plex.act('removeLibrary', at);
      return;
    }
    if (how === 'is made anew') {
      const made = (await plex.act('recreateLibrary', at)) as { sectionId: number };
      this.note(library, made.sectionId);
      return;
    }
    const before = this.titleOf(library);
    const title = before === library ? `${library} and more` : library;
    await plex.act('renameLibrary', { ...at, title });
    this.titles.set(library, [...(this.titles.get(library) ?? []), title]);
  }

  async bringBack(library: Library): Promise<void> {
    const title = this.titleOf(library);
    const wanted = { machineId: this.machineId, title, type: 'movie' };
    const made = (await this.world.plex.act('addLibrary', wanted)) as { sectionId: number };
    this.note(library, made.sectionId);
  }
}

import { randomUUID } from 'node:crypto';
import type { GrantId, SectionId } from '../core/model.js';
import type { StoredShare } from '../store/shares.js';
import type { Tables } from '../store/store.js';

/** Makes grants without end of libraries that Plex shared before Usher managed this person. */
export async function importGrants(
  tables: Tables,
  { serverId, personId }: StoredShare,
  { sections, t }: { sections: readonly SectionId[]; t: Date },
): Promise<number> {
  if (sections.length === 0) return 0;
  const libraries = (await tables.servers.libraries([serverId])).filter((library) =>
    sections.includes(library.sectionId),
  );
  await tables.grants.addAll(
    libraries.map((library) => ({
      id: randomUUID() as GrantId,
      personId,
      libraryId: library.id,
      startsAt: t,
      endsAt: null,
      revokedAt: null,
      createdAt: t,
      closedAt: null,
      source: 'import' as const,
      giver: null,
      reason: null,
    })),
  );
  return libraries.length;
}

import type { Lacking } from '../core/cases.js';
import type { GuildId, SectionId, ServerId } from '../core/model.js';
import { both, minus, union } from '../core/sections.js';
import type { Sections } from '../core/sections.js';
import type { StoredShare } from '../store/shares.js';
import type { Tables } from '../store/store.js';
import { isOfHome } from './grantable.js';
import { libraryFacts } from './record.js';
import type { LibraryNames } from './record.js';

/** Defaults that somebody was taken over without, and still lacks: they are managed, and have a share in Plex. */
export function lackedBy({ share }: Pick<StoredShare, 'share'>, defaults: Sections): Sections {
  if (!share.managed || share.observed === null || share.observed.row === null) return [];
  return minus(both(share.exempt, defaults), union(share.observed.sections, share.ordered));
}

/** How many people lack each of these libraries, those that nobody lacks left out. */
export function countLacking(
  all: readonly Sections[],
): readonly { readonly section: SectionId; readonly people: number }[] {
  const sections = all.reduce((a, b) => union(a, b), []);
  return sections.map((section) => ({
    section,
    people: all.filter((lacked) => lacked.includes(section)).length,
  }));
}

/** The same with the names of the libraries. */
export const lackingFacts = (names: LibraryNames, all: readonly Sections[]): readonly Lacking[] =>
  countLacking(all).flatMap(({ section, people }) =>
    libraryFacts(names, [section]).map((library) => ({ ...library, people })),
  );

/** Who of a server lacks a default; members of the owner's home are left alone unless they are switched on. */
export async function sharesLacking(
  tables: Tables,
  { guildId, serverId }: { readonly guildId: GuildId; readonly serverId: ServerId },
): Promise<{ readonly defaults: Sections; readonly shares: readonly StoredShare[] }> {
  const defaults = (await tables.servers.defaults(serverId)).map((row) => row.sectionId);
  if (defaults.length === 0) return { defaults, shares: [] };
  const shares = (await tables.shares.on(serverId, null)).filter(
    (stored) => lackedBy(stored, defaults).length > 0,
  );
  if ((await tables.guilds.find(guildId))?.homeUsers === true) return { defaults, shares };
  const people = await tables.people.byIds(shares.map((stored) => stored.personId));
  const home = new Set(people.filter(isOfHome).map((person) => person.id));
  return { defaults, shares: shares.filter((stored) => !home.has(stored.personId)) };
}

/** How many people of a server lack which default now. */
export async function lacking(
  tables: Tables,
  at: { readonly guildId: GuildId; readonly serverId: ServerId },
): Promise<ReturnType<typeof countLacking>> {
  const { defaults, shares } = await sharesLacking(tables, at);
  return countLacking(shares.map((stored) => lackedBy(stored, defaults)));
}

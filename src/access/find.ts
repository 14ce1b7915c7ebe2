import { distance } from 'fastest-levenshtein';
import { UserError } from '../core/errors.js';
import type { DiscordUserId, GuildId, LibraryId, PersonId } from '../core/model.js';
import { bold, escapeName, listed, maskAddress } from '../core/text.js';
import type { LibraryRow, PersonRow, ServerRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';
import { ownsIt } from './grantable.js';

/** A library with the name of its server, as people tell libraries apart. */
export type NamedLibrary = LibraryRow & { readonly serverName: string };

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const MENTION = /^<@!?(\d{17,20})>$/;
const NEAR_ENOUGH = 2;
const HITS_NAMED = 5;

/** "Films", or "Films (Attic)" where the guild has several servers. */
export function libraryName(library: NamedLibrary, all: readonly NamedLibrary[]): string {
  const several = all.some((other) => other.serverId !== library.serverId);
  return several ? `${library.title} (${library.serverName})` : library.title;
}

/** Until the first sync nothing is known of people and libraries, and nobody must hear that they do not exist. */
export function mustBeRead(servers: readonly Pick<ServerRow, 'syncedAt'>[]): void {
  if (servers.some((server) => server.syncedAt !== null)) return;
  throw new UserError(
    'not-read-yet',
    'Plex has not been read yet: it is not answering, or no server is connected. I try again until it does.',
  );
}

/** Who is meant by a suggested id, a linked member's mention, or an e-mail address, username or title typed whole. */
export async function findPerson(
  tables: Tables,
  guildId: GuildId,
  typed: string,
): Promise<PersonRow> {
  const person = await seekPerson(tables, guildId, typed);
  if (person) return person;
  throw await unknownPerson(tables, guildId, typed.trim());
}

/** Likewise; null: nobody is called so. Throws when several are, or nothing is known yet. */
export async function seekPerson(
  tables: Tables,
  guildId: GuildId,
  typed: string,
): Promise<PersonRow | null> {
  const text = typed.trim();
  const mention = MENTION.exec(text)?.[1];
  if (mention !== undefined) return linkedPerson(tables, guildId, mention as DiscordUserId);
  if (UUID.test(text)) {
    const person = await tables.people.get(guildId, text as PersonId);
    if (person && !person.goneAt) return person;
  }
  const hits = await tables.people.called(guildId, text);
  const [only] = hits;
  if (only && hits.length === 1) return only;
  if (hits.length > 1) throw severalPeople(text, hits);
  const servers = await tables.servers.ofGuild(guildId);
  mustBeRead(servers);
  const owned = servers.find(({ ownerName }) => ownerName.toLowerCase() === text.toLowerCase());
  if (owned) throw ownsIt(owned.ownerName, owned.name);
  return null;
}

async function linkedPerson(tables: Tables, guildId: GuildId, userId: DiscordUserId) {
  const person = await tables.people.linkedTo(guildId, userId);
  if (person) return person;
  // Typed by hand, the number may be anybody's, or nobody's: it is not said again.
  throw new UserError(
    'not-linked',
    'Whom you mention is not linked to a person in Plex yet. Use /people link first.',
  );
}

function severalPeople(typed: string, hits: readonly PersonRow[]): UserError {
  const names = hits.slice(0, HITS_NAMED).map((hit) => maskAddress(hit.username) || hit.title);
  return new UserError(
    'several-people',
    `"${escapeName(typed)}" could be ${listed(names)}. Choose one from the suggestions.`,
  );
}

/** That nobody is called so, and who may have been meant. */
export async function unknownPerson(
  tables: Tables,
  guildId: GuildId,
  typed: string,
): Promise<UserError> {
  const wanted = typed.toLowerCase();
  const near = (await tables.people.present(guildId))
    .flatMap((person) => [person.title, person.username].filter((name) => name !== ''))
    .map((name) => ({ name, steps: distance(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps)[0];
  const hint =
    near && near.steps <= NEAR_ENOUGH
      ? `Did you mean ${bold(maskAddress(near.name))}?`
      : 'Choose from the suggestions; to invite somebody new, use /grant with their e-mail address.';
  return new UserError('unknown-person', `Nobody here is called "${escapeName(typed)}". ${hint}`);
}

/** Which library is meant by a suggested id, a title typed whole, or `Films (Attic)`. */
export async function findLibrary(
  tables: Tables,
  guildId: GuildId,
  typed: string,
): Promise<{ library: NamedLibrary; all: readonly NamedLibrary[] }> {
  const all = await tables.servers.librariesOfGuild(guildId);
  const text = typed.trim();
  const byId = all.find((library) => library.id === (text as LibraryId));
  if (byId) return { library: byId, all };
  if (UUID.test(text)) {
    throw new UserError(
      'library-left',
      'That library is no longer there. Use /library list to see which are.',
    );
  }
  const wanted = text.toLowerCase();
  const full = all.filter((l) => `${l.title} (${l.serverName})`.toLowerCase() === wanted);
  const hits = full.length > 0 ? full : all.filter((l) => l.title.toLowerCase() === wanted);
  const [only] = hits;
  if (only && hits.length === 1) return { library: only, all };
  if (hits.length > 1) {
    const names = hits.map((hit) => `${hit.title} (${hit.serverName})`);
    throw new UserError(
      'several-libraries',
      `"${escapeName(text)}" is the name of several libraries: ${listed(names)}. Name one of them.`,
    );
  }
  mustBeRead(await tables.servers.ofGuild(guildId));
  const known = all.slice(0, HITS_NAMED).map((library) => libraryName(library, all));
  throw new UserError(
    'unknown-library',
    `There is no library called "${escapeName(text)}". ` +
      (known.length > 0
        ? `There ${known.length === 1 ? 'is' : 'are'} ${listed(known)}.`
        : 'No library is known yet: use /sync first.'),
  );
}

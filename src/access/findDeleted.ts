import { UserError } from '../core/errors.js';
import type { GuildId } from '../core/model.js';
import { bold, counted, escapeName } from '../core/text.js';
import type { Tables } from '../store/store.js';
import { mustBeRead } from './find.js';
import type { NamedLibrary } from './find.js';
import type { Choice } from './suggest.js';

const MOST = 25;

/** Deleted libraries that people still have something open of, by what was typed. */
export async function suggestDeleted(
  tables: Tables,
  guildId: GuildId,
  typed: string,
): Promise<Choice[]> {
  const wanted = typed.trim().toLowerCase();
  return (await tables.servers.deletedLibraries(guildId))
    .filter(({ people }) => people > 0)
    .map(({ id, title, serverName, people }) => ({
      name: `${title} (${serverName}) · ${counted(people, 'person', 'people')}`,
      value: id,
    }))
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .slice(0, MOST);
}

/** Which deleted library is meant by a suggested id, or a title typed whole. */
export async function findDeleted(
  tables: Tables,
  guildId: GuildId,
  typed: string,
): Promise<NamedLibrary> {
  const all = await tables.servers.deletedLibraries(guildId);
  const text = typed.trim();
  const wanted = text.toLowerCase();
  const byId = all.find(({ id }) => id === (text as typeof id));
  const called = all.filter(
    ({ title, serverName }) =>
      title.toLowerCase() === wanted || `${title} (${serverName})`.toLowerCase() === wanted,
  );
  // Of several that were called so, those that people still had.
  const held = called.filter(({ people }) => people > 0);
  const hits = byId ? [byId] : held.length > 0 ? held : called.slice(0, 1);
  const [only] = hits;
  if (only && hits.length === 1) return only;
  if (hits.length > 1) {
    throw new UserError(
      'several-libraries',
      `Several deleted libraries were called "${escapeName(text)}". Choose one from the suggestions.`,
    );
  }
  mustBeRead(await tables.servers.ofGuild(guildId));
  throw await notDeleted(tables, guildId, text);
}

async function notDeleted(tables: Tables, guildId: GuildId, text: string): Promise<UserError> {
  const present = await tables.servers.librariesOfGuild(guildId);
  const there = present.find(
    ({ id, title }) => id === (text as typeof id) || title.toLowerCase() === text.toLowerCase(),
  );
  return there
    ? new UserError(
        'not-deleted',
        `${bold(there.title)} is not known to be deleted: Plex must lack it in two reads, some minutes apart. Use /sync to read it again.`,
      )
    : new UserError(
        'unknown-library',
        `No deleted library was called "${escapeName(text)}". Use /library list to see which are.`,
      );
}

import type { GuildId } from '../core/model.js';
import type { Tables } from '../store/store.js';
import { libraryName } from './find.js';

/** A suggestion: what is shown, and what the option then holds. */
export interface Choice {
  readonly name: string;
  readonly value: string;
}

const MOST = 25;

/** People whose names contain what was typed; the value is their opaque id. */
export async function suggestPeople(
  tables: Tables,
  guildId: GuildId,
  typed: string,
): Promise<Choice[]> {
  const people = await tables.people.like(guildId, typed.trim(), MOST);
  return people.map((person) => {
    const alias =
      person.username && !person.username.includes('@') && person.username !== person.title
        ? ` (${person.username})`
        : '';
    const state = person.kind === 'invited' ? ' · invited' : '';
    return { name: `${person.title}${alias}${state}`, value: person.id };
  });
}

/** Libraries whose names contain what was typed; with `all` first when that is an answer too. */
export async function suggestLibraries(
  tables: Tables,
  guildId: GuildId,
  { typed, withAll }: { typed: string; withAll: boolean },
): Promise<Choice[]> {
  const all = await tables.servers.librariesOfGuild(guildId);
  const wanted = typed.trim().toLowerCase();
  const choices = all
    .map((library) => ({ name: libraryName(library, all), value: library.id }))
    .filter((choice) => choice.name.toLowerCase().includes(wanted));
  const every = { name: 'all: everything this person has', value: 'all' };
  return (withAll && every.name.includes(wanted) ? [every, ...choices] : choices).slice(0, MOST);
}

/** Servers of the guild; the value is their opaque id. */
export async function suggestServers(
  tables: Tables,
  guildId: GuildId,
  typed: string,
): Promise<Choice[]> {
  const wanted = typed.trim().toLowerCase();
  return (await tables.servers.ofGuild(guildId))
    .filter((server) => server.name.toLowerCase().includes(wanted))
    .map((server) => ({ name: server.name, value: server.id }))
    .slice(0, MOST);
}

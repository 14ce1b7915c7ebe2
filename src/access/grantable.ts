import { UserError } from '../core/errors.js';
import type { GuildId, ServerId } from '../core/model.js';
import { bold } from '../core/text.js';
import type { PersonRow, ServerRow } from '../store/rows.js';
import type { Tables } from '../store/store.js';

/** A member of the owner's Plex Home. */
export const isOfHome = ({ kind }: PersonRow): boolean => kind === 'home' || kind === 'managed';

/** Nobody can give the owner anything, or take it. */
export const ownsIt = (name: string, server: string): UserError =>
  new UserError(
    'owner',
    `${bold(name)} owns ${bold(server)} and has everything there already: that can be neither given nor taken.`,
  );

const handsOff = (person: PersonRow): UserError =>
  new UserError(
    'home-user',
    `${bold(person.title)} is a member of the owner's Plex Home, which is left alone. Ask an Admin to switch members of the home on in /settings show.`,
  );

const isOwner = (person: PersonRow, server: ServerRow): boolean =>
  person.accountId !== null && person.accountId === server.ownerId;

async function isSwitchedOn(tables: Tables, guildId: GuildId): Promise<boolean> {
  return (await tables.guilds.find(guildId))?.homeUsers === true;
}

/** Refuses the owner, and members of the home unless they are switched on and have a default library to keep. */
export async function mustBeGrantable(
  tables: Tables,
  person: PersonRow,
  serverId: ServerId,
): Promise<void> {
  const server = await tables.servers.get(serverId);
  if (isOwner(person, server)) throw ownsIt(person.title, server.name);
  if (!isOfHome(person)) return;
  if (!(await isSwitchedOn(tables, person.guildId))) throw handsOff(person);
  if ((await tables.servers.defaults(server.id)).length > 0) return;
  throw new UserError(
    'home-needs-default',
    `${bold(person.title)} is a member of the owner's Plex Home and must always keep a default library, but ${bold(server.name)} has none. Ask an Admin to make one with /library default add.`,
  );
}

/** Refuses members of the home of whom hands are kept off; what was given while they were switched on can be taken. */
export async function mustBeRevocable(
  tables: Tables,
  person: PersonRow,
  serverIds: readonly ServerId[],
): Promise<void> {
  const servers = await Promise.all(serverIds.map((id) => tables.servers.get(id)));
  const [server] = servers;
  if (server && servers.every((one) => isOwner(person, one))) {
    throw ownsIt(person.title, server.name);
  }
  if (!isOfHome(person) || (await isSwitchedOn(tables, person.guildId))) return;
  for (const { id } of servers) {
    if ((await tables.grants.open(id, [person.id])).length > 0) return;
  }
  throw handsOff(person);
}

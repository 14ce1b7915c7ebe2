import { Outage, UserError } from '../core/errors.js';
import { mayCarryToken } from '../plex/addresses.js';
import { PlexUnauthorised } from '../plex/errors.js';
import type { Plex } from '../plex/plex.js';
import { findServerAt } from './connect.js';
import type { Found } from './connect.js';
import { mustBeFree } from './environment.js';
import { headOf } from './note.js';
import type { Parts, Standing } from './parts.js';
import { openCase } from './record.js';
import { accountName } from './setupLogin.js';
import { keepServer } from './setupServer.js';
import type { ServerOutcome } from './setupServer.js';

/** What was typed. */
export interface TypedToken {
  readonly url: string;
  readonly token: string;
}

/** Connects the server at an address with a token: both are tried before anything is stored. */
export async function connectByToken(
  parts: Parts,
  standing: Standing,
  typed: TypedToken,
): Promise<ServerOutcome> {
  await mustBeFree(parts.store, standing.guildId, 'plex');
  const { connections } = parts;
  const pmsUrl = readAddress(typed.url);
  const token = typed.token.trim();
  if (!/^\S+$/.test(token)) {
    throw new UserError('token', 'A Plex token is one word without spaces. Try to copy it again.');
  }
  const found = await tried(connections.ask(token), pmsUrl);
  const { id: ownerId, username } = found.owner;
  const outcome = await keepServer(parts, standing, {
    found,
    // A token alone is no proof of being the owner at this moment: it may have been found.
    wish: { machineId: found.machineId, hasLoggedIn: false, takeOver: false },
    also: async (tables) => {
      await tables.owners.save(connections.sealed(ownerId, { username, token }));
      await tables.guilds.set(standing.guildId, { ownerId });
      const facts = { type: 'plex.connected', account: accountName(username) } as const;
      await openCase(tables, headOf(standing, parts.clock.now()), facts);
    },
  });
  connections.own(ownerId, token);
  return outcome;
}

function readAddress(typed: string): string {
  const url = /^https?:\/\//i.test(typed) && URL.canParse(typed) ? new URL(typed) : null;
  if (url === null || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new UserError(
      'address',
      'That is not an address of a Plex server. Write it like `http://192.168.1.10:32400`, without anything behind it.',
    );
  }
  const clean = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  if (mayCarryToken(clean)) return clean;
  throw new UserError(
    'plain-http',
    'Outside your own network a token is only sent encrypted. Use the address with `https://`.',
  );
}

/** The server behind the address, after everything that Usher will ask was answered once. */
async function tried(plex: Plex, pmsUrl: string): Promise<Found> {
  await plex.account('person').catch((error: unknown) => {
    if (error instanceof PlexUnauthorised) throw deadToken();
    throw error;
  });
  await plex.identity(pmsUrl).catch((error: unknown) => {
    if (error instanceof Outage) throw nobodyThere();
    throw error;
  });
  const found = await findServerAt(plex, pmsUrl).catch((error: unknown) => {
    if (error instanceof PlexUnauthorised) throw notOwned();
    throw error;
  });
  await plex.libraries(found, 'person').catch((error: unknown) => {
    if (error instanceof PlexUnauthorised) throw notOwned();
    throw error;
  });
  return found;
}

const deadToken = () =>
  new UserError(
    'token',
    'Plex does not accept that token. Use **Connect Plex** instead, or copy a new one.',
  );
const nobodyThere = () =>
  new UserError(
    'address',
    'No Plex server answers at that address from the machine that Usher runs on. Use the address of the server itself, such as `http://192.168.1.10:32400`.',
  );
const notOwned = () =>
  new UserError(
    'not-owned',
    'The Plex token does not belong to the owner of that server. Use the token of its owner.',
  );

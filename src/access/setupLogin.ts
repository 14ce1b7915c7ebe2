import { setTimeout as sleep } from 'node:timers/promises';
import { Outage } from '../core/errors.js';
import type { AccountId } from '../core/model.js';
import { maskEmail } from '../core/text.js';
import { PlexUnauthorised } from '../plex/errors.js';
import type { Pin } from '../plex/pins.js';
import { mustBeFree } from './environment.js';
import { note } from './note.js';
import type { Parts, Standing } from './parts.js';

/** What a log-in shows, one after the other. */
export type LoginStep =
  | { readonly kind: 'open'; readonly url: string; readonly until: Date }
  | { readonly kind: 'done'; readonly ownerId: AccountId; readonly account: string }
  /** Nobody approved it in time. */
  | { readonly kind: 'expired' };

/** Discord lets an answer be edited for 15 minutes. */
const POLLED_FOR_MS = 14 * 60_000;
const ACCOUNT_TRIES = 5;

/** A name to show: plex.tv gives the address to those who never chose one. */
export const accountName = (username: string): string =>
  username.includes('@') ? maskEmail(username) : username;

/**
 * Logs in at plex.tv by PIN: shows where to approve it, waits, and stores what comes of it. Ends without a word when
 * the asker begins another log-in or goes on elsewhere.
 */
export async function* logIn(parts: Parts, standing: Standing): AsyncGenerator<LoginStep> {
  await mustBeFree(parts.store, standing.guildId, 'plex');
  const replaced = parts.logins.begin(standing);
  const pin = await parts.connections.pins.begin();
  yield { kind: 'open', url: pin.url, until: new Date(+parts.clock.now() + POLLED_FOR_MS) };
  const end = AbortSignal.any([replaced, AbortSignal.timeout(POLLED_FOR_MS)]);
  const token = await approval(parts, pin, end);
  if (token !== null) yield { kind: 'done', ...(await keep(parts, standing, token)) };
  else if (!replaced.aborted) yield { kind: 'expired' };
}

/** The token once somebody approved; null when nobody will. An outage is no answer: it may be approved meanwhile. */
async function approval(
  { connections, logins }: Parts,
  { id }: Pin,
  end: AbortSignal,
): Promise<string | null> {
  for (;;) {
    await sleep(logins.pollEveryMs, undefined, { signal: end }).catch(() => undefined);
    if (end.aborted) return null;
    try {
      const state = await connections.pins.look(id);
      if (state.kind === 'over') return null;
      if (state.kind === 'approved') return state.token;
    } catch (error) {
      if (!(error instanceof Outage)) throw error;
    }
  }
}

/** Stores the token with whose it is. */
async function keep(parts: Parts, standing: Standing, token: string) {
  const { connections } = parts;
  const { id: ownerId, username } = await ownerOf(parts, token);
  const account = accountName(username);
  await note(parts, standing, {
    facts: { type: 'plex.connected', account },
    personId: null,
    change: async (tables) => {
      await tables.owners.save(connections.sealed(ownerId, { username, token }));
      await tables.guilds.set(standing.guildId, { ownerId });
    },
  });
  connections.own(ownerId, token);
  return { ownerId, account };
}

/** plex.tv may need a moment until it knows a device that has just been let in. */
async function ownerOf({ connections, logins }: Parts, token: string) {
  const plex = connections.ask(token);
  for (let tries = 1; ; tries += 1) {
    try {
      return await plex.account('person');
    } catch (error) {
      const isForGood = error instanceof PlexUnauthorised && error.status !== 401;
      if (!(error instanceof Outage) || isForGood || tries === ACCOUNT_TRIES) throw error;
      await sleep(logins.pollEveryMs);
    }
  }
}

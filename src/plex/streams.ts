import { z } from 'zod';
import type { AccountId, SectionKey } from '../core/model.js';
import { PlexRejected, PlexUnauthorised } from './errors.js';
import { request } from './http.js';
import type { Identity } from './http.js';
import { parsed } from './json.js';

/** Something that is being watched on a server. */
export interface Stream {
  readonly sessionId: string;
  /** At plex.tv; 1 for the owner of the server, whose number there is another. */
  readonly accountId: AccountId;
  readonly key: SectionKey;
}

const TIMEOUT_MS = 5_000;
const ROUTE = '/status/sessions';

const answer = z.object({
  MediaContainer: z.object({ Metadata: z.array(z.unknown()).default([]) }),
});
const session = z.object({
  librarySectionID: z.coerce.string().regex(/^\d+$/),
  User: z.object({ id: z.coerce.number().int().positive() }),
  Session: z.object({ id: z.string().min(1) }),
});

/** What runs on a server now. Asks the server alone, never plex.tv. A stream that is not understood is left out. */
export function streamsOn(identity: Identity, pmsUrl: string): Promise<readonly Stream[]> {
  const call = { method: 'GET', url: `${pmsUrl}${ROUTE}`, route: ROUTE } as const;
  return request(
    identity,
    { ...call, accept: 'application/json', timeoutMs: TIMEOUT_MS },
    async (response) => {
      const { Metadata } = (await parsed(answer, response)).MediaContainer;
      return Metadata.flatMap((one) => session.safeParse(one).data ?? []).map((one) => ({
        sessionId: one.Session.id,
        accountId: one.User.id as AccountId,
        key: one.librarySectionID as SectionKey,
      }));
    },
  );
}

/**
 * Ends a stream, with a sentence for whoever watches. `no-pass`: the server cannot, for it needs a Plex Pass; it answers
 * 401 then, which says nothing of the token.
 */
export async function stopStream(
  identity: Identity,
  pmsUrl: string,
  { sessionId, reason }: { readonly sessionId: string; readonly reason: string },
): Promise<'stopped' | 'over' | 'no-pass'> {
  const route = `${ROUTE}/terminate`;
  const query = new URLSearchParams({ sessionId, reason });
  const url = `${pmsUrl}${route}?${query.toString()}`;
  const call = { method: 'GET', url, route, accept: 'application/json' } as const;
  try {
    return await request(identity, { ...call, timeoutMs: TIMEOUT_MS }, async (response) => {
      await response.text();
      return 'stopped' as const;
    });
  } catch (error) {
    if (error instanceof PlexRejected && error.meaning === 'not-found') return 'over';
    if (error instanceof PlexUnauthorised && error.status === 401) return 'no-pass';
    throw error;
  }
}

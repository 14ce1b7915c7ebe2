import { PlexRejected } from './errors.js';
import { request } from './http.js';
import type { Call, Identity } from './http.js';
import { parsed, pin as pinShape } from './json.js';

/** A log-in that waits for somebody to approve it at plex.tv. */
export interface Pin {
  readonly id: number;
  /** Where a person approves it. */
  readonly url: string;
}

/** What became of a PIN. over: it expired, or plex.tv does not know it. */
export type PinState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'approved'; readonly token: string }
  | { readonly kind: 'over' };

const TIMEOUT_MS = 10_000;
const PRODUCT = 'Usher';

/** Log-in by strong PIN: no token is needed, and plex.tv ties what comes of it to our client identifier. */
export class PlexPins {
  private readonly identity: Identity;

  constructor(
    private readonly at: { readonly plexTvUrl: string; readonly appUrl: string },
    identity: Omit<Identity, 'token'>,
  ) {
    this.identity = { ...identity, token: '' };
  }

  /** Strong PINs have long codes that only work through the log-in page, never by typing them at plex.tv/link. */
  async begin(): Promise<Pin> {
    const call = this.call('POST', '?strong=true', '/api/v2/pins');
    const { id, code } = await request(this.identity, call, (response) =>
      parsed(pinShape, response),
    );
    const query = new URLSearchParams({
      clientID: this.identity.clientIdentifier,
      code,
      'context[device][product]': PRODUCT,
    });
    // The parameters stand after `#?`: the page reads them from the fragment.
    return { id, url: `${this.at.appUrl}/auth#?${query.toString()}` };
  }

  async look(id: number): Promise<PinState> {
    try {
      const call = this.call('GET', `/${id}`, '/api/v2/pins/{id}');
      const { authToken } = await request(this.identity, call, (response) =>
        parsed(pinShape, response),
      );
      return authToken ? { kind: 'approved', token: authToken } : { kind: 'waiting' };
    } catch (error) {
      if (error instanceof PlexRejected && error.meaning === 'not-found') return { kind: 'over' };
      throw error;
    }
  }

  private call(method: Call['method'], rest: string, route: string): Call {
    return {
      method,
      url: `${this.at.plexTvUrl}/api/v2/pins${rest}`,
      route,
      accept: 'application/json',
      timeoutMs: TIMEOUT_MS,
    };
  }
}

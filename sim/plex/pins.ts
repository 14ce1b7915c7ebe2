import type { Answer, Handled, Request, Route } from '../common/server.js';
import { v2, v2Error } from './shapes.js';
import type { PlexTv } from './plexTv.js';
import type { PlexWorld } from './world.js';

const PIN_MS = 1_800_000;

/** Log-in by a code that somebody approves at plex.tv. */
export class Pins {
  constructor(private readonly tv: PlexTv) {}

  routes(): Route[] {
    return [
      { method: 'POST', path: '/api/v2/pins', handle: (r) => this.newPin(r) },
      { method: 'GET', path: '/api/v2/pins/:pin', handle: (r) => this.pin(r) },
    ];
  }

  private newPin(request: Request): Handled {
    const { accept, 'x-plex-client-identifier': client } = request.headers;
    if (!client) {
      const message = 'X-Plex-Client-Identifier is missing';
      return v2Error(accept, { code: 1000, message, status: 400 });
    }
    const isStrong = request.query.get('strong') === 'true';
    return {
      apply: () => {
        const id = 1_002_003 + this.tv.world.pins.length;
        const code = isStrong ? `strong${id}codethatislong` : `P${id % 1000}`;
        const pin = {
          id,
          code,
          approved: false,
          expiresAt: Date.now() + PIN_MS,
          clientIdentifier: client,
        };
        this.tv.world.pins.push(pin);
        this.tv.changed();
        return v2(accept, { name: 'pin', value: this.pinBody(pin), status: 201 });
      },
    };
  }

  private pinBody(pin: PlexWorld['pins'][number]) {
    return {
      id: pin.id,
      code: pin.code,
      product: 'Usher',
      trusted: false,
      clientIdentifier: pin.clientIdentifier ?? '',
      expiresIn: Math.max(0, Math.round((pin.expiresAt - Date.now()) / 1000)),
      expiresAt: new Date(pin.expiresAt).toISOString(),
      authToken: pin.approved ? this.tv.world.owner.token : null,
      newRegistration: null,
    };
  }

  private pin(request: Request): Answer {
    const pin = this.tv.world.pins.find((one) => one.id === Number(request.params.pin));
    const isOwn =
      pin?.clientIdentifier === undefined ||
      pin.clientIdentifier === request.headers['x-plex-client-identifier'];
    if (pin && isOwn && pin.expiresAt > Date.now()) {
      return v2(request.headers.accept, { name: 'pin', value: this.pinBody(pin) });
    }
    const message = 'Code not found or expired';
    return v2Error(request.headers.accept, { code: 1020, message, status: 404 });
  }
}

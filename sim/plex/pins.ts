import type { Answer, Handled, Request, Route } from '../common/server.js';
import { v2, v2Error } from './shapes.js';
import type { PlexTv } from './plexTv.js';
import type { PlexWorld } from './world.js';
import type { Who } from './who.js';

/** A long code is for the page at app.plex.tv, a short one for typing in at plex.tv/link. */
const STRONG_MS = 1_800_000;
const SHORT_MS = 900_000;
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

type Pin = PlexWorld['pins'][number];

/** Log-in by a code that somebody approves at plex.tv. */
export class Pins {
  constructor(
    private readonly tv: PlexTv,
    private readonly who: Who,
  ) {}

  routes(): Route[] {
    return [
      { method: 'POST', path: '/api/v2/pins', handle: (r) => this.newPin(r) },
      { method: 'GET', path: '/api/v2/pins/:pin', handle: (r) => this.pin(r) },
    ];
  }

  private newPin(request: Request): Handled {
    const clientIdentifier = this.who.client(request);
    const isStrong = request.query.get('strong') === 'true';
    const { accept, 'x-plex-product': product } = request.headers;
    return {
      apply: () => {
        const id = Math.max(1_002_002, ...this.tv.world.pins.map((one) => one.id)) + 1;
        const pin = {
          id,
          code: isStrong ? `strong${id}codethatislong` : shortCode(id),
          approved: false,
          expiresAt: Date.now() + (isStrong ? STRONG_MS : SHORT_MS),
          clientIdentifier,
        };
        this.tv.world.pins.push(pin);
        this.tv.changed();
        return v2(accept, { name: 'pin', value: this.shown(pin, product), status: 201 });
      },
    };
  }

  private shown(pin: Pin, product: string | undefined) {
    const lasts = pin.code.length > 4 ? STRONG_MS : SHORT_MS;
    const iso = (at: number) => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
    const approver = this.tv.callerBy(pin.accountId ?? this.tv.world.owner.id);
    return {
      id: pin.id,
      code: pin.code,
      product: product ?? 'Plex Web',
      trusted: false,
      clientIdentifier: pin.clientIdentifier ?? '',
      location: { code: 'ZZ', country: 'Nowhere', city: 'Nowhere' },
      expiresIn: Math.max(0, Math.round((pin.expiresAt - Date.now()) / 1000)),
      createdAt: iso(pin.expiresAt - lasts),
      expiresAt: iso(pin.expiresAt),
      authToken: pin.approved ? (approver?.token ?? null) : null,
      newRegistration: null,
    };
  }

  /** Only to the client that asked for it, and only until it has expired. */
  private pin(request: Request): Answer {
    const client = this.who.client(request);
    const pin = this.tv.world.pins.find((one) => one.id === Number(request.params.pin));
    const isOwn = pin?.clientIdentifier === undefined || pin.clientIdentifier === client;
    const { accept, 'x-plex-product': product } = request.headers;
    if (pin && isOwn && pin.expiresAt > Date.now()) {
      return v2(accept, { name: 'pin', value: this.shown(pin, product) });
    }
    return v2Error(accept, { code: 1020, message: 'Code not found or expired', status: 404 });
  }
}

const shortCode = (id: number): string =>
  [0, 1, 2, 3].map((i) => LETTERS[Math.floor(id / LETTERS.length ** i) % LETTERS.length]).join('');

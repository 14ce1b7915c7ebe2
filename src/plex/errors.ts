import { Outage } from '../core/errors.js';

/** plex.tv or the server did not answer in time, or not sensibly. A write may have landed, or land yet. */
export class PlexUnavailable extends Outage {
  override readonly name: string = 'PlexUnavailable';
}

/** 408 or 429: certainly not written; to be asked again later. */
export class PlexBusy extends PlexUnavailable {
  override readonly name = 'PlexBusy';
}

/** An answer that is not what was asked for: half of it, HTML, another root element. Nothing is known. */
export class PlexProtocolError extends PlexUnavailable {
  override readonly name = 'PlexProtocolError';
}

/** We are not let in: a dead token (401), a missing right (403), a retired call (410). Certainly not written. */
export class PlexUnauthorised extends Outage {
  override readonly name = 'PlexUnauthorised';

  constructor(
    message: string,
    readonly status: 401 | 403 | 410,
  ) {
    super(message);
  }
}

/** plex.tv understood and said no: certainly not written, and no use to ask the same again. */
export class PlexRejected extends Error {
  override readonly name = 'PlexRejected';

  constructor(
    readonly status: number,
    /** Plex's own words; "" when it gave none. */
    readonly sentence: string,
    readonly meaning: 'already-sharing' | 'not-found' | 'invalid',
  ) {
    super(`Plex answered ${status}${sentence === '' ? '' : `: ${sentence}`}`);
  }
}

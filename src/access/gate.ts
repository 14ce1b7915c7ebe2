import type { AccountId } from '../core/model.js';
import type { PlexUnauthorised } from '../plex/errors.js';
import type { Plex } from '../plex/plex.js';
import type { Clock } from './clock.js';

const FIRST_MS = 10 * 60_000;
const LONGEST_MS = 60 * 60_000;

interface Closed {
  readonly trouble: PlexUnauthorised;
  readonly waitMs: number;
  readonly until: number;
}

/** Keeps writes from an owner's plex.tv that does not accept us: no write until the account answers again. */
export class OwnerGate {
  private readonly closed = new Map<AccountId, Closed>();

  constructor(private readonly clock: Clock) {}

  /** plex.tv refused us. A dead token is asked for at each look; a retired or forbidden call only after a while. */
  close(owner: AccountId, trouble: PlexUnauthorised): void {
    const before = this.closed.get(owner)?.waitMs;
    const waitMs =
      trouble.status === 401 ? 0 : Math.min(before ? before * 2 : FIRST_MS, LONGEST_MS);
    this.closed.set(owner, { trouble, waitMs, until: this.clock.now().getTime() + waitMs });
  }

  /** Throws what closed it while it is still so. */
  async pass(owner: AccountId, plex: Plex): Promise<void> {
    const closed = this.closed.get(owner);
    if (!closed) return;
    if (this.clock.now().getTime() < closed.until) throw closed.trouble;
    await plex.account('timer');
    if (closed.trouble.status === 401) this.closed.delete(owner);
  }

  /** Whether writes are kept from this owner's plex.tv. */
  isClosed(owner: AccountId): boolean {
    return this.closed.has(owner);
  }

  /** A write was taken: all is well again. */
  open(owner: AccountId): void {
    this.closed.delete(owner);
  }
}

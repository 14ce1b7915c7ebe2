import { isActive, startOf } from '../../../src/core/intended.js';
import type {
  ClosedOrder,
  Ending,
  Entitlement,
  Grant,
  GrantId,
  SectionId,
  Share,
} from '../../../src/core/model.js';
import { orderRemoval, takeOrders } from '../../../src/core/orders.js';
import type { Taken } from '../../../src/core/orders.js';
import { minus } from '../../../src/core/sections.js';
import type { Sections } from '../../../src/core/sections.js';
import { NOBODY } from './steps.js';
import type { Setting } from './steps.js';
import { START } from './times.js';

/** What a transaction leaves behind. */
export interface Stored {
  readonly share: Share;
  readonly ended: readonly Grant[];
  readonly closed: readonly ClosedOrder[];
  readonly imported: Sections;
  readonly t: Date;
}

type Beginning = Pick<Setting, 'defaults' | 'managed' | 'policy' | 'isHome'>;

const NEW_SHARE: Share = {
  version: 1,
  managed: false,
  importOwed: false,
  ordered: [],
  lookedAt: new Date(START),
  observed: null,
  attempt: null,
  orders: [],
  exempt: [],
  driftSeen: [],
  removedAt: null,
  stuckAt: null,
};

/** What Usher remembers of one person on one server, and the transactions that change it. */
export class Store {
  share: Share;
  /** Grants whose end was not taken yet. */
  grants: readonly Grant[] = [];
  defaults: Sections;
  gone: Sections = [];
  ending: Ending;
  private made = 0;

  constructor({ defaults, managed, policy, isHome }: Beginning) {
    this.defaults = defaults;
    this.share = { ...NEW_SHARE, managed, importOwed: managed };
    this.ending = { policy, isHome, isRemovable: policy === 'remove' && !isHome };
  }

  clone(): Store {
    return Object.assign(new Store(NOBODY), this);
  }

  entitlement(): Entitlement {
    const { grants, gone, ending } = this;
    return { grants, defaults: minus(this.defaults, gone), gone, ending };
  }

  /** Something is given on another server of the owner, or no longer. */
  toggleElsewhere(): boolean {
    const { policy, isHome, isRemovable } = this.ending;
    if (policy !== 'remove' || isHome) return false;
    this.ending = { ...this.ending, isRemovable: !isRemovable };
    return true;
  }

  /** Another server removes the person, under the lock of this share. false: something is given or on order here. */
  removedElsewhere(now: Date): boolean {
    const { policy, isHome } = this.ending;
    const isFree = this.grants.length === 0 && this.share.orders.length === 0;
    if (policy !== 'remove' || isHome || !isFree) return false;
    this.share = { ...this.share, removedAt: now, version: this.share.version + 1 };
    return true;
  }

  wasGranted(section: SectionId): boolean {
    return this.grants.some((grant) => grant.section === section);
  }

  take(now: Date): Taken {
    return takeOrders(this.share, this.entitlement(), now);
  }

  keep({ share, ended, imported, t }: Omit<Stored, 'closed'>): void {
    this.share = share;
    this.grants = this.grants.filter((grant) => !ended.includes(grant));
    for (const section of imported) this.addGrant(section, { at: t, source: 'import' });
  }

  keepTaken(taken: Taken): void {
    this.keep({ ...taken, imported: [] });
  }

  private addGrant(
    section: SectionId,
    { at, source, createdAt = at }: { at: Date; source: Grant['source']; createdAt?: Date },
  ): void {
    this.made += 1;
    const id = `grant-${this.made}` as GrantId;
    const grant: Grant = {
      id,
      section,
      startsAt: at,
      endsAt: null,
      revokedAt: null,
      createdAt,
      source,
    };
    this.grants = [...this.grants, grant];
  }

  /** A command's own instant is after all that was taken before it. */
  private instant(now: Date): Date {
    return new Date(Math.max(now.getTime(), this.share.lookedAt.getTime() + 1));
  }

  /** A command that gives a library from now on. */
  grant(section: SectionId, now: Date): void {
    const t = this.instant(now);
    this.addGrant(section, { at: t, source: 'command' });
    this.keepTaken(this.take(t));
  }

  /** The start of a grant that was made long ago. */
  start(section: SectionId, now: Date): void {
    this.addGrant(section, { at: now, source: 'command', createdAt: new Date(START - 1) });
  }

  /** The end of grants that were made for a time. */
  end(section: SectionId, now: Date): boolean {
    const isOver = (grant: Grant) =>
      grant.section === section && grant.source !== 'import' && isActive(grant, now);
    const over = this.grants.filter((grant) => isOver(grant) && startOf(grant) < now);
    this.grants = this.grants.map((g) => (over.includes(g) ? { ...g, endsAt: now } : g));
    return over.length > 0;
  }

  /** Ends the grants of a library. false: there are none. */
  revoke(section: SectionId, now: Date): boolean {
    if (!this.wasGranted(section)) return false;
    const t = this.instant(now);
    this.grants = this.grants.map((grant) =>
      grant.section === section && (grant.endsAt === null || grant.endsAt > t)
        ? { ...grant, revokedAt: t }
        : grant,
    );
    const taken = this.take(t);
    this.keepTaken(taken);
    this.grants = this.grants.filter((grant) => grant.section !== section);
    return true;
  }

  toggleDefault(section: SectionId, now: Date): void {
    const t = this.instant(now);
    const isOne = this.defaults.includes(section);
    this.defaults = isOne ? minus(this.defaults, [section]) : [...this.defaults, section];
    this.keepTaken(this.take(t));
  }

  /** A confirmed revoke of a library that Plex showed last and nobody gave here. false: it is not one. */
  revokeByHand(section: SectionId, now: Date): boolean {
    const taken = this.take(now);
    const { orders, observed } = taken.share;
    const isOrdered = orders.some((order) => order.section === section);
    const isShown = observed?.sections.includes(section) ?? false;
    if (!isShown || isOrdered || taken.intended.includes(section)) return false;
    this.keepTaken({ ...taken, share: orderRemoval(taken.share, [section], taken.t).share });
    return true;
  }
}

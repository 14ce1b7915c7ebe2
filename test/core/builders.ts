import type {
  Attempt,
  Ending,
  Entitlement,
  Grant,
  GrantId,
  Order,
  Read,
  SectionId,
  Share,
  ShareId,
} from '../../src/core/model.js';
import { settleTimes } from '../../src/core/settle.js';

export const FILMS = 11 as SectionId;
export const SHOWS = 12 as SectionId;
export const KIDS = 13 as SectionId;
/** Usually the default library. */
export const LOBBY = 14 as SectionId;
/** Every library of the server. */
export const CATALOGUE: readonly SectionId[] = [FILMS, SHOWS, KIDS, LOBBY];

export const ROW = 501 as ShareId;
export const OTHER_ROW = 502 as ShareId;

/** W = 120 s: a stall of 5, a write of 15, a lag of 100. */
export const TIMES = settleTimes(120);

const NOON = Date.UTC(2031, 5, 1, 12);

/** So many seconds after noon. */
export const at = (seconds: number): Date => new Date(NOON + seconds * 1000);

/** Active since long ago, without end, unless told otherwise. */
export const aGrant = (how: Partial<Grant> = {}): Grant => ({
  id: 'grant' as GrantId,
  section: FILMS,
  startsAt: at(-9000),
  endsAt: null,
  revokedAt: null,
  createdAt: at(-9000),
  source: 'command',
  ...how,
});

export const anOrder = (how: Partial<Order> = {}): Order => ({
  section: FILMS,
  want: 'add',
  since: at(0),
  cause: 'case',
  caseId: null,
  tried: false,
  seenAt: null,
  shownAt: null,
  ...how,
});

/** A replace of Films by Films and Shows, sent at noon. */
export const anAttempt = (how: Partial<Attempt> = {}): Attempt => {
  const base = {
    no: 5,
    at: at(0),
    kind: 'replace' as const,
    row: ROW,
    base: [FILMS],
    baseAll: false,
    list: [FILMS, SHOWS],
    catalogue: CATALOGUE,
    answerRow: null,
    answerUnread: false,
    guessedAt: null,
    rowSeen: false,
    accidentDone: false,
    lastDeleteAt: null,
    previous: { attempt: null, tried: [], policy: null },
    ...how,
  };
  const { list, baseAll } = base;
  return { lists: [{ base: base.base, baseAll, list }], ...base };
};

/** What Plex showed a second after noon: a share of Films. */
export const aRead = (how: Partial<Read> = {}): Read => ({
  at: at(1),
  row: ROW,
  pending: false,
  all: false,
  sections: [FILMS],
  catalogue: CATALOGUE,
  ...how,
});

/** Nobody's share at all, as plex.tv shows it. */
export const noShare = (how: Partial<Read> = {}): Read =>
  aRead({ row: null, sections: [], ...how });

/** A managed person with nothing open, last looked at an hour before noon. */
export const aShare = (how: Partial<Share> = {}): Share => ({
  version: 7,
  managed: true,
  importOwed: false,
  ordered: [],
  lookedAt: at(-3600),
  observed: null,
  attempt: null,
  orders: [],
  exempt: [],
  driftSeen: [],
  removedAt: null,
  stuckAt: null,
  ...how,
});

/** A friend on a server that keeps its defaults. */
export const KEEPING: Ending = { policy: 'keep-default', isHome: false, isRemovable: false };

export const anEntitlement = (how: Partial<Entitlement> = {}): Entitlement => ({
  grants: [],
  defaults: [],
  gone: [],
  ending: KEEPING,
  ...how,
});

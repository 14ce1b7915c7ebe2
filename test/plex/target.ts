import type { AccountId, MachineId, SectionId, ShareId } from '../../src/core/model.js';
import type { CallReport } from '../../src/plex/http.js';
import { Plex } from '../../src/plex/plex.js';
import type { PlexOptions, PlexWrite } from '../../src/plex/plex.js';
import type { Priority } from '../../src/plex/queue.js';
import type { WriteAnswer } from '../../src/plex/write.js';
import { start, TOKEN } from '../sim/start.js';
import type { Running } from '../sim/start.js';

/** Fixed things of the simulator's demo world. */
export const ATTIC = 'a1'.repeat(20) as MachineId;
export const CELLAR = 'c2'.repeat(20) as MachineId;
export const FILMS = 118_278_404 as SectionId;
export const SHOWS = 118_278_441 as SectionId;
export const KIDS = 118_278_478 as SectionId;
export const MARA = 4_410_021 as AccountId;
export const JONAS = 4_410_022 as AccountId;
export const KID = 4_410_031 as AccountId;
export const HOMER = 4_410_032 as AccountId;
export const MARAS_SHARE = 30_001 as ShareId;
export const TOVES_SHARE = 30_002 as ShareId;

/** All knobs as the contract sets them at start, and short of anything that waits. */
export const KNOBS = {
  emptyPut: 'all',
  reshare: 'accepted',
  pendingInV1List: true,
  pendingFixed: false,
  lagMs: 0,
  partialSections: null,
  rateLimit: null,
  limitPeople: 100,
  pmsLag: false,
  // Those that only this simulator has.
  pendingMark: 'missing',
  cancelLeavesRow: true,
  declinedStays: false,
  emptyAnswers: false,
  putSharings: false,
  plexPass: true,
};

/** The parts of the simulator's world that tests look at. */
export interface World {
  readonly servers: readonly {
    readonly machineId: string;
    readonly libraries: readonly { key: string; sectionId: number; title: string; uuid: string }[];
  }[];
  readonly accounts: readonly {
    readonly id: number;
    readonly email: string;
    readonly friend: boolean;
    readonly filters?: Readonly<Record<string, string>>;
    readonly settings?: Readonly<Record<string, unknown>>;
  }[];
  readonly shares: readonly {
    readonly id: number;
    readonly machineId: string;
    readonly accountId: number | null;
    readonly email: string;
    readonly sectionIds: readonly number[];
    readonly allLibraries: boolean;
    readonly acceptedAt: number | null;
  }[];
}

/** The real client against an address, unhurried unless told otherwise. */
export const clientOf = (url: string, options: Partial<PlexOptions> = {}): Plex =>
  new Plex({
    plexTvUrl: url,
    clientsUrl: url,
    token: TOKEN,
    clientIdentifier: 'usher-test',
    writesPerSecond: 0,
    writeTimeoutMs: 2_000,
    clock: { now: () => new Date() },
    ...options,
  });

/** Sends one write in a slot of its own. */
export const write = (
  plex: Plex,
  what: PlexWrite,
  { machineId = ATTIC, priority = 'person' }: { machineId?: MachineId; priority?: Priority } = {},
): Promise<WriteAnswer> => plex.writeSlot(priority, (sendIt) => sendIt(machineId, what));

/** What a promise was refused with; fails when it was not. */
export const refusal = async (work: Promise<unknown>): Promise<unknown> => {
  const settled = await work.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  if (settled === null) throw new Error('it was not refused');
  return settled.error;
};

/** sim/plex with its demo world; `fresh` brings that world back. */
export async function simulated(): Promise<{ sim: Running; fresh: () => Promise<void> }> {
  const sim = await start('plex', { token: TOKEN });
  const world = await sim.get('/state');
  return { sim, fresh: () => sim.reset(world, KNOBS) };
}

/** Collects what the client reports of its calls. */
export const collector = (): { calls: CallReport[]; onCall: (report: CallReport) => void } => {
  const calls: CallReport[] = [];
  return { calls, onCall: (report) => calls.push(report) };
};

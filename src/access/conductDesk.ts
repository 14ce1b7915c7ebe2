import type { GuildRow } from '../store/rows.js';
import { setRhythm, setStreams } from './conduct.js';
import type { RhythmWish } from './conduct.js';
import type { Parts, Standing } from './parts.js';
import { setDriftPolicy } from './setDriftPolicy.js';
import type { DriftPolicyOutcome, DriftPolicyWish } from './setDriftPolicy.js';
import { setBrake, setDms, setHomeUsers } from './settings.js';
import type { Told } from './tell.js';

/** What Usher does by itself in a guild, bound like `Access`. */
export class ConductDesk {
  constructor(
    private readonly parts: Parts,
    private readonly standing: Standing,
  ) {}

  /** When it looks at everybody, and reads Plex. */
  setRhythm(wish: RhythmWish): Promise<Told> {
    return setRhythm(this.parts, this.standing, wish);
  }

  /** Whether members of the owner's Plex Home can be given libraries. */
  setHomeUsers(on: boolean): Promise<Told> {
    return setHomeUsers(this.parts, this.standing, on);
  }

  /** Whether people are told by direct message what concerns them. */
  setDms(on: boolean): Promise<Told> {
    return setDms(this.parts, this.standing, on);
  }

  /** What becomes of drift by itself. */
  setDriftPolicy(wish: DriftPolicyWish): Promise<DriftPolicyOutcome> {
    return setDriftPolicy(this.parts, this.standing, wish);
  }

  /** From how many people one act may take access before a second Admin must agree. */
  setBrake(typed: Parameters<typeof setBrake>[2]): Promise<Told> {
    return setBrake(this.parts, this.standing, typed);
  }

  /** What becomes of streams of what was taken. */
  setStreams(streams: GuildRow['streams']): Promise<Told> {
    return setStreams(this.parts, this.standing, streams);
  }
}

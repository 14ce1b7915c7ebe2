import { confirm, decide } from '../../../src/core/decide.js';
import type { Read, SettleTimes, Share } from '../../../src/core/model.js';
import { TIMES } from './times.js';

/** The rules that a run keeps, each to be left out in turn: without any of them some history goes wrong. */
export interface Rules {
  readonly times: SettleTimes;
  readonly decide: typeof decide;
  readonly confirm: typeof confirm;
  /** Whether a plan's share is not the one that its list was asked for. */
  readonly isMoved: (held: Share, version: number) => boolean;
  readonly isOlder: (read: Read, share: Share) => boolean;
}

export const THE_RULES: Rules = {
  times: TIMES,
  decide,
  confirm,
  isMoved: (held, version) => held.version !== version,
  isOlder: (read, share) => share.observed !== null && read.at < share.observed.at,
};

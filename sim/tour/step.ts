import type { Checks } from './checks.js';

/** One thing shown: what is done, and what is then true at the simulators. Returns the words for its line. */
export interface Step {
  readonly name: string;
  /** Name of the Plex server that the bot keeps during this step. */
  readonly server: 'Attic' | 'Cellar';
  /** Complaints of a simulator that this step brings about on purpose, as `problemLines` words them. */
  readonly forgives?: RegExp;
  run(checks: Checks): Promise<{ readonly line: string; readonly lateMs?: number }>;
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
export const inSeconds = (s: number): string => new Date(Date.now() + s * 1000).toISOString();

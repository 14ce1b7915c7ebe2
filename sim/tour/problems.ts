import type { LogEntry, Simulator } from './drive.js';

interface Problems {
  readonly unknownRoutes: readonly string[];
  readonly refused: readonly {
    readonly seq: number;
    readonly code: number;
    readonly why: string;
  }[];
  readonly invalid: readonly {
    readonly seq: number;
    readonly dir: 'in' | 'out';
    readonly schema: string;
    readonly errors: readonly string[];
  }[];
}

/** What a simulator found wrong with what it was asked and with its own answers, a line each. */
export async function problemLines(name: string, simulator: Simulator): Promise<string[]> {
  const problems = (await simulator.problems()) as Problems;
  const { entries } = await simulator.log();
  const asked = (seq: number): string => {
    const entry = entries.find((one: LogEntry) => one.seq === seq);
    return entry ? `${entry.method} ${entry.path}` : `request ${seq}`;
  };
  return [
    ...problems.unknownRoutes.map((route) => `${name} does not know ${route}`),
    ...problems.invalid.map(
      ({ seq, dir, schema, errors }) =>
        `${name} ${dir === 'in' ? 'was sent' : 'sent'} an invalid ${schema} (${asked(seq)}): ${errors.join('; ')}`,
    ),
    ...problems.refused.map(
      ({ seq, code, why }) => `${name} refused with ${code} (${asked(seq)}): ${why}`,
    ),
  ];
}

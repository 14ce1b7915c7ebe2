import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Running } from './server.js';

export interface Choices {
  readonly port: number;
  /** undefined: the one of the world, or of the simulator's own. */
  readonly token: string | undefined;
  readonly world: string;
}

/** A simulator with the token that it lets in. */
export interface Started extends Running {
  readonly token: string;
}

export const DEFAULT_TOKEN = 'sim-token';

/** Reads the command line, starts the simulator, says the one line that it is ready, and ends at SIGTERM. */
export async function runProgram(start: (choices: Choices) => Promise<Started>): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      token: { type: 'string' },
      world: { type: 'string', default: 'demo' },
    },
  });
  const { token, world } = values;
  const running = await start({ token, world, port: Number(values.port) });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void running.close().finally(() => process.exit(0)));
  }
  console.log(JSON.stringify({ ready: true, url: running.url, token: running.token }));
}

/** A world by its name, or from a file. */
export async function worldOf(
  name: string,
  worlds: Readonly<Record<string, () => unknown>>,
): Promise<unknown> {
  const made = worlds[name];
  return made ? made() : (JSON.parse(await readFile(name, 'utf8')) as unknown);
}

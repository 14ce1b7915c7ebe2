import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Running } from './server.js';

export interface Choices {
  readonly port: number;
  readonly token: string;
  readonly world: string;
}

/** Reads the command line, starts the simulator, says the one line that it is ready, and ends at SIGTERM. */
export async function runProgram(start: (choices: Choices) => Promise<Running>): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      token: { type: 'string', default: 'sim-token' },
      world: { type: 'string', default: 'demo' },
    },
  });
  const running = await start({ ...values, port: Number(values.port) });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void running.close().finally(() => process.exit(0)));
  }
  console.log(JSON.stringify({ ready: true, url: running.url, token: values.token }));
}

/** A world by its name, or from a file. */
export async function worldOf(
  name: string,
  worlds: Readonly<Record<string, () => unknown>>,
): Promise<unknown> {
  const made = worlds[name];
  return made ? made() : (JSON.parse(await readFile(name, 'utf8')) as unknown);
}

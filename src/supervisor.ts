import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT_BROKEN, EXIT_CONFIG, EXIT_DONE, EXIT_RESTART } from './exitCodes.js';

/** How patient the supervisor is, in ms. */
export interface Patience {
  /** The wait after a first crash; it doubles with each further one. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** A program that ran for so long before it crashed has run well: the next wait is the first one again. */
  readonly wellAfterMs: number;
  /** A program that was asked to end, and has not after so long, hangs and is killed. */
  readonly hangsAfterMs: number;
}

const PATIENCE: Patience = {
  firstMs: 1_000,
  longestMs: 60_000,
  wellAfterMs: 60_000,
  hangsAfterMs: 15_000,
};

/** The last one comes when a terminal is closed. */
const PASSED_ON = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const satisfies readonly NodeJS.Signals[];

interface Ended {
  /** null: a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Keeps a Node program alive until it has done, cannot be started at all, or this process is asked to end, and gives
 * the exit code to end with. The program learns of the death of this process by its IPC channel: it is cut off.
 */
export async function supervise(
  args: readonly string[],
  say: (sentence: string) => void,
  patience = PATIENCE,
): Promise<number> {
  const asked = new AbortController();
  const running: { program?: ChildProcess } = {};
  const isAsked = () => asked.signal.aborted;
  const pass = (signal: NodeJS.Signals) => {
    running.program?.kill(signal);
    if (isAsked()) return;
    asked.abort();
    setTimeout(() => running.program?.kill('SIGKILL'), patience.hangsAfterMs).unref();
  };
  for (const signal of PASSED_ON) process.on(signal, pass);
  try {
    for (let waitMs = patience.firstMs; ;) {
      const began = performance.now();
      const ended = await run(args, running);
      if (isAsked()) return codeOf(ended);
      if (ended.code === EXIT_DONE || ended.code === EXIT_CONFIG) return ended.code;
      if (performance.now() - began >= patience.wellAfterMs) waitMs = patience.firstMs;
      if (ended.code === EXIT_RESTART) continue;
      say(
        `Usher ended (${ended.code ?? ended.signal ?? '?'}). It starts again in ${inWords(waitMs)}.`,
      );
      await sleep(waitMs, undefined, { signal: asked.signal }).catch(() => undefined);
      if (isAsked()) return EXIT_DONE;
      waitMs = Math.min(waitMs * 2, patience.longestMs);
    }
  } finally {
    for (const signal of PASSED_ON) process.off(signal, pass);
  }
}

async function run(args: readonly string[], running: { program?: ChildProcess }): Promise<Ended> {
  const program = spawn(process.execPath, args, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  running.program = program;
  try {
    const [code, signal] = (await once(program, 'exit')) as [Ended['code'], Ended['signal']];
    return { code, signal };
  } catch {
    return { code: EXIT_BROKEN, signal: null }; // it could not even be started
  } finally {
    delete running.program;
  }
}

/** Of a program that was asked to end. One that a passed signal ended had not begun anything yet. */
function codeOf({ code, signal }: Ended): number {
  if (code === EXIT_RESTART || PASSED_ON.some((passed) => passed === signal)) return EXIT_DONE;
  return code ?? EXIT_BROKEN;
}

const inWords = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

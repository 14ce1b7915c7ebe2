import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { remember } from './leftovers.js';

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 10_000;
const TAIL_LINES = 30;

/** A program of ours that says on one line of its output that it is ready. */
export class Program {
  private readonly tail: string[] = [];

  /** Resolves when the process is no more. */
  readonly ended: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    readonly name: string,
  ) {
    this.ended = new Promise((resolve) => child.once('exit', () => resolve()));
  }

  static launch(
    name: string,
    command: { args: readonly string[]; env: NodeJS.ProcessEnv; cwd: string },
  ): Program {
    const child = spawn(process.execPath, command.args, {
      cwd: command.cwd,
      env: command.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const program = command.args.find((arg) => /main\.[jt]s$/.test(arg)) ?? name;
    if (child.pid !== undefined) remember(child.pid, program);
    return new Program(child, name);
  }

  /** The line with which it says that it is ready. */
  untilReady(isReady: (line: Record<string, unknown>) => boolean) {
    return new Promise<Record<string, unknown>>((resolve, reject) => {
      const fail = (why: string) =>
        reject(new Error(`${this.name} ${why}:\n${this.tail.join('\n')}`));
      const timer = setTimeout(() => fail('was not ready in time'), READY_WITHIN_MS);
      this.child.once('exit', (code, signal) => fail(`ended (${code ?? signal ?? '?'})`));
      const hear = (text: string) => {
        this.tail.push(text);
        if (this.tail.length > TAIL_LINES) this.tail.shift();
        const line = parsed(text);
        if (line === null || !isReady(line)) return;
        clearTimeout(timer);
        resolve(line);
      };
      for (const stream of [this.child.stdout, this.child.stderr]) {
        if (stream) createInterface({ input: stream }).on('line', hear);
      }
    });
  }

  /** The newest lines of its output, for somebody who wonders why it does not do as it should. */
  lastWords(): string {
    return this.tail.join('\n');
  }

  /** Asks it to end, insists after a while, and gives its exit code: null when it was killed. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_WITHIN_MS);
    await this.ended;
    clearTimeout(timer);
    return this.child.exitCode;
  }
}

function parsed(text: string): Record<string, unknown> | null {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

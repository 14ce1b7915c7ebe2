import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `usher-world-<pid>`: what the process of that id has started, a line each: `pid argument`. */
const NAME = /^usher-world-(\d+)$/;
const own = join(tmpdir(), `usher-world-${process.pid}`);
let isFirst = true;

/** Notes a process that we started, told apart by one of its arguments; ends first what an aborted run left behind. */
export function remember(pid: number, argument: string): void {
  if (isFirst) {
    isFirst = false;
    for (const name of readdirSync(tmpdir())) endLeftovers(name);
    process.once('exit', () => rmSync(own, { force: true }));
  }
  appendFileSync(own, `${pid} ${argument}\n`);
}

function endLeftovers(name: string): void {
  const owner = NAME.exec(name)?.[1];
  if (owner === undefined || commandOf(Number(owner)) !== null) return;
  const file = join(tmpdir(), `${name}-${process.pid}`);
  try {
    renameSync(join(tmpdir(), name), file);
  } catch {
    return; // somebody else who starts now was quicker
  }
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, pid, argument] = /^(\d+) (.+)$/.exec(line) ?? [];
    if (pid === undefined || argument === undefined) continue;
    // An id is used again by others: only what was started with the same argument is ours.
    if (commandOf(Number(pid))?.includes(argument) === true) process.kill(Number(pid), 'SIGKILL');
  }
  rmSync(file, { force: true });
}

/** The command line of a process; null when there is none of that id. */
function commandOf(pid: number): string | null {
  const { status, stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)]);
  return status === 0 ? stdout.toString() : null;
}

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startEmbedded, type Embedded } from '../../src/store/embedded.js';

/** A data folder for one embedded PostgreSQL, and everything that was started on it. */
export class Folder {
  private readonly servers: Embedded[] = [];
  private readonly children: ChildProcess[] = [];
  private settings: string | null = null;

  private constructor(readonly path: string) {}

  /** Below a parent that only its owner may enter. */
  static async make(): Promise<Folder> {
    const parent = await mkdtemp(join(tmpdir(), 'usher-test-'));
    await chmod(parent, 0o700);
    return new Folder(join(parent, 'data'));
  }

  file = (name: string): string => join(this.path, 'postgres', name);

  async start(): Promise<Embedded> {
    const embedded = await startEmbedded(this.path);
    this.servers.push(embedded);
    return embedded;
  }

  /** Another process that starts it. */
  async startElsewhere(): Promise<{ url: string; adopted: boolean; child: ChildProcess }> {
    const script = fileURLToPath(new URL('embeddedChild.ts', import.meta.url));
    const child = this.run(process.execPath, ['--import', 'tsx', script, this.path]);
    const line = once(createInterface(child.stdout), 'line', {
      signal: AbortSignal.timeout(20_000),
    });
    const [said] = (await line) as [string];
    return { ...(JSON.parse(said) as { url: string; adopted: boolean }), child };
  }

  /** A program that ends with the test at the latest. */
  run(program: string, args: readonly string[]) {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.children.push(child);
    return child;
  }

  /** Line 1 of postmaster.pid; 0 when no server has one. */
  serverPid(): number {
    const path = this.file('data/postmaster.pid');
    return existsSync(path) ? Number(readFileSync(path, 'utf8').split('\n')[0]) : 0;
  }

  /** Rewrites one line of postmaster.pid (0 is the pid, 3 the port), which may be made up as a whole. */
  async editPidFile(line: number, value: number): Promise<void> {
    const path = this.file('data/postmaster.pid');
    const left = ['1', this.file('data'), '1700000000', '1', '', '127.0.0.1', '  0  0', 'ready   '];
    const lines = existsSync(path) ? (await readFile(path, 'utf8')).split('\n') : left;
    lines[line] = String(value);
    await writeFile(path, lines.join('\n'), { mode: 0o600 });
  }

  /** Adds lines to postgresql.conf, until the test is over. */
  async configure(...lines: readonly string[]): Promise<void> {
    const path = this.file('data/postgresql.conf');
    this.settings ??= await readFile(path, 'utf8');
    await appendFile(path, ['', ...lines, ''].join('\n'));
  }

  /** Ends what was started here, each by its pid, and takes back what a test did to the folder. */
  async reset(): Promise<void> {
    for (const child of this.children.splice(0)) await kill(child);
    const pid = this.serverPid();
    const isOurs = isRunning(pid) && isServerOf(pid, this.file('data'));
    for (const server of isOurs ? this.servers.splice(0) : []) await server.stop();
    if (isOurs && isRunning(pid)) process.kill(pid, 'SIGQUIT');
    for (let tries = 0; isOurs && tries < 200 && isRunning(pid); tries += 1) await sleep(20);
    for (const name of ['data/postmaster.pid', 'starting.lock']) {
      await rm(this.file(name), { force: true });
    }
    if (this.settings !== null) await writeFile(this.file('data/postgresql.conf'), this.settings);
    this.settings = null;
  }

  async remove(): Promise<void> {
    await this.reset();
    await rm(join(this.path, '..'), { recursive: true, force: true });
  }
}

/** Ends a child at once, and waits until it has. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Whether a process lives; one that has ended and was not yet fetched by its parent does not. */
export function isRunning(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'));
}

function isServerOf(pid: number, data: string): boolean {
  const path = `/proc/${pid}/cmdline`;
  return existsSync(path) && readFileSync(path, 'utf8').split('\0').includes(data);
}

/** The pid of a process that has ended. */
export async function aDeadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

export async function ask<Row extends pg.QueryResultRow>(
  url: string,
  statement: string,
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { CannotRun, findBinaries } from './binaries.js';
import type { Binaries } from './binaries.js';
import { isAlive, lockFolder } from './folderLock.js';
import { findWay, giveData, majorOf, refuseNameless, run } from './plainUser.js';
import type { Way } from './plainUser.js';

/** A PostgreSQL of our own, running. */
export interface Embedded {
  readonly url: string;
  /** Whether it was found running, left behind by a process that was killed. */
  readonly adopted: boolean;
  /** Stops the server; whoever still uses it is cut off. */
  stop(): Promise<void>;
}

interface Place {
  readonly home: string;
  readonly data: string;
  readonly log: string;
  readonly password: string;
  readonly binaries: Binaries;
  readonly way: Way;
}

const USER = 'usher';
const DATABASE = 'usher';
const READY_WITHIN_MS = 30_000;
const LOG_TAIL = 2_000;
const LOG_MOST_BYTES = 1_000_000;

/**
 * Starts PostgreSQL in `dataDir`, or adopts the one that a killed process left running there. Only one server ever
 * runs on a folder. Throws with the tail of PostgreSQL's own log when it does not come up, and `CannotRun` when it never
 * will: a folder of another major version is left as it is.
 */
export async function startEmbedded(dataDir: string): Promise<Embedded> {
  const home = join(resolve(dataDir), 'postgres');
  const binaries = await findBinaries();
  const lock = await lockFolder(home);
  try {
    const data = join(home, 'data');
    const password = await passwordIn(home);
    await refuseOtherMajor(data, await majorOf(binaries.postgres));
    const way = await findWay(home, binaries.postgres);
    const place: Place = { home, data, log: join(home, 'postgres.log'), password, binaries, way };
    if (!existsSync(join(data, 'PG_VERSION'))) await initialise(place);
    const running = await findRunning(place);
    const port = running ?? (await start(place));
    await ensureDatabase(urlOf(place, port, 'postgres'));
    return {
      url: urlOf(place, port, DATABASE),
      adopted: running !== null,
      stop: () => stopServer(place),
    };
  } finally {
    await lock.release();
  }
}

const urlOf = ({ password }: Place, port: number, database: string): string =>
  `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;

/** Made once, readable by the owner alone. */
async function passwordIn(home: string): Promise<string> {
  const path = join(home, 'password');
  const known = await readFile(path, 'utf8').catch(() => '');
  if (known !== '') return known;
  if (existsSync(join(home, 'data', 'PG_VERSION'))) {
    throw new Error(
      `The password of the database is missing: ${path}. Restore that file from your backup of the folder.`,
    );
  }
  const password = randomBytes(24).toString('base64url');
  await writeFile(path, password, { mode: 0o600 });
  return password;
}

/** PostgreSQL reads the folders of its own major version alone. */
async function refuseOtherMajor(data: string, ours: number): Promise<void> {
  const theirs = Number(await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => ours));
  if (theirs === ours) return;
  const wayOut =
    theirs > ours
      ? 'Start the newer Usher that made it, or move the folder away and restore a backup.'
      : 'Make a backup with the older Usher that made it, move the folder away, and restore the backup with this one.';
  throw new CannotRun(
    `The database in ${data} was made by PostgreSQL ${theirs}, and this Usher brings PostgreSQL ${ours}. ${wayOut}`,
  );
}

/** A new data folder, made beside its place and moved there whole, so that half a one never counts. */
async function initialise(place: Place): Promise<void> {
  refuseNameless();
  const fresh = `${place.data}.new`;
  await rm(fresh, { recursive: true, force: true });
  await rm(place.data, { recursive: true, force: true });
  const args = [
    ...['-D', fresh, '-U', USER, '--encoding=UTF8', '--locale=C'],
    ...['--auth=scram-sha-256', `--pwfile=${join(place.home, 'password')}`],
  ];
  const { code, said } = await run(place.way, place.binaries.initdb, args);
  if (code !== 0) throw new Error(`PostgreSQL could not make its data folder:\n${said.trim()}`);
  await rename(fresh, place.data);
}

/** The port of a server that runs on this folder and answers; one that does not answer is stopped. */
async function findRunning(place: Place): Promise<number | null> {
  const pidFile = join(place.data, 'postmaster.pid');
  const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
  // In a user namespace the file still holds the real pid: only users are mapped, not processes.
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!(pid > 0) || !isAlive(pid)) return null;
  if (!isOurServer(pid, place)) {
    // Neither to be stopped, nor to be taken by PostgreSQL for a server that still runs here.
    await rm(pidFile, { force: true });
    return null;
  }
  if (port > 0 && (await answers(urlOf(place, port, 'postgres')))) return port;
  await stopServer(place);
  return null;
}

/** A pid is used again by others: ours is a postgres that was started on this folder. */
function isOurServer(pid: number, { data }: Place): boolean {
  if (process.platform === 'win32') return true;
  const { status, stdout } = spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)]);
  const command = status === 0 ? stdout.toString() : commandOf(pid);
  return command.includes('postgres') && command.includes(data);
}

/** Where there is no `ps`. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 2_000,
    query_timeout: 2_000,
  });
  client.on('error', () => undefined); // a broken connection is an answer too: no
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A port of this machine's own address that nothing listens on now; the next caller may be given it too. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function start(place: Place): Promise<number> {
  await giveData(place.data, place.way);
  const port = await freePort();
  const log = await openLog(place.log);
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'log_checkpoints=off',
  ];
  const args = [
    ...['-D', place.data, '-p', String(port)],
    ...settings.flatMap((setting) => ['-c', setting]),
  ];
  const { postgres } = place.binaries;
  const [command = postgres, ...all] = [...place.way.before, postgres, ...args];
  // Detached, so that Ctrl-C or a signal to our group does not stop it before we have drained.
  const child = spawn(command, all, {
    ...place.way.as,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  const state = { ended: false };
  child.once('exit', () => (state.ended = true));
  child.once('error', () => (state.ended = true));
  child.unref();
  await log.close();
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await answers(urlOf(place, port, 'postgres')))) {
    if (state.ended || Date.now() > deadline) {
      if (!state.ended) await stopServer(place);
      const tail = (await readFile(place.log, 'utf8').catch(() => '')).slice(-LOG_TAIL).trim();
      throw new Error(`PostgreSQL did not start. Its log ends with:\n${tail}`);
    }
    await sleep(30);
  }
  return port;
}

/** Says nothing while all is well; what was said long ago makes room at a start. */
async function openLog(path: string): Promise<FileHandle> {
  const size = await stat(path).then(
    (file) => file.size,
    () => 0,
  );
  if (size > LOG_MOST_BYTES) await rename(path, `${path}.old`);
  return open(path, 'a', 0o600);
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/** Fast: open transactions are rolled back. Immediate, if that does not end it. */
async function stopServer({ binaries, data, way }: Place): Promise<void> {
  for (const mode of ['fast', 'immediate']) {
    const args = ['stop', '-D', data, '-m', mode, '-w', '-t', '10'];
    if ((await run(way, binaries.pg_ctl, args)).code === 0) return;
  }
}

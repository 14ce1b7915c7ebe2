import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { testName } from './postgres.js';

/** A MongoDB, or what speaks like one, for one test file. */
export interface MongoForTests {
  /** A database of its own. */
  readonly url: string;
  /** One more database of its own. */
  another(): string;
  /** Drops the databases, and ends the server when it was started here. */
  stop(): Promise<void>;
}

/** Why a test was skipped when `mongoForTests()` gave null. */
export const NO_MONGO =
  'there is no MongoDB: set MONGODB_URI to one, or install java (17 or newer) and mvn for the stand-in';

const READY_WITHIN_MS = 50_000;

/** The server of MONGODB_URI; else the stand-in, where there are java and mvn; else null. */
export async function mongoForTests(): Promise<MongoForTests | null> {
  const given = process.env.MONGODB_URI;
  if (given !== undefined && given !== '') return databasesOn(given, () => Promise.resolve());
  if (!canRun('java', '-version') || !canRun('mvn', '--version')) return null;
  const { child, url } = await startStandIn();
  return databasesOn(url, () => end(child));
}

const canRun = (program: string, option: string): boolean =>
  spawnSync(program, [option], { stdio: 'ignore' }).status === 0;

function databasesOn(server: string, endServer: () => Promise<void>): MongoForTests {
  const made: string[] = [];
  const another = () => {
    const url = withDatabase(server, testName());
    made.push(url);
    return url;
  };
  const stop = async () => {
    for (const url of made) await drop(url);
    await endServer();
  };
  return { url: another(), another, stop };
}

/** The address with another database. Who logs in still does so where the address said. */
function withDatabase(server: string, name: string): string {
  const [, hosts, database, query] =
    /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(server) ?? [];
  if (hosts === undefined) throw new Error('MONGODB_URI is not an address of a MongoDB');
  const options = new URLSearchParams(query);
  if (hosts.includes('@') && !options.has('authSource')) {
    options.set('authSource', database === undefined || database === '' ? 'admin' : database);
  }
  return `${hosts}/${name}${options.size > 0 ? `?${options.toString()}` : ''}`;
}

async function drop(url: string): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000 });
  try {
    const db = client.db();
    if (db.databaseName.startsWith('usher_test_')) await db.dropDatabase();
  } finally {
    await client.close();
  }
}

async function startStandIn(): Promise<{ child: ChildProcess; url: string }> {
  const program = fileURLToPath(new URL('mongo/start', import.meta.url));
  const child = spawn(program, [], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill());
  const failed = Promise.race([once(child, 'error'), once(child, 'exit')]).then(() => {
    throw new Error('the stand-in for MongoDB did not start');
  });
  const line = once(createInterface(child.stdout), 'line', {
    signal: AbortSignal.timeout(READY_WITHIN_MS),
  }) as Promise<[string]>;
  try {
    const [said] = await Promise.race([line, failed]);
    failed.catch(() => undefined);
    return { child, url: (JSON.parse(said) as { url: string }).url };
  } catch (error) {
    child.kill();
    throw error;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}

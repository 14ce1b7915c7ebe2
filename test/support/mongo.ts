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

/** The server of MONGODB_URI; else the stand-in, where there are java and mvn; else null, or (NEEDS_MONGODB=true) a failure. */
export async function mongoForTests(): Promise<MongoForTests | null> {
  const given = process.env.MONGODB_URI;
  if (given !== undefined && given !== '') return databasesOn(given, () => Promise.resolve());
  const standIn = await StandIn.start();
  if (standIn !== null) return databasesOn(standIn.url, () => standIn.stop());
  if (process.env.NEEDS_MONGODB === 'true') throw new Error(NO_MONGO);
  return null;
}

const canRun = (program: string, option: string): boolean =>
  spawnSync(program, [option], { stdio: 'ignore' }).status === 0;

function databasesOn(server: string, endServer: () => Promise<void>): MongoForTests {
  const made: string[] = [];
  const another = () => {
    const url = aDatabaseOn(server);
    made.push(url);
    return url;
  };
  const stop = async () => {
    for (const url of made) await dropDatabase(url);
    await endServer();
  };
  return { url: another(), another, stop };
}

/** The address of a database on this server that no other test uses. */
export const aDatabaseOn = (server: string): string => withDatabase(server, testName());

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

/** Drops a test's database, and no other. */
export async function dropDatabase(url: string): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000 });
  try {
    const db = client.db();
    if (db.databaseName.startsWith('usher_test_')) await db.dropDatabase();
  } finally {
    await client.close();
  }
}

/** What speaks like a MongoDB and keeps its data in memory: whatever ends it empties it. */
export class StandIn {
  private constructor(
    private child: ChildProcess,
    readonly url: string,
  ) {}

  /** null where there are no java and mvn. */
  static async start(): Promise<StandIn | null> {
    if (!canRun('java', '-version') || !canRun('mvn', '--version')) return null;
    const { child, url } = await launch('0');
    return new StandIn(child, url);
  }

  /** Like by kill -9. */
  async kill(): Promise<void> {
    await end(this.child, 'SIGKILL');
  }

  /** An empty one at the same address. */
  async comeBack(): Promise<void> {
    const { child } = await launch(new URL(this.url).port);
    this.child = child;
  }

  async stop(): Promise<void> {
    await end(this.child, 'SIGTERM');
  }
}

async function launch(port: string): Promise<{ child: ChildProcess; url: string }> {
  const program = fileURLToPath(new URL('mongo/start', import.meta.url));
  const child = spawn(program, ['--port', port], { stdio: ['ignore', 'pipe', 'inherit'] });
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

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

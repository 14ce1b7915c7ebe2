import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lchown, lstat, readdir, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { CannotRun } from './binaries.js';

/** Somebody whom PostgreSQL may run as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** How PostgreSQL's programs are run here. */
export interface Way {
  /** Put in front of the program. */
  readonly before: readonly string[];
  /** Whom Node turns into before it runs it. */
  readonly as: Partial<Account>;
  /** Whom the folder has to belong to; null: to whoever we are. */
  readonly owner: Account | null;
}

const DIRECTLY: Way = { before: [], as: {}, owner: null };
const FITTING = ['postgres', '_postgres', 'nobody', 'daemon'];

/** Throws what to do where initdb would refuse us: it wants to know by which name. */
export function refuseNameless(): void {
  try {
    userInfo();
  } catch (cause) {
    throw new CannotRun(
      `PostgreSQL makes a new data folder only for an account that has a name, and this one (${process.getuid?.() ?? '?'}) has none. Start Usher under an account of /etc/passwd, or set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    );
  }
}

/** The account for a PostgreSQL that may not be root; it must have a name, too. */
export function plainAccount(passwd: string): Account | null {
  const accounts = passwd.split('\n').map((line) => line.split(':'));
  for (const fitting of FITTING) {
    const [, , uid, gid] = accounts.find(([name]) => name === fitting) ?? [];
    if (Number(uid) > 0 && Number(gid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  return null;
}

/**
 * Of root, best first. The first one may enter folders that only root may, and so runs wherever Usher is; the second one
 * needs no right but to change users; the last one needs no right at all, but a system that allows user namespaces.
 */
function waysOf(account: Account): readonly Way[] {
  const { uid, gid } = account;
  const mayEnter = ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'];
  // The securebit, because initdb asks by access(), for which Linux otherwise takes the right away from all but root.
  const keeping = ['--securebits=+no_setuid_fixup', ...mayEnter];
  const into = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...keeping];
  const mapped = ['--user', `--map-user=${uid}`, `--map-group=${gid}`];
  return [
    { before: ['setpriv', ...into], as: {}, owner: account },
    { before: [], as: account, owner: account },
    { before: ['unshare', ...mapped], as: {}, owner: { uid: 0, gid: 0 } },
  ];
}

/** The major version; throws what to do when the program does not run. Also root may ask for it. */
export async function majorOf(postgres: string): Promise<number> {
  const { said } = await run(DIRECTLY, postgres, ['--version']);
  const [, major] = /^postgres \(PostgreSQL\) (\d+)/m.exec(said) ?? [];
  if (major !== undefined) return Number(major);
  throw new CannotRun(
    `The PostgreSQL that comes with Usher does not run on this machine (${said.trim()}). Set DATABASE_URL to a PostgreSQL server, or install again.`,
  );
}

/** Finds how PostgreSQL can be run on a folder, which then belongs to whom it runs as; throws what to do where it cannot. */
export async function findWay(home: string, postgres: string): Promise<Way> {
  if (process.getuid?.() !== 0) return DIRECTLY;
  const account = plainAccount(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  // Whoever may run it may not enter a folder above by that alone.
  const enter = ['-c', 'cd -- "$1" && exec "$2" --version', 'sh', home, postgres];
  let why = 'there is no account for it';
  for (const way of account === null ? [] : waysOf(account)) {
    await give(home, way.owner);
    const { code, said } = await run(way, '/bin/sh', enter);
    if (code === 0) return way;
    why = said.trim();
  }
  throw new CannotRun(
    `PostgreSQL does not run as root, and here it cannot run as anybody else (${why}). Start Usher as a plain user, or set DATABASE_URL to a PostgreSQL server.`,
  );
}

/** Makes a folder, and what is right in it, belong to somebody. */
async function give(folder: string, owner: Account | null): Promise<void> {
  if (owner === null) return;
  for (const name of await readdir(folder)) await own(join(folder, name), owner);
  await own(folder, owner);
}

/** Everything in the data folder, itself last: one whose owner is right was given whole. */
export async function giveData(data: string, { owner }: Way): Promise<void> {
  if (owner === null || (await lstat(join(data, 'PG_VERSION'))).uid === owner.uid) return;
  const inside = (await readdir(data, { recursive: true })).filter((name) => name !== 'PG_VERSION');
  for (const name of [...inside, 'PG_VERSION']) await own(join(data, name), owner);
}

async function own(path: string, { uid, gid }: Account): Promise<void> {
  const now = await lstat(path);
  if (now.uid !== uid || now.gid !== gid) await lchown(path, uid, gid);
}

/** Runs one of PostgreSQL's programs to its end. One that cannot be started has failed like any other. */
export async function run(
  way: Way,
  program: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly said: string }> {
  const [command = program, ...all] = [...way.before, program, ...args];
  const child = spawn(command, all, { ...way.as, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code: code ?? 1, said };
  } catch (error) {
    return { code: 1, said: error instanceof Error ? error.message : String(error) };
  }
}

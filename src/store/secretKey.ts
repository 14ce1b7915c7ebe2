import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const FILE = 'secret-key';

/** The key file may be read by others than its owner: what it protects is as good as open. */
export class KeyFileOpen extends Error {
  override readonly name = 'KeyFileOpen';
}

/** Where the key of this installation is, once it was made. */
export const secretKeyPath = (dataDir: string): string => join(resolve(dataDir), FILE);

/** The key of this installation, made once in its data folder, readable by the owner of the folder alone. */
export async function secretKeyIn(dataDir: string): Promise<string> {
  const path = secretKeyPath(dataDir);
  const known = await read(path);
  if (known !== null) return known;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await make(path);
  const made = await read(path);
  if (made === null) throw new Error(`The key file could not be made: ${path}`);
  return made;
}

async function read(path: string): Promise<string | null> {
  const key = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (key === null) return null;
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new KeyFileOpen(
      `Others than you may read ${path}, which protects the Plex tokens. Run: chmod 600 ${path}`,
    );
  }
  return key.trim();
}

/** Written whole and synced beside its place, then linked there: of two starters at once, one key stays. */
async function make(path: string): Promise<void> {
  const fresh = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(fresh, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await file.sync();
    await file.close();
    await link(fresh, path).catch((error: unknown) => {
      if (!isCode(error, 'EEXIST')) throw error;
    });
  } finally {
    await rm(fresh, { force: true });
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

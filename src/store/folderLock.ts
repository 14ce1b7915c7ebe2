import { access, constants, mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CannotRun } from './binaries.js';

const WAIT_MS = 30_000;
const TOUCH_EVERY_MS = 500;
/** A lock that nobody touched for this long is abandoned: the pid in it may be another program's by now. */
const ABANDONED_AFTER_MS = 3_000;

/**
 * Makes the folder, and in it a lock file that names its process, which touches it: whoever holds it is the only one to
 * start or adopt.
 */
export async function lockFolder(home: string): Promise<{ release(): Promise<void> }> {
  await makeFolder(home);
  const path = join(home, 'starting.lock');
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const file = await open(path, 'wx').catch(() => null);
    if (file) {
      await file.writeFile(String(process.pid));
      await file.close();
      const touch = () => {
        const now = new Date();
        void utimes(path, now, now).catch(() => undefined);
      };
      const timer = setInterval(touch, TOUCH_EVERY_MS);
      return {
        release: async () => {
          clearInterval(timer);
          await rm(path, { force: true });
        },
      };
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => '0'));
    const age = Date.now() - ((await stat(path).catch(() => null))?.mtimeMs ?? Date.now());
    const isAbandoned = (holder > 0 && !isAlive(holder)) || age > ABANDONED_AFTER_MS;
    if (isAbandoned) await rm(path, { force: true });
    else if (Date.now() > deadline)
      throw new Error(`Another process is starting PostgreSQL in ${home}`);
    else await sleep(50);
  }
}

/** Throws what to do where it cannot be made, or nothing can be written in it. */
async function makeFolder(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await access(home, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw cause;
    throw new CannotRun(
      `Usher may not write to ${home}. Make the folder belong to the account that Usher runs under, or choose another one with DATA_DIR.`,
      { cause },
    );
  }
}

/** Whether a process with this id runs, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

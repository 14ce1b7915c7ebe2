import { chmod, chown, cp, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXIT_CONFIG } from '../../src/exitCodes.js';
import { CannotRun, findBinaries } from '../../src/store/binaries.js';
import { findWay, plainAccount, run } from '../../src/store/plainUser.js';
import { ask, Folder } from './folders.js';

const line = (name: string, uid: number | string): string => `${name}:x:${uid}:${uid}::/:/bin/sh`;

describe('the account for a PostgreSQL that may not be root', () => {
  const debian = [line('root', 0), line('daemon', 1), line('nobody', 65534)];

  test.each([
    ['is nobody’s on Debian', debian, 65534],
    ['is that of PostgreSQL where there is one', [...debian, line('postgres', 105)], 105],
    ['is not one with an id below zero', [line('nobody', -2), line('daemon', 1)], 1],
  ])('%s', (_, passwd, uid) => {
    expect(plainAccount(passwd.join('\n'))).toEqual({ uid, gid: uid });
  });

  test.each([[''], [line('root', 0)], [line('postgres', 0)]])('is none in "%s"', (passwd) => {
    expect(plainAccount(passwd)).toBeNull();
  });
});

/** Changing users is for root alone. */
describe.runIf(process.getuid?.() === 0)('started by root', () => {
  let folder: Folder;
  let programs: string;
  const path = process.env.PATH ?? '';

  beforeEach(async () => {
    folder = await Folder.make();
    programs = await mkdtemp(join(tmpdir(), 'usher-programs-'));
    await chmod(programs, 0o755);
  });
  afterEach(async () => {
    process.env.PATH = path;
    await folder.remove();
    await rm(programs, { recursive: true, force: true });
  });

  /** A machine on which these programs are not allowed to do their work. */
  async function forbid(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      await writeFile(join(programs, name), '#!/bin/sh\necho not permitted >&2; exit 1\n');
      await chmod(join(programs, name), 0o755);
    }
    process.env.PATH = `${programs}:${path}`;
  }
  const works = async () => {
    const { url } = await folder.start();
    return ask(url, 'select 1 as one');
  };
  const ownerOf = async (name: string) => (await stat(folder.file(name))).uid;

  test('it needs no user namespaces, also below a folder that only root may enter', async () => {
    await forbid('unshare');
    expect(await works()).toEqual([{ one: 1 }]);
    expect(await ownerOf('data')).toBeGreaterThan(0);
    const server = spawnSync('ps', ['-o', 'uid=', '-p', String(folder.serverPid())]);
    expect(Number(server.stdout.toString())).toBe(await ownerOf('data'));
  });

  test('it needs no user namespaces, also where its programs are below such a folder', async () => {
    await forbid('unshare');
    const { initdb } = await findBinaries();
    const closed = join(folder.path, '..');
    await cp(dirname(initdb), join(closed, 'bin'), { recursive: true });
    for (const name of ['lib', 'share'])
      await symlink(join(dirname(initdb), '..', name), join(closed, name));
    await mkdir(folder.path);
    const way = await findWay(folder.path, join(closed, 'bin/postgres'));
    const args = ['-D', join(folder.path, 'data'), '-U', 'usher', '--auth=trust', '--no-sync'];
    expect(await run(way, join(closed, 'bin/initdb'), args)).toMatchObject({ code: 0 });
  });

  test('it needs no right to enter every folder where it may enter these', async () => {
    await forbid('unshare', 'setpriv');
    await mkdir(folder.path);
    for (const open of [folder.path, join(folder.path, '..')]) await chmod(open, 0o755);
    expect(await works()).toEqual([{ one: 1 }]);
  });

  test('it keeps its data when the machine allows another way than before', async () => {
    const first = await folder.start();
    await ask(first.url, 'create table kept as select 42 as n');
    await first.stop();
    const before = await ownerOf('data/base');
    await forbid('setpriv'); // and below a folder of mode 0700 nobody else may enter: user namespaces are left
    const second = await folder.start();
    expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 42 }]);
    expect(await ownerOf('data/base')).not.toBe(before);
    await second.stop();
    process.env.PATH = path;
    expect(await ask((await folder.start()).url, 'select n from kept')).toEqual([{ n: 42 }]);
    expect(await ownerOf('data/base')).toBe(before);
  });

  /** The program under an account that this machine does not know, or knows as `uid`, and that no file belongs to. */
  const startedBy = (uid: number) => {
    const main = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
    const inside = ['--user', `--map-user=${uid}`, `--map-group=${uid}`, process.execPath, main];
    return spawnSync('unshare', inside, {
      cwd: programs,
      env: { DISCORD_TOKEN: 'not-used', DATA_DIR: folder.path },
      encoding: 'utf8',
      timeout: 20_000,
    });
  };

  test('an account without a name is told what to do, and not to try again', () => {
    const { status, stdout } = startedBy(4242);
    expect(stdout).toMatch(/only for an account that has a name.* \(4242\).*DATABASE_URL/);
    expect(status).toBe(EXIT_CONFIG);
  });

  test.each(['.', 'postgres'])(
    'an account that may not write to %s in DATA_DIR is told what to do, and not to try again',
    async (name) => {
      const closed = join(folder.path, name);
      await mkdir(closed, { recursive: true });
      await chown(closed, 4242, 4242);
      const { status, stdout } = startedBy(65534);
      expect(stdout).toMatch(/may not write to .*postgres\. Make the folder belong .*DATA_DIR/);
      expect(status).toBe(EXIT_CONFIG);
    },
  );

  test('it says what to do where it can run as nobody at all', async () => {
    await forbid('unshare', 'setpriv');
    const start = folder.start();
    await expect(start).rejects.toThrow(CannotRun);
    await expect(start).rejects.toThrow(/does not run as root.*plain user.*DATABASE_URL/);
  });
});

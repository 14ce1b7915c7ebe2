import { execFileSync, spawnSync } from 'node:child_process';
import { cp, lstat, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildFor, CannotRun, findBinaries, linkLibraries } from '../../src/store/binaries.js';

const linux = { platform: 'linux', arch: 'x64', isMusl: false };

describe('the build of PostgreSQL', () => {
  test.each([
    [linux, 'linux-x64'],
    [{ ...linux, arch: 'arm64' }, 'linux-arm64'],
    [{ ...linux, platform: 'darwin', arch: 'arm64' }, 'darwin-arm64'],
    [{ ...linux, platform: 'win32' }, 'windows-x64'],
  ])('for %o is %s', (machine, build) => {
    expect(buildFor(machine)).toBe(build);
  });

  test.each([
    [{ ...linux, isMusl: true }, /needs glibc.*musl, as on Alpine.*DATABASE_URL.*Debian/],
    [{ ...linux, platform: 'freebsd' }, /this kind of machine \(freebsd-x64\).*DATABASE_URL/],
    [{ ...linux, arch: 'riscv64' }, /this kind of machine \(linux-riscv64\).*DATABASE_URL/],
  ])('for %o is none, which is said with the way out', (machine, sentence) => {
    expect(() => buildFor(machine)).toThrow(CannotRun);
    expect(() => buildFor(machine)).toThrow(sentence);
  });
});

describe.runIf(process.platform === 'linux')('a package whose install script did not run', () => {
  test('gets the links of its libraries, and runs', async () => {
    const { postgres } = await findBinaries();
    const installed = resolve(dirname(postgres), '../..');
    const parent = await mkdtemp(join(tmpdir(), 'usher-links-'));
    const copy = join(parent, 'package');
    const copied = join(copy, 'native/bin/postgres');
    try {
      await cp(installed, copy, { recursive: true, verbatimSymlinks: true });
      const links = JSON.parse(await readFile(join(copy, 'native/pg-symlinks.json'), 'utf8')) as {
        target: string;
      }[];
      for (const { target } of links) await rm(join(copy, target), { force: true });
      expect(spawnSync(copied, ['--version'], { encoding: 'utf8' }).stderr).toMatch(
        /error while loading shared libraries/,
      );
      await linkLibraries(copy);
      for (const { target } of links) {
        expect((await lstat(join(copy, target))).isSymbolicLink()).toBe(true);
      }
      expect(execFileSync(copied, ['--version'], { encoding: 'utf8' })).toContain(
        '(PostgreSQL) 18',
      );
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  });
});

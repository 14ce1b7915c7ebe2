import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from './files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-build-'));
  for (const name of ['scripts', 'src', 'dist']) mkdirSync(join(folder, name));
  cpSync(`${root}scripts/build.js`, join(folder, 'scripts/build.js'));
  write('package.json', '{"type":"module"}');
  write(
    'tsconfig.build.json',
    '{"compilerOptions":{"outDir":"dist","rootDir":"src","types":[]},"include":["src"]}',
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
/** Makes a file older or newer than what was built just now. */
const aged = (name: string, seconds: number): void => {
  const at = Date.now() / 1000 + seconds;
  utimesSync(join(folder, name), at, at);
};
const install = (): void => symlinkSync(`${root}node_modules`, join(folder, 'node_modules'));

/** What `npm start` does first. */
const build = () =>
  spawnSync(process.execPath, ['scripts/build.js', '--if-stale'], {
    cwd: folder,
    encoding: 'utf8',
  });
const built = (): string => readFileSync(join(folder, 'dist/main.js'), 'utf8');

describe('npm start', () => {
  test('compiles what is newer than the last build, and nothing else', () => {
    install();
    write('src/main.ts', 'export const life: number = 1;\n');
    expect(build()).toMatchObject({ status: 0, stderr: '' });
    expect(built()).toContain('life = 1');
    write('dist/main.js', 'untouched');
    expect(build().status).toBe(0);
    expect(built()).toBe('untouched');
    write('src/main.ts', 'export const life: number = 2;\n');
    aged('src/main.ts', 5);
    expect(build().status).toBe(0);
    expect(built()).toContain('life = 2');
  });

  test('says what is missing where nothing was built, and no compiler is installed', () => {
    write('src/main.ts', '');
    const { status, stderr } = build();
    expect(status).toBe(1);
    expect(stderr).toBe('The compiler is not installed here. Run `npm ci` first.\n');
  });

  test('takes what was built as it is where there are no sources, as in the image', () => {
    rmSync(join(folder, 'src'), { recursive: true });
    write('dist/.built', '');
    expect(build()).toMatchObject({ status: 0, stderr: '' });
    expect(existsSync(join(folder, 'dist/.built'))).toBe(true);
  });
});

/**
 * Compiles src/ to dist/. With --if-stale: only when a source is newer than the last build; what was built stays
 * as it is where there are no sources or no compiler (a container image ships dist/ alone).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'dist', '.built');
const sources = [
  'src',
  'ormconfig.ts',
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
];

/** Newest modification time below a path, in epoch ms; 0 when it is not there. */
function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  // A folder's own time changes when a file in it is removed or renamed.
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function compiler() {
  try {
    return createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    return undefined;
  }
}

const onlyIfStale = process.argv.includes('--if-stale');
const tsc = compiler();
const hasSources = existsSync(join(root, 'src'));
const isStale = newest(stamp) < Math.max(...sources.map((path) => newest(join(root, path))));

if (onlyIfStale && existsSync(stamp) && (!hasSources || !tsc || !isStale)) process.exit(0);
if (!tsc) {
  console.error('The compiler is not installed here. Run `npm ci` first.');
  process.exit(1);
}
rmSync(join(root, 'dist'), { recursive: true, force: true });
const build = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: ['ignore', 2, 2],
});
if (build.status !== 0) process.exit(build.status ?? 1);
writeFileSync(stamp, '');

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

/** A Python with one package installed, or why there is none. */
export type Python = { readonly python: string } | { readonly missing: string };

/** Makes a virtual environment with exactly this package, once per clone. */
export async function pythonWith(name: string, version: string): Promise<Python> {
  const home = join(cache, `${name}-${version}`);
  const python = join(home, 'bin', 'python');
  const ready = join(home, 'ready');
  if (existsSync(ready)) return { python };
  try {
    await rm(home, { recursive: true, force: true });
    await mkdir(cache, { recursive: true });
    await run('python3', ['-m', 'venv', home], { timeout: 120_000 });
    const wanted = `${name}==${version}`;
    const options = ['--quiet', '--disable-pip-version-check', '--no-input'];
    await run(python, ['-m', 'pip', 'install', ...options, wanted], { timeout: 240_000 });
    await writeFile(ready, '');
    return { python };
  } catch (error) {
    return { missing: `${name} ${version} cannot be installed here: ${String(error)}` };
  }
}

/** What a script printed, as JSON; its own trace when it failed. */
export async function output(
  python: string,
  script: URL,
  args: readonly string[],
): Promise<Record<string, unknown>> {
  const { stdout } = await run(python, [fileURLToPath(script), ...args], {
    timeout: 120_000,
    // The settings of whoever runs the test are none of its business.
    env: { ...process.env, PLEXAPI_CONFIG_PATH: join(cache, 'no-such-file') },
  });
  return JSON.parse(stdout) as Record<string, unknown>;
}

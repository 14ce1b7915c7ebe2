import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../src/store/embedded.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL for the whole run; each test makes its own database in it. */
    readonly postgresUrl: string;
  }
}

/**
 * Builds the bot once, and starts one PostgreSQL for all tests. `TEST_POSTGRES_URL` names another, with a role that may
 * make databases: so are older versions tried.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const build = fileURLToPath(new URL('../../scripts/build.js', import.meta.url));
  const built = spawnSync(process.execPath, [build, '--if-stale'], { stdio: 'inherit' });
  if (built.status !== 0) throw new Error('the bot does not compile');
  const given = process.env.TEST_POSTGRES_URL ?? '';
  if (given !== '') {
    project.provide('postgresUrl', given);
    return () => Promise.resolve();
  }
  const folder = await mkdtemp(join(tmpdir(), 'usher-test-'));
  const postgres = await startEmbedded(folder);
  project.provide('postgresUrl', postgres.url);
  return async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('several runs that start at once do not fail over what an aborted one left behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'usher-test-'));
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await writeFile(join(folder, `usher-world-${pid}`), '');
  const script = `import('./sim/tour/leftovers.ts').then(({ remember }) => remember(process.pid, 'x'))`;
  const codes = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
        env: { ...process.env, TMPDIR: folder },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      return ((await once(child, 'exit')) as [number | null])[0];
    }),
  );
  expect(codes).toEqual([0, 0, 0, 0]);
  const left = await readdir(folder);
  expect(left.filter((name) => name.startsWith('usher-world'))).toEqual([]);
  await rm(folder, { recursive: true });
});

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Runs the house's own rules over parts of a folder, and gives how it ended and what it said. */
function cruise(folder: string, ...paths: readonly string[]) {
  const program = at('../node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const rules = ['--config', at('../.dependency-cruiser.cjs')];
  const types = ['--ts-config', at('../tsconfig.json')];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [program, ...rules, ...types, ...paths],
    { cwd: at(folder), encoding: 'utf8', timeout: 25_000, env: { ...process.env, NO_COLOR: '1' } },
  );
  return { isFine: status === 0, said: stdout + stderr };
}

test.each([
  ['a cycle of types alone', 'floors/cycle', 'no-circular: src/core/egg.ts'],
  ['an import of a higher floor', 'floors/upward', 'floor-core: src/core/rules.ts'],
  ['a command that names a type of the store', 'floors/sideways', 'floor-commands: src/commands/'],
])('%s is refused, and the broken rule named', (_, folder, named) => {
  const { isFine, said } = cruise(folder, 'src');
  expect(said).toContain(named);
  expect(said).toMatch(/x 1 dependency violations \(1 errors/);
  expect(isFine).toBe(false);
});

test('this house keeps its floors', () => {
  const { isFine, said } = cruise('..', 'src', 'sim', 'ormconfig.ts');
  expect(said).toMatch(/no dependency violations found \(\d{3,} modules/);
  expect(isFine).toBe(true);
});

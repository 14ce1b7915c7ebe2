import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeyFileOpen, secretKeyIn } from '../../src/store/secretKey.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the key in the data folder', () => {
  test('is made once, readable by its owner alone, and stays', async () => {
    const home = join(folder, 'data');
    const key = await secretKeyIn(home);
    expect(key.length).toBeGreaterThanOrEqual(32);
    expect(await secretKeyIn(home)).toBe(key);
    expect((await stat(join(home, 'secret-key'))).mode & 0o777).toBe(0o600);
    expect(await readdir(home)).toEqual(['secret-key']);
  });

  test('is another one in another folder', async () => {
    expect(await secretKeyIn(join(folder, 'a'))).not.toBe(await secretKeyIn(join(folder, 'b')));
  });

  test('is the same for starters at the same time', async () => {
    const keys = await Promise.all([1, 2, 3, 4, 5].map(() => secretKeyIn(folder)));
    expect(new Set(keys).size).toBe(1);
  });

  test('that others may read is refused with the way out', async () => {
    await secretKeyIn(folder);
    await chmod(join(folder, 'secret-key'), 0o644);
    await expect(secretKeyIn(folder)).rejects.toThrow(KeyFileOpen);
    await expect(secretKeyIn(folder)).rejects.toThrow(/chmod 600/);
  });

  test('that is there is taken without its line break', async () => {
    await writeFile(join(folder, 'secret-key'), 'a-key-from-a-backup\n', { mode: 0o600 });
    expect(await secretKeyIn(folder)).toBe('a-key-from-a-backup');
  });
});

import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { all, environmentOf, exec, only, stages } from './dockerfile.js';
import { read, root } from './files.js';

const [build, image] = stages();
if (!build || !image) throw new Error('the Dockerfile has two stages');
const copied = (stage: typeof build) =>
  all(stage, 'COPY')
    .filter((rest) => !rest.startsWith('--from'))
    .flatMap((rest) => rest.split(' ').slice(0, -1));

describe('the image', () => {
  test('is built and run on the same Debian with glibc, of one major version of Node', () => {
    expect(build.image).toMatch(/^node:24-\w+-slim$/);
    expect(image.image).toBe(build.image);
    expect(image.image).not.toContain('alpine');
  });

  test('is for every processor: nothing in it names one', () => {
    expect(read('Dockerfile')).not.toMatch(/amd64|arm64|x86|x64|aarch64|--platform/);
  });

  test('has no development dependencies, and keeps the optional one that is PostgreSQL', () => {
    const installs = all(image, 'RUN').filter((rest) => rest.includes('npm'));
    expect(installs).toEqual([expect.stringMatching(/^npm ci --omit=dev && npm cache clean/)]);
    expect(all(image, 'RUN').join()).not.toContain('omit=optional');
    expect(all(build, 'RUN').join()).not.toContain('omit=');
  });

  test('runs as a plain user, who may write to its data alone', () => {
    expect(only(image, 'USER')).toBe('node');
    const names = image.instructions.map(({ name }) => name);
    expect(names.lastIndexOf('RUN')).toBeLessThan(names.indexOf('USER'));
    expect(names.lastIndexOf('COPY')).toBeLessThan(names.indexOf('USER'));
    expect(only(image, 'VOLUME')).toBe(environmentOf(image).DATA_DIR);
  });

  test('hands signals to Usher: an init that reaps, and no shell between', () => {
    expect(only(image, 'STOPSIGNAL')).toBe('SIGTERM');
    expect(exec(only(image, 'ENTRYPOINT'))).toEqual(['tini', '--']);
    expect(exec(only(image, 'CMD'))[0]).toBe('node');
  });

  test('starts and is looked after by programs that are in it', () => {
    const health = exec(only(image, 'HEALTHCHECK').replace(/^.*? CMD /, ''));
    for (const [program, script = ''] of [exec(only(image, 'CMD')), health]) {
      expect(program).toBe('node');
      if (script === '-e') continue;
      const source = script.replace(/^dist\/(.*)\.js$/, '$1.ts');
      expect(existsSync(`${root}${source}`), script).toBe(true);
    }
    expect(environmentOf(image).HEALTH_PORT).toBe('8080');
  });

  test('is made of files that exist, and of nothing else: secrets and data stay out', () => {
    const ignore = read('.dockerignore').split('\n');
    const allowed = ignore.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(ignore.filter((line) => line !== '' && !/^[#!]/.test(line))).toEqual(['*']);
    expect(new Set(allowed)).toEqual(new Set([...copied(build), ...copied(image)].map(plain)));
    for (const path of allowed) expect(existsSync(`${root}${path}`), path).toBe(true);
  });
});

const plain = (path: string): string => path.replace(/^\.\//, '');

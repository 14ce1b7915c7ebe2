import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig, tellMistakes } from '../../src/config.js';
import type { Config } from '../../src/config.js';
import { misspelt, schema } from '../../src/variables.js';
import { environmentOf, stages } from './dockerfile.js';
import { fenced, read, readYaml } from './files.js';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly restart: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly ports?: unknown;
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<'usher' | 'postgres' | 'mongodb', Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const compose = readYaml('compose.yaml') as Compose;
const { usher, postgres, mongodb } = compose.services;
const services = Object.entries(compose.services);
const IN_CONTAINER = '/run/secrets/';

let folder: string;
/** The commands of the README, as a person would run them beside compose.yaml. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-secrets-'));
  const commands = fenced(read('README.md'), 'sh').find((block) => block.includes('secrets/'));
  if (commands === undefined) throw new Error('the README does not say how secrets are made');
  const made = commands.replace(/^.*docker compose.*$/gm, '');
  execFileSync('bash', ['-euc', `umask 077; ${made}`], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What Usher reads when the container's files are those in ./secrets. */
function config(): Config {
  const variables = { ...environmentOf(stages().at(-1) ?? fail()), ...usher.environment };
  const environment = Object.entries(variables).map(([name, value]) => {
    const secret = compose.secrets[value.replace(IN_CONTAINER, '')];
    return [name, secret === undefined ? value : join(folder, secret.file)];
  });
  const result = readConfig(Object.fromEntries(environment) as Record<string, string>);
  if ('config' in result) return result.config;
  throw new Error(tellMistakes(result.mistakes));
}
const fail = (): never => {
  throw new Error('the Dockerfile has no stage');
};

describe('compose.yaml', () => {
  test('gives Usher a configuration that it takes, with the secrets as the README makes them', () => {
    const { databaseUrl, mongoUri, secretKey, discord, dataDir, healthPort } = config();
    expect(new URL(databaseUrl ?? '').host).toBe('postgres');
    expect(new URL(mongoUri ?? '').host).toBe('mongodb');
    expect(secretKey?.length).toBeGreaterThanOrEqual(32);
    expect(discord.token).not.toBe('');
    expect({ dataDir, healthPort }).toEqual({ dataDir: '/data', healthPort: 8080 });
  });

  test('names only variables that Usher has, and secrets by file alone', () => {
    const names = Object.keys(usher.environment);
    expect(misspelt(names)).toEqual([]);
    const known = Object.keys(schema.shape);
    for (const name of names) expect(known).toContain(name.replace(/_FILE$/, ''));
    for (const [name, value] of Object.entries(usher.environment)) {
      if (name.endsWith('_FILE')) expect(value).toContain(IN_CONTAINER);
      else expect(config().secrets).not.toContain(value);
    }
  });

  test('gives each service the secrets that it names, and no others', () => {
    for (const [name, service] of services) {
      const named = Object.values(service.environment)
        .filter((value) => value.startsWith(IN_CONTAINER))
        .map((value) => basename(value));
      expect([...service.secrets].sort(), name).toEqual(named.sort());
    }
    const used = new Set(services.flatMap(([, service]) => service.secrets));
    expect(used).toEqual(new Set(Object.keys(compose.secrets)));
  });

  test('finds each secret where the README puts it, readable in the container, in a closed folder', () => {
    const files = Object.values(compose.secrets).map(({ file }) => basename(file));
    expect(readdirSync(join(folder, 'secrets')).sort()).toEqual(files.sort());
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
    for (const file of files)
      expect(statSync(join(folder, 'secrets', file)).mode & 0o777).toBe(0o644);
    expect(read('.gitignore').split('\n')).toContain('secrets/');
  });

  test('lets databases in with the very passwords that Usher uses', () => {
    const passwordOf = (url: string | null) => new URL(url ?? '').password;
    const kept = (name: string) => readSecret(name);
    expect(passwordOf(config().databaseUrl)).toBe(kept('postgres_password'));
    expect(passwordOf(config().mongoUri)).toBe(kept('mongodb_password'));
    const url = new URL(config().databaseUrl ?? '');
    const { POSTGRES_USER, POSTGRES_DB } = postgres.environment;
    expect([url.username, url.pathname]).toEqual([POSTGRES_USER, `/${POSTGRES_DB ?? ''}`]);
    const { MONGO_INITDB_ROOT_USERNAME } = mongodb.environment;
    expect(new URL(config().mongoUri ?? '').username).toBe(MONGO_INITDB_ROOT_USERNAME);
  });

  test('waits for both databases to be well, and starts everything again', () => {
    expect(usher.depends_on).toEqual({
      postgres: { condition: 'service_healthy' },
      mongodb: { condition: 'service_healthy' },
    });
    for (const name of Object.keys(usher.depends_on ?? {})) {
      expect(compose.services[name as 'postgres'].healthcheck?.test[0]).toBe('CMD');
    }
    for (const [, service] of services) expect(service.restart).toBe('unless-stopped');
  });

  test('opens no port, and keeps the databases away from the world', () => {
    for (const [, service] of services) expect(service.ports).toBeUndefined();
    expect(compose.networks.stores).toEqual({ internal: true });
    expect([postgres.networks, mongodb.networks]).toEqual([['stores'], ['stores']]);
    expect(usher.networks).toContain('outside');
  });

  test('keeps data in volumes that it declares, and nothing else can be written by Usher', () => {
    const used = services.flatMap(([, { volumes }]) => volumes.map((one) => one.split(':')[0]));
    expect(used.sort()).toEqual(Object.keys(compose.volumes).sort());
    expect(usher).toMatchObject({ read_only: true, tmpfs: ['/tmp'], build: '.' });
    // Where the image of PostgreSQL 18 and newer keeps its data; below it, what it has would be lost.
    expect(postgres.image).toBe('postgres:18');
    expect(postgres.volumes).toEqual(['postgres-data:/var/lib/postgresql']);
  });
});

const readSecret = (name: string): string =>
  execFileSync('cat', [join(folder, compose.secrets[name]?.file ?? '')], {
    encoding: 'utf8',
  }).trim();

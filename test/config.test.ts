import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig, tellMistakes } from '../src/config.js';
import { EXIT_BROKEN, EXIT_CONFIG } from '../src/exitCodes.js';
import type { Config } from '../src/config.js';
import { misspelt } from '../src/variables.js';

const TOKEN = 'discord-token-that-nobody-may-see';
const SIMULATED = {
  DISCORD_API_URL: 'http://127.0.0.1:4000/api',
  PLEX_TV_URL: 'http://localhost:4001',
} as const;

type Environment = Record<string, string | undefined>;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const aFile = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

function configOf(environment: Environment): Config {
  const result = readConfig({ DISCORD_TOKEN: TOKEN, ...environment });
  if ('config' in result) return result.config;
  throw new Error(tellMistakes(result.mistakes));
}

/** What the operator reads; "" when the environment is fine. */
function complaint(environment: Environment): string {
  const result = readConfig({ DISCORD_TOKEN: TOKEN, ...environment });
  return 'mistakes' in result ? tellMistakes(result.mistakes) : '';
}

const blamed = (environment: Environment): string[] => {
  const result = readConfig({ DISCORD_TOKEN: TOKEN, ...environment });
  return 'mistakes' in result ? result.mistakes.map((mistake) => mistake.variable).sort() : [];
};

describe('the configuration', () => {
  test('needs nothing but the bot token', () => {
    expect(configOf({})).toMatchObject({
      discord: { token: TOKEN, apiUrl: null, guildId: null },
      plex: { server: null, tvUrl: 'https://plex.tv', writesPerSecond: 1 },
      databaseUrl: null,
      dataDir: './data',
      logLevel: 'info',
      settleSeconds: 120,
    });
  });

  test('takes an empty variable for one that is not set', () => {
    expect(configOf({ GUILD_ID: '', DATABASE_URL: '', PLEX_URL: '', SETTLE_SECONDS: '' })).toEqual(
      configOf({}),
    );
    expect(blamed({ DISCORD_TOKEN: '' })).toEqual(['DISCORD_TOKEN']);
  });

  test('reads lists of roles with or without spaces', () => {
    const ADMIN_ROLE_IDS = ' 300000000000000001, 300000000000000002 ,';
    expect(configOf({ ADMIN_ROLE_IDS }).discord.roles.admin).toEqual([
      '300000000000000001',
      '300000000000000002',
    ]);
  });

  test('takes addresses without their last slash', () => {
    const { plex } = configOf({ PLEX_URL: 'http://plex:32400/', PLEX_TOKEN: 'secret' });
    expect(plex.server).toEqual({ url: 'http://plex:32400', token: 'secret' });
  });

  test('asks the clients’ address at plex.tv’s when only that is set', () => {
    const { plex } = configOf({ PLEX_TV_URL: SIMULATED.PLEX_TV_URL });
    expect(plex.clientsUrl).toBe(SIMULATED.PLEX_TV_URL);
  });

  test('cannot be changed afterwards', () => {
    expect(Object.isFrozen(configOf({}))).toBe(true);
  });
});

describe('mistakes', () => {
  test('are all reported together', () => {
    const wrong = {
      DISCORD_TOKEN: undefined,
      GUILD_ID: 'my guild',
      ADMIN_ROLE_IDS: '1',
      PLEX_URL: 'plex:32400',
      DATABASE_URL: 'mysql://somewhere',
      MONGODB_URI: 'http://somewhere',
      TIME_ZONE: 'Berlin/Europe',
      HEALTH_PORT: '70000',
      LOG_LEVEL: 'loud',
      SETTLE_SECONDS: 'soon',
      PLEX_WRITES_PER_SECOND: '-1',
    };
    expect(blamed(wrong)).toEqual(expect.arrayContaining(Object.keys(wrong).sort()));
    const lines = complaint(wrong).split('\n');
    for (const variable of Object.keys(wrong)) {
      expect(lines.filter((line) => line.startsWith(`  ${variable}: expected`))).toHaveLength(1);
    }
  });

  test('in what variables mean together are reported beside those in single ones', () => {
    expect(blamed({ GUILD_ID: 'my guild', PLEX_URL: 'http://plex:32400' })).toEqual([
      'GUILD_ID',
      'PLEX_TOKEN',
    ]);
  });

  test('name what was expected and what was there', () => {
    expect(complaint({ GUILD_ID: 'my guild' })).toContain(
      'GUILD_ID: expected a Discord id: 17 to 20 digits; got "my guild"',
    );
  });

  test.each([
    [{ PLEX_URL: 'http://plex:32400' }, 'PLEX_TOKEN'],
    [{ PLEX_TOKEN: 'secret' }, 'PLEX_URL'],
  ])('%o lacks its other half', (environment, lacking) => {
    expect(blamed(environment)).toEqual([lacking]);
  });

  test.each<[string, string]>([
    ['PLEX_TOKEN', 'two words'],
    ['DATABASE_URL', 'postgresss://usher:hunter2@db/usher'],
    ['MONGODB_URI', 'mongo://usher:hunter2@db/usher'],
  ])('in the secret %s never show it', (variable, secret) => {
    const told = complaint({ [variable]: secret });
    expect(told).toContain(`${variable}: expected`);
    expect(told).toContain(`${secret.length} characters, not shown`);
    expect(told).not.toContain(secret);
    expect(told).not.toContain('hunter2');
  });

  test('elsewhere do not show the secrets that are right', () => {
    const DATABASE_URL = 'postgres://usher:hunter2@db/usher';
    const told = complaint({ DATABASE_URL, PLEX_TOKEN: 'plex-secret', GUILD_ID: 'my guild' });
    for (const secret of [TOKEN, 'hunter2', 'plex-secret']) expect(told).not.toContain(secret);
  });

  test('in addresses do not show a token or password inside them', () => {
    const told =
      complaint({ PLEX_URL: 'plex:32400/?X-Plex-Token=hunter2', PLEX_TOKEN: 'secret' }) +
      complaint({ DISCORD_API_URL: 'ftp://usher:hunter2@proxy/api' });
    expect(told).not.toContain('hunter2');
  });

  test('of empty secret files are told: an empty token is none', () => {
    const DISCORD_TOKEN_FILE = aFile('empty', '\n');
    expect(blamed({ DISCORD_TOKEN: undefined, DISCORD_TOKEN_FILE })).not.toEqual([]);
  });

  test('of secret files that cannot be read name the file', () => {
    const path = join(folder, 'nowhere');
    const environment = { DISCORD_TOKEN_FILE: path };
    expect(blamed(environment)).toContain('DISCORD_TOKEN_FILE');
    expect(complaint(environment)).toContain(path);
  });
});

describe('secrets', () => {
  const secrets = {
    DISCORD_TOKEN: 'a-discord-token',
    PLEX_TOKEN: 'a-plex-token',
    DATABASE_URL: 'postgres://usher:pw@db/usher',
    MONGODB_URI: 'mongodb://usher:pw@db/usher',
    SECRET_KEY: 'q8Vw3kD1nZ5rT7yU2iO4pA6sF9gH0jLx',
  };

  test('can be given as files, whose last line break does not count', () => {
    const files = Object.fromEntries(
      Object.entries(secrets).map(([name, text]) => [`${name}_FILE`, aFile(name, `${text}\n`)]),
    );
    const environment = { DISCORD_TOKEN: undefined, PLEX_URL: 'http://plex:32400', ...files };
    expect(configOf(environment)).toMatchObject({
      discord: { token: secrets.DISCORD_TOKEN },
      plex: { server: { token: secrets.PLEX_TOKEN } },
      databaseUrl: secrets.DATABASE_URL,
      mongoUri: secrets.MONGODB_URI,
      secretKey: secrets.SECRET_KEY,
    });
  });

  test('are all handed to the log to be masked', () => {
    const config = configOf({ ...secrets, PLEX_URL: 'http://plex:32400' });
    expect([...config.secrets].sort()).toEqual(Object.values(secrets).sort());
  });
});

describe('SECRET_KEY', () => {
  const DATABASE_URL = 'postgres://usher:pw@db/usher';

  test('is not needed where PostgreSQL runs inside the data folder', () => {
    expect(configOf({}).secretKey).toBeNull();
  });

  test('is needed beside a DATABASE_URL, and the complaint says why and how to make one', () => {
    expect(blamed({ DATABASE_URL })).toEqual(['SECRET_KEY']);
    expect(complaint({ DATABASE_URL })).toMatch(
      /SECRET_KEY: expected 32 or more random characters.*openssl.*because DATABASE_URL is set/,
    );
  });

  test.each([
    'too-short',
    'change-me-change-me-change-me-1234567890',
    'this-is-an-example-key-1234567890abcdef',
    'your-secret-key-goes-here-0123456789',
    'a'.repeat(64),
    '12'.repeat(20),
  ])('"%s" is no key, and is not shown', (SECRET_KEY) => {
    expect(blamed({ DATABASE_URL, SECRET_KEY })).toEqual(['SECRET_KEY']);
    expect(blamed({ SECRET_KEY })).toEqual(['SECRET_KEY']);
    expect(complaint({ SECRET_KEY })).not.toContain(SECRET_KEY);
  });
});

describe('what only tests may set', () => {
  const real = { DISCORD_API_URL: 'https://discord.com/api', PLEX_TV_URL: 'https://plex.tv' };

  test.each<[string, Environment]>([
    ['SETTLE_SECONDS', { SETTLE_SECONDS: '119' }],
    ['TEST_CLOCK_FILE', { TEST_CLOCK_FILE: '/tmp/offset' }],
    ['PLEX_WRITES_PER_SECOND', { PLEX_WRITES_PER_SECOND: '0' }],
  ])('%s is refused without both simulators on this machine', (variable, environment) => {
    expect(blamed(environment)).toEqual([variable]);
    expect(blamed({ ...environment, ...real })).toEqual([variable]);
    expect(blamed({ ...environment, ...SIMULATED })).toEqual([]);
    expect(blamed({ ...environment, ...SIMULATED, PLEX_TV_URL: real.PLEX_TV_URL })).toEqual([
      variable,
    ]);
  });

  test.each(['SETTLE_SECONDS', 'TEST_CLOCK_FILE'])('%s is refused for the real Discord', (name) => {
    const environment = { [name]: '5', PLEX_TV_URL: SIMULATED.PLEX_TV_URL };
    expect(blamed(environment)).toEqual([name]);
    expect(blamed({ ...environment, DISCORD_API_URL: real.DISCORD_API_URL })).toEqual([name]);
  });

  test.each(['http://127.0.0.1:1', 'http://127.8.8.8', 'http://localhost:1', 'http://[::1]:1'])(
    '%s is this machine',
    (address) => {
      const both = { DISCORD_API_URL: address, PLEX_TV_URL: address };
      expect(blamed({ ...both, SETTLE_SECONDS: '5' })).toEqual([]);
    },
  );

  test.each([
    'http://127.0.0.1.example.org',
    'http://127.example.org',
    'http://localhost.example.org',
    'http://127.0.0.1@example.org',
    'http://10.0.0.1',
    'http://0.0.0.0',
  ])('%s is not this machine', (address) => {
    const both = { DISCORD_API_URL: address, PLEX_TV_URL: address };
    expect(blamed({ ...both, SETTLE_SECONDS: '5' })).toEqual(['SETTLE_SECONDS']);
  });

  test('SETTLE_SECONDS of two minutes or more needs no simulator', () => {
    expect(configOf({ SETTLE_SECONDS: '120' }).settleSeconds).toBe(120);
  });
});

describe('the program', () => {
  const main = fileURLToPath(new URL('../dist/src/main.js', import.meta.url));
  const start = (environment: Record<string, string>) =>
    spawnSync(process.execPath, [main], {
      cwd: folder,
      env: environment,
      encoding: 'utf8',
      timeout: 20_000,
    });

  test('without an environment ends with 78 and says what is missing', () => {
    const { status, stderr, stdout } = start({});
    expect(status).toBe(EXIT_CONFIG);
    expect(stderr).toContain('DISCORD_TOKEN: expected the bot token');
    expect(stderr).not.toContain('    at ');
    expect(stdout).toBe('');
  });

  test('with a wrong one ends with 78 and prints no secret', () => {
    const { status, stderr } = start({ DISCORD_TOKEN: TOKEN, DATABASE_URL: 'hunter2hunter2' });
    expect(status).toBe(78);
    expect(stderr).toContain('DATABASE_URL');
    expect(stderr).not.toContain(TOKEN);
    expect(stderr).not.toContain('hunter2');
  });

  test('reads a file .env in its folder', () => {
    writeFileSync(join(folder, '.env'), `DISCORD_TOKEN=${TOKEN}\nGUILD_ID=from-the-file\n`);
    const { status, stderr } = start({});
    rmSync(join(folder, '.env'));
    expect(status).toBe(78);
    expect(stderr).toContain('got "from-the-file"');
    expect(stderr).not.toContain('DISCORD_TOKEN');
  });

  test('without a database that answers says so, and is worth another try', () => {
    const { status, stdout } = start({
      DISCORD_TOKEN: TOKEN,
      DATABASE_URL: 'postgres://usher:hunter2@127.0.0.1:1/usher',
      SECRET_KEY: 'a key that only this test knows, long enough',
    });
    expect(stdout).toContain(
      '"msg":"PostgreSQL does not answer. Does it run, and is DATABASE_URL right?"',
    );
    expect(status).toBe(EXIT_BROKEN);
  });
});

describe('the embedded PostgreSQL', () => {
  test('of another major version ends the program with 78, and a sentence', () => {
    const main = fileURLToPath(new URL('../dist/src/main.js', import.meta.url));
    const data = mkdtempSync(join(folder, 'data-'));
    mkdirSync(join(data, 'postgres/data'), { recursive: true });
    writeFileSync(join(data, 'postgres/data/PG_VERSION'), '19\n');
    writeFileSync(join(data, 'postgres/password'), 'kept', { mode: 0o600 });
    const { status, stdout } = spawnSync(process.execPath, [main], {
      cwd: folder,
      env: { PATH: process.env.PATH, DISCORD_TOKEN: TOKEN, DATA_DIR: data },
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(stdout).toContain('was made by PostgreSQL 19');
    expect(status).toBe(EXIT_CONFIG);
    expect(readdirSync(join(data, 'postgres/data'))).toEqual(['PG_VERSION']);
  });
});

describe('misspelt variables', () => {
  test('do not include one whose own name ends in _FILE', () => {
    expect(misspelt(['TEST_CLOCK_FILE'])).toEqual([]);
  });

  test.each([
    ['PLEX_TOKN', 'PLEX_TOKEN'],
    ['Guild_ID', 'GUILD_ID'],
    ['ADMIN_ROLES_IDS', 'ADMIN_ROLE_IDS'],
  ])('%s is pointed out as %s', (variable, meant) => {
    expect(misspelt([variable])).toEqual([{ variable, meant }]);
  });

  test('are not those of Usher, nor of anybody else', () => {
    expect(misspelt(['PLEX_TOKEN', 'DISCORD_TOKEN_FILE', 'PATH', 'HOME', 'NODE_ENV'])).toEqual([]);
  });
});

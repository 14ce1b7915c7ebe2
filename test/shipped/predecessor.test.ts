import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import { commands } from '../../src/commands/registry.js';
import { powerName } from '../../src/core/power.js';
import { read, root } from './files.js';

// What Usher's predecessor got wrong and its files show, by the numbers of docs/parity.md.

/** Every file of the project that is text. */
const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((name) => name !== '' && !/\.(?:png|ico|dump)$/.test(name));
const program = files.filter((name) => /^(?:src|scripts)\//.test(name));

/** Who has what matches. */
const having = (pattern: RegExp, names: readonly string[]): readonly string[] =>
  names.filter((name) => pattern.test(read(name)));

/** Which variables are not as they should be. */
function mistakesIn(env: NodeJS.ProcessEnv): readonly string[] {
  const read = readConfig(env);
  return 'mistakes' in read ? read.mistakes.map(({ variable }) => variable) : [];
}

test('fault 11: no private key is in the repository', () => {
  expect(files.length).toBeGreaterThan(500);
  expect(files.filter((name) => /\.(?:pem|key|p12|pfx|jks)$|(?:^|\/)\.env$/.test(name))).toEqual(
    [],
  );
  expect(having(/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/, files)).toEqual([]);
});

test('fault 14: nothing switches the verification of TLS off', () => {
  const off =
    /rejectUnauthorized|NODE_TLS_REJECT|checkServerIdentity|sslmode=(?:no-verify|disable)/;
  expect(program.length).toBeGreaterThan(100);
  const shipped = files.filter((name) =>
    /^(?:Dockerfile|compose\.yaml|package\.json|\.env\.example|\.npmrc)$/.test(name),
  );
  expect(having(off, [...program, ...shipped])).toEqual([]);
});

test('fault 15: there are no credentials but those that somebody gave', () => {
  const given = read('.env.example').matchAll(
    /^#?\s*(\w*(?:TOKEN|KEY|PASSWORD|SECRET)\w*)=(.*)$/gm,
  );
  const filled = [...given].filter(([, , value]) => (value ?? '').trim() !== '');
  expect(filled.map(([line]) => line)).toEqual([]);
  expect(mistakesIn({})).toEqual(['DISCORD_TOKEN']);
  expect(readConfig({ DISCORD_TOKEN: 'a-token' })).toMatchObject({
    config: { secretKey: null, databaseUrl: null, mongoUri: null, plex: { server: null } },
  });
});

test('fault 16: no example is taken for a secret, and nothing listens unless it is told to', () => {
  const database = { DISCORD_TOKEN: 'a-token', DATABASE_URL: 'postgres://u:p@127.0.0.1/d' };
  const keys = ['change-me-change-me-change-me-change-me', 'x'.repeat(40), 'short'];
  for (const SECRET_KEY of keys) {
    expect(mistakesIn({ ...database, SECRET_KEY }), SECRET_KEY).toEqual(['SECRET_KEY']);
  }
  const config = { healthPort: null };
  expect(readConfig({ DISCORD_TOKEN: 'a-token' })).toMatchObject({ config });
  expect(commands.filter(({ name }) => /debug|eval|exec/.test(name))).toEqual([]);
});

test('fault 32: nothing is promised to a power that the command refuses', () => {
  const rows = [...read('README.md').matchAll(/^\| (`\/[^|]*(?:\\\|[^|]*)*)\| ([^|]+)\|/gm)];
  const promised = rows.flatMap(([, names = '', who = '']) =>
    [...names.matchAll(/`\/([^`]+)`/g)].map(([, words]) => ({ words: words ?? '', who })),
  );
  const of = ({ words }: { readonly words: string }) =>
    commands.find(({ name }) => `${words} `.startsWith(`${name} `));
  const wrong = promised.filter((one) => {
    const allow = of(one)?.allow ?? 'everyone';
    return !one.who.includes(allow === 'everyone' ? 'everyone' : powerName[allow]);
  });
  expect(new Set(promised.map((one) => of(one)?.name)).size).toBe(commands.length);
  expect(wrong).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { config as readDotenv } from 'dotenv';
import type { ChannelId, GuildId, RoleId } from './core/model.js';
import { EXIT_CONFIG } from './exitCodes.js';
import { schema, together } from './variables.js';
import type { Mistake, Rule, Variables } from './variables.js';

/** The environment, checked. */
export interface Config {
  readonly discord: {
    readonly token: string;
    readonly apiUrl: string | null;
    readonly guildId: GuildId | null;
    readonly auditChannelId: ChannelId | null;
    readonly roles: Readonly<Record<'admin' | 'moderator' | 'auditor', readonly RoleId[] | null>>;
  };
  readonly plex: {
    /** null: nothing is connected by environment. */
    readonly server: { readonly url: string; readonly token: string } | null;
    readonly tvUrl: string;
    readonly clientsUrl: string;
    /** Where people log in. */
    readonly appUrl: string;
    readonly writesPerSecond: number;
  };
  /** null: an embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | null;
  /** What stored tokens are encrypted with; null: a key in `dataDir`, made once. Never null with a `databaseUrl`. */
  readonly secretKey: string | null;
  readonly mongoUri: string | null;
  readonly dataDir: string;
  readonly timeZone: string | null;
  readonly healthPort: number | null;
  readonly logLevel: string;
  readonly settleSeconds: number;
  readonly testClockFile: string | null;
  /** Everything that must never be printed. */
  readonly secrets: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const SECRETS = [
  'DISCORD_TOKEN',
  'PLEX_TOKEN',
  'DATABASE_URL',
  'MONGODB_URI',
  'SECRET_KEY',
] as const;
/** Secrets may be given as files: `NAME_FILE` holds the path. Empty variables count as not set. */
function withFiles(
  environment: Environment,
  wanted: readonly string[],
  mistakes: Mistake[],
): Record<string, string> {
  const set = Object.entries(environment).filter(([, text]) => text !== undefined && text !== '');
  const all = Object.fromEntries(set) as Record<string, string>;
  for (const name of SECRETS.filter((secret) => wanted.includes(secret))) {
    const path = all[`${name}_FILE`];
    if (path === undefined) continue;
    try {
      const text = readFileSync(path, 'utf8').trim();
      if (text !== '') all[name] = text;
      else
        mistakes.push({ variable: `${name}_FILE`, expected: 'a file with text', got: 'nothing' });
    } catch {
      mistakes.push({ variable: `${name}_FILE`, expected: 'a file that can be read', got: path });
    }
  }
  return all;
}

function described(variable: string, text: string | undefined): string {
  if (text === undefined) return 'nothing';
  const isSecret = (SECRETS as readonly string[]).includes(variable);
  return isSecret ? `${text.length} characters, not shown` : `"${withoutSecrets(text)}"`;
}

/** What an address may carry beside the address: who logs in, and what is asked. */
const withoutSecrets = (text: string): string =>
  text.replace(/\/\/[^/@]*@/, '//•••@').replace(/[?#].*/, '?•••');

/** These variables, each judged by itself; a malformed one is among the mistakes and not among the values. */
function read(environment: Environment, wanted: readonly (keyof Variables)[]) {
  const mistakes: Mistake[] = [];
  const all = withFiles(environment, wanted, mistakes);
  const values: Record<string, unknown> = {};
  for (const variable of wanted) {
    const kind = schema.shape[variable];
    const result = kind.safeParse(all[variable]);
    if (result.success) values[variable] = result.data;
    else {
      const expected = result.error.issues[0]?.message ?? 'something else';
      mistakes.push({ variable, expected, got: described(variable, all[variable]) });
    }
  }
  return { values, mistakes };
}

/** Reads the environment; all mistakes together, or the config. */
export function readConfig(
  environment: Environment,
): { readonly config: Config } | { readonly mistakes: readonly Mistake[] } {
  const wanted = Object.keys(schema.shape) as (keyof Variables)[];
  const { values, mistakes } = read(environment, wanted);
  const v = values as Variables;
  const isReadable = (rule: Rule) => rule.about.every((variable) => variable in values);
  mistakes.push(
    ...together
      .filter(isReadable)
      .map((rule) => rule.judge(v))
      .filter((mistake) => mistake !== null),
  );
  return mistakes.length > 0 ? { mistakes } : { config: configOf(v) };
}

function configOf(v: Variables): Config {
  const tvUrl = v.PLEX_TV_URL ?? 'https://plex.tv';
  const roles = (list: string[] | undefined) => (list as RoleId[] | undefined) ?? null;
  const server =
    v.PLEX_URL === undefined || v.PLEX_TOKEN === undefined
      ? null
      : { url: v.PLEX_URL, token: v.PLEX_TOKEN };
  return Object.freeze({
    discord: {
      token: v.DISCORD_TOKEN,
      apiUrl: v.DISCORD_API_URL ?? null,
      guildId: (v.GUILD_ID as GuildId | undefined) ?? null,
      auditChannelId: (v.AUDIT_CHANNEL_ID as ChannelId | undefined) ?? null,
      roles: {
        admin: roles(v.ADMIN_ROLE_IDS),
        moderator: roles(v.MODERATOR_ROLE_IDS),
        auditor: roles(v.AUDITOR_ROLE_IDS),
      },
    },
    plex: {
      server,
      tvUrl,
      clientsUrl: v.PLEX_CLIENTS_URL ?? v.PLEX_TV_URL ?? 'https://clients.plex.tv',
      appUrl: v.PLEX_APP_URL ?? 'https://app.plex.tv',
      writesPerSecond: v.PLEX_WRITES_PER_SECOND,
    },
    databaseUrl: v.DATABASE_URL ?? null,
    secretKey: v.SECRET_KEY ?? null,
    mongoUri: v.MONGODB_URI ?? null,
    dataDir: v.DATA_DIR,
    timeZone: v.TIME_ZONE ?? null,
    healthPort: v.HEALTH_PORT ?? null,
    logLevel: v.LOG_LEVEL,
    settleSeconds: v.SETTLE_SECONDS,
    testClockFile: v.TEST_CLOCK_FILE ?? null,
    secrets: SECRETS.map((name) => v[name]).filter((text) => text !== undefined),
  });
}

/** Where Usher's data is: all that backup and restore need, so that they work before anything else is set. */
export type DataPlace = Pick<Config, 'databaseUrl' | 'dataDir'>;

/** Reads where the data is; all mistakes together, or the place. */
export function readDataPlace(
  environment: Environment,
): { readonly place: DataPlace } | { readonly mistakes: readonly Mistake[] } {
  const { values, mistakes } = read(environment, ['DATABASE_URL', 'DATA_DIR']);
  if (mistakes.length > 0) return { mistakes };
  const v = values as Pick<Variables, 'DATABASE_URL' | 'DATA_DIR'>;
  return { place: { databaseUrl: v.DATABASE_URL ?? null, dataDir: v.DATA_DIR } };
}

/** The mistakes as people read them, one a line. */
export const tellMistakes = (mistakes: readonly Mistake[]): string =>
  [
    'Usher cannot start with this configuration:',
    ...mistakes.map((m) => `  ${m.variable}: expected ${m.expected}; got ${m.got}`),
    'See .env.example for what each variable means.',
  ].join('\n');

/** `.env` and the environment; ends the process when they cannot be used. */
export function loadConfig(): Config {
  readDotenv({ quiet: true });
  const result = readConfig(process.env);
  if ('config' in result) return result.config;
  return endWith(result.mistakes);
}

/** Where the data is, by `.env` and the environment; ends the process when they cannot be used. */
export function loadDataPlace(): DataPlace {
  readDotenv({ quiet: true });
  const result = readDataPlace(process.env);
  if ('place' in result) return result.place;
  return endWith(result.mistakes);
}

function endWith(mistakes: readonly Mistake[]): never {
  console.error(tellMistakes(mistakes));
  process.exit(EXIT_CONFIG);
}

import { readFileSync } from 'node:fs';
import { config as readDotenv } from 'dotenv';
import { z } from 'zod';
import type { ChannelId, GuildId, RoleId } from './core/model.js';

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
    readonly writesPerSecond: number;
  };
  /** null: an embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | null;
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

/** One variable that is not as it should be. Secrets are described, never shown. */
export interface Mistake {
  readonly variable: string;
  readonly expected: string;
  readonly got: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const SECRETS = ['DISCORD_TOKEN', 'PLEX_TOKEN', 'DATABASE_URL', 'MONGODB_URI'] as const;
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const SAFE_SETTLE_SECONDS = 120;

const isZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

const isLoopback = (url: string | undefined): boolean => {
  if (url === undefined) return false;
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
};

const id = z.string().regex(/^\d{17,20}$/, 'a Discord id: 17 to 20 digits');
const ids = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .pipe(z.array(id, 'Discord ids with commas between them'));
const url = z
  .url({ protocol: /^https?$/, error: 'an address that begins with http:// or https://' })
  .transform((text) => text.replace(/\/+$/, ''));
const scheme = (pattern: RegExp, expected: string) => z.string().regex(pattern, expected);
const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, `a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((n) => n >= least && n <= most, `a whole number from ${least} to ${most}`);

const schema = z.object({
  DISCORD_TOKEN: z.string('the bot token from the Discord developer portal'),
  DISCORD_API_URL: url.optional(),
  GUILD_ID: id.optional(),
  AUDIT_CHANNEL_ID: id.optional(),
  ADMIN_ROLE_IDS: ids.optional(),
  MODERATOR_ROLE_IDS: ids.optional(),
  AUDITOR_ROLE_IDS: ids.optional(),
  PLEX_URL: url.optional(),
  PLEX_TOKEN: z.string().min(4, 'a Plex token').optional(),
  PLEX_TV_URL: url.optional(),
  PLEX_CLIENTS_URL: url.optional(),
  PLEX_WRITES_PER_SECOND: z
    .string()
    .refine(
      (text) => text.trim() !== '' && Number(text) >= 0 && Number(text) <= 100,
      'a number from 0 to 100',
    )
    .transform(Number)
    .default(1),
  DATABASE_URL: scheme(/^postgres(ql)?:\/\//, 'an address that begins with postgres://').optional(),
  MONGODB_URI: scheme(/^mongodb(\+srv)?:\/\//, 'an address that begins with mongodb://').optional(),
  DATA_DIR: z.string().default('./data'),
  TIME_ZONE: z.string().refine(isZone, 'a time zone such as Europe/Berlin').optional(),
  HEALTH_PORT: whole(1, 65535).optional(),
  LOG_LEVEL: z.enum(LEVELS, `one of ${LEVELS.join(', ')}`).default('info'),
  SETTLE_SECONDS: whole(1, 3600).default(SAFE_SETTLE_SECONDS),
  TEST_CLOCK_FILE: z.string().optional(),
});

type Variables = z.infer<typeof schema>;

/** What one variable means together with others. */
const together: readonly ((v: Variables) => Mistake | null)[] = [
  (v) =>
    (v.PLEX_URL === undefined) === (v.PLEX_TOKEN === undefined)
      ? null
      : {
          variable: v.PLEX_URL === undefined ? 'PLEX_URL' : 'PLEX_TOKEN',
          expected: 'PLEX_URL and PLEX_TOKEN, both or neither',
          got: 'nothing',
        },
  (v) =>
    v.PLEX_WRITES_PER_SECOND > 0 || isLoopback(v.PLEX_TV_URL)
      ? null
      : onlyLoopback('PLEX_WRITES_PER_SECOND', 'more than 0', '0'),
  (v) =>
    v.SETTLE_SECONDS >= SAFE_SETTLE_SECONDS || isTest(v)
      ? null
      : onlyLoopback('SETTLE_SECONDS', `${SAFE_SETTLE_SECONDS} or more`, String(v.SETTLE_SECONDS)),
  (v) =>
    v.TEST_CLOCK_FILE === undefined || isTest(v)
      ? null
      : onlyLoopback('TEST_CLOCK_FILE', 'nothing', 'a file'),
];

const isTest = (v: Variables): boolean =>
  isLoopback(v.DISCORD_API_URL) && isLoopback(v.PLEX_TV_URL);

const onlyLoopback = (variable: string, expected: string, got: string): Mistake => ({
  variable,
  expected: `${expected} (anything else only against simulators on this machine)`,
  got,
});

/** Secrets may be given as files: `NAME_FILE` holds the path. Empty variables count as not set. */
function withFiles(environment: Environment, mistakes: Mistake[]): Record<string, string> {
  const set = Object.entries(environment).filter(([, text]) => text !== undefined && text !== '');
  const all = Object.fromEntries(set) as Record<string, string>;
  for (const name of SECRETS) {
    const path = all[`${name}_FILE`];
    if (path === undefined) continue;
    try {
      all[name] = readFileSync(path, 'utf8').trim();
    } catch {
      mistakes.push({ variable: `${name}_FILE`, expected: 'a file that can be read', got: path });
    }
  }
  return all;
}

function described(variable: string, text: string | undefined): string {
  if (text === undefined) return 'nothing';
  const isSecret = (SECRETS as readonly string[]).includes(variable);
  return isSecret ? `${text.length} characters, not shown` : `"${text}"`;
}

/** Reads the environment; all mistakes together, or the config. */
export function readConfig(
  environment: Environment,
): { readonly config: Config } | { readonly mistakes: readonly Mistake[] } {
  const mistakes: Mistake[] = [];
  const all = withFiles(environment, mistakes);
  const result = schema.safeParse(all);
  if (!result.success) {
    for (const issue of result.error.issues) {
      const variable = String(issue.path[0]);
      mistakes.push({ variable, expected: issue.message, got: described(variable, all[variable]) });
    }
    return { mistakes };
  }
  mistakes.push(...together.map((rule) => rule(result.data)).filter((mistake) => mistake !== null));
  return mistakes.length > 0 ? { mistakes } : { config: configOf(result.data) };
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
      writesPerSecond: v.PLEX_WRITES_PER_SECOND,
    },
    databaseUrl: v.DATABASE_URL ?? null,
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

/** Exit code of a wrong configuration: restarting cannot help. */
export const EXIT_CONFIG = 78;

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
  console.error(tellMistakes(result.mistakes));
  process.exit(EXIT_CONFIG);
}

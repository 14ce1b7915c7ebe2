import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';

/** One variable that is not as it should be. Secrets are described, never shown. */
export interface Mistake {
  readonly variable: string;
  readonly expected: string;
  readonly got: string;
}

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
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
};

const SHORTEST_KEY = 32;
const RANDOM_KEY = `${SHORTEST_KEY} or more random characters of your own (openssl rand -base64 32 makes some)`;
const FEWEST_DIFFERENT = 8;

/** What stands in examples, or was typed to get past the rule. */
const isSample = (key: string): boolean =>
  /change.?me|example|sample|your.?(secret|key)|replace|placeholder|secret.?key/i.test(key) ||
  new Set(key).size < FEWEST_DIFFERENT;

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

/** Each variable of the environment, by itself. */
export const schema = z.object({
  DISCORD_TOKEN: z.string('the bot token from the Discord developer portal'),
  DISCORD_API_URL: url.optional(),
  GUILD_ID: id.optional(),
  AUDIT_CHANNEL_ID: id.optional(),
  ADMIN_ROLE_IDS: ids.optional(),
  MODERATOR_ROLE_IDS: ids.optional(),
  AUDITOR_ROLE_IDS: ids.optional(),
  PLEX_URL: url.optional(),
  PLEX_TOKEN: z.string().regex(/^\S+$/, 'a Plex token, without spaces').optional(),
  PLEX_TV_URL: url.optional(),
  PLEX_CLIENTS_URL: url.optional(),
  PLEX_APP_URL: url.optional(),
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
  SECRET_KEY: z
    .string()
    .refine((text) => text.length >= SHORTEST_KEY && !isSample(text), RANDOM_KEY)
    .optional(),
  DATA_DIR: z.string().default('./data'),
  TIME_ZONE: z.string().refine(isZone, 'a time zone such as Europe/Berlin').optional(),
  HEALTH_PORT: whole(1, 65535).optional(),
  LOG_LEVEL: z.enum(LEVELS, `one of ${LEVELS.join(', ')}`).default('info'),
  SETTLE_SECONDS: whole(1, 3600).default(SAFE_SETTLE_SECONDS),
  TEST_CLOCK_FILE: z.string().optional(),
});

/** The environment as read. */
export type Variables = z.infer<typeof schema>;

/** What variables mean together: each rule is judged when none of them is malformed by itself. */
export interface Rule {
  readonly about: readonly (keyof Variables)[];
  readonly judge: (v: Variables) => Mistake | null;
}

export const together: readonly Rule[] = [
  {
    about: ['PLEX_URL', 'PLEX_TOKEN'],
    judge: (v) =>
      (v.PLEX_URL === undefined) === (v.PLEX_TOKEN === undefined)
        ? null
        : {
            variable: v.PLEX_URL === undefined ? 'PLEX_URL' : 'PLEX_TOKEN',
            expected: 'PLEX_URL and PLEX_TOKEN, both or neither',
            got: 'nothing',
          },
  },
  {
    about: ['DATABASE_URL', 'SECRET_KEY'],
    judge: (v) =>
      v.DATABASE_URL === undefined || v.SECRET_KEY !== undefined
        ? null
        : {
            variable: 'SECRET_KEY',
            expected: `${RANDOM_KEY}, because DATABASE_URL is set: Plex tokens are stored encrypted`,
            got: 'nothing',
          },
  },
  {
    about: ['PLEX_WRITES_PER_SECOND', 'PLEX_TV_URL'],
    judge: (v) =>
      v.PLEX_WRITES_PER_SECOND > 0 || isLoopback(v.PLEX_TV_URL)
        ? null
        : onlyLoopback('PLEX_WRITES_PER_SECOND', 'more than 0', '0'),
  },
  {
    about: ['SETTLE_SECONDS', 'DISCORD_API_URL', 'PLEX_TV_URL'],
    judge: (v) =>
      v.SETTLE_SECONDS >= SAFE_SETTLE_SECONDS || isTest(v)
        ? null
        : onlyLoopback(
            'SETTLE_SECONDS',
            `${SAFE_SETTLE_SECONDS} or more`,
            String(v.SETTLE_SECONDS),
          ),
  },
  {
    about: ['TEST_CLOCK_FILE', 'DISCORD_API_URL', 'PLEX_TV_URL'],
    judge: (v) =>
      v.TEST_CLOCK_FILE === undefined || isTest(v)
        ? null
        : onlyLoopback('TEST_CLOCK_FILE', 'nothing', 'a file'),
  },
];

const isTest = (v: Variables): boolean =>
  isLoopback(v.DISCORD_API_URL) && isLoopback(v.PLEX_TV_URL);

const onlyLoopback = (variable: string, expected: string, got: string): Mistake => ({
  variable,
  expected: `${expected} (anything else only against simulators on this machine)`,
  got,
});

/** A variable that is none, and the one it was probably meant to be. */
export interface Misspelt {
  readonly variable: string;
  readonly meant: string;
}

const FARTHEST = 2;

/** Variables that nobody reads and that are spelt nearly like one that somebody does; values do not matter. */
export function misspelt(names: readonly string[]): readonly Misspelt[] {
  const known = Object.keys(schema.shape);
  const isKnown = (name: string) =>
    known.includes(name) || known.includes(name.replace(/_FILE$/, ''));
  return names
    .filter((name) => !isKnown(name))
    .flatMap((variable) => {
      const meant = closest(variable.toUpperCase(), known);
      return distance(variable.toUpperCase(), meant) <= FARTHEST ? { variable, meant } : [];
    });
}

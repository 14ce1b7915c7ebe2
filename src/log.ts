import pino from 'pino';

type Fields = Readonly<Record<string, unknown>>;

/** Structured log lines on stdout, one JSON object each. Tokens and e-mail addresses never reach it. */
export interface Log {
  debug(fields: Fields, msg: string): void;
  info(fields: Fields, msg: string): void;
  warn(fields: Fields, msg: string): void;
  error(fields: Fields, msg: string): void;
  /** Printed at any level: what scripts wait for. */
  always(fields: Fields, msg: string): void;
}

/** The log as its makers hold it. */
export interface OwnLog extends Log {
  /** From now on this text is masked wherever it appears: a token that came while running. */
  hide(secret: string): void;
}

const ADDRESS =
  /([\p{L}\d])[\p{L}\d._%+-]*@([\p{L}\d])[\p{L}\d-]*(?:\.[\p{L}\d-]+)*(\.\p{L}{2,})/gu;
const SECRET_KEY = /token|password|secret|authorization|cookie/i;
const DEEPEST = 6;
const SHORTEST_SECRET = 4;

/** Masks what must not be read by whoever reads logs: the secrets known by then, and anything that looks like an address. */
export function masker(secrets: readonly string[]): (text: string) => string {
  return (text) =>
    secrets
      .filter((secret) => secret.length >= SHORTEST_SECRET)
      .reduce((masked, secret) => masked.replaceAll(secret, '•••'), text)
      .replace(ADDRESS, '$1•••@$2•••$3');
}

function clean(value: unknown, mask: (text: string) => string, depth = 0): unknown {
  if (typeof value === 'string') return mask(value);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  if (depth >= DEEPEST) return '…';
  if (Array.isArray(value)) return value.map((part) => clean(part, mask, depth + 1));
  const error = value instanceof Error ? errorFields(value) : {};
  const entries = Object.entries({ ...error, ...value }).map(([name, part]) => [
    mask(name),
    SECRET_KEY.test(name) ? '•••' : clean(part, mask, depth + 1),
  ]);
  return Object.fromEntries(entries) as unknown;
}

/** A refusal of the domain or an outage is told without a stack; a bug with it. */
function errorFields(error: Error): Fields {
  const expected =
    error.name === 'UserError' || error.name === 'Outage' || error.name.startsWith('Plex');
  const cause = error.cause === undefined ? {} : { cause: error.cause };
  return {
    type: error.name,
    message: error.message,
    ...(expected ? {} : { stack: error.stack }),
    ...cause,
  };
}

/** Makes the log of this process. `secrets` are masked wherever they appear. */
export function createLog({
  level,
  secrets,
}: {
  level: string;
  secrets: readonly string[];
}): OwnLog {
  const hidden = [...secrets];
  const mask = masker(hidden);
  // What is logged is clean already: pino's own idea of an error would undo that.
  const settings = {
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: unknown) => error },
  };
  const lines = pino({ ...settings, level });
  const always = pino({ ...settings, level: 'info' });
  const safe = (fields: Fields) => clean(fields, mask) as object;
  return {
    debug: (fields, msg) => lines.debug(safe(fields), mask(msg)),
    info: (fields, msg) => lines.info(safe(fields), mask(msg)),
    warn: (fields, msg) => lines.warn(safe(fields), mask(msg)),
    error: (fields, msg) => lines.error(safe(fields), mask(msg)),
    always: (fields, msg) => always.info(safe(fields), mask(msg)),
    hide: (secret) => {
      if (!hidden.includes(secret)) hidden.push(secret);
    },
  };
}

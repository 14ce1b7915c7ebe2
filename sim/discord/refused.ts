import type { Answer } from '../common/server.js';
import type { FieldError } from './spec.js';

type Nested = { [key: string]: Nested } | { _errors: { code: string; message: string }[] };

/** What an answer says beside its words. */
interface Said {
  readonly message: string;
  readonly errors?: Nested;
  /** In place of the usual one. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Discord says no: a status, its code and its words. */
export class Refused extends Error {
  private readonly said: Said;

  constructor(
    readonly status: number,
    readonly code: number,
    said: string | Said,
  ) {
    super(typeof said === 'string' ? said : said.message);
    this.said = typeof said === 'string' ? { message: said } : said;
  }

  get answer(): Answer {
    const { message, errors, body, headers = {} } = this.said;
    const usual = { message, code: this.code, ...(errors ? { errors } : {}) };
    return { status: this.status, headers, body: body ?? usual };
  }
}

/** "Invalid Form Body", with its rules nested where they were broken, as Discord nests them. */
export const invalidBody = (errors: readonly FieldError[]): Refused =>
  new Refused(400, 50035, { message: 'Invalid Form Body', errors: nested(errors) });

/** For a single rule. */
export const invalid = (why: string, ...path: string[]): Refused => invalidBody([{ path, why }]);

function nested(errors: readonly FieldError[]): Nested {
  const root: Record<string, unknown> = {};
  // Discord never puts rules on a part and on what is inside it: the outer one is told.
  for (const error of errors.toSorted((a, b) => a.path.length - b.path.length)) {
    const { path, why, code = 'INVALID' } = error;
    let at: Record<string, unknown> | null = root;
    for (const key of path.map(String)) {
      at = at && !('_errors' in at) ? ((at[key] ??= {}) as Record<string, unknown>) : null;
    }
    if (at) at._errors = [...((at._errors ?? []) as unknown[]), { code, message: why }];
  }
  return root as Nested;
}

/** What people are told when PostgreSQL is not there. */
export const UNREACHABLE = 'PostgreSQL does not answer. Does it run, and is DATABASE_URL right?';

/** Whether an error says that nobody answered, as opposed to an answer that was no. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isUnreachable);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ECONNRESET)$/.test(code);
}

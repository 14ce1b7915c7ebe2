import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks within a time; null when there was no answer, or an error. While an earlier question is open no other is sent,
 * so that one who asks every second does not use up the connections of a database that hangs.
 */
export function bounded<T>(ask: () => Promise<T> | T, withinMs: number): () => Promise<T | null> {
  let open: Promise<T | null> | null = null;
  return async () => {
    open ??= Promise.resolve()
      .then(ask)
      .catch(() => null)
      .finally(() => (open = null));
    const over = new AbortController();
    const late = sleep(withinMs, null, { signal: over.signal }).catch(() => null);
    return Promise.race([open, late]).finally(() => over.abort());
  };
}

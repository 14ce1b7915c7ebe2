import { EventEmitter } from 'node:events';

/** One request as the log shows it. */
export interface Entry {
  readonly seq: number;
  /** Epoch ms at arrival. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** null while open, and for ever when the socket was reset. */
  status: number | null;
  fault?: unknown;
}

export interface Problems {
  readonly unknownRoutes: string[];
  readonly refused: { seq: number; code: number; why: string }[];
  readonly invalid: { seq: number; dir: 'in' | 'out'; schema: string; errors: readonly string[] }[];
}

const MASK = '***';
const SECRET = /^(x-plex-token|token|accesstoken|invitetoken|authtoken)$/i;

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, SECRET.test(key) ? MASK : masked(part)]),
  );
}

/** Discord's interaction tokens stand in paths. */
const maskedPath = (path: string): string =>
  path.replace(/(\/(?:interactions|webhooks)\/\d+\/)[^/]+/, `$1${MASK}`);

/** What was asked, what was wrong with it, and everybody who wants to hear of it at once. */
export class Journal {
  readonly events = new EventEmitter().setMaxListeners(0);
  private entries: Entry[] = [];
  private last = 0;
  private found: Problems = { unknownRoutes: [], refused: [], invalid: [] };

  open(request: Omit<Entry, 'seq' | 'at' | 'status'>): Entry {
    this.last += 1;
    const entry: Entry = {
      seq: this.last,
      at: Date.now(),
      method: request.method,
      path: maskedPath(request.path),
      query: masked(request.query) as Record<string, string>,
      body: masked(request.body) ?? null,
      status: null,
    };
    this.entries.push(entry);
    return entry;
  }

  close(entry: Entry, status: number | null): void {
    entry.status = status;
    this.events.emit('event', 'log', entry);
  }

  after(seq: number): { last: number; entries: readonly Entry[] } {
    return { last: this.last, entries: this.entries.filter((entry) => entry.seq > seq) };
  }

  empty(): void {
    this.entries = [];
    this.found = { unknownRoutes: [], refused: [], invalid: [] };
  }

  get problems(): Problems {
    return this.found;
  }
}

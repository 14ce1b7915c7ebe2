import { z } from 'zod';

const effect = z.strictObject({
  status: z.number().int().min(200).max(599).optional(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  hangMs: z.number().min(0).optional(),
  drop: z.boolean().optional(),
  lose: z.boolean().optional(),
  applyThen: z.number().int().optional(),
  lagMs: z.number().min(0).optional(),
  truncate: z.number().int().min(0).optional(),
  delayMs: z.number().min(0).optional(),
  lateMs: z.number().min(0).optional(),
});

const rule = z.strictObject({
  match: z.strictObject({ method: z.string().optional(), path: z.string().optional() }).default({}),
  after: z.number().int().min(0).default(0),
  times: z.number().int().min(0).default(1),
  do: effect.refine((one) => Object.keys(one).length > 0, 'a fault must do something'),
});

/** What a fault does to a request; `simulators.md` says what each word means. */
export type Effect = z.infer<typeof effect>;

interface Fault extends z.infer<typeof rule> {
  readonly id: number;
  seen: number;
  done: number;
}

/** Faults that wait for requests they match; the oldest one that matches is used. */
export class Faults {
  private readonly faults: Fault[] = [];
  private lastId = 0;

  /** Throws a ZodError for a field that does not exist, or a path that is no pattern. */
  add(body: unknown): { id: number } {
    const parsed = rule.parse(body);
    new RegExp(parsed.match.path ?? '');
    this.lastId += 1;
    this.faults.push({ ...parsed, id: this.lastId, seen: 0, done: 0 });
    return { id: this.lastId };
  }

  list(): readonly Fault[] {
    return this.faults;
  }

  /** Removes one, or all; false when there is none of that id. */
  remove(id: number | null): boolean {
    if (id === null) return this.faults.splice(0).length >= 0;
    const at = this.faults.findIndex((fault) => fault.id === id);
    return at >= 0 && this.faults.splice(at, 1).length === 1;
  }

  /** The fault that befalls this request, if one does; `path` is decoded. */
  take(method: string, path: string): Effect | null {
    for (const fault of this.faults) {
      const { match } = fault;
      if (match.method !== undefined && match.method !== method) continue;
      if (match.path !== undefined && !new RegExp(match.path).test(path)) continue;
      fault.seen += 1;
      if (fault.seen <= fault.after) continue;
      fault.done += 1;
      if (fault.times > 0 && fault.done >= fault.times) this.remove(fault.id);
      return fault.do;
    }
    return null;
  }
}

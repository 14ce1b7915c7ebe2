/** A timed job: what it is called in the store, and what it does with a key. */
export interface Job<Payload, Context> {
  /** Never rename: stored jobs carry it. */
  readonly name: string;
  /** How long one run may take, in ms: after it another process may run it again. */
  readonly lockFor: number;
  /** The payload of a stored job; throws when it is not one. */
  readonly parse: (data: unknown) => Payload;
  run(payload: Payload, context: Context): Promise<void>;
}

/** Declares one job; the payload is a key, never a copy of state, and every run must be safe to do twice. */
export const defineJob = <Payload, Context>(job: Job<Payload, Context>): Job<Payload, Context> =>
  job;

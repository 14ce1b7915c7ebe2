import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EndSeen } from '../core/lateness.js';
import { bounded } from './bounded.js';

/** What is counted at the moment somebody asks; null: it cannot be known now. */
export type Figure = () => Promise<number | null> | number | null;

/** One call to Plex. The route is a pattern: no id or address is in it. */
interface Call {
  readonly method: string;
  readonly route: string;
  readonly status: number | null;
}

/** The first answer to an interaction, by the name it was declared with. */
interface Answered {
  readonly kind: string;
  readonly name: string;
  readonly ms: number;
}

const READ_WITHIN_MS = 2_000;
const ANSWER_SECONDS = [0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3];
const LATE_SECONDS = [0.5, 1, 2, 5, 10, 20, 60, 300, 900, 3600, 86_400];

/** Figures for Prometheus, all about Usher itself: no person, library, server or guild can be told from them. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly calls = new Counter({
    name: 'usher_plex_calls_total',
    help: 'Calls to plex.tv and Plex servers; status "none": no answer',
    labelNames: ['method', 'route', 'status'],
    registers: [this.registry],
  });
  private readonly answers = new Histogram({
    name: 'usher_interaction_answer_seconds',
    help: 'From the arrival of an interaction to the first answer that Discord took',
    labelNames: ['kind', 'name'],
    buckets: ANSWER_SECONDS,
    registers: [this.registry],
  });
  private readonly written = this.lateness('written', 'its last write before that was sent');
  private readonly gone = this.lateness('gone', 'Plex first showed it gone');

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Counted when somebody asks, each within a time; NaN where it cannot be known. */
  gauge(name: string, help: string, figure: Figure): void {
    const read = bounded(figure, READ_WITHIN_MS);
    new Gauge({
      name: `usher_${name}`,
      help,
      registers: [this.registry],
      async collect() {
        this.set((await read()) ?? NaN);
      },
    });
  }

  readonly called = ({ method, route, status }: Call): void => {
    this.calls.inc({ method, route, status: status === null ? 'none' : String(status) });
  };

  readonly answered = ({ kind, name, ms }: Answered): void => {
    this.answers.observe({ kind, name }, ms / 1000);
  };

  readonly ended = (ends: readonly EndSeen[]): void => {
    for (const { dueAt, writtenAt, goneAt } of ends) {
      if (writtenAt !== null) this.written.observe(secondsBetween(dueAt, writtenAt));
      this.gone.observe(secondsBetween(dueAt, goneAt));
    }
  };

  text(): Promise<string> {
    return this.registry.metrics();
  }

  private lateness(name: string, until: string): Histogram {
    return new Histogram({
      name: `usher_end_${name}_seconds`,
      help: `From when the access of a person to a library was due to end until ${until}`,
      buckets: LATE_SECONDS,
      registers: [this.registry],
    });
  }
}

const secondsBetween = (from: Date, to: Date): number => Math.max(0, +to - +from) / 1000;

import type { Journal } from '../common/journal.js';
import type { Answer, Handled, Request, Route } from '../common/server.js';
import { ANSWERS, REFUSAL } from './answers.js';
import { BODIES } from './bodies.js';
import type { Shape } from './bodies.js';
import { Refused } from './plexTv.js';

/** A rule that refuses while a request is decided becomes its answer. */
function refusing<T>(work: () => T): T | Answer {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) return error.answer;
    throw error;
  }
}

/** Writes down what does not have the shape it should, and lets it pass. */
class Checks {
  constructor(
    private readonly journal: Journal,
    private readonly seq: number,
  ) {}

  private note(dir: 'in' | 'out', schema: string, errors: readonly string[]): void {
    this.journal.problems.invalid.push({ seq: this.seq, dir, schema, errors });
  }

  private against(dir: 'in' | 'out', { name, schema }: Shape, value: unknown): void {
    const { success, error } = schema.safeParse(value);
    if (success) return;
    const errors = error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    this.note(dir, name, errors);
  }

  body(shape: Shape | undefined, request: Request): void {
    if (shape === undefined) return;
    this.against('in', shape, request.body);
    const type = request.headers['content-type'] ?? '';
    if (!type.startsWith('application/json'))
      this.note('in', shape.name, [`content-type: "${type}" is not application/json`]);
  }

  answer(shape: Shape | undefined, { status, body }: Answer): void {
    if (body === undefined || typeof body === 'string') return;
    if (status >= 400) this.against('out', REFUSAL, body);
    else if (shape === undefined) this.note('out', 'none', ['no shape is known for this answer']);
    else this.against('out', shape, body);
  }
}

/** A route whose refusals are answers, and whose bodies, in and out, are held against their shapes. */
export function checked(journal: Journal): (route: Route) => Route {
  return (route) => {
    const place = route.path.replace(/^\/pms\/[^/]+/, '');
    const name = `${route.method} ${place === '' ? '/' : place}`;
    const [body, answer] = [BODIES[name], ANSWERS[name]];
    const handle = (request: Request): Handled => {
      const checks = new Checks(journal, request.seq);
      checks.body(body, request);
      const seen = (given: Answer): Answer => {
        checks.answer(answer, given);
        return given;
      };
      const handled = refusing(() => route.handle(request));
      if (!('apply' in handled)) return seen(handled);
      return { apply: () => seen(refusing(handled.apply)) };
    };
    return { ...route, handle };
  };
}

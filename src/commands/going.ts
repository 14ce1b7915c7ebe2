import { z } from 'zod';
import type { Step } from '../access/going.js';
import { UserError } from '../core/errors.js';
import { defineButton } from './define.js';
import type { Reply } from './reply.js';

/** Stops work that somebody waits for, before its next write. */
export const cancelWork = defineButton({
  name: 'cancel-work',
  allow: 'moderator',
  answers: 'private',
  run: ({ payload, access }) => {
    const { work } = z.object({ work: z.string() }).parse(payload);
    if (!access.stop(work)) {
      throw new UserError('work-over', 'That is over already. Use the command to start it again.');
    }
    return Promise.resolve({ tone: 'neutral', text: 'It stops before the next change.' });
  },
});

/** What is said of work while it goes on, and when a restart broke it off. */
interface Words {
  readonly what: string;
  /** Left out: it has to be asked for again. */
  readonly interrupted?: string;
}

/** Tells how far work is, with a way to stop it, then what came of it. */
export const showGoing = <T>(
  what: string,
  steps: AsyncIterable<Step<T>>,
  tell: (result: T) => Reply,
): AsyncGenerator<Reply> =>
  showThen({ what }, steps, async function* (result, isStopped) {
    const told = await Promise.resolve(tell(result));
    yield isStopped ? { tone: 'attention', text: `${STOPPED}\n${told.text}` } : told;
  });

export const STOPPED = 'Stopped before it was through.';

/** Likewise, with several answers to what came of it. */
export async function* showThen<T>(
  { what, interrupted }: Words,
  steps: AsyncIterable<Step<T>>,
  then: (result: T, isStopped: boolean) => AsyncIterable<Reply>,
): AsyncGenerator<Reply> {
  for await (const step of steps) {
    if (step.kind === 'done') {
      yield* then(step.result, step.stopped);
      continue;
    }
    const press = { button: 'cancel-work', payload: { work: step.id } };
    const again = `${what} A restart of Usher broke it off: use the command again.`;
    yield {
      tone: 'waiting',
      text: `${what}\n${step.text}`.trim(),
      buttons: [{ label: 'Cancel', style: 'secondary', press }],
      follows: { interrupted: interrupted ?? again },
    };
  }
}

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

/** Tells how far work is, with a way to stop it, then what came of it. */
export async function* showGoing<T>(
  what: string,
  steps: AsyncIterable<Step<T>>,
  tell: (result: T) => Reply,
): AsyncGenerator<Reply> {
  for await (const step of steps) {
    if (step.kind === 'going') {
      const press = { button: 'cancel-work', payload: { work: step.id } };
      yield {
        tone: 'waiting',
        text: `${what}\n${step.text}`.trim(),
        buttons: [{ label: 'Cancel', style: 'secondary', press }],
        follows: { interrupted: `${what} A restart of Usher broke it off: use the command again.` },
      };
    } else if (step.stopped) {
      const told = tell(step.result);
      yield { tone: 'attention', text: `Stopped before it was through.\n${told.text}` };
    } else yield tell(step.result);
  }
}

import { MessageFlags, Routes, type REST } from 'discord.js';
import type { Reply } from '../commands/reply.js';
import type { Log } from '../log.js';
import { loggable } from './loggable.js';
import { render } from './reply.js';
import type { OpenAnswer } from './steps.js';

/** What going on with an answer of an earlier life needs. */
export interface ResumeParts {
  readonly rest: REST;
  /** Everything that there is to tell, to its end; null: nobody knows any more what it was about. */
  readonly tell: (answer: OpenAnswer) => AsyncIterable<Reply> | null;
  readonly drop: (id: string) => Promise<void>;
  readonly log: Log;
}

/** Goes on editing an answer that the process before this one left open, so that it does not wait for ever. */
export async function resumeAnswer(parts: ResumeParts, answer: OpenAnswer): Promise<void> {
  const route = Routes.webhookMessage(answer.applicationId, answer.token, '@original');
  try {
    for await (const reply of parts.tell(answer) ?? []) {
      const body = {
        components: render(reply, []).components,
        flags: MessageFlags.IsComponentsV2,
        allowed_mentions: { parse: [] },
        attachments: [],
      };
      await parts.rest.patch(route, { body, auth: false });
      if (reply.follows === undefined) break;
    }
    await parts.drop(answer.id);
  } catch (error) {
    parts.log.info(
      { err: loggable(error), interactionId: answer.id },
      'an earlier answer is no longer there',
    );
  }
}

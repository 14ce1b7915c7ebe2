import { z } from 'zod';
import type { Access } from '../access/access.js';
import type { RevokeWish } from '../access/revoke.js';
import type { SectionId } from '../core/model.js';
import { counted } from '../core/text.js';
import { text } from './command.js';
import { defineButton, defineCommand, person, reason, server } from './define.js';
import type { Reply } from './reply.js';

export const revoke = defineCommand({
  name: 'revoke',
  description: 'Take a library, or everything, from a person',
  allow: 'moderator',
  private: true,
  options: {
    person: person('Choose who loses it'),
    library: text<Access>('Choose which library; all means everything that was given', {
      suggest: ({ access, typed }) => access.suggestLibraries(typed, { withAll: true }),
    }),
    server: server('Choose a server; empty means all servers'),
    reason: reason(),
  },
  run: ({ values, access }) => takeAway(access, { ...values, confirmed: null }),
});

const stored = z.object({
  person: z.string(),
  library: z.string(),
  server: z.string().nullable(),
  reason: z.string().nullable(),
  shown: z.array(z.number()),
});

/** The plan has been shown, and is wanted. */
export const take = defineButton({
  name: 'take',
  allow: 'moderator',
  run: ({ payload, access }) => confirmed(access, stored.parse(payload)),
});

function confirmed(access: Access, { shown, ...wish }: z.infer<typeof stored>) {
  return takeAway(access, { ...wish, confirmed: shown as SectionId[] });
}

async function* takeAway(access: Access, wish: RevokeWish): AsyncGenerator<Reply> {
  const outcome = await access.revoke(wish);
  if (outcome.kind === 'recorded') {
    yield* access.follow(outcome.recorded);
    return;
  }
  const { person: who, library, server: where, reason: why } = wish;
  const { sections: shown } = outcome;
  const payload = { person: who, library, server: where, reason: why, shown };
  yield {
    tone: 'attention',
    text: outcome.text,
    buttons: [
      {
        label: `Take ${counted(shown.length, 'library', 'libraries')}`,
        style: 'danger',
        press: { button: 'take', payload },
      },
      { label: 'Cancel', style: 'secondary', press: { button: 'leave', payload: null } },
    ],
  };
}

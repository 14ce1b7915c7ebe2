import { z } from 'zod';
import type { Access } from '../../access/access.js';
import { choice } from '../command.js';
import { defineButton, defineCommand, person } from '../define.js';
import type { Reply } from '../reply.js';

export const peopleManage = defineCommand({
  name: 'people manage',
  description: 'Let Usher look after a person, or keep its hands off',
  allow: 'moderator',
  private: true,
  options: {
    person: person('Choose the person'),
    managed: choice('Say whether Usher looks after them; no keeps what Plex has as it is', {
      yes: 'Yes: take over what Plex shows',
      no: 'No: hands off',
    }),
  },
  run: ({ values, access }) =>
    access.people.setHands({ person: values.person, managed: values.managed === 'yes' }),
});

export const peopleRemove = defineCommand({
  name: 'people remove',
  description: 'Remove a friend from Plex, with everything they have',
  allow: 'admin',
  private: true,
  options: { person: person('Choose who is removed') },
  run: ({ values, access }) => remove(access, { person: values.person, confirmed: null }),
});

/** Asks what `/people remove` asks, for somebody whose panel is open. */
export const peopleRemoveAsk = defineButton({
  name: 'people-remove-ask',
  allow: 'admin',
  run: ({ payload, access }) =>
    remove(access, { person: z.string().parse(payload), confirmed: null }),
});

const confirmedOf = z.object({ person: z.string(), confirmed: z.string() });

/** What it ends has been shown, and is wanted. */
export const peopleRemoveNow = defineButton({
  name: 'people-remove',
  allow: 'admin',
  run: ({ payload, access }) => remove(access, confirmedOf.parse(payload)),
});

async function* remove(
  access: Access,
  wish: { readonly person: string; readonly confirmed: string | null },
): AsyncGenerator<Reply> {
  const outcome = await access.people.remove(wish);
  if (outcome.kind === 'recorded') {
    yield* access.follow(outcome.recorded);
    return;
  }
  const payload = { person: outcome.person, confirmed: outcome.seal };
  yield {
    tone: 'attention',
    text: outcome.text,
    buttons: [
      {
        label: 'Remove 1 person',
        style: 'danger',
        press: { button: 'people-remove', payload },
      },
      { label: 'Cancel', style: 'secondary', press: { button: 'leave', payload: null } },
    ],
  };
}

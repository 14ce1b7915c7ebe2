import { z } from 'zod';
import type { Access } from '../../access/access.js';
import type { GiveWish } from '../../access/giveDefaults.js';
import { counted } from '../../core/text.js';
import { defineButton } from '../define.js';
import type { Reply } from '../reply.js';

const lacked = z.array(z.object({ section: z.number(), people: z.number() }));
const stored = z.object({ server: z.string(), seen: lacked.nullable() });

/** Under the message that tells of an import: the defaults go also to those who came without them. */
export const giveDefault = defineButton({
  name: 'give-default',
  allow: 'admin',
  answers: 'private',
  run: ({ payload, access }) => give(access, stored.parse(payload)),
});

/** Who lacks what by now has been shown, and it is wanted. */
export const settleGiven = defineButton({
  name: 'settle-given',
  allow: 'admin',
  run: ({ payload, access }) => give(access, stored.parse(payload)),
});

async function* give(access: Access, wish: GiveWish): AsyncGenerator<Reply> {
  const outcome = await access.giveDefaults(wish);
  if (outcome.kind === 'recorded') {
    yield* access.follow(outcome.recorded);
    return;
  }
  if (outcome.kind === 'nobody') {
    yield { tone: 'neutral', text: outcome.text };
    return;
  }
  yield {
    tone: 'attention',
    text: outcome.text,
    buttons: [
      {
        label: `Give to ${counted(outcome.people, 'person', 'people')}`,
        style: 'primary',
        press: { button: 'settle-given', payload: { server: wish.server, seen: outcome.seen } },
      },
      { label: 'Cancel', style: 'secondary', press: { button: 'leave', payload: null } },
    ],
  };
}

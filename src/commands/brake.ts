import { z } from 'zod';
import type { Access } from '../access/access.js';
import type { Agreement } from '../access/brakeDesk.js';
import type { Held } from '../access/brake.js';
import type { Told } from '../access/tell.js';
import { defineButton } from './define.js';
import { showThen } from './going.js';
import type { Button, Reply } from './reply.js';

const seenOf = z.object({ held: z.string(), count: z.number(), seal: z.string() });

/** Under the message about what is held: an Admin who did not ask for it lets it go. */
export const brakeAgree = defineButton({
  name: 'brake-agree',
  allow: 'admin',
  answers: 'private',
  run: ({ payload, access }) => agree(access, payload, null),
});

/** Likewise, or by whoever asked for it: it is dropped at once. */
export const brakeLeave = defineButton({
  name: 'brake-leave',
  allow: 'moderator',
  answers: 'private',
  run: ({ payload, access }) => access.brake.leave(seenOf.pick({ held: true }).parse(payload).held),
});

/** Where nobody else is Admin: whoever asked for it types from how many people it takes. */
export const brakeAlone = defineButton({
  name: 'brake-alone',
  allow: 'admin',
  answers: 'private',
  modal: () => ({
    title: 'Take access from many people',
    fields: {
      count: {
        label: 'From how many people',
        description: 'Type the number that the message says',
        maxLength: 30,
      },
    },
  }),
  run: ({ payload, fields, access }) => agree(access, payload, fields['count'] ?? ''),
});

async function* agree(
  access: Access,
  payload: unknown,
  typed: Agreement['typed'],
): AsyncGenerator<Reply> {
  const { held, ...seen } = seenOf.parse(payload);
  const outcome = await access.brake.agree({ held, seen, typed });
  if (outcome.kind === 'show') {
    const [first, ...rest] = outcome.held.text.split('\n');
    const text = ['It concerns others by now, and nothing was done. This is how it is now.', first];
    const press = typed === null ? 'brake-agree' : 'brake-alone';
    const buttons = [pressing(outcome.held, press)];
    yield { tone: 'attention', text: [...text, ...rest].join('\n'), buttons };
    return;
  }
  const words = { what: 'Agreed. It is being carried out.', interrupted: RESTARTED };
  yield* showThen(words, outcome.steps, async function* (recorded) {
    if (recorded && recorded.caseIds.length > 0) yield* access.follow(recorded);
    else yield await access.brake.tell(held);
  });
}

const pressing = ({ id: held, count, seal }: Held, button: string): Button => ({
  label: button === 'brake-alone' ? 'Confirm alone' : `Take from ${count} people`,
  style: 'danger',
  press: { button, payload: { held, count, seal } },
});

const RESTARTED = 'Usher was started again meanwhile. The audit channel tells what becomes of it.';

/** That it waits for another Admin, and what becomes of it; whoever is alone can confirm it here. */
export async function* showHeld(access: Access, held: Held): AsyncGenerator<Reply> {
  for await (const { told, isWaiting } of access.brake.follow(held)) {
    if (isWaiting) yield waiting(held, told);
    else yield told;
  }
}

const waiting = (held: Held, { tone, text }: Told): Reply => ({
  tone,
  text: held.isAlone ? `${text}\n${ALONE}` : text,
  buttons: [
    ...(held.isAlone ? [pressing(held, 'brake-alone')] : []),
    {
      label: 'Leave it',
      style: 'secondary',
      press: { button: 'brake-leave', payload: { held: held.id } },
    },
  ],
  follows: { interrupted: RESTARTED },
});

const ALONE =
  'Nobody else was Admin here within 30 days: a minute from now you can confirm it alone, by typing the number.';

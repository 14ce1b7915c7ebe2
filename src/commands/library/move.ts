import { z } from 'zod';
import type { Access } from '../../access/access.js';
import type { MoveWish } from '../../access/moveLibrary.js';
import { counted } from '../../core/text.js';
import { text } from '../command.js';
import { defineButton, defineCommand, library } from '../define.js';
import type { Reply } from '../reply.js';

export const libraryMove = defineCommand({
  name: 'library move',
  description: 'Give what people had of a deleted library to another one',
  allow: 'admin',
  private: true,
  options: {
    from: text<Access>('Choose the deleted library', {
      suggest: ({ access, typed }) => access.libraries.suggestDeleted(typed),
    }),
    to: library('Choose the library that takes its place'),
  },
  run: ({ values, access }) => move(access, { ...values, confirmed: null }),
});

const stored = z.object({ from: z.string(), to: z.string(), confirmed: z.string() });

/** Whom it concerns has been shown, and it is wanted. */
export const moveNow = defineButton({
  name: 'move-library',
  allow: 'admin',
  run: ({ payload, access }) => move(access, stored.parse(payload)),
});

async function* move(access: Access, wish: MoveWish): AsyncGenerator<Reply> {
  const outcome = await access.libraries.move(wish);
  if (outcome.kind === 'recorded') {
    yield* access.follow(outcome.recorded);
    return;
  }
  const { text: asked, people, shown } = outcome;
  yield {
    tone: 'attention',
    text: asked,
    buttons: [
      {
        label: `Move for ${counted(people, 'person', 'people')}`,
        style: 'primary',
        press: { button: 'move-library', payload: { ...shown } },
      },
      { label: 'Cancel', style: 'secondary', press: { button: 'leave', payload: null } },
    ],
  };
}

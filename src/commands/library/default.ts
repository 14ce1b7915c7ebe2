import { z } from 'zod';
import type { Access } from '../../access/access.js';
import type { DefaultWish } from '../../access/defaults.js';
import { counted } from '../../core/text.js';
import { showHeld } from '../brake.js';
import { defineButton, defineCommand, library } from '../define.js';
import type { Button, Reply } from '../reply.js';

export const libraryDefaultAdd = defineCommand({
  name: 'library default add',
  description: 'Make a library one that everybody managed keeps',
  allow: 'admin',
  private: true,
  options: { library: library('Choose the library') },
  run: ({ values, access }) => set(access, { ...values, isDefault: true, confirmed: null }),
});

export const libraryDefaultRemove = defineCommand({
  name: 'library default remove',
  description: 'Stop a library from being one that everybody keeps',
  allow: 'admin',
  private: true,
  options: { library: library('Choose the library') },
  run: ({ values, access }) => set(access, { ...values, isDefault: false, confirmed: null }),
});

const stored = z.object({
  library: z.string(),
  isDefault: z.boolean(),
  confirmed: z.number(),
  isUndo: z.boolean().default(false),
});

/** How many people it concerns has been shown, and it is wanted. */
export const settleDefault = defineButton({
  name: 'settle-default',
  allow: 'admin',
  run: ({ payload, access }) => set(access, stored.parse(payload)),
});

/** While it goes on: everything back to what it was. */
const undoing = ({ library: of, isDefault }: DefaultWish): Button => ({
  label: 'Cancel',
  style: 'secondary',
  press: { button: 'undo-default', payload: { library: of, isDefault: !isDefault, isUndo: true } },
});

/** Takes a change of the defaults back before it is through: who has been written already is written again. */
export const undoDefault = defineButton({
  name: 'undo-default',
  allow: 'admin',
  answers: 'private',
  async *run({ payload, access }) {
    const wish = stored.omit({ confirmed: true }).parse(payload);
    const asked = await access.setDefault({ ...wish, confirmed: null });
    yield* set(access, { ...wish, confirmed: asked.kind === 'ask' ? asked.count : null });
  },
});

/** Under the message that tells of an adopted default. */
export const undoAdopted = defineButton({
  name: 'undo-adopted',
  allow: 'admin',
  answers: 'private',
  run: ({ payload, access }) => {
    const wish = stored.pick({ library: true }).parse(payload);
    return set(access, { ...wish, isDefault: false, confirmed: null, isUndo: true });
  },
});

function labelFor(isDefault: boolean, count: number): string {
  if (count === 0) return isDefault ? 'Make it default' : 'Stop keeping it';
  return `${isDefault ? 'Give to' : 'Take from'} ${counted(count, 'person', 'people')}`;
}

async function* set(access: Access, wish: DefaultWish): AsyncGenerator<Reply> {
  const outcome = await access.setDefault(wish);
  if (outcome.kind === 'recorded') {
    for await (const told of access.follow(outcome.recorded)) {
      yield told.follows === undefined ? told : { ...told, buttons: [undoing(wish)] };
    }
    return;
  }
  if (outcome.kind === 'held') {
    yield* showHeld(access, outcome);
    return;
  }
  const { library: of, isDefault, isUndo = false } = wish;
  const payload = { library: of, isDefault, confirmed: outcome.count, isUndo };
  yield {
    tone: 'attention',
    text: outcome.text,
    buttons: [
      {
        label: labelFor(isDefault, outcome.count),
        style: isDefault || outcome.count === 0 ? 'primary' : 'danger',
        press: { button: 'settle-default', payload },
      },
      { label: 'Cancel', style: 'secondary', press: { button: 'leave', payload: null } },
    ],
  };
}

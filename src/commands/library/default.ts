import { z } from 'zod';
import type { Access } from '../../access/access.js';
import type { DefaultWish } from '../../access/defaults.js';
import { counted } from '../../core/text.js';
import { defineButton, defineCommand, library } from '../define.js';
import type { Reply } from '../reply.js';

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

const stored = z.object({ library: z.string(), isDefault: z.boolean(), confirmed: z.number() });

/** How many people it concerns has been shown, and it is wanted. */
export const settleDefault = defineButton({
  name: 'settle-default',
  allow: 'admin',
  run: ({ payload, access }) => set(access, stored.parse(payload)),
});

async function* set(access: Access, wish: DefaultWish): AsyncGenerator<Reply> {
  const outcome = await access.setDefault(wish);
  if (outcome.kind === 'recorded') {
    yield* access.follow(outcome.recorded);
    return;
  }
  const people = counted(outcome.count, 'person', 'people');
  const payload = { library: wish.library, isDefault: wish.isDefault, confirmed: outcome.count };
  yield {
    tone: 'attention',
    text: outcome.text,
    buttons: [
      {
        label: wish.isDefault ? `Give to ${people}` : `Take from ${people}`,
        style: wish.isDefault ? 'primary' : 'danger',
        press: { button: 'settle-default', payload },
      },
      { label: 'Cancel', style: 'secondary', press: { button: 'leave', payload: null } },
    ],
  };
}

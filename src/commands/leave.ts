import { defineButton } from './define.js';

/** Says no to a question: nothing happens. */
export const leave = defineButton({
  name: 'leave',
  allow: 'everyone',
  run: () => Promise.resolve({ tone: 'neutral', text: 'Left as it is. Nothing was changed.' }),
});

import type { Access } from '../access/access.js';
import { optional, text, when } from './command.js';
import { defineCommand, library, person, reason } from './define.js';
import { showOutcome } from './grant.js';

export const extend = defineCommand({
  name: 'extend',
  description: 'Move the end of somebody’s access to a later one',
  allow: 'moderator',
  private: true,
  options: {
    person: person('Choose whose access lasts longer'),
    library: library('Choose which library'),
    by: optional(text<Access>('Say by how much, from its end: 7d, 2w, 1mo; or use until')),
    until: optional(when<Access>('Say until when: 24 Dec 20:00, end of month; or use by')),
    reason: reason(),
  },
  async *run({ values, access }) {
    yield* showOutcome(access, await access.extend(values));
  },
});

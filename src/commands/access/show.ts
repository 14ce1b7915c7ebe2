import { UserError } from '../../core/errors.js';
import { atLeast } from '../../core/power.js';
import { optional } from '../command.js';
import { defineCommand, person } from '../define.js';

/** Everyone may look at themselves; at somebody else, an Auditor. */
export const accessShow = defineCommand({
  name: 'access show',
  description: 'Show what a person has, why, and what Plex shows',
  allow: 'everyone',
  private: true,
  options: { person: optional(person('Choose whose access to show; empty means your own')) },
  run: ({ values, actor, access }) => {
    if (values.person !== null && !atLeast(actor.power, 'auditor')) {
      throw new UserError(
        'power',
        "You need Auditor to look at somebody else's access. Leave the person out to see your own.",
      );
    }
    return access.show(values.person);
  },
});

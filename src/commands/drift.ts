import { z } from 'zod';
import { defineButton } from './define.js';

const wishOf = z.object({ case: z.uuid(), verdict: z.enum(['adopt', 'revert', 'ignore']) });

/** Under the message that tells of a difference in Plex: what is to become of it. */
export const drift = defineButton({
  name: 'drift',
  allow: 'moderator',
  answers: 'private',
  async *run({ payload, access }) {
    const recorded = await access.people.decideDrift(wishOf.parse(payload));
    yield* access.follow(recorded);
  },
});

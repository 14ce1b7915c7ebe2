import { z } from 'zod';
import type { Access } from '../access/access.js';
import type { GrantOutcome, GrantWish } from '../access/grant.js';
import { optional, when } from './command.js';
import { defineButton, defineCommand, library, person, reason } from './define.js';
import type { Reply } from './reply.js';

export const grant = defineCommand({
  name: 'grant',
  description: 'Give a person a library, from and until when you say',
  allow: 'moderator',
  private: true,
  options: {
    person: person('Choose who gets it'),
    library: library('Choose which library'),
    from: optional(when<Access>('Say from when: tomorrow, friday 20:00; empty means now')),
    until: optional(when<Access>('Say until when: 7d, 24 Dec 20:00; empty means until revoked')),
    reason: reason(),
  },
  run: ({ values, access }) => give(access, { ...values, confirmed: null }),
});

const stored = z.object({
  person: z.string(),
  library: z.string(),
  from: z.coerce.date().nullable(),
  until: z.coerce.date().nullable(),
  reason: z.string().nullable(),
  confirmed: z.object({ startsAt: z.coerce.date(), endsAt: z.coerce.date().nullable() }),
});

/** The answer to a wish that would end access earlier, or start it later: both instants have been shown. */
export const shorten = defineButton({
  name: 'shorten',
  allow: 'moderator',
  run: ({ payload, access }) => give(access, stored.parse(payload)),
});

async function* give(access: Access, wish: GrantWish): AsyncGenerator<Reply> {
  const outcome = await access.grant(wish);
  if (outcome.kind !== 'ask') {
    yield* showOutcome(access, outcome);
    return;
  }
  const payload = {
    person: wish.person,
    library: wish.library,
    from: wish.from?.toISOString() ?? null,
    until: wish.until?.toISOString() ?? null,
    reason: wish.reason,
    confirmed: {
      startsAt: outcome.before.startsAt.toISOString(),
      endsAt: outcome.before.endsAt?.toISOString() ?? null,
    },
  };
  yield {
    tone: 'attention',
    text: outcome.text,
    buttons: [
      { label: 'Shorten it', style: 'danger', press: { button: 'shorten', payload } },
      { label: 'Leave it', style: 'secondary', press: { button: 'leave', payload: null } },
    ],
  };
}

/** Follows what was recorded to its end, or says why nothing had to be. */
export async function* showOutcome(access: Access, outcome: GrantOutcome): AsyncGenerator<Reply> {
  if (outcome.kind === 'recorded') yield* access.follow(outcome.recorded);
  else yield { tone: outcome.kind === 'same' ? 'done' : 'attention', text: outcome.text };
}

import { z } from 'zod';
import type { Access } from '../access/access.js';
import type { GrantOutcome } from '../access/grant.js';
import type { GrantWish } from '../access/grantWish.js';
import type { InviteQuestion } from '../access/invite.js';
import type { PersonId, ServerId } from '../core/model.js';
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

const wished = z.object({
  person: z.string(),
  library: z.string(),
  from: z.coerce.date().nullable(),
  until: z.coerce.date().nullable(),
  reason: z.string().nullable(),
});
const stored = wished.extend({
  confirmed: z.object({ startsAt: z.coerce.date(), endsAt: z.coerce.date().nullable() }).nullable(),
  isWarned: z.boolean().default(false),
});

/** The answer to a wish that costs the person something, sooner or later: what it is has been shown. */
export const shorten = defineButton({
  name: 'shorten',
  allow: 'moderator',
  run: ({ payload, access }) => give(access, stored.parse(payload)),
});

const invited = wished.extend({ invitation: z.object({ as: z.string(), now: z.boolean() }) });

/** Whom the invite goes to has been repeated in full. */
export const invite = defineButton({
  name: 'invite',
  allow: 'moderator',
  run: ({ payload, access }) => give(access, { ...invited.parse(payload), confirmed: null }),
});

const waiting = z.object({ person: z.string(), server: z.string() });

/** An invite for a grant that begins later goes at once. */
export const inviteEarly = defineButton({
  name: 'invite-early',
  allow: 'moderator',
  async *run({ payload, access }) {
    const { person: who, server: where } = waiting.parse(payload);
    yield* access.follow(await access.inviteNow(who as PersonId, where as ServerId));
  },
});

const payloadOf = ({ person: who, library: what, from, until, reason: why }: GrantWish) => ({
  person: who,
  library: what,
  from: from?.toISOString() ?? null,
  until: until?.toISOString() ?? null,
  reason: why,
});

const leaving = (label: string) =>
  ({ label, style: 'secondary', press: { button: 'leave', payload: null } }) as const;

async function* give(access: Access, wish: GrantWish): AsyncGenerator<Reply> {
  const outcome = await access.grant(wish);
  if (outcome.kind === 'invite') yield inviteQuestion(wish, outcome);
  else if (outcome.kind === 'ask') yield spanQuestion(wish, outcome);
  else yield* showOutcome(access, outcome);
}

function inviteQuestion(wish: GrantWish, { tone, text, as, canGoNow }: InviteQuestion): Reply {
  const press = (now: boolean) => ({
    button: 'invite',
    payload: { ...payloadOf(wish), invitation: { as, now } },
  });
  return {
    tone,
    text,
    buttons: [
      { label: 'Invite them', style: 'primary', press: press(false) },
      ...(canGoNow
        ? [{ label: 'Invite now', style: 'secondary' as const, press: press(true) }]
        : []),
      leaving('Cancel'),
    ],
  };
}

function spanQuestion(wish: GrantWish, ask: Extract<GrantOutcome, { kind: 'ask' }>): Reply {
  const confirmed = ask.before && {
    startsAt: ask.before.startsAt.toISOString(),
    endsAt: ask.before.endsAt?.toISOString() ?? null,
  };
  const payload = { ...payloadOf(wish), confirmed, isWarned: ask.isWarned };
  const press = { button: 'shorten', payload };
  const yes = confirmed
    ? ({ label: 'Shorten it', style: 'danger', press } as const)
    : ({ label: 'Give it anyway', style: 'primary', press } as const);
  return { tone: 'attention', text: ask.text, buttons: [yes, leaving('Leave it')] };
}

/** Follows what was recorded to its end, or says why nothing had to be. */
export async function* showOutcome(access: Access, outcome: GrantOutcome): AsyncGenerator<Reply> {
  if (outcome.kind !== 'recorded') {
    yield { tone: outcome.kind === 'same' ? 'done' : 'attention', text: outcome.text };
    return;
  }
  const { recorded, invitable } = outcome;
  const [server] = recorded.servers;
  for await (const told of access.follow(recorded)) {
    if (invitable === null || !server) yield told;
    else yield { ...told, buttons: [earlyButton(invitable, server)] };
  }
}

const earlyButton = (who: PersonId, server: ServerId) => ({
  label: 'Invite now',
  style: 'primary' as const,
  press: { button: 'invite-early', payload: { person: who, server } },
});

import { randomInt } from 'node:crypto';
import type { Asks } from '../commands/command.js';
import type { Reply } from '../commands/reply.js';
import { Outage, UserError } from '../core/errors.js';
import type { GuildId } from '../core/model.js';
import type { Log } from '../log.js';
import type { Answer, Answerable } from './answer.js';
import type { Caller } from './caller.js';
import { pressesOf, render } from './reply.js';
import type { Rendered } from './reply.js';

/** An answer that is still being edited, as a next life of the process needs it to go on. */
export interface OpenAnswer {
  /** The interaction's. */
  readonly id: string;
  readonly guildId: GuildId;
  readonly applicationId: string;
  /** Lets whoever has it edit this one answer, until Discord forgets it. */
  readonly token: string;
  readonly follows: object;
  readonly until: Date;
}

/** What answering needs. */
export interface StepParts {
  readonly asks: Asks;
  readonly openAnswers: {
    keep(answer: OpenAnswer): Promise<void>;
    drop(id: string): Promise<void>;
  };
  /** What Admins are told at the foot of a private answer; null = all is well. */
  readonly noteFor: (caller: Pick<Caller<unknown>, 'guildId' | 'actor'>) => Promise<string | null>;
  readonly now: () => Date;
  readonly log: Log;
}

const CONFIRM_FOR_MS = 10 * 60_000;
const PANEL_FOR_MS = 15 * 60_000;
/** Discord lets an answer be edited for 15 minutes. */
const EDITED_FOR_MS = 14 * 60_000;

/** Makes answers of replies: what each button needs is stored, and what goes on can go on after a restart. */
export async function* answers<A>(
  parts: StepParts,
  { interaction, caller }: { interaction: Answerable; caller: Caller<A> },
  replies: Promise<Reply> | AsyncIterable<Reply>,
): AsyncGenerator<Answer> {
  // It runs already: a refusal that comes before the note would count as one that nobody handles, and end the process.
  if ('catch' in replies) replies.catch(() => undefined);
  const note = await parts.noteFor(caller);
  let isKept = false;
  for await (const reply of each(replies)) {
    const shown = await rendered(parts, caller, withNote(reply, note));
    const { follows } = reply;
    yield { rendered: shown, aside: false };
    // Only once it stands in Discord: before that there is nothing to go on with.
    if (follows !== undefined && !isKept) {
      isKept = true;
      await parts.openAnswers.keep(openAnswer(parts, { interaction, caller, follows }));
    }
    if (follows === undefined && isKept) await parts.openAnswers.drop(interaction.id);
  }
}

/** The fixed words of a case stay last. */
function withNote(reply: Reply, note: string | null): Reply {
  if (note === null) return reply;
  const lines = reply.text.split('\n');
  const at = lines.at(-1)?.startsWith('-#') === true ? -1 : lines.length;
  return { ...reply, text: lines.toSpliced(at, 0, `-# ⚠️ ${note}`).join('\n') };
}

const openAnswer = <A>(
  { now }: StepParts,
  of: { interaction: Answerable; caller: Caller<A>; follows: object },
): OpenAnswer => ({
  id: of.interaction.id,
  applicationId: of.interaction.applicationId,
  token: of.interaction.token,
  guildId: of.caller.guildId,
  follows: of.follows,
  until: new Date(now().getTime() + EDITED_FOR_MS),
});

async function* each(replies: Promise<Reply> | AsyncIterable<Reply>): AsyncGenerator<Reply> {
  if (Symbol.asyncIterator in replies) yield* replies;
  else yield await replies;
}

/** Stores what each button will need, and renders with the ids that came of it. */
async function rendered<A>(
  { asks, now }: StepParts,
  { guildId, actor }: Caller<A>,
  reply: Reply,
): Promise<Rendered> {
  const forMs = reply.lives === 'panel' ? PANEL_FOR_MS : CONFIRM_FOR_MS;
  const expiresAt = new Date(now().getTime() + forMs);
  const customIds: string[] = [];
  for (const press of pressesOf(reply)) {
    const id = await asks.save({ ...press, userId: actor.userId, guildId, expiresAt });
    customIds.push(`v1:${press.button}:${id}`);
  }
  return render(reply, customIds);
}

/** The steps, with whatever they throw as the last answer. */
export async function* caught(
  log: Log,
  what: string,
  { interaction, run }: { interaction: Answerable; run: () => AsyncGenerator<Answer> },
): AsyncGenerator<Answer> {
  const { id, guildId, user } = interaction;
  try {
    yield* run();
  } catch (error) {
    const where = { what, guildId, userId: user.id, interactionId: id };
    yield { rendered: render(troubleOf(error, { log, where }), []), aside: true };
  }
}

/** Words for the asker and a line for the log: refusal, outage or fault. */
function troubleOf(error: unknown, { log, where }: { log: Log; where: object }): Reply {
  if (error instanceof UserError) {
    log.info({ ...where, code: error.code, details: error.details }, 'refused');
    return { tone: 'refused', text: error.message };
  }
  if (error instanceof Outage) {
    log.warn({ ...where, err: error }, 'something outside does not answer');
    return { tone: 'attention', text: 'Plex is not answering right now. Try again in a minute.' };
  }
  const reference = randomReference();
  log.error({ ...where, reference, err: error }, 'fault');
  return {
    tone: 'attention',
    text: `That did not work; the fault is in Usher. Reference ${reference}`,
  };
}

/** Six letters and digits that nobody mixes up when reading them out. */
const randomReference = (): string =>
  Array.from({ length: 6 }, () => 'ABCDEFGHJKMNPQRSTVWXYZ23456789'.charAt(randomInt(30))).join('');

import {
  DiscordAPIError,
  MessageFlags,
  RESTJSONErrorCodes,
  type AnySelectMenuInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type ModalSubmitInteraction,
  type UserContextMenuCommandInteraction,
} from 'discord.js';
import type { Log } from '../log.js';
import { loggable } from './loggable.js';
import type { Rendered } from './reply.js';

/** One thing to show. `aside`: to the asker alone, without replacing what an earlier answer or the message says. */
export interface Answer {
  readonly rendered: Rendered;
  readonly aside: boolean;
}

/** Where answers go: a new message, or the one whose button was pressed. Discord fixes the visibility when it is deferred. */
export type Place = 'private' | 'public' | 'in-place';

/** Within this the answer is given directly; after it Discord is asked to wait (it gives 3 s). */
const DEFER_AFTER_MS = 1500;

/** The interaction is over for Discord: too late, answered elsewhere, its token expired, its message deleted. */
const OVER: readonly (number | string)[] = [
  RESTJSONErrorCodes.UnknownInteraction,
  RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged,
  RESTJSONErrorCodes.UnknownWebhook,
  RESTJSONErrorCodes.InvalidWebhookToken,
  RESTJSONErrorCodes.UnknownMessage,
];

const V2 = ['IsComponentsV2'] as const;

/** What can be answered with messages. */
export type Answerable =
  | ChatInputCommandInteraction
  | UserContextMenuCommandInteraction
  | ButtonInteraction
  | AnySelectMenuInteraction
  | ModalSubmitInteraction;

interface Showing {
  readonly steps: AsyncIterator<Answer>;
  readonly place: Place;
  readonly log: Log;
  /** false: nothing may be sent before the first step, because that step may open a form. */
  readonly mayDefer?: boolean;
}

/** Says something to Discord; that it cannot be said any more is no reason to stop. */
export const teller =
  ({ id }: Answerable, log: Log) =>
  async (say: () => Promise<unknown>): Promise<void> => {
    try {
      await say();
    } catch (error) {
      const isOver = error instanceof DiscordAPIError && OVER.includes(error.code);
      const details = { interactionId: id, err: loggable(error) };
      if (isOver) log.info(details, 'answer came too late for Discord');
      else log.error(details, 'answer could not be shown');
    }
  };

/** Shows each answer as it comes, to the end: what the steps do must be done even when nobody can be told any more. */
export async function showAll(
  interaction: Answerable,
  { steps, place, log, mayDefer = true }: Showing,
): Promise<void> {
  const tell = teller(interaction, log);
  let next = steps.next();
  if (mayDefer && !(await isReadySoon(next))) await tell(() => defer(interaction, place));
  for (let step = await next; !step.done; step = await next) {
    const answer = step.value;
    await tell(() => show(interaction, answer, place));
    next = steps.next();
  }
}

async function isReadySoon(work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), DEFER_AFTER_MS);
  });
  const isSoon = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return isSoon;
}

/** Whether it came from a part of a message, which it can then edit. */
const sitsOnMessage = (interaction: Answerable) =>
  interaction.isMessageComponent() || (interaction.isModalSubmit() && interaction.isFromMessage());

function defer(interaction: Answerable, place: Place): Promise<unknown> {
  if (place === 'in-place' && sitsOnMessage(interaction)) return interaction.deferUpdate();
  return interaction.deferReply(place === 'private' ? { flags: MessageFlags.Ephemeral } : {});
}

async function show(interaction: Answerable, answer: Answer, place: Place): Promise<void> {
  const message = messageOf(answer.rendered);
  const isPrivate = place === 'private' || answer.aside;
  const flags = isPrivate ? (['IsComponentsV2', 'Ephemeral'] as const) : V2;
  const isFirst = !interaction.replied && !interaction.deferred;
  if (isFirst && place === 'in-place' && !answer.aside && sitsOnMessage(interaction)) {
    await interaction.update({ ...message, attachments: [], flags: V2 });
  } else if (isFirst) {
    await interaction.reply({ ...message, flags });
  } else if (answer.aside && (interaction.replied || place === 'in-place')) {
    await interaction.followUp({ ...message, flags });
  } else {
    await interaction.editReply({ ...message, attachments: [], flags: V2 });
  }
}

const messageOf = ({ components, files }: Rendered) => ({
  components,
  files: files.map(({ name, content, alt }) => ({
    name,
    attachment: Buffer.from(content),
    ...(alt !== undefined && { description: alt }),
  })),
  allowedMentions: { parse: [] },
});

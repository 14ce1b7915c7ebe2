import {
  PermissionFlagsBits,
  type AnySelectMenuInteraction,
  type ButtonInteraction,
  type ModalSubmitInteraction,
} from 'discord.js';
import { ZodError } from 'zod';
import type { Ask, ButtonOf, Pressed } from '../commands/command.js';
import { Outage, UserError } from '../core/errors.js';
import { showAll, teller, type Answer } from './answer.js';
import { callerOf, type Caller, type CallerParts } from './caller.js';
import { storable } from './input.js';
import { renderModal } from './modal.js';
import { answers, caught, type StepParts } from './steps.js';

type Used = ButtonInteraction | AnySelectMenuInteraction | ModalSubmitInteraction;

interface PressParts<A> extends CallerParts<A>, StepParts {
  readonly buttons: readonly ButtonOf<A>[];
}

/** Answers a button, a menu or a form; who may do what is asked anew each time. */
export async function onPress<A>(parts: PressParts<A>, interaction: Used): Promise<void> {
  const [version, name, id = ''] = interaction.customId.split(':');
  const button = parts.buttons.find((known) => known.name === name && version === 'v1');
  const isForm = interaction.isModalSubmit();
  const run = async function* (): AsyncGenerator<Answer> {
    if (!button) throw tooOld();
    const { ask, caller } = await asked(parts, interaction, { button, id });
    const { access, actor } = caller;
    const { payload } = ask;
    if (button.modal && !isForm) {
      const modal = await button.modal({ payload, access });
      const opened = renderModal(modal, interaction.customId);
      await teller(interaction, parts.log)(() => interaction.showModal(opened));
      return;
    }
    // What lives for ever may be pressed by several people; what it does decides for itself whether it is too late.
    const isTaken = ask.expiresAt !== null;
    if (isTaken && !(await parts.asks.take(id))) throw tooOld();
    const use = { payload, actor, access, ...inputOf(interaction) };
    try {
      yield* answers(parts, { interaction, caller }, button.run(use));
    } catch (error) {
      const isNothingDone = error instanceof UserError || error instanceof Outage;
      if (isTaken && isNothingDone) await parts.asks.putBack(id, ask);
      // What was stored with it is of another release: nobody can read it any more.
      throw error instanceof ZodError ? ofOldRelease(error.message) : error;
    }
  };
  const steps = caught(parts.log, `button ${name ?? ''}`, { interaction, run });
  const place = isForm && !interaction.isFromMessage() ? 'private' : button?.answers;
  await showAll(interaction, {
    steps,
    place: place ?? 'private',
    // A form must be the first answer: nothing may be deferred before it.
    mayDefer: !button?.modal || isForm,
    log: parts.log,
  });
}

async function asked<A>(
  parts: PressParts<A>,
  interaction: Used,
  { button, id }: { button: ButtonOf<A>; id: string },
): Promise<{ ask: Ask; caller: Caller<A> }> {
  const described = { ...button, description: 'use this button' };
  const caller = await callerOf(parts, interaction, described);
  const ask = await parts.asks.load(id);
  const isOver = ask?.expiresAt && ask.expiresAt <= parts.now();
  if (!ask || isOver || ask.guildId !== caller.guildId || ask.button !== button.name) {
    throw tooOld();
  }
  if (ask.userId !== null && ask.userId !== caller.actor.userId) throw forSomebodyElse(ask.userId);
  return { ask, caller };
}

type Input = Pick<Pressed<unknown>, 'chosen' | 'fields' | 'lacks'>;

function inputOf(interaction: Used): Input {
  if (interaction.isModalSubmit()) {
    const fields = interaction.fields.fields.map((field, name) => [
      name,
      'value' in field && typeof field.value === 'string' ? storable(field.value).trim() : '',
    ]);
    return { chosen: [], lacks: {}, fields: Object.fromEntries(fields) as Input['fields'] };
  }
  if (interaction.isButton()) return { chosen: [], lacks: {}, fields: {} };
  return { chosen: interaction.values, lacks: lacksOf(interaction), fields: {} };
}

/** What posting needs, in Discord's own words. It is all that the invite link of the README asks for. */
export const POSTING = {
  'View Channel': PermissionFlagsBits.ViewChannel,
  'Send Messages': PermissionFlagsBits.SendMessages,
  'Attach Files': PermissionFlagsBits.AttachFiles,
  'Read Message History': PermissionFlagsBits.ReadMessageHistory,
} as const;

function lacksOf(interaction: AnySelectMenuInteraction): Input['lacks'] {
  if (!interaction.isChannelSelectMenu()) return {};
  const lacks = interaction.values.map((id) => {
    const channel = interaction.guild?.channels.cache.get(id);
    const may = channel?.permissionsFor(interaction.client.user);
    const missing = Object.entries(POSTING).filter(([, bit]) => may?.has(bit) !== true);
    return [id, missing.map(([words]) => words)];
  });
  return Object.fromEntries(lacks) as Input['lacks'];
}

const tooOld = (): UserError =>
  new UserError('button-over', 'This button is no longer valid. Open it again with the command.');
const ofOldRelease = (cause: string): UserError =>
  new UserError(
    'button-old',
    'This button is from before Usher was updated. Use the command again.',
    { cause },
  );
const forSomebodyElse = (userId: string): UserError =>
  new UserError('button-of-another', `This button is for <@${userId}>. Use the command yourself.`);

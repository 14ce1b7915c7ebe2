import type {
  AutocompleteInteraction,
  ChatInputCommandInteraction,
  Interaction,
  UserContextMenuCommandInteraction,
} from 'discord.js';
import type { ButtonOf, CommandOf } from '../commands/command.js';
import { UserError } from '../core/errors.js';
import { showAll, type Answer } from './answer.js';
import { callerOf, type CallerParts } from './caller.js';
import { nameOf, rawValues, readValues, suggestionsFor } from './input.js';
import { loggable } from './loggable.js';
import { onPress } from './press.js';
import { answers, caught, type StepParts } from './steps.js';

/** What the router needs of the rest of Usher. */
export interface RouterParts<A> extends CallerParts<A>, StepParts {
  readonly commands: readonly CommandOf<A>[];
  readonly buttons: readonly ButtonOf<A>[];
}

/** Makes the one handler of interactions; what it returns never rejects. The one catch for commands is here. */
export function createRouter<A>(
  parts: RouterParts<A>,
): (interaction: Interaction) => Promise<void> {
  return async (interaction) => {
    try {
      if (interaction.isChatInputCommand()) {
        await onCommand(parts, interaction, usedCommand(parts, interaction));
      } else if (interaction.isUserContextMenuCommand()) {
        await onCommand(parts, interaction, usedOnMember(parts, interaction));
      } else if (interaction.isAutocomplete()) await onAutocomplete(parts, interaction);
      else if (
        interaction.isButton() ||
        interaction.isAnySelectMenu() ||
        interaction.isModalSubmit()
      ) {
        await onPress(parts, interaction);
      }
    } catch (error) {
      parts.log.error(
        { err: loggable(error), interactionId: interaction.id },
        'interaction failed',
      );
    }
  };
}

/** A command and what was given to it; the command is undefined when it is no longer here. */
interface Use<A> {
  readonly name: string;
  readonly command: CommandOf<A> | undefined;
  readonly raw: Readonly<Record<string, string>>;
}

function usedCommand<A>(
  { commands }: RouterParts<A>,
  interaction: ChatInputCommandInteraction,
): Use<A> {
  const name = nameOf(interaction);
  const command = commands.find((known) => known.name === name);
  return { name, command, raw: rawValues(interaction) };
}

/** From the menu of a member, who is the value of one option. */
function usedOnMember<A>(
  { commands }: RouterParts<A>,
  { commandName: name, targetId }: UserContextMenuCommandInteraction,
): Use<A> {
  const command = commands.find(({ onMember }) => onMember?.label === name);
  const option = command?.onMember?.option;
  return { name, command, raw: option === undefined ? {} : { [option]: `<@${targetId}>` } };
}

async function onCommand<A>(
  parts: RouterParts<A>,
  interaction: ChatInputCommandInteraction | UserContextMenuCommandInteraction,
  { name, command, raw }: Use<A>,
): Promise<void> {
  const run = async function* (): AsyncGenerator<Answer> {
    if (!command) {
      throw new UserError('unknown-command', 'That command is no longer here. See /help.');
    }
    const caller = await callerOf(parts, interaction, command);
    const { access, actor } = caller;
    const values = await readValues(command.options, raw, access);
    yield* answers(parts, { interaction, caller }, command.run({ values, actor, access }));
  };
  const steps = caught(parts.log, `/${name}`, { interaction, run });
  const place = (command?.private ?? true) ? 'private' : 'public';
  await showAll(interaction, { steps, place, log: parts.log });
}

async function onAutocomplete<A>(
  parts: RouterParts<A>,
  interaction: AutocompleteInteraction,
): Promise<void> {
  const command = parts.commands.find((known) => known.name === nameOf(interaction));
  const suggestions = async () => {
    if (!command) return [];
    const { access } = await callerOf(parts, interaction, command);
    return suggestionsFor(command.options, { interaction, access });
  };
  const choices = await suggestions().catch((error: unknown) => {
    // An empty list tells a stranger nothing; it is an answer to typing, not to a question about the world.
    if (!(error instanceof UserError)) parts.log.warn({ err: error }, 'no suggestions');
    return [];
  });
  await interaction.respond(choices).catch((error: unknown) => {
    parts.log.info({ err: loggable(error) }, 'suggestions came too late');
  });
}

import {
  ApplicationCommandOptionType as Kind,
  type AutocompleteInteraction,
  type ChatInputCommandInteraction,
  type CommandInteractionOption,
} from 'discord.js';
import type { CommandOf, Suggestion, Values } from '../commands/command.js';
import { plainName } from '../core/text.js';

type Use = ChatInputCommandInteraction | AutocompleteInteraction;
type Options<A> = CommandOf<A>['options'];

/** Discord's limits on choices, their names and values. */
const MOST_CHOICES = 25;
const CHOICE_LENGTH = 100;

/** The command as declared: "access show", "library default add". */
export const nameOf = ({ commandName, options }: Use): string =>
  [commandName, options.getSubcommandGroup(false), options.getSubcommand(false)]
    .filter((word) => word !== null)
    .join(' ');

/** Without the one character that PostgreSQL cannot keep, and nobody types. */
export const storable = (text: string): string => text.replaceAll('\0', '');

/** What was typed or picked, by option; members and roles by id. */
export function rawValues({ options }: Use): Readonly<Record<string, string>> {
  const entries = leaves(options.data).flatMap(({ name, value }) =>
    value === undefined ? [] : [[name, storable(String(value))]],
  );
  return Object.fromEntries(entries) as Record<string, string>;
}

const leaves = (
  options: readonly CommandInteractionOption[],
): readonly CommandInteractionOption[] =>
  options.flatMap((option) =>
    option.type === Kind.Subcommand || option.type === Kind.SubcommandGroup
      ? leaves(option.options ?? [])
      : [option],
  );

/** Reads the options in the order of their declaration; each sees those before it. */
export async function readValues<A>(
  options: Options<A>,
  raw: Readonly<Record<string, string>>,
  access: A,
): Promise<Values> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    values[name] = await option.read(raw[name] ?? null, { access, values, name });
  }
  return values;
}

/** Choices for the option that is being typed, within Discord's limits. */
export async function suggestionsFor<A>(
  options: Options<A>,
  { interaction, access }: { interaction: AutocompleteInteraction; access: A },
): Promise<readonly Suggestion[]> {
  const { name, value } = interaction.options.getFocused(true);
  const found = await options[name]?.suggest?.({
    access,
    typed: storable(value),
    values: rawValues(interaction),
    name,
  });
  return (found ?? [])
    .filter((choice) => choice.value.length <= CHOICE_LENGTH)
    .slice(0, MOST_CHOICES)
    .map((choice) => ({ name: plainName(choice.name, CHOICE_LENGTH), value: choice.value }));
}

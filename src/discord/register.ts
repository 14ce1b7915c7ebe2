import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  ApplicationCommandOptionType as Kind,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  PermissionFlagsBits,
  Routes,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandOption,
  type APIApplicationCommandSubcommandGroupOption,
  type APIApplicationCommandSubcommandOption,
  type REST,
  type RESTPostAPIApplicationCommandsJSONBody,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js';
import type { CommandOf } from '../commands/command.js';
import type { GuildId } from '../core/model.js';
import type { Log } from '../log.js';
import { loggable } from './loggable.js';

type Command = RESTPostAPIApplicationCommandsJSONBody;
type Slash = RESTPostAPIChatInputApplicationCommandsJSONBody;
type Declared = Omit<CommandOf<never>, 'run'>;

/** What registration needs. */
export interface RegisterParts {
  readonly rest: REST;
  readonly applicationId: string;
  /** The only guild served: commands stand there. null: they are global. */
  readonly guildId: GuildId | null;
  /** Guilds the bot is in; emptied of own commands when they are global. */
  readonly joined: readonly GuildId[];
  readonly commands: readonly Declared[];
  /** What was registered last, by scope; kept over restarts. */
  readonly remembered: Remembered;
  readonly log: Log;
  /** Ends the retries. */
  readonly stop: AbortSignal;
  /** Waits between tries, in ms; the last one repeats. */
  readonly retryMs?: readonly number[];
}

/** A small store of texts that survives restarts. */
export interface Remembered {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
}

const RETRY_MS = [5000, 30_000, 120_000, 900_000] as const;

/** Registers the commands where they are not as declared, one bulk write a scope; tries until it works or is stopped. */
export async function registerCommands(parts: RegisterParts): Promise<void> {
  const { applicationId, guildId, joined } = parts;
  const commands = asDiscord(parts.commands, guildId === null ? 'global' : 'guild');
  const guildRoute = (id: GuildId) => Routes.applicationGuildCommands(applicationId, id);
  const global = Routes.applicationCommands(applicationId);
  const scopes =
    guildId === null
      ? [
          { route: global, commands },
          ...joined.map((id) => ({ route: guildRoute(id), commands: [] })),
        ]
      : [
          { route: guildRoute(guildId), commands },
          { route: global, commands: [] },
        ];
  await Promise.all(scopes.map((scope) => register(parts, scope)));
}

async function register(
  { rest, remembered, log, stop, retryMs = RETRY_MS }: RegisterParts,
  { route, commands }: { route: `/${string}`; commands: readonly Command[] },
): Promise<void> {
  const hash = createHash('sha256').update(JSON.stringify(commands)).digest('hex');
  for (let tries = 0; !stop.aborted; tries += 1) {
    try {
      if ((await remembered.get(route)) === hash) return;
      const registered = (await rest.put(route, { body: commands })) as RegisteredCommands;
      if (commands.length > 0) await remembered.set('ids', JSON.stringify(idsOf(registered)));
      await remembered.set(route, hash);
      log.info({ route, commands: commands.length }, 'commands registered');
      return;
    } catch (error) {
      log.error({ err: loggable(error), route }, 'commands could not be registered');
      const ms = retryMs[Math.min(tries, retryMs.length - 1)];
      await wait(ms, undefined, { signal: stop }).catch(() => undefined);
    }
  }
}

type RegisteredCommands = readonly { readonly name: string; readonly id: string }[];

/** By name: what a clickable mention of a command is made of. */
const idsOf = (registered: RegisteredCommands): Readonly<Record<string, string>> =>
  Object.fromEntries(registered.map(({ name, id }) => [name, id]));

/** Declared commands in Discord's shape: words of a name become command, group and subcommand. */
export function asDiscord(
  declared: readonly Declared[],
  scope: 'global' | 'guild',
): readonly Command[] {
  const byName = new Map<string, Declared[]>();
  for (const command of declared) {
    const top = words(command).at(0) ?? '';
    byName.set(top, [...(byName.get(top) ?? []), command]);
  }
  const where = scope === 'global' && {
    contexts: [InteractionContextType.Guild],
    integration_types: [ApplicationIntegrationType.GuildInstall],
  };
  const typed = [...byName].map(([name, commands]) => ({
    ...top(name, commands),
    ...(commands.some((command) => command.needsManageServer) && {
      default_member_permissions: String(PermissionFlagsBits.ManageGuild),
    }),
    ...where,
  }));
  const onMembers = declared.flatMap(({ onMember }) =>
    onMember ? { type: ApplicationCommandType.User as const, name: onMember.label, ...where } : [],
  );
  return [...typed, ...onMembers];
}

const words = ({ name }: Declared): readonly string[] => name.split(' ');

function top(name: string, commands: readonly Declared[]): Slash {
  const [only] = commands;
  if (only && commands.length === 1 && words(only).length === 1) {
    return { name, description: only.description, options: optionsOf(only) };
  }
  return { name, description: summary(name, commands), options: subcommands(name, commands) };
}

/** Nobody can run it, and few clients show it, so it only names what is below. */
const summary = (name: string, commands: readonly Declared[]): string =>
  `${name}: ${commands.map((command) => words(command).slice(1).join(' ')).join(', ')}`.slice(
    0,
    100,
  );

function subcommands(name: string, commands: readonly Declared[]): APIApplicationCommandOption[] {
  const direct = commands.filter((command) => words(command).length === 2).map(subcommand);
  const grouped = commands.filter((command) => words(command).length === 3);
  const names = new Set(grouped.map((command) => words(command)[1] ?? ''));
  const groups = [...names].map((group): APIApplicationCommandSubcommandGroupOption => {
    const members = grouped.filter((command) => words(command)[1] === group);
    const description = summary(`${name} ${group}`, members);
    return {
      type: Kind.SubcommandGroup,
      name: group,
      description,
      options: members.map(subcommand),
    };
  });
  if (direct.length + grouped.length !== commands.length) {
    throw new Error(`/${name} is a command and has subcommands, or is nested too deep`);
  }
  return [...direct, ...groups];
}

const subcommand = (command: Declared): APIApplicationCommandSubcommandOption => ({
  type: Kind.Subcommand,
  name: words(command).at(-1) ?? '',
  description: command.description,
  options: optionsOf(command),
});

const optionsOf = ({ options }: Declared): APIApplicationCommandBasicOption[] =>
  Object.entries(options).map(([name, option]) => {
    const base = { name, description: option.description, required: option.required };
    if (option.kind === 'member') return { ...base, type: Kind.User };
    if (option.kind === 'role') return { ...base, type: Kind.Role };
    const text = { ...base, type: Kind.String as const };
    if (option.choices) return { ...text, choices: [...option.choices] };
    const length = option.maxLength === undefined ? {} : { max_length: option.maxLength };
    return { ...text, ...length, ...(option.suggest && { autocomplete: true }) };
  });

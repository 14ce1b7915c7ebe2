import type { Json } from './hub.js';
import { Refused } from './refused.js';
import { doubles, isGiven, letters, list, text, wrong } from './validate.js';
import type { Errors } from './validate.js';

const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const MOST = { 1: 100, 2: 15, 3: 15, 4: 1 } as Readonly<Record<number, number>>;
const LOCALES = new Set(
  'ar bg cs da de el en-GB en-US es-419 es-ES fi fr he hi hr hu id it ja ko lt nl no pl pt-BR ro ru sv-SE th tr uk vi zh-CN zh-TW'.split(
    ' ',
  ),
);
type Path = readonly PropertyKey[];

export const typeOf = (command: Json): number => Number(command.type ?? 1);

/** Refuses more commands of a kind than a scope may have. */
export function mustFit(commands: readonly Json[]): void {
  for (const [type, most] of Object.entries(MOST)) {
    if (commands.filter((command) => typeOf(command) === Number(type)).length > most) {
      const why = `Maximum number of application commands reached (${most})`;
      throw new Refused(400, 30032, why);
    }
  }
}

/** What the schemas do not say of a bulk overwrite. */
export function commandsErrors(commands: readonly Json[], scope: 'guild' | 'global'): Errors {
  const errors = commands.flatMap((command, i) => commandErrors(command, { path: [i], scope }));
  const names = commands.map((command) => `${typeOf(command)} ${text(command.name)}`);
  for (const name of doubles(names)) {
    const why = `Application command names must be unique: ${String(name).slice(2)}`;
    wrong(errors, [names.lastIndexOf(String(name))], ['APPLICATION_COMMANDS_DUPLICATE_NAME', why]);
  }
  return errors;
}

/** The same of one command. */
export function commandErrors(
  command: Json,
  { path, scope }: { path: Path; scope: 'guild' | 'global' },
): Errors {
  const errors: Errors = [];
  const options = list(command.options);
  if (typeOf(command) === 1) {
    nameErrors(errors, command, path);
    if (text(command.description) === '')
      wrong(errors, [...path, 'description'], 'This field is required');
    optionsErrors(errors, options, path);
  } else {
    if (text(command.description) !== '') {
      wrong(errors, [...path, 'description'], 'Context menu commands have no description');
    }
    if (options.length > 0)
      wrong(errors, [...path, 'options'], 'Context menu commands have no options');
  }
  const { default_member_permissions: bits } = command;
  if (typeof bits === 'string' && !/^\d+$/.test(bits)) {
    wrong(errors, [...path, 'default_member_permissions'], 'not a set of bits');
  }
  if (scope === 'guild' && (isGiven(command.contexts) || isGiven(command.integration_types))) {
    wrong(errors, [...path, 'contexts'], 'contexts and integration_types are for global commands');
  }
  const size = sizeOf(command);
  if (size > 8000) {
    const why = `Command exceeds maximum size (8000): ${size}`;
    wrong(errors, path, ['APPLICATION_COMMAND_TOO_LARGE', why]);
  }
  return errors;
}

/** A name, its translations, and those of its description. */
function nameErrors(errors: Errors, named: Json, path: Path): void {
  const names = Object.entries((named.name_localizations ?? {}) as Json);
  const described = Object.keys(named.description_localizations ?? {});
  for (const [key, name] of [['name', named.name] as const, ...names]) {
    const isName = NAME.test(text(name)) && text(name) === text(name).toLowerCase();
    const at = key === 'name' ? [...path, 'name'] : [...path, 'name_localizations', key];
    if (!isName) {
      wrong(errors, at, ['APPLICATION_COMMAND_INVALID_NAME', 'not a command name']);
    }
  }
  for (const locale of [...names.map(([key]) => key), ...described]) {
    if (!LOCALES.has(locale)) wrong(errors, path, `${locale} is no locale`);
  }
}

function optionsErrors(errors: Errors, options: readonly Json[], above: Path): void {
  const path = [...above, 'options'];
  const required = options.map((option) => option.required === true);
  if (required.includes(false) && required.lastIndexOf(true) > required.indexOf(false)) {
    const why = 'Required options must be placed before non-required options';
    wrong(errors, path, ['APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', why]);
  }
  for (const name of doubles(options.map((option) => option.name))) {
    const why = `Option name already exists: ${String(name)}`;
    wrong(errors, path, ['APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', why]);
  }
  const subs = options.filter((option) => typeOf(option) <= 2).length;
  if (subs > 0 && subs < options.length) {
    const why = 'Sub-command and sub-command group options exclude other kinds';
    wrong(errors, path, ['APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', why]);
  }
  for (const [i, option] of options.entries()) optionErrors(errors, option, [...path, i]);
}

function optionErrors(errors: Errors, option: Json, path: Path): void {
  nameErrors(errors, option, path);
  optionsErrors(errors, list(option.options), path);
  const choices = list(option.choices);
  if (choices.length > 0 && option.autocomplete === true) {
    wrong(errors, [...path, 'autocomplete'], 'choices and autocomplete exclude each other');
  }
  for (const key of ['name', 'value']) {
    for (const double of doubles(choices.map((choice) => choice[key]))) {
      wrong(errors, [...path, 'choices'], `two choices with the ${key} ${String(double)}`);
    }
  }
  for (const [i, { value }] of choices.entries()) {
    if (letters(value) > 100) wrong(errors, [...path, 'choices', i, 'value'], 'longer than 100');
  }
  for (const [least, most] of [
    ['min_value', 'max_value'],
    ['min_length', 'max_length'],
  ] as const) {
    if (Number(option[least] ?? -Infinity) > Number(option[most] ?? Infinity)) {
      wrong(errors, [...path, least], `more than ${most}`);
    }
  }
}

/** Letters of all names, descriptions and values; of translations the longest counts. */
function sizeOf(part: Json): number {
  const longest = (key: string): number => {
    const translated = Object.values((part[`${key}_localizations`] ?? {}) as Json);
    return Math.max(...[part[key], ...translated].map(letters));
  };
  const own = longest('name') + longest('description') + letters(part.value);
  return [...list(part.options), ...list(part.choices)].reduce(
    (sum, one) => sum + sizeOf(one),
    own,
  );
}

/** Suggestions must be of their option's kind. */
export function choicesErrors(choices: unknown, optionType: number): Errors {
  const errors: Errors = [];
  const kind = optionType === 4 || optionType === 10 ? 'number' : 'string';
  for (const [i, { value }] of list(choices).entries()) {
    const path = ['data', 'choices', i, 'value'];
    if (typeof value !== kind) wrong(errors, path, `must be a ${kind}`);
    if (optionType === 4 && !Number.isInteger(value)) wrong(errors, path, 'must be whole');
    if (letters(value) > 100) wrong(errors, path, 'Must be 100 or fewer in length.');
  }
  return errors;
}

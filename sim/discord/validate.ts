import type { Json } from './hub.js';
import { Refused } from './hub.js';

const V2 = 1 << 15;
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const V2_TYPES = new Set([9, 10, 11, 12, 13, 14, 17]);
const INTERACTIVE = new Set([3, 5, 6, 7, 8]);

type Errors = string[];
const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const letters = (value: unknown): number => Array.from(text(value)).length;

function within(
  errors: Errors,
  at: string,
  { value, least = 0, most }: { value: unknown; least?: number; most: number },
): void {
  const length = letters(value);
  if (length < least || length > most)
    errors.push(`${at}: must be ${least} to ${most} long, is ${length}`);
}

/** Throws Discord's "Invalid Form Body" when there is anything wrong. */
function refuse(errors: Errors): void {
  if (errors.length === 0) return;
  throw new Refused(400, 50035, `Invalid Form Body: ${errors.join('; ')}`);
}

/** A message to be created or edited: sizes, and the rules between its parts. */
export function checkMessage(body: Json, flags: number, { isEdit = false } = {}): void {
  const errors: Errors = [];
  const isV2 = (flags & V2) !== 0;
  const content = text(body.content);
  if (letters(content) > 2000) errors.push('content: longer than 2000');
  const components = list(body.components);
  if (isV2 && (content !== '' || list(body.embeds).length > 0)) {
    errors.push('content and embeds are not allowed with IS_COMPONENTS_V2');
  }
  if (list(body.embeds).length > 10) errors.push('embeds: more than 10');
  if (!isV2 && components.some((one) => V2_TYPES.has(Number(one.type)))) {
    errors.push('components: IS_COMPONENTS_V2 is missing');
  }
  if (!isV2 && components.length > 5) errors.push('components: more than 5 rows');
  if (isV2 || components.length > 0) checkComponents(errors, components);
  const isEmpty =
    content === '' &&
    components.length + list(body.embeds).length + list(body.attachments).length === 0;
  if (isEmpty && !isEdit) throw new Refused(400, 50006, 'Cannot send an empty message');
  refuse(errors);
}

interface Count {
  total: number;
  letters: number;
  readonly ids: Set<string>;
}

function checkComponents(errors: Errors, components: readonly Json[]): void {
  const count: Count = { total: 0, letters: 0, ids: new Set() };
  for (const component of components) checkComponent(errors, component, count);
  if (count.total > 40) errors.push(`components: ${count.total} are more than 40`);
  if (count.letters > 4000)
    errors.push(`components: ${count.letters} characters are more than 4000`);
}

function checkComponent(errors: Errors, component: Json, count: Count): void {
  count.total += 1;
  const type = Number(component.type);
  const children = list(component.components);
  if (type === 10) {
    count.letters += letters(component.content);
    within(errors, 'text display', { value: component.content, least: 1, most: 4000 });
  }
  if (type === 1) checkRow(errors, children);
  if (type === 2) checkButton(errors, component);
  if (INTERACTIVE.has(type)) checkSelect(errors, component);
  if (type === 9 && (children.length < 1 || children.length > 3))
    errors.push('section: 1 to 3 texts');
  if (type === 12 && (list(component.items).length < 1 || list(component.items).length > 10))
    errors.push('gallery: 1 to 10 items');
  const id = text(component.custom_id);
  if (id !== '' && count.ids.has(id)) errors.push(`custom_id: ${id} occurs twice`);
  if (id !== '') count.ids.add(id);
  for (const child of children) checkComponent(errors, child, count);
  if (component.accessory) checkComponent(errors, component.accessory as Json, count);
}

function checkRow(errors: Errors, children: readonly Json[]): void {
  const buttons = children.filter((one) => one.type === 2).length;
  const isFine = buttons === children.length ? buttons >= 1 && buttons <= 5 : children.length === 1;
  if (!isFine) errors.push('action row: 1 to 5 buttons, or one select');
}

function checkButton(errors: Errors, button: Json): void {
  const isLink = button.style === 5;
  if (isLink) within(errors, 'button url', { value: button.url, least: 1, most: 512 });
  else within(errors, 'button custom_id', { value: button.custom_id, least: 1, most: 100 });
  if (isLink && button.custom_id !== undefined) errors.push('a link button has no custom_id');
  within(errors, 'button label', { value: button.label, most: 80 });
  if (!button.label && !button.emoji) errors.push('button: a label or an emoji is needed');
}

function checkSelect(errors: Errors, select: Json): void {
  within(errors, 'select custom_id', { value: select.custom_id, least: 1, most: 100 });
  within(errors, 'select placeholder', { value: select.placeholder, most: 150 });
  if (select.type !== 3) return;
  const options = list(select.options);
  if (options.length < 1 || options.length > 25) errors.push('select: 1 to 25 options');
  for (const option of options) {
    within(errors, 'option label', { value: option.label, least: 1, most: 100 });
    within(errors, 'option value', { value: option.value, least: 1, most: 100 });
  }
}

/** The commands of one scope, as a bulk overwrite sends them. */
export function checkCommands(commands: readonly Json[]): void {
  const errors: Errors = [];
  const names = commands.map((command) => `${Number(command.type ?? 1)} ${text(command.name)}`);
  if (new Set(names).size !== names.length) errors.push('two commands of the same name');
  if (commands.filter((command) => (command.type ?? 1) === 1).length > 100) {
    throw new Refused(400, 30032, 'Maximum number of application commands reached');
  }
  for (const command of commands) {
    const size = checkCommand(errors, command, 0);
    if (size > 8000) errors.push(`${text(command.name)}: APPLICATION_COMMAND_TOO_LARGE`);
  }
  refuse(errors);
}

function checkCommand(errors: Errors, command: Json, depth: number): number {
  const name = text(command.name);
  const isChat = depth > 0 || (command.type ?? 1) === 1;
  if (isChat && (!NAME.test(name) || name !== name.toLowerCase()))
    errors.push(`${name}: not a command name`);
  if (isChat)
    within(errors, `${name} description`, { value: command.description, least: 1, most: 100 });
  const options = list(command.options);
  if (options.length > 25) errors.push(`${name}: more than 25 options`);
  const required = options.map((option) => option.required === true);
  if (required.lastIndexOf(true) > required.indexOf(false) && required.includes(false)) {
    errors.push(`${name}: required options come first`);
  }
  const optionNames = options.map((option) => option.name);
  if (new Set(optionNames).size !== optionNames.length)
    errors.push(`${name}: two options of the same name`);
  if (command.choices !== undefined && command.autocomplete)
    errors.push(`${name}: choices exclude autocomplete`);
  if (list(command.choices).length > 25) errors.push(`${name}: more than 25 choices`);
  if (depth > 2 && options.length > 0) errors.push(`${name}: nested too deep`);
  const own = letters(name) + letters(command.description);
  return options.reduce((sum, option) => sum + checkCommand(errors, option, depth + 1), own);
}

/** Suggestions: 25 at most, each a name and a value of its option's kind. */
export function checkChoices(choices: unknown): void {
  const errors: Errors = [];
  if (!Array.isArray(choices)) errors.push('choices: missing');
  if (list(choices).length > 25) errors.push('choices: more than 25');
  for (const choice of list(choices)) {
    within(errors, 'choice name', { value: choice.name, least: 1, most: 100 });
    if (typeof choice.value === 'string')
      within(errors, 'choice value', { value: choice.value, least: 0, most: 100 });
  }
  refuse(errors);
}

/** A modal: a title, and 1 to 5 labels or texts. */
export function checkModal(modal: Json): void {
  const errors: Errors = [];
  within(errors, 'modal title', { value: modal.title, least: 1, most: 45 });
  within(errors, 'modal custom_id', { value: modal.custom_id, least: 1, most: 100 });
  const components = list(modal.components);
  if (components.length < 1 || components.length > 5) errors.push('modal: 1 to 5 components');
  for (const component of components) {
    if (component.type === 18)
      within(errors, 'label', { value: component.label, least: 1, most: 45 });
  }
  refuse(errors);
}

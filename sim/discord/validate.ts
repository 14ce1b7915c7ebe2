import type { Json } from './hub.js';
import { Refused } from './refused.js';
import type { FieldError } from './spec.js';

/** Flag of messages made of Components V2. */
export const V2 = 1 << 15;
const V2_TYPES = new Set([9, 10, 11, 12, 13, 14, 17]);
const SELECTS = new Set([3, 5, 6, 7, 8]);

export type Errors = FieldError[];
type Path = readonly PropertyKey[];

export const list = (value: unknown): Json[] =>
  Array.isArray(value)
    ? value.filter((one): one is Json => typeof one === 'object' && one !== null)
    : [];
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const letters = (value: unknown): number => Array.from(text(value)).length;

/** Where and what is wrong, in a list that is filled on the way; the rule by Discord's name where it is known. */
export function wrong(errors: Errors, path: Path, why: string | readonly [string, string]): void {
  errors.push(typeof why === 'string' ? { path, why } : { path, code: why[0], why: why[1] });
}

export const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** Values that occur more than once. */
export const doubles = (values: readonly unknown[]): unknown[] => [
  ...new Set(values.filter((value, i) => values.indexOf(value) !== i)),
];

export interface MessageRules {
  readonly flags: number;
  /** Names of the files the message will have. */
  readonly files: readonly string[];
}

/** What the schemas do not say of a message as it will be: the rules between its parts. */
export function messageErrors(body: Json, { flags, files }: MessageRules): Errors {
  const errors: Errors = [];
  const isV2 = (flags & V2) !== 0;
  const components = list(body.components);
  // The document says 4000 of a new message; that is for people who pay.
  if (letters(body.content) > 2000) wrong(errors, ['content'], 'Must be 2000 or fewer in length.');
  if (isV2 && (text(body.content) !== '' || list(body.embeds).length > 0 || body.poll)) {
    const why = 'content, embeds and poll cannot be used with IS_COMPONENTS_V2';
    wrong(errors, ['components'], ['MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', why]);
  }
  if (!isV2 && components.some((one) => V2_TYPES.has(Number(one.type)))) {
    wrong(errors, ['components'], 'IS_COMPONENTS_V2 is missing');
  }
  if (!isV2 && components.length > 5)
    wrong(errors, ['components'], 'Must be 5 or fewer in length.');
  componentErrors(errors, components);
  mediaErrors(errors, components, files);
  embedErrors(errors, list(body.embeds));
  mentionErrors(errors, (body.allowed_mentions ?? {}) as Json);
  return errors;
}

/** Refuses a message with nothing in it. */
export function mustSaySomething(message: Json): void {
  const { content, components, embeds, attachments, poll, sticker_ids: stickers } = message;
  const parts = [components, embeds, attachments, stickers].flatMap((part) =>
    Array.isArray(part) ? (part as unknown[]) : [],
  );
  if (text(content) === '' && parts.length === 0 && !poll) {
    throw new Refused(400, 50006, 'Cannot send an empty message');
  }
}

/** Everything that stands in a message or modal, with where it stands. */
export function walk(components: readonly Json[], path: Path): { one: Json; path: Path }[] {
  return components.flatMap((one, i) => {
    const here = [...path, i];
    const single = (key: string) =>
      walk(one[key] ? [one[key] as Json] : [], [...here, key]).map((inner) => ({
        ...inner,
        path: inner.path.filter((_, at) => at !== here.length + 1),
      }));
    return [
      { one, path: here },
      ...walk(list(one.components), [...here, 'components']),
      ...single('accessory'),
      ...single('component'),
    ];
  });
}

function componentErrors(errors: Errors, components: readonly Json[]): void {
  const all = walk(components, ['components']);
  if (all.length > 40) wrong(errors, ['components'], `${all.length} components are more than 40`);
  const said = all.reduce((sum, { one }) => sum + (one.type === 10 ? letters(one.content) : 0), 0);
  if (said > 4000) wrong(errors, ['components'], `${said} characters are more than 4000`);
  identityErrors(errors, all);
  for (const { one, path } of all) {
    if (one.type === 1) rowErrors(errors, one, path);
    if (one.type === 2) buttonErrors(errors, one, path);
    if (SELECTS.has(Number(one.type))) {
      selectErrors(errors, one, path);
      if (isGiven(one.required)) wrong(errors, [...path, 'required'], 'only in modals');
    }
  }
}

/** No custom_id and no id of one's own may occur twice. */
export function identityErrors(errors: Errors, all: readonly { one: Json; path: Path }[]): void {
  const customIds = all.flatMap(({ one }) => (text(one.custom_id) === '' ? [] : [one.custom_id]));
  const ids = all.flatMap(({ one }) => (typeof one.id === 'number' && one.id > 0 ? [one.id] : []));
  for (const double of doubles(customIds)) {
    const { path } = all.findLast(({ one }) => one.custom_id === double) ?? { path: [] };
    const why = `Component custom id cannot be duplicated: ${String(double)}`;
    wrong(errors, [...path, 'custom_id'], ['COMPONENT_CUSTOM_ID_DUPLICATED', why]);
  }
  for (const double of doubles(ids)) {
    wrong(errors, ['components'], `the id ${String(double)} occurs twice`);
  }
}

function rowErrors(errors: Errors, row: Json, path: Path): void {
  const children = list(row.components);
  const buttons = children.filter((one) => one.type === 2).length;
  const isFine = buttons === children.length ? buttons >= 1 && buttons <= 5 : children.length === 1;
  if (!isFine) wrong(errors, [...path, 'components'], 'must be 1 to 5 buttons, or one select');
}

function buttonErrors(errors: Errors, button: Json, path: Path): void {
  const has = (key: string) => isGiven(button[key]);
  const needs = { 5: 'url', 6: 'sku_id' }[Number(button.style)] ?? 'custom_id';
  for (const key of ['url', 'sku_id', 'custom_id']) {
    if (key === needs && !has(key)) wrong(errors, [...path, key], 'This field is required');
    if (key !== needs && has(key)) wrong(errors, [...path, key], 'not with this style');
  }
  const isBare = text(button.label) === '' && !has('emoji');
  if (isBare && needs !== 'sku_id')
    wrong(errors, [...path, 'label'], 'a label or an emoji is needed');
}

/** The rules between the parts of a select, in messages and modals. */
export function selectErrors(errors: Errors, select: Json, path: Path): void {
  const least = Number(select.min_values ?? 1);
  const most = Number(select.max_values ?? 1);
  if (least > most) wrong(errors, [...path, 'min_values'], 'more than max_values');
  const preset = list(select.default_values).length;
  if (preset > most) wrong(errors, [...path, 'default_values'], 'more than max_values');
  if (select.type !== 3) return;
  const options = list(select.options);
  if (most > options.length) {
    wrong(errors, [...path, 'max_values'], `more than the ${options.length} options`);
  }
  for (const value of doubles(options.map((option) => option.value))) {
    wrong(errors, [...path, 'options'], `The specified value ${String(value)} is already used`);
  }
  const chosen = options.filter((option) => option.default === true).length;
  if (chosen > most) wrong(errors, [...path, 'options'], 'more defaults than max_values');
}

/** Files that components show must be among those of the message. */
function mediaErrors(errors: Errors, components: readonly Json[], files: readonly string[]): void {
  for (const { one, path } of walk(components, ['components'])) {
    const urls = [one.file, one.media, ...list(one.items).map((item) => item.media)].map((media) =>
      text((media as Json | undefined)?.url),
    );
    for (const url of urls) {
      const name = /^attachment:\/\/(.*)$/.exec(url)?.[1];
      if (one.type === 13 && url !== '' && name === undefined) {
        wrong(errors, [...path, 'file', 'url'], 'must be attachment://');
      }
      if (name !== undefined && !files.includes(decodeURI(name))) {
        const why = `The referenced attachment ${name} was not found`;
        wrong(errors, path, ['UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND', why]);
      }
    }
  }
}

function embedErrors(errors: Errors, embeds: readonly Json[]): void {
  const sizes = embeds.map((embed) => {
    const { title, description, footer, author } = embed;
    const fields = list(embed.fields).flatMap(({ name, value }) => [name, value]);
    const under = [(footer as Json | undefined)?.text, (author as Json | undefined)?.name];
    return [title, description, ...under, ...fields].reduce<number>((n, s) => n + letters(s), 0);
  });
  const all = sizes.reduce((sum, size) => sum + size, 0);
  if (all > 6000) {
    const why = 'Embed size exceeds maximum size of 6000';
    wrong(errors, ['embeds'], ['MAX_EMBED_SIZE_EXCEEDED', why]);
  }
  for (const [i, size] of sizes.entries()) {
    const { image, thumbnail } = embeds[i] ?? {};
    if (size === 0 && !image && !thumbnail) wrong(errors, ['embeds', i], 'nothing in it');
  }
}

function mentionErrors(errors: Errors, { parse, users, roles }: Json): void {
  const parsed = (Array.isArray(parse) ? parse : []) as unknown[];
  for (const [kind, ids] of Object.entries({ users, roles })) {
    if (parsed.includes(kind) && Array.isArray(ids) && ids.length > 0) {
      wrong(errors, ['allowed_mentions', kind], `parse: ["${kind}"] and ids exclude each other`);
    }
  }
}

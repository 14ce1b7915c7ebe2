import type { Hub, Json, Message } from './hub.js';
import type { OpenModal } from './hub.js';
import type { Resolved } from './resolved.js';
import { NotAllowed } from './use.js';
import type { Use } from './use.js';
import { doubles, letters, list, text, walk } from './validate.js';

const SELECTS = [3, 5, 6, 7, 8];

/** Of a button or select on a message, what its interaction carries. Only what stands there can be used. */
export function component(use: Use, source: Message | null, resolved: Resolved): Json {
  if (!source) throw new NotAllowed('there is no such message');
  const all = walk(source.components, []).map(({ one }) => one);
  const found = all.find((one) => one.custom_id === use.customId);
  if (!found || use.customId === undefined)
    throw new NotAllowed('that message has no such component');
  if (found.disabled) throw new NotAllowed('that component is disabled');
  const isSelect = SELECTS.includes(Number(found.type));
  if (isSelect !== (use.kind === 'select')) throw new NotAllowed(`that is no ${use.kind}`);
  const data: Json = { custom_id: use.customId, component_type: found.type, id: found.id };
  if (!isSelect) return data;
  choose(found, use.values, resolved);
  return { ...data, values: use.values, ...resolved.part };
}

/** A private answer is seen by one person, a message of a channel by whoever sees the channel. */
export function mustSeeMessage(hub: Hub, message: Message, user: string): void {
  const only = hub.onlyFor.get(message.id) ?? hub.recipient(message.channel_id);
  if (only !== undefined && only !== user)
    throw new NotAllowed('that person does not see that message');
}

/** Holds chosen values against their select, and resolves them. */
function choose(select: Json, values: readonly string[], resolved: Resolved): void {
  const name = String(select.custom_id);
  const least = Number(select.min_values ?? 1);
  const most = Number(select.max_values ?? 1);
  if (values.length < least || values.length > most) {
    throw new NotAllowed(`${name}: ${least} to ${most} can be chosen, not ${values.length}`);
  }
  if (doubles(values).length > 0) throw new NotAllowed(`${name}: one chosen twice`);
  for (const value of values) {
    if ([3, 21, 22].includes(Number(select.type))) {
      const isOffered = list(select.options).some((option) => option.value === value);
      if (!isOffered) throw new NotAllowed(`${name}: ${value} is not offered`);
    }
    if (select.type === 5) resolved.user(value);
    if (select.type === 6) resolved.role(value);
    if (select.type === 7) resolved.mentionable(value);
    if (select.type === 8) resolved.channel(value, select.channel_types);
  }
}

/** What is filled into a modal, held against its fields. */
export function submission(use: Use, opened: OpenModal | undefined, resolved: Resolved): Json {
  if (!opened) throw new NotAllowed('that person has no such modal open');
  const components = list(opened.modal.components);
  const declared = walk(components, []).flatMap(({ one }) =>
    typeof one.custom_id === 'string' ? [one.custom_id] : [],
  );
  const given = [...Object.keys(use.fields), ...Object.keys(use.files)];
  const stray = given.find((name) => !declared.includes(name));
  if (stray !== undefined) throw new NotAllowed(`the modal has no field ${stray}`);
  let last = 0;
  const id = (one: Json): number => (typeof one.id === 'number' ? one.id : (last += 1));
  const field = (one: Json): Json => ({
    type: one.type,
    id: id(one),
    custom_id: one.custom_id,
    ...filled(one, use, resolved),
  });
  const parts = components.map((one) => {
    const base = { type: one.type, id: id(one) };
    if (one.type === 18) return { ...base, component: field(one.component as Json) };
    return one.type === 1 ? { ...base, components: list(one.components).map(field) } : base;
  });
  return { custom_id: use.customId, components: parts, ...resolved.part };
}

/** One field's value, or values. */
function filled(field: Json, use: Use, resolved: Resolved): Json {
  const name = String(field.custom_id);
  const given = use.fields[name];
  const isRequired = field.required !== false;
  if (field.type === 23) return { value: given === true || given === 'true' };
  if (field.type === 4) return { value: typed(field, given) };
  if (field.type === 19) {
    const files = [use.files[name] ?? []].flat();
    const asked = { ...field, type: 3, options: files.map((_, i) => ({ value: String(i) })) };
    const mayBeNone = !isRequired && files.length === 0;
    if (!mayBeNone)
      choose(
        asked,
        files.map((_, i) => String(i)),
        resolved,
      );
    return { values: files.map((file) => resolved.file(file, field.file_types)) };
  }
  const values = (Array.isArray(given) ? given : [given ?? []].flat()).map(String);
  if (isRequired && values.length === 0) throw new NotAllowed(`${name} is required`);
  const most = field.type === 22 ? list(field.options).length : 1;
  if (values.length > 0) choose({ max_values: most, ...field }, values, resolved);
  return field.type === 21 ? { value: values[0] ?? null } : { values };
}

function typed(input: Json, given: unknown): string {
  const name = String(input.custom_id);
  const value = given ?? text(input.value);
  if (typeof value !== 'string') throw new NotAllowed(`${name} takes a text`);
  const [least, most] = [Number(input.min_length ?? 0), Number(input.max_length ?? 4000)];
  if (value === '' && input.required === false) return value;
  if (value === '') throw new NotAllowed(`${name} is required`);
  if (letters(value) < least || letters(value) > most) {
    throw new NotAllowed(`${name}: ${least} to ${most} letters, not ${letters(value)}`);
  }
  return value;
}

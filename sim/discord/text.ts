import type { Answer, Request } from '../common/server.js';
import type { Hub, Json } from './hub.js';
import { inChannel } from './messages.js';
import { list, walk } from './validate.js';

/** `GET /_sim/messages`: a channel's or a DM's, oldest first. */
export function messages(hub: Hub, { query }: Request): Answer {
  const dm = query.get('dm');
  const channel = dm === null ? query.get('channel') : hub.dms.get(dm);
  return { status: 200, body: inChannel(hub, channel ?? '') };
}

/** `GET /_sim/text`: every text, label and file name of a message, a line each. */
export function text(hub: Hub, { query }: Request): Answer {
  const message = hub.messages.get(query.get('message') ?? '');
  if (!message) return { status: 404, body: { error: 'there is no such message' } };
  const components = walk(message.components, []).map(({ one }) => one);
  // A file that a component shows has said its name there.
  const shown = components.filter((one) => one.type === 13).map((one) => one.name);
  const files = message.attachments.flatMap(({ filename, description }) => [
    shown.includes(filename) ? undefined : filename,
    description,
  ]);
  const lines = [
    message.content,
    ...list(message.embeds).flatMap(embedWords),
    ...components.flatMap(wordsOf),
    ...files,
  ].filter((line) => typeof line === 'string' && line !== '');
  return { status: 200, body: { text: lines.join('\n') } };
}

const embedWords = ({ author, title, description, fields, footer }: Json): unknown[] => [
  (author as Json | undefined)?.name,
  title,
  description,
  ...list(fields).flatMap(({ name, value }) => [name, value]),
  (footer as Json | undefined)?.text,
];

/** The words of one component of any type; what is nested in it has its own. */
function wordsOf(component: Json): unknown[] {
  const { content, label, placeholder, description, name, options, items } = component;
  return [
    content,
    label,
    placeholder,
    description,
    component.type === 13 ? name : undefined,
    ...list(options).flatMap((option) => [option.label, option.description]),
    ...list(items).map((item) => item.description),
  ];
}

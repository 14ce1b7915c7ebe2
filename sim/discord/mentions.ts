import type { Hub, Json, Message } from './hub.js';
import { list, text, walk } from './validate.js';

/** Whom a message pings: named in its words, and allowed by its `allowed_mentions` (none given: everybody named). */
export function pinged(hub: Hub, message: Message, allowed: unknown): Json {
  const { parse, users, roles } = (allowed ?? { parse: ['users', 'roles', 'everyone'] }) as Json;
  const words = wordsThatPing(message);
  const mayPing = (kind: string, ids: unknown, id: string): boolean =>
    strings(parse).includes(kind) || strings(ids).includes(id);
  const named = (pattern: RegExp) => [...new Set([...words.matchAll(pattern)].map(([, id]) => id))];
  const { channel, guild } = hubChannel(hub, message.channel_id);
  if (!channel) return {};
  const people = [hub.world.bot, ...hub.world.users];
  return {
    mentions: named(/<@!?(\d+)>/g).flatMap((id) =>
      id !== undefined && mayPing('users', users, id) ? people.filter((one) => one.id === id) : [],
    ),
    mention_roles: named(/<@&(\d+)>/g).filter(
      (id) =>
        id !== undefined &&
        mayPing('roles', roles, id) &&
        guild?.roles.some((role) => role.id === id) === true,
    ),
    mention_everyone: strings(parse).includes('everyone') && /@(everyone|here)\b/.test(words),
  };
}

const strings = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

function hubChannel(hub: Hub, id: string) {
  try {
    return hub.channel(id);
  } catch {
    return { channel: null, guild: null };
  }
}

/** Embeds never ping; text displays do. */
const wordsThatPing = (message: Message): string =>
  [
    message.content,
    ...walk(list(message.components), []).flatMap(({ one }) =>
      one.type === 10 ? [text(one.content)] : [],
    ),
  ].join('\n');

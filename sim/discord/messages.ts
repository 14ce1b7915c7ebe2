import type { Hub, Json, Message } from './hub.js';

/** An ephemeral message is seen by one person alone. */
export const EPHEMERAL = 64;

/** Components get ids where they have none, as Discord numbers them. */
export function numbered(components: readonly Json[], counter = { last: 0 }): Json[] {
  return components.map((component) => {
    counter.last += 1;
    const inner = component.components as Json[] | undefined;
    return {
      id: counter.last,
      ...component,
      ...(inner ? { components: numbered(inner, counter) } : {}),
    };
  });
}

/** What everybody in a channel sees, oldest first: private answers are not messages of the channel. */
export const inChannel = (hub: Hub, channelId: string): Message[] =>
  [...hub.messages.values()].filter(
    (message) => message.channel_id === channelId && (message.flags & EPHEMERAL) === 0,
  );

import {
  ComponentType,
  DiscordAPIError,
  MessageFlags,
  PermissionFlagsBits,
  RESTJSONErrorCodes as Code,
  Routes,
  type APIMessage,
  type APIMessageTopLevelComponent,
  type Client,
} from 'discord.js';
import type { Asks } from '../commands/command.js';
import type { Reply } from '../commands/reply.js';
import { Outage } from '../core/errors.js';
import type { ChannelId, GuildId, MessageId } from '../core/model.js';
import { pressesOf, render } from './reply.js';

/** The channel does not take or show messages, and will not until somebody changes it. */
export class ChannelClosed extends Error {
  override readonly name = 'ChannelClosed';

  constructor(
    readonly channelId: ChannelId,
    /** gone: deleted. forbidden: not to be seen or written in. history: Read Message History is missing. */
    readonly why: 'gone' | 'forbidden' | 'history',
    options?: ErrorOptions,
  ) {
    super(`channel ${channelId}: ${why}`, options);
  }
}

/** The message to be edited was deleted. */
class MessageGone extends Error {
  override readonly name = 'MessageGone';
}

/** A message of our own as a look-back finds it. */
export interface OwnMessage {
  readonly id: MessageId;
  /** null where Discord did not keep it. */
  readonly nonce: string | null;
  /** All its texts, a line each. */
  readonly text: string;
}

/** Posts to channels. Every method throws `ChannelClosed`, or `Outage` when a later try may work. */
export interface Poster {
  /** `nonce`: at most 25 characters; the same one within a few minutes gives the earlier message, not a second. */
  post(to: PostTarget, reply: Reply, nonce: string): Promise<MessageId>;
  /** false: the message was deleted. */
  edit(to: PostTarget, messageId: MessageId, reply: Reply): Promise<boolean>;
  /** Our own among the channel's newest `limit` (1–100) messages, newest first. */
  recentOwn(channelId: ChannelId, limit: number): Promise<readonly OwnMessage[]>;
}

/** Where a message goes; its buttons are for anyone of that guild with the power. */
export interface PostTarget {
  readonly channelId: ChannelId;
  readonly guildId: GuildId;
}

/** Makes the poster; buttons of posted messages live as long as the messages. */
export function createPoster({ client, asks }: { client: Client; asks: Asks }): Poster {
  const bodyOf = async (guildId: GuildId, reply: Reply) => {
    const customIds: string[] = [];
    for (const press of pressesOf(reply)) {
      const id = await asks.save({ ...press, userId: null, guildId, expiresAt: null });
      customIds.push(`v1:${press.button}:${id}`);
    }
    const { components, files } = render(reply, customIds);
    return {
      body: {
        components,
        flags: MessageFlags.IsComponentsV2,
        allowed_mentions: { parse: [] },
        attachments: files.map(({ name }, id) => ({ id: String(id), filename: name })),
      },
      files: files.map(({ name, content }) => ({ name, data: Buffer.from(content) })),
    };
  };
  return {
    post: async ({ channelId, guildId }, reply, nonce) => {
      const { body, files } = await bodyOf(guildId, reply);
      const sent = { body: { ...body, nonce, enforce_nonce: true }, files };
      const message = await asking(channelId, () =>
        client.rest.post(Routes.channelMessages(channelId), sent),
      );
      return (message as APIMessage).id as MessageId;
    },
    edit: async ({ channelId, guildId }, messageId, reply) => {
      const sent = await bodyOf(guildId, reply);
      const route = Routes.channelMessage(channelId, messageId);
      try {
        await asking(channelId, () => client.rest.patch(route, sent));
        return true;
      } catch (error) {
        if (error instanceof MessageGone) return false;
        throw error;
      }
    },
    recentOwn: async (channelId, limit) => {
      await needHistory(client, channelId);
      const query = new URLSearchParams({ limit: String(limit) });
      const messages = await asking(channelId, () =>
        client.rest.get(Routes.channelMessages(channelId), { query }),
      );
      return (messages as readonly APIMessage[])
        .filter(({ author }) => author.id === client.user?.id)
        .map(({ id, nonce, components }) => ({
          id: id as MessageId,
          nonce: nonce === undefined ? null : String(nonce),
          text: textsOf(components ?? []).join('\n'),
        }));
    },
  };
}

/** Without the permission Discord answers with an empty list, which would look like "not posted yet". */
async function needHistory(client: Client, channelId: ChannelId): Promise<void> {
  const channel = await asking(channelId, () => client.channels.fetch(channelId));
  if (!client.user || !channel || channel.isDMBased()) throw new ChannelClosed(channelId, 'gone');
  const may = channel.permissionsFor(client.user);
  if (!may) throw new Outage('Discord does not tell our permissions now');
  if (!may.has(PermissionFlagsBits.ReadMessageHistory)) {
    throw new ChannelClosed(channelId, 'history');
  }
}

const GONE: readonly (number | string)[] = [Code.UnknownChannel, Code.UnknownGuild];
const FORBIDDEN: readonly (number | string)[] = [Code.MissingAccess, Code.MissingPermissions];

/** Discord's errors in our words; a request it calls malformed (400) is a fault of ours and stays as it is. */
async function asking<T>(channelId: ChannelId, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DiscordAPIError) {
      if (GONE.includes(error.code)) throw new ChannelClosed(channelId, 'gone', { cause: error });
      if (FORBIDDEN.includes(error.code)) {
        throw new ChannelClosed(channelId, 'forbidden', { cause: error });
      }
      if (error.code === Code.UnknownMessage)
        throw new MessageGone(error.message, { cause: error });
      if (error.status === 400) throw error;
    }
    throw new Outage('Discord does not answer', { cause: error });
  }
}

const textsOf = (components: readonly APIMessageTopLevelComponent[]): readonly string[] =>
  components.flatMap((component) => {
    if (component.type === ComponentType.TextDisplay) return [component.content];
    return component.type === ComponentType.Container ? textsOf(component.components) : [];
  });

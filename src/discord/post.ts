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
import { ChannelClosed, Outage } from '../core/errors.js';
import type { ChannelId, DiscordUserId, GuildId, MessageId } from '../core/model.js';
import { pressesOf, render } from './reply.js';

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

/** Writes to users directly, without buttons. Every method throws `Outage` when a later try may work. */
export interface DirectPoster {
  /** `nonce` as in `Poster`. closed: that user takes no direct messages of ours. */
  dm(userId: DiscordUserId, reply: Reply, nonce: string): Promise<MessageId | 'closed'>;
  /** false: the message was deleted, or they are closed now. */
  editDm(userId: DiscordUserId, messageId: MessageId, reply: Reply): Promise<boolean>;
  /** Our own newest ones, newest first. */
  recentDms(userId: DiscordUserId): Promise<readonly OwnMessage[]>;
  /** Who owns a guild; null when Discord has not told. */
  ownerOf(guildId: GuildId): DiscordUserId | null;
  nameOf(guildId: GuildId): string | null;
}

/** Where a message goes; its buttons are for anyone of that guild with the power. */
export interface PostTarget {
  readonly channelId: ChannelId;
  readonly guildId: GuildId;
}

const RECENT_DMS = 20;

/** Makes the poster; buttons of posted messages live as long as the messages. */
export function createPoster({ client, asks }: { client: Client; asks: Asks }): Poster {
  const idsOf = async (guildId: GuildId, reply: Reply) => {
    const customIds: string[] = [];
    for (const press of pressesOf(reply)) {
      const id = await asks.save({ ...press, userId: null, guildId, expiresAt: null });
      customIds.push(`v1:${press.button}:${id}`);
    }
    return customIds;
  };
  return {
    post: async ({ channelId, guildId }, reply, nonce) =>
      postTo(client, channelId, { ...bodyOf(reply, await idsOf(guildId, reply)), nonce }),
    edit: async ({ channelId, guildId }, messageId, reply) =>
      editIn(client, { channelId, messageId }, bodyOf(reply, await idsOf(guildId, reply))),
    recentOwn: async (channelId, limit) => {
      await needHistory(client, channelId);
      return recentIn(client, channelId, limit);
    },
  };
}

/** Makes what writes to users directly; who does not take it is told apart from a Discord that does not. */
export function createDirectPoster(client: Client): DirectPoster {
  const opened = new Map<DiscordUserId, ChannelId>();
  const channelOf = async (userId: DiscordUserId): Promise<ChannelId> => {
    const known = opened.get(userId);
    if (known) return known;
    const body = { recipient_id: userId };
    const asked = () => client.rest.post(Routes.userChannels(), { body });
    const { id } = (await asking(NO_CHANNEL, asked)) as { id: ChannelId };
    opened.set(userId, id);
    return id;
  };
  const unlessClosed = <T, C>(work: Promise<T>, closed: C): Promise<T | C> =>
    work.catch((error: unknown) => {
      if (error instanceof ChannelClosed) return closed;
      throw error;
    });
  const sendTo = async (userId: DiscordUserId, reply: Reply, nonce: string) =>
    postTo(client, await channelOf(userId), { ...bodyOf(reply, []), nonce });
  const editAt = async (userId: DiscordUserId, messageId: MessageId, reply: Reply) =>
    editIn(client, { channelId: await channelOf(userId), messageId }, bodyOf(reply, []));
  const recentOf = async (userId: DiscordUserId) =>
    recentIn(client, await channelOf(userId), RECENT_DMS);
  return {
    dm: (userId, reply, nonce) => unlessClosed(sendTo(userId, reply, nonce), 'closed' as const),
    editDm: (userId, id, reply) => unlessClosed(editAt(userId, id, reply), false),
    recentDms: (userId) => unlessClosed(recentOf(userId), []),
    ownerOf: (guildId) =>
      (client.guilds.cache.get(guildId)?.ownerId as DiscordUserId | undefined) ?? null,
    nameOf: (guildId) => client.guilds.cache.get(guildId)?.name ?? null,
  };
}

/** Where the channel of a user could not even be opened. */
const NO_CHANNEL = '' as ChannelId;

function bodyOf(reply: Reply, customIds: readonly string[]) {
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
}

type Sent = ReturnType<typeof bodyOf>;

async function postTo(
  client: Client,
  channelId: ChannelId,
  { body, files, nonce }: Sent & { readonly nonce: string },
): Promise<MessageId> {
  const sent = { body: { ...body, nonce, enforce_nonce: true }, files };
  const message = await asking(channelId, () =>
    client.rest.post(Routes.channelMessages(channelId), sent),
  );
  return (message as APIMessage).id as MessageId;
}

/** Files that are not sent along are gone from the message afterwards. */
async function editIn(
  client: Client,
  { channelId, messageId }: { readonly channelId: ChannelId; readonly messageId: MessageId },
  sent: Sent,
): Promise<boolean> {
  const route = Routes.channelMessage(channelId, messageId);
  try {
    await asking(channelId, () => client.rest.patch(route, sent));
    return true;
  } catch (error) {
    if (error instanceof MessageGone) return false;
    throw error;
  }
}

async function recentIn(
  client: Client,
  channelId: ChannelId,
  limit: number,
): Promise<readonly OwnMessage[]> {
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

/** No guild in common any more; discord.js has no name for it. */
const NO_COMMON_GUILD = 50278;
const GONE: readonly (number | string)[] = [
  Code.UnknownChannel,
  Code.UnknownGuild,
  Code.UnknownUser,
];
const FORBIDDEN: readonly (number | string)[] = [
  Code.MissingAccess,
  Code.MissingPermissions,
  Code.CannotSendMessagesToThisUser,
  NO_COMMON_GUILD,
];

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

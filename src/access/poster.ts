import type { ChannelId, DiscordUserId, GuildId, MessageId } from '../core/model.js';
import type { Told } from './tell.js';

/** A guild's channel. */
export interface Place {
  readonly guildId: GuildId;
  readonly channelId: ChannelId;
}

/** A message of our own as it is found again. */
export interface Posted {
  readonly id: MessageId;
  /** null where Discord did not keep it. */
  readonly nonce: string | null;
  /** All its texts, a line each. */
  readonly text: string;
}

/** Discord, as far as messages owed need it. What asks it throws `Outage` while Discord does not take it. */
export interface Poster {
  /**
   * Posts once: a second post with the same nonce within Discord's window gives the first one's id. Like the next two
   * it throws `ChannelClosed`, too.
   */
  post(to: Place, told: Told, nonce: string): Promise<MessageId>;
  /** false: the message is no longer there. */
  edit(to: Place, messageId: MessageId, told: Told): Promise<boolean>;
  /** Our own newest messages in a channel. */
  recentOwn(channelId: ChannelId, limit: number): Promise<readonly Posted[]>;
  /** closed: that user takes no direct messages of ours. */
  dm(userId: DiscordUserId, told: Told, nonce: string): Promise<MessageId | 'closed'>;
  /** false: the message is no longer there. */
  editDm(userId: DiscordUserId, messageId: MessageId, told: Told): Promise<boolean>;
  /** Our own newest direct messages to a user. */
  recentDms(userId: DiscordUserId): Promise<readonly Posted[]>;
  /** Who owns a guild; null when Discord has not told. */
  ownerOf(guildId: GuildId): DiscordUserId | null;
  nameOf(guildId: GuildId): string | null;
}

/** What a post is known by: of what it is owed for, in the 25 characters that Discord takes. */
export const nonceOf = (id: string): string => id.replaceAll('-', '').slice(0, 25);

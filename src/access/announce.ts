import type { GuildId, ServerId } from '../core/model.js';
import type { EndSeen } from '../core/lateness.js';
import type { Parts } from './parts.js';

/** What a commit brought: for whoever waits in this process, and for the alarm clock. */
export interface Recorded {
  readonly guildId: GuildId;
  readonly serverId: ServerId;
  readonly news: readonly string[];
  readonly wakeAt: readonly Date[];
  readonly ends: readonly EndSeen[];
}

/** After the commit, never inside: tells who waits, delivers what is owed, asks for alarms. */
export function announce(
  parts: Pick<Parts, 'news' | 'knock' | 'stopStreams' | 'wakeAt'>,
  { guildId, serverId, news, wakeAt, ends }: Recorded,
): void {
  parts.news.tell(news);
  if (ends.length > 0) {
    parts.news.tellEnds(ends);
    parts.stopStreams();
  }
  parts.knock(guildId);
  wakeAt.forEach((when) => parts.wakeAt(serverId, when));
}

import type { DiscordUserId, GuildId, PersonId, ServerId } from '../core/model.js';

/** Who and why, for a case. */
export interface CaseHead {
  readonly guildId: GuildId;
  readonly personId: PersonId | null;
  readonly serverId: ServerId | null;
  readonly actorId: DiscordUserId | null;
  readonly reason: string | null;
  readonly at: Date;
  /** The notice of its batch; none: it gets one of its own. */
  readonly batch?: string | undefined;
}

/** Of what Usher does of itself on a server, to nobody in particular. */
export const ownHead = (guildId: GuildId, serverId: ServerId, at: Date): CaseHead => ({
  guildId,
  serverId,
  personId: null,
  actorId: null,
  reason: null,
  at,
});

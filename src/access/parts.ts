import type { Actor, DiscordUserId, GuildId, ServerId, SettleTimes } from '../core/model.js';
import type { Standing as Roles } from '../core/power.js';
import type { Log } from '../log.js';
import type { Painter } from '../pictures/painter.js';
import type { Plex } from '../plex/plex.js';
import type { Store } from '../store/store.js';
import type { Clock } from './clock.js';
import type { Connections } from './connections.js';
import type { Counts } from './counts.js';
import type { Going, Works } from './going.js';
import type { OwnerGate } from './gate.js';
import type { News } from './news.js';
import type { Logins } from './logins.js';
import type { Troubles } from './troubles.js';

/** Everything a use case can touch; made once, in `main.ts`. */
export interface Parts {
  readonly store: Store;
  /** The owner's plex.tv behind a server. Throws an Outage while the server is not connected. */
  readonly plexOf: (serverId: ServerId) => Plex;
  readonly connections: Connections;
  readonly clock: Clock;
  readonly counts: Counts;
  /** Draws pictures in a thread of its own. */
  readonly painter: Painter;
  readonly times: SettleTimes;
  readonly news: News;
  /** What people wait for and may stop. */
  readonly works: Works;
  /** Log-ins at plex.tv that wait to be approved. */
  readonly logins: Logins;
  readonly gate: OwnerGate;
  readonly troubles: Troubles;
  /** Asks for one look at this server at that instant. Promptness only: losing it costs at most 20 s. */
  readonly wakeAt: (serverId: ServerId, when: Date) => void;
  /** Something is owed to this guild's audit channel. */
  readonly knock: (guildId: GuildId) => void;
  /** Plex showed something to be gone: streams of it may be to be stopped. */
  readonly stopStreams: () => void;
  /** Whether somebody is in a guild now; null: Discord does not say. */
  readonly isMember: (guildId: GuildId, userId: DiscordUserId) => Promise<boolean | null>;
  /** What roles somebody has in a guild now; 'left': they are not in it, null: Discord does not say. */
  readonly rolesOf: (guildId: GuildId, userId: DiscordUserId) => Promise<Roles | 'left' | null>;
  readonly log: Log;
}

/** Whose turn it is at the owner's plex.tv queue. */
export type Priority = 'person' | 'timer' | 'sweep';

/** Reading or writing that somebody may wait for. */
export interface Errand {
  readonly priority: Priority;
  /** Left out: nobody watches it. */
  readonly going?: Going;
}

/** Who acts where: every query and every case is bound to it. */
export interface Standing {
  readonly guildId: GuildId;
  readonly actor: Actor;
}

/** The Discord user who acts, null for Usher itself. */
export const giverOf = ({ actor }: Standing) => (actor.kind === 'member' ? actor.userId : null);

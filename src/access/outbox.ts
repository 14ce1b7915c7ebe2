import type { GuildId } from '../core/model.js';
import type { Log } from '../log.js';
import type { Store } from '../store/store.js';
import type { Clock } from './clock.js';
import { DmDelivery } from './dms.js';
import { NoticeDelivery } from './notices.js';
import type { Poster } from './poster.js';
import { Troubles } from './troubles.js';

/** Everything that Usher owes Discord unasked: audit messages, standing troubles, direct messages. */
export class Outbox {
  readonly troubles: Troubles;
  private readonly notices: NoticeDelivery;
  private readonly dms: DmDelivery;

  constructor(parts: {
    readonly store: Store;
    readonly poster: Poster;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.troubles = new Troubles({ ...parts, knock: this.knock });
    this.notices = new NoticeDelivery({ ...parts, troubles: this.troubles });
    this.dms = new DmDelivery(parts);
  }

  /** Something is owed to this guild or its people: look now. Never throws. */
  readonly knock = (guildId: GuildId): void => {
    this.notices.knock(guildId);
    this.dms.knock();
  };

  /** Looks at everything that is due: at start, and at each round of the watch. */
  async round(): Promise<void> {
    await this.notices.round();
    await this.dms.round();
  }

  /** Channels or rights of a guild changed: a closed audit channel may be open now. Never throws. */
  changed(guildId: GuildId): void {
    this.notices.changed(guildId);
  }

  /** Takes nothing new and waits for what is being sent. */
  async stop(): Promise<void> {
    await Promise.all([this.notices.stop(), this.dms.stop()]);
  }
}

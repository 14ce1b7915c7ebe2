import { Outage } from '../core/errors.js';
import type { ServerId } from '../core/model.js';
import type { Plex } from '../plex/plex.js';

/** Which owner's plex.tv stands behind each server. */
export class Connections {
  private readonly plexByServer = new Map<ServerId, Plex>();

  add(serverId: ServerId, plex: Plex): void {
    this.plexByServer.set(serverId, plex);
  }

  readonly plexOf = (serverId: ServerId): Plex => {
    const plex = this.plexByServer.get(serverId);
    if (plex) return plex;
    throw new Outage('That Plex server has not answered since Usher was started.');
  };

  get isEmpty(): boolean {
    return this.plexByServer.size === 0;
  }

  close(): void {
    for (const plex of new Set(this.plexByServer.values())) plex.close();
  }
}

import type { AccountId, InviteId, SectionId, ShareId } from './model.js';

/** One row of a server's share list as plex.tv sent it. */
export interface ShareRow {
  readonly id: ShareId;
  /** null: an invite to an address without an account. */
  readonly accountId: AccountId | null;
  /** As sent: casing differs between plex.tv's lists; "" for managed users. */
  readonly email: string;
  readonly username: string;
  /** Not accepted yet: the person has no rights. */
  readonly pending: boolean;
  /** Everything, also libraries to come. */
  readonly all: boolean;
  /** Libraries with shared=1. */
  readonly sections: readonly SectionId[];
  /** Every Section of the row; the same array object in rows that list the same. Empty: the row carried none. */
  readonly catalogue: readonly SectionId[];
}

/** A well-formed answer of `GET /api/servers/{m}/shared_servers`. */
export interface SharesAnswer {
  /** When the request was sent. */
  readonly at: Date;
  /** The container's own count; null when it gave none. */
  readonly size: number | null;
  readonly rows: readonly ShareRow[];
}

/** A share that waits for its person to accept, as the owner's list of pending invites shows it. */
export interface PendingInvite {
  readonly shareId: ShareId;
  readonly inviteId: InviteId;
  readonly machineId: string;
  readonly accountId: AccountId | null;
  readonly email: string;
  readonly username: string;
  readonly sections: readonly SectionId[];
  readonly all: boolean;
}

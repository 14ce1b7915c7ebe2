import type { AccountId, ChannelId, ServerId } from '../core/model.js';
import type { RoleBindings } from '../core/power.js';
import { rolesByPower } from './bindings.js';
import { disconnect } from './disconnect.js';
import type { DisconnectOutcome, DisconnectWish } from './disconnect.js';
import { fixedOf } from './environment.js';
import type { Fixed } from './environment.js';
import type { Parts, Standing } from './parts.js';
import { setAuditChannel, setRoles } from './setupGuild.js';
import type { ChosenRoles } from './setupGuild.js';
import { accountName, logIn } from './setupLogin.js';
import type { LoginStep } from './setupLogin.js';
import { chooseServer, listServers } from './setupServer.js';
import type { ServerChoice, ServerOutcome, ServerWish } from './setupServer.js';
import { connectByToken } from './setupToken.js';
import type { TypedToken } from './setupToken.js';
import type { Told } from './tell.js';

/** How far a guild is set up. */
export interface SetupState {
  /** The Plex account whose servers can be chosen. */
  readonly account: {
    readonly ownerId: AccountId;
    readonly name: string;
    /** false: its token is missing or cannot be read, and somebody has to connect again. */
    readonly hasToken: boolean;
  } | null;
  readonly servers: readonly {
    readonly id: ServerId;
    readonly name: string;
    readonly readAt: Date | null;
  }[];
  readonly people: number;
  readonly auditChannel: ChannelId | null;
  readonly timeZone: string | null;
  readonly roles: RoleBindings;
  /** What the environment sets, and nobody can change here. */
  readonly fixed: ReadonlySet<Fixed>;
  readonly now: Date;
}

/** Sets a guild up, all of it from Discord. Any part can be done again at any time. */
export class Setup {
  constructor(
    private readonly parts: Parts,
    private readonly standing: Standing,
  ) {}

  async state(): Promise<SetupState> {
    const { store, connections, clock } = this.parts;
    const { guildId } = this.standing;
    const guild = await store.guilds.find(guildId);
    const servers = await store.servers.ofGuild(guildId);
    const ownerId = guild?.ownerId ?? servers[0]?.ownerId ?? null;
    const owner = ownerId === null ? null : await store.owners.find(ownerId);
    return {
      account: owner && {
        ownerId: owner.accountId,
        name: accountName(owner.username),
        hasToken: connections.has(owner.accountId),
      },
      servers: servers.map(({ id, name, syncedAt }) => ({ id, name, readAt: syncedAt })),
      people: (await store.people.present(guildId)).length,
      auditChannel: guild?.auditChannelId ?? null,
      timeZone: guild?.timeZone ?? null,
      roles: await rolesByPower(store, guildId),
      fixed: await fixedOf(store, guildId),
      now: clock.now(),
    };
  }

  /** Log-in by PIN, step by step. */
  logIn(): AsyncGenerator<LoginStep> {
    return logIn(this.parts, this.standing);
  }

  /** The asker goes on elsewhere: the log-in that waits ends. */
  stopLogin(): void {
    this.parts.logins.end(this.standing);
  }

  connectByToken(typed: TypedToken): Promise<ServerOutcome> {
    return connectByToken(this.parts, this.standing, typed);
  }

  listServers(ownerId: AccountId): Promise<readonly ServerChoice[]> {
    return listServers(this.parts, this.standing, ownerId);
  }

  chooseServer(wish: ServerWish): Promise<ServerOutcome> {
    return chooseServer(this.parts, this.standing, wish);
  }

  /** Lets go of a server, after showing what that gives up. */
  disconnect(wish: DisconnectWish): Promise<DisconnectOutcome> {
    return disconnect(this.parts, this.standing, wish);
  }

  setAuditChannel(to: { channel: ChannelId; lacks: readonly string[] | null }): Promise<Told> {
    return setAuditChannel(this.parts, this.standing, to);
  }

  setRoles(to: ChosenRoles): Promise<void> {
    return setRoles(this.parts, this.standing, to);
  }
}

import type { Answer, Handled, Request } from '../common/server.js';
import { intents } from './intents.js';
import type { Hub, Json } from './hub.js';
import { invalid, Refused } from './refused.js';
import { bodyOf, ok } from './route.js';
import type { DiscordRoute, RestParts } from './route.js';
import { bits, fullGuild } from './world.js';

/** The gateway's address, the bot itself, people, guilds and what is in them. */
export function guildRoutes(parts: RestParts): DiscordRoute[] {
  const { hub } = parts;
  const people = new People(parts);
  const get = (
    path: string,
    gives: NonNullable<DiscordRoute['gives']>,
    handle: (request: Request) => unknown,
  ): DiscordRoute => ({ method: 'GET', path, gives, handle: (request) => ok(handle(request)) });
  const worldOf = ({ lagMs }: Request) => hub.before(lagMs);
  const guildOf = (request: Request) => hub.guild(request.params.guild, worldOf(request));
  return [
    get('/gateway/bot', 'GatewayBotResponse', () => gatewayBot(parts)),
    get('/applications/@me', 'PrivateApplicationResponse', () => fullApplication(hub)),
    get('/users/@me', 'UserPIIResponse', () => ({
      ...hub.world.bot,
      email: null,
      verified: true,
      mfa_enabled: true,
      locale: 'en-US',
    })),
    get('/users/:user', 'UserResponse', (r) => hub.user(r.params.user ?? '', worldOf(r))),
    get('/guilds/:guild', 'GuildWithCountsResponse', (r) => {
      const guild = guildOf(r);
      const counted = r.query.get('with_counts') === 'true';
      const count = counted ? { approximate_member_count: guild.members.length } : {};
      return { ...fullGuild(guild), ...count };
    }),
    get('/guilds/:guild/roles', 'GuildRoleResponse[]', (r) => guildOf(r).roles),
    get('/guilds/:guild/roles/:role', 'GuildRoleResponse', (r) => {
      const role = guildOf(r).roles.find((one) => one.id === r.params.role);
      if (!role) throw new Refused(404, 10011, 'Unknown Role');
      return role;
    }),
    get('/guilds/:guild/channels', 'ChannelResponse[]', (r) => {
      const guild = guildOf(r);
      return guild.channels.map((channel) => ({ ...channel, guild_id: guild.id }));
    }),
    get('/guilds/:guild/members', 'GuildMemberResponse[]', (r) => people.list(r)),
    get('/guilds/:guild/members/search', 'GuildMemberResponse[]', (r) => people.search(r)),
    get('/guilds/:guild/members/:user', 'GuildMemberResponse', (r) =>
      hub.member(guildOf(r), r.params.user, worldOf(r)),
    ),
    get('/channels/:channel', 'ChannelResponse', (r) => {
      hub.need(r.params.channel, bits.viewChannel);
      const { channel, guild } = hub.channel(r.params.channel, worldOf(r));
      return guild ? { ...channel, guild_id: guild.id } : channel;
    }),
    {
      method: 'POST',
      path: '/users/@me/channels',
      takes: 'CreatePrivateChannelRequest',
      gives: 'PrivateChannelResponse',
      handle: (r) => people.openDm(r),
    },
  ];
}

class People {
  private readonly hub: Hub;

  constructor(private readonly parts: RestParts) {
    this.hub = parts.hub;
  }

  /** Everybody, by id: only for bots that have the members intent switched on. */
  list(request: Request): Json[] {
    const limit = limitOf(request, 1_000);
    const after = BigInt(request.query.get('after') ?? 0);
    if (!intents.isOn(this.hub.world.application, 'guildMembers')) {
      throw new Refused(403, 50001, 'Missing Access');
    }
    return this.all(request)
      .filter((member) => BigInt(idOf(member)) > after)
      .sort((a, b) => (BigInt(idOf(a)) < BigInt(idOf(b)) ? -1 : 1))
      .slice(0, limit);
  }

  search(request: Request): Json[] {
    const query = request.query.get('query')?.toLowerCase() ?? '';
    if (query === '') throw invalid('This field is required', 'query');
    const limit = limitOf(request, 1_000);
    const begins = (name: unknown) =>
      typeof name === 'string' && name.toLowerCase().startsWith(query);
    return this.all(request)
      .filter(({ nick, user }) => begins(nick) || begins((user as Json).username))
      .slice(0, limit);
  }

  private all(request: Request): Json[] {
    const world = this.hub.before(request.lagMs);
    const guild = this.hub.guild(request.params.guild, world);
    return guild.members.map(({ user }) => this.hub.member(guild, user.id, world));
  }

  openDm(request: Request): Handled {
    const userId = String(bodyOf(request).recipient_id);
    const user = this.hub.user(userId);
    if (user.id === this.hub.world.bot.id) {
      throw new Refused(400, 50007, 'Cannot send messages to this user');
    }
    return {
      apply: (): Answer => {
        const known = this.hub.dms.get(userId);
        if (known === undefined) this.parts.pace.openDm();
        const id = known ?? this.hub.nextId();
        this.hub.dms.set(userId, id);
        return ok(this.hub.channel(id).channel);
      },
    };
  }
}

const idOf = (member: Json): string => String((member.user as Json).id);

function limitOf({ query }: Request, most: number): number {
  const limit = Number(query.get('limit') ?? 1);
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= most))
    throw invalid(`int value should be between 1 and ${most}.`, 'limit');
  return limit;
}

const gatewayBot = ({ hub, sessionsLeft }: RestParts): Json => ({
  url: hub.origin.replace('http', 'ws'),
  shards: hub.knobs.shards,
  session_start_limit: {
    total: 1_000,
    remaining: sessionsLeft(),
    reset_after: 14_400_000,
    max_concurrency: 1,
  },
});

function fullApplication({ world }: Hub): Json {
  const [owner] = world.users;
  return {
    name: world.bot.username,
    icon: null,
    description: '',
    type: null,
    flags_new: String(world.application.flags),
    verify_key: '0'.repeat(64),
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    approximate_guild_count: world.guilds.length,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: [],
    bot: world.bot,
    owner: owner ?? world.bot,
    ...world.application,
  };
}

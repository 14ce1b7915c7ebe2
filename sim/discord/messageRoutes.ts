import type { Answer, Handled, Request } from '../common/server.js';
import type { Hub, Message } from './hub.js';
import { EPHEMERAL } from './messages.js';
import { invalid, Refused } from './refused.js';
import { bodyOf, ok } from './route.js';
import type { DiscordRoute, RestParts } from './route.js';
import { bits, everything, permissionsIn } from './world.js';

const ALL = '/channels/:channel/messages';
const ONE = `${ALL}/:message`;
/** Categories, forums and media channels hold other channels, not messages. */
const WORDLESS = [4, 15, 16];

/** Messages of channels, threads and DMs. */
export function messageRoutes(parts: RestParts): DiscordRoute[] {
  const channel = new ChannelMessages(parts);
  const gives = 'MessageResponse';
  return [
    {
      method: 'POST',
      path: ALL,
      takes: 'MessageCreateRequest',
      gives,
      handle: (r) => channel.post(r),
    },
    { method: 'GET', path: ALL, gives: `${gives}[]`, handle: (r) => channel.list(r) },
    { method: 'GET', path: ONE, gives, handle: (r) => ok(channel.one(r)) },
    {
      method: 'PATCH',
      path: ONE,
      takes: 'MessageEditRequestPartial',
      gives,
      handle: (r) => channel.edit(r),
    },
    { method: 'DELETE', path: ONE, handle: (r) => channel.remove(r) },
  ];
}

class ChannelMessages {
  private readonly hub: Hub;

  constructor(private readonly parts: RestParts) {
    this.hub = parts.hub;
  }

  post(request: Request): Handled {
    const body = bodyOf(request);
    const channelId = request.params.channel ?? '';
    const flags = Number(body.flags ?? 0);
    const channel = this.hub.need(channelId, bits.sendMessages);
    if (WORDLESS.includes(channel.type)) {
      throw new Refused(400, 50008, 'Cannot send messages in a non-text channel');
    }
    if (request.files.length > 0) this.hub.need(channelId, bits.attachFiles);
    if (Array.isArray(body.embeds) && body.embeds.length > 0)
      this.hub.need(channelId, bits.embedLinks);
    if (this.hub.thread(channelId)?.thread_metadata.locked)
      throw new Refused(400, 50083, 'Thread is archived');
    this.doorMustBeOpen(channelId);
    if (flags & EPHEMERAL) throw invalid('EPHEMERAL is for answers to interactions', 'flags');
    const { seq, files } = request;
    this.parts.messages.check(body, flags, { seq, files, schema: 'MessageCreateRequest' });
    return {
      apply: () => {
        this.parts.pace.write(channel, this.mayIn(channelId));
        return ok(this.postOnce(channelId, request));
      },
    };
  }

  private mayIn(channelId: string): bigint {
    const { guild, parent } = this.hub.channel(channelId);
    return guild && parent ? permissionsIn(guild, parent, this.hub.world.bot.id) : everything;
  }

  /** A DM reaches nobody who closed it, and nobody who shares no guild with the bot. */
  private doorMustBeOpen(channelId: string): void {
    const user = this.hub.recipient(channelId);
    if (user === undefined) return;
    const { dmClosed, guilds } = this.hub.world;
    const isNear = guilds.some((guild) => guild.members.some((one) => one.user.id === user));
    if (dmClosed.includes(user) || !isNear) {
      throw new Refused(403, 50007, 'Cannot send messages to this user');
    }
  }

  private postOnce(channelId: string, request: Request): Message {
    const body = bodyOf(request);
    const nonce = ['string', 'number'].includes(typeof body.nonce) ? String(body.nonce) : null;
    const key = `${channelId} ${nonce ?? ''}`;
    const { nonces, knobs } = this.hub;
    const earlier = nonce !== null && body.enforce_nonce === true ? nonces.get(key) : undefined;
    const known = earlier && this.hub.messages.get(earlier.id);
    if (earlier && known && Date.now() - earlier.at < knobs.nonceWindowMs) return known;
    const thread = this.hub.thread(channelId);
    if (thread) thread.thread_metadata.archived = false;
    const message = this.parts.messages.make(channelId, body, {
      flags: Number(body.flags ?? 0),
      files: request.files,
    });
    if (nonce !== null) {
      message.nonce = body.nonce;
      nonces.set(key, { id: message.id, at: Date.now() });
    }
    return message;
  }

  list(request: Request): Answer {
    const channelId = request.params.channel ?? '';
    this.hub.need(channelId, bits.viewChannel);
    const limit = Number(request.query.get('limit') ?? 50);
    if (!(Number.isInteger(limit) && limit >= 1 && limit <= 100))
      throw invalid('int value should be between 1 and 100.', 'limit');
    if (!(this.mayIn(channelId) & bits.readHistory)) return ok([]); // as Discord does: an empty list, not an error
    const shown = this.parts.messages.asOf(channelId, Date.now() - request.lagMs);
    const [before, after, around] = ['before', 'after', 'around'].map((key) =>
      BigInt(request.query.get(key) ?? 0),
    ) as [bigint, bigint, bigint];
    if (around) {
      const at = shown.findIndex(({ id }) => BigInt(id) >= around);
      const from = Math.max(0, (at < 0 ? shown.length : at) - Math.floor(limit / 2));
      return ok(shown.slice(from, from + limit).reverse());
    }
    const within = shown.filter(
      ({ id }) => (!before || BigInt(id) < before) && (!after || BigInt(id) > after),
    );
    return ok((after ? within.slice(0, limit) : within.slice(-limit)).reverse());
  }

  one(request: Request): Message {
    const { channel = '', message: id } = request.params;
    this.hub.need(channel, bits.viewChannel);
    // A late read is of a message as it was; only a change must have the one that is.
    const shown =
      request.lagMs > 0
        ? this.parts.messages.asOf(channel, Date.now() - request.lagMs).find((one) => one.id === id)
        : this.hub.messages.get(id ?? '');
    if (shown?.channel_id !== channel || (shown.flags & EPHEMERAL) !== 0) {
      throw new Refused(404, 10008, 'Unknown Message');
    }
    return shown;
  }

  edit(request: Request): Handled {
    this.one(request);
    return {
      apply: () => {
        const message = this.one(request);
        const { seq, files } = request;
        const sent = { seq, files, schema: 'MessageEditRequestPartial' };
        this.parts.messages.change(message, bodyOf(request), sent);
        return ok(message);
      },
    };
  }

  remove(request: Request): Handled {
    this.one(request);
    return {
      apply: () => {
        this.parts.messages.remove(this.one(request));
        return { status: 204 };
      },
    };
  }
}

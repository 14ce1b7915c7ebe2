import type { Answer, Handled, Request, Route } from '../common/server.js';
import type { Upload } from '../common/body.js';
import { Refused } from './hub.js';
import type { Hub, Json, Message } from './hub.js';
import type { Interaction, Interactions } from './interactions.js';
import { checkChoices, checkCommands, checkMessage, checkModal } from './validate.js';
import { EPHEMERAL, inChannel, isOlder, Messages } from './messages.js';
import { bits } from './world.js';

const API = '/api/v10';

const bodyOf = (request: Request): Json => (request.body ?? {}) as Json;
const ok = (body: unknown): Answer => ({ status: 200, body });

/** Discord's REST routes, as far as a bot like this one uses them. */
export class Rest {
  private readonly messages: Messages;
  private readonly nonces = new Map<string, { id: string; at: number }>();

  constructor(
    private readonly hub: Hub,
    private readonly interactions: Interactions,
  ) {
    this.messages = new Messages(hub);
  }

  routes(): Route[] {
    const routes: [string, string, Route['handle']][] = [
      ['GET', '/gateway/bot', () => this.gatewayBot()],
      ['GET', '/applications/@me', () => ok(this.hub.world.application)],
      ['GET', '/applications/:app/commands', (r) => this.commands(r)],
      ['PUT', '/applications/:app/commands', (r) => this.putCommands(r)],
      ['GET', '/applications/:app/guilds/:guild/commands', (r) => this.commands(r)],
      ['PUT', '/applications/:app/guilds/:guild/commands', (r) => this.putCommands(r)],
      ['POST', '/interactions/:id/:token/callback', (r) => this.callback(r)],
      ['PATCH', '/webhooks/:app/:token/messages/:message', (r) => this.editAnswer(r)],
      ['GET', '/webhooks/:app/:token/messages/:message', (r) => ok(this.answerOf(r).message)],
      ['DELETE', '/webhooks/:app/:token/messages/:message', (r) => this.deleteAnswer(r)],
      ['POST', '/webhooks/:app/:token', (r) => this.followUp(r)],
      ['POST', '/channels/:channel/messages', (r) => this.post(r)],
      ['GET', '/channels/:channel/messages', (r) => this.list(r)],
      ['GET', '/channels/:channel/messages/:message', (r) => ok(this.message(r))],
      ['PATCH', '/channels/:channel/messages/:message', (r) => this.edit(r)],
      ['DELETE', '/channels/:channel/messages/:message', (r) => this.remove(r)],
      ['GET', '/channels/:channel', (r) => ok(this.hub.need(r.params.channel, bits.viewChannel))],
      ['POST', '/users/@me/channels', (r) => this.openDm(r)],
      ['GET', '/users/@me', () => ok(this.hub.world.bot)],
      ['GET', '/users/:user', (r) => ok(this.hub.user(r.params.user ?? ''))],
      ['GET', '/guilds/:guild', (r) => ok(this.hub.guild(r.params.guild))],
      ['GET', '/guilds/:guild/roles', (r) => ok(this.hub.guild(r.params.guild).roles)],
      ['GET', '/guilds/:guild/members/:user', (r) => this.member(r)],
    ];
    return routes.map(([method, path, handle]) => ({
      method,
      path: `${API}${path}`,
      handle: (request) => this.guarded(request, handle),
    }));
  }

  private guarded(request: Request, handle: Route['handle']): Handled {
    const refusing = <T>(work: () => T): T | Answer => {
      try {
        return work();
      } catch (error) {
        if (error instanceof Refused) return error.answer;
        throw error;
      }
    };
    const handled = refusing(() => {
      this.authorise(request);
      if (typeof request.body === 'string')
        throw new Refused(400, 50109, 'The request body contains invalid JSON.');
      return handle(request);
    });
    if (!('apply' in handled)) return handled;
    return { apply: () => refusing(handled.apply) };
  }

  /** Interactions carry a token of their own in the path. */
  private authorise(request: Request): void {
    if (/\/(interactions|webhooks)\//.test(request.path)) return;
    if (request.headers.authorization !== `Bot ${this.hub.token}`) {
      throw new Refused(401, 0, '401: Unauthorized');
    }
  }

  private gatewayBot(): Answer {
    return ok({
      url: this.hub.origin.replace('http', 'ws'),
      shards: 1,
      session_start_limit: {
        total: 1000,
        remaining: 999,
        reset_after: 14_400_000,
        max_concurrency: 1,
      },
    });
  }

  private commands(request: Request): Answer {
    return ok(this.hub.commands.get(request.params.guild ?? 'global') ?? []);
  }

  private putCommands(request: Request): Handled {
    if (request.params.app !== this.hub.world.application.id)
      throw new Refused(404, 10002, 'Unknown Application');
    if (!Array.isArray(request.body))
      throw new Refused(400, 50035, 'Invalid Form Body: a list of commands is needed');
    const list = request.body as Json[];
    this.hub.check(() => checkCommands(list));
    const scope = request.params.guild ?? 'global';
    if (request.params.guild !== undefined) this.hub.guild(request.params.guild);
    return {
      apply: () => {
        const before = this.hub.commands.get(scope) ?? [];
        const made = list.map((command) => ({
          type: 1,
          default_member_permissions: null,
          ...command,
          id: before.find((b) => b.name === command.name)?.id ?? this.hub.nextId(),
          application_id: this.hub.world.application.id,
          version: this.hub.nextId(),
          ...(request.params.guild ? { guild_id: request.params.guild } : {}),
        }));
        this.hub.commands.set(scope, made);
        return ok(made);
      },
    };
  }

  /** The first answer to an interaction: once, in time, and of a kind that fits. */
  private callback(request: Request): Handled {
    const one = this.interactions.byId(request.params.id);
    const { type, data } = bodyOf(request) as { type: number; data?: Json };
    if (request.params.token !== one.token) throw new Refused(404, 10062, 'Unknown interaction');
    return {
      apply: () => {
        if (one.answer) throw new Refused(400, 40060, 'Interaction has already been acknowledged.');
        if (Date.now() - one.at > this.hub.knobs.ackMs) {
          one.error = { code: 10062 };
          throw new Refused(404, 10062, 'Unknown interaction');
        }
        this.answer(one, { type, data: data ?? {}, files: request.files });
        one.answer = { type, ephemeral: ((one.message?.flags ?? 0) & EPHEMERAL) !== 0 };
        one.firstAnswerMs = Date.now() - one.at;
        one.lastAt = Date.now();
        if (request.query.get('with_response') !== 'true') return { status: 204 };
        return ok({
          interaction: { id: one.id, type: 2, response_message_id: one.message?.id ?? null },
          resource: { type, ...(one.message ? { message: one.message } : {}) },
        });
      },
    };
  }

  private answer(
    one: Interaction,
    { type, data, files }: { type: number; data: Json; files: readonly Upload[] },
  ): void {
    const { kind } = one.use;
    const flags = Number(data.flags ?? 0);
    const invalid = (why: string) => new Refused(400, 50035, `Invalid Form Body: ${why}`);
    if ((kind === 'autocomplete') !== (type === 8))
      throw invalid('this interaction takes another type');
    if (type === 4) {
      this.hub.check(() => checkMessage(data, flags));
      one.message = this.messages.make(one.use.channel ?? '', data, { flags, files });
    } else if (type === 5) {
      if (flags & ~EPHEMERAL) throw invalid('only EPHEMERAL is allowed when deferring');
      one.message = this.messages.make(
        one.use.channel ?? '',
        {},
        { flags: flags | 128, files: [] },
      );
    } else if (type === 6 || type === 7) {
      if (!one.source) throw invalid('there is no message to update');
      one.message = one.source;
      if (type === 7) this.messages.change(one.source, data, files);
    } else if (type === 8) {
      this.hub.check(() => checkChoices(data.choices));
      one.choices = (data.choices ?? []) as unknown[];
    } else if (type === 9) {
      if (kind === 'modal') throw invalid('a modal cannot answer a modal');
      this.hub.check(() => checkModal(data));
      one.modal = data;
    } else throw invalid(`type ${type}`);
    if (one.message && type !== 6 && type !== 7)
      one.message.interaction_metadata = this.metadata(one);
  }

  private metadata({ id, use }: Interaction): Json {
    return { id, type: 2, user: this.hub.user(use.user), authorizing_integration_owners: {} };
  }

  private answerOf(request: Request): { one: Interaction; message: Message } {
    const one = this.interactions.webhook(request.params.token);
    const id = request.params.message;
    const message = id === '@original' ? one.message : one.followups.find((f) => f.id === id);
    if (!message) throw new Refused(404, 10008, 'Unknown Message');
    return { one, message };
  }

  private editAnswer(request: Request): Handled {
    this.answerOf(request);
    return {
      apply: () => {
        const { one, message } = this.answerOf(request);
        this.messages.change(message, bodyOf(request), request.files);
        one.edits += 1;
        one.lastAt = Date.now();
        return ok(message);
      },
    };
  }

  private deleteAnswer(request: Request): Handled {
    const { one, message } = this.answerOf(request);
    return {
      apply: () => {
        this.hub.messages.delete(message.id);
        if (one.message === message) one.message = null;
        return { status: 204 };
      },
    };
  }

  private followUp(request: Request): Handled {
    const one = this.interactions.webhook(request.params.token);
    const body = bodyOf(request);
    const flags = Number(body.flags ?? 0);
    this.hub.check(() => checkMessage(body, flags));
    return {
      apply: () => {
        const message = this.messages.make(one.use.channel ?? '', body, {
          flags,
          files: request.files,
        });
        message.interaction_metadata = this.metadata(one);
        one.followups.push(message);
        one.lastAt = Date.now();
        return ok(message);
      },
    };
  }

  private post(request: Request): Handled {
    const body = bodyOf(request);
    const channelId = request.params.channel ?? '';
    const flags = Number(body.flags ?? 0);
    this.hub.need(channelId, bits.sendMessages);
    if (request.files.length > 0) this.hub.need(channelId, bits.attachFiles);
    const dmUser = [...this.hub.dms].find(([, channel]) => channel === channelId)?.[0];
    if (dmUser !== undefined && this.hub.world.dmClosed.includes(dmUser)) {
      throw new Refused(403, 50007, 'Cannot send messages to this user');
    }
    if (flags & EPHEMERAL) throw new Refused(400, 50035, 'Invalid Form Body: EPHEMERAL');
    const nonce = ['string', 'number'].includes(typeof body.nonce) ? (body.nonce as string) : null;
    if (nonce !== null && nonce.length > 25)
      throw new Refused(400, 50035, 'Invalid Form Body: nonce');
    this.hub.check(() => checkMessage(body, flags));
    return { apply: () => ok(this.postOnce(channelId, request, nonce)) };
  }

  private postOnce(channelId: string, request: Request, nonce: string | null): Message {
    const body = bodyOf(request);
    const key = `${channelId} ${nonce ?? ''}`;
    const earlier =
      nonce !== null && body.enforce_nonce === true ? this.nonces.get(key) : undefined;
    const known = earlier && this.hub.messages.get(earlier.id);
    if (earlier && known && Date.now() - earlier.at < this.hub.knobs.nonceWindowMs) return known;
    const message = this.messages.make(channelId, body, {
      flags: Number(body.flags ?? 0),
      files: request.files,
    });
    if (nonce !== null) {
      message.nonce = nonce;
      this.nonces.set(key, { id: message.id, at: Date.now() });
    }
    return message;
  }

  private list(request: Request): Answer {
    const channelId = request.params.channel ?? '';
    this.hub.need(channelId, bits.viewChannel);
    const { guild, channel } = this.hub.channel(channelId);
    const limit = Number(request.query.get('limit') ?? 50);
    if (!(limit >= 1 && limit <= 100))
      throw new Refused(400, 50035, 'Invalid Form Body: limit: must be 1 to 100');
    if (guild) {
      try {
        this.hub.need(channel.id, bits.readHistory);
      } catch {
        return ok([]); // as Discord does: an empty list, not an error
      }
    }
    const then = Date.now() - request.lagMs;
    const shown = inChannel(this.hub, channelId).filter((message) => isOlder(message, then));
    return ok(shown.reverse().slice(0, limit));
  }

  private message(request: Request): Message {
    this.hub.need(request.params.channel, bits.viewChannel);
    const message = this.hub.messages.get(request.params.message ?? '');
    if (
      !message ||
      message.channel_id !== request.params.channel ||
      !isOlder(message, Date.now() - request.lagMs) ||
      (message.flags & EPHEMERAL) !== 0
    ) {
      throw new Refused(404, 10008, 'Unknown Message');
    }
    return message;
  }

  private edit(request: Request): Handled {
    this.message(request);
    return {
      apply: () => {
        const message = this.message(request);
        this.messages.change(message, bodyOf(request), request.files);
        return ok(message);
      },
    };
  }

  private remove(request: Request): Handled {
    const message = this.message(request);
    return {
      apply: () => {
        this.hub.messages.delete(message.id);
        return { status: 204 };
      },
    };
  }

  private openDm(request: Request): Handled {
    const userId = String(bodyOf(request).recipient_id);
    const user = this.hub.user(userId);
    return {
      apply: () => {
        const id = this.hub.dms.get(userId) ?? this.hub.nextId();
        this.hub.dms.set(userId, id);
        return ok({ id, type: 1, recipients: [user], last_message_id: null, flags: 0 });
      },
    };
  }

  private member(request: Request): Answer {
    const guild = this.hub.guild(request.params.guild);
    const member = guild.members.find((one) => one.user.id === request.params.user);
    if (!member) throw new Refused(404, 10007, 'Unknown Member');
    return ok({ ...member, user: this.hub.user(member.user.id) });
  }
}

import type { Answer, Handled, Request } from '../common/server.js';
import type { Hub, Json, Message } from './hub.js';
import type { Interactions } from './interactions.js';
import { EPHEMERAL, LOADING } from './messages.js';
import type { Messages } from './messages.js';
import { invalid, Refused } from './refused.js';
import { bodyOf, ok } from './route.js';
import type { DiscordRoute, RestParts } from './route.js';
import type { SchemaName } from './spec.js';
import { KIND } from './use.js';
import type { Interaction } from './use.js';
import { choicesErrors } from './validateCommands.js';
import { modalErrors } from './validateModal.js';

const CALLBACKS: Readonly<Record<number, SchemaName>> = {
  4: 'CreateMessageInteractionCallbackRequest',
  5: 'CreateMessageInteractionCallbackRequest',
  6: 'UpdateMessageInteractionCallbackRequest',
  7: 'UpdateMessageInteractionCallbackRequest',
  8: 'ApplicationCommandAutocompleteCallbackRequest',
  9: 'ModalInteractionCallbackRequest',
};
const EDIT = 'IncomingWebhookUpdateForInteractionCallbackRequestPartial';
const FOLLOWUP = 'IncomingWebhookInteractionRequest';
const ONE = '/webhooks/:app/:token/messages/:message';

/** Answers to interactions: the first one, and what follows through its token. */
export function answerRoutes(parts: RestParts): DiscordRoute[] {
  const answers = new Answers(parts);
  return [
    {
      method: 'POST',
      path: '/interactions/:id/:token/callback',
      takes: ({ type }) => CALLBACKS[Number(type)] ?? null,
      gives: 'InteractionCallbackResponse',
      handle: (r) => answers.first(r),
    },
    {
      method: 'GET',
      path: ONE,
      gives: 'MessageResponse',
      handle: (r) => ok(answers.of(r).message),
    },
    {
      method: 'PATCH',
      path: ONE,
      takes: EDIT,
      gives: 'MessageResponse',
      handle: (r) => answers.edit(r),
    },
    { method: 'DELETE', path: ONE, handle: (r) => answers.remove(r) },
    {
      method: 'POST',
      path: '/webhooks/:app/:token',
      takes: FOLLOWUP,
      gives: 'MessageResponse',
      handle: (r) => answers.followUp(r),
    },
  ];
}

class Answers {
  private readonly hub: Hub;
  private readonly interactions: Interactions;
  private readonly messages: Messages;

  constructor({ hub, interactions, messages }: RestParts) {
    this.hub = hub;
    this.interactions = interactions;
    this.messages = messages;
  }

  /** The first answer to an interaction: once, in time, and of a kind that fits. */
  first(request: Request): Handled {
    const one = this.interactions.byId(request.params.id);
    if (request.params.token !== one.token) throw new Refused(404, 10062, 'Unknown interaction');
    return {
      apply: () => {
        if (one.answer) throw new Refused(400, 40060, 'Interaction has already been acknowledged.');
        if (Date.now() - one.at > this.hub.knobs.ackMs) {
          one.error = { code: 10062 };
          throw new Refused(404, 10062, 'Unknown interaction');
        }
        const type = Number(bodyOf(request).type);
        this.mustFit(one, type);
        this.give(one, type, request);
        one.answer = { type, ephemeral: ((one.message?.flags ?? 0) & EPHEMERAL) !== 0 };
        one.firstAnswerMs = Date.now() - one.at;
        one.lastAt = Date.now();
        if (one.use.kind === 'modal') this.hub.modals.delete(modalKey(one));
        if (request.query.get('with_response') !== 'true') return { status: 204 };
        return ok(responseTo(one));
      },
    };
  }

  private mustFit({ use, source }: Interaction, type: number): void {
    const fits = {
      command: [4, 5, 9],
      user: [4, 5, 9],
      autocomplete: [8],
      button: [4, 5, 6, 7, 9],
      select: [4, 5, 6, 7, 9],
      modal: source ? [4, 5, 6, 7] : [4, 5],
    }[use.kind];
    if (!fits.includes(type)) {
      throw invalid(`Value must be one of {${fits.join(', ')}} here.`, 'type');
    }
  }

  private give(one: Interaction, type: number, request: Request): void {
    const { seq, files } = request;
    const data = (bodyOf(request).data ?? {}) as Json;
    const flags = Number(data.flags ?? 0);
    const schema = CALLBACKS[type] ?? '';
    const hold = (errors: Parameters<Hub['hold']>[1]) =>
      this.hub.hold({ seq, dir: 'in', schema }, errors);
    if (type === 4) {
      this.messages.check(data, flags, { seq, files, schema });
      one.message = this.make(one, data, { flags, files });
    } else if (type === 5) {
      if (flags & ~EPHEMERAL) throw invalid('only EPHEMERAL is allowed when deferring', 'flags');
      one.message = this.make(one, {}, { flags: flags | LOADING, files: [] });
    } else if (type === 6 || type === 7) {
      if (!one.source) throw invalid('there is no message to update', 'type');
      one.message = one.source;
      if (type === 7) this.messages.change(one.source, data, { seq, files, schema });
    } else if (type === 8) {
      hold(choicesErrors(data.choices, one.typedAt));
      one.choices = (data.choices ?? []) as unknown[];
    } else {
      hold(modalErrors(data));
      one.modal = data;
      this.hub.modals.set(`${one.use.user} ${String(data.custom_id)}`, {
        modal: data,
        source: one.source,
        openedBy: this.metadata(one),
      });
    }
  }

  /** A message of its own; a private one is seen by whoever asked. */
  private make(
    one: Interaction,
    data: Json,
    how: { flags: number; files: Request['files'] },
  ): Message {
    const message = this.messages.make(one.use.channel ?? '', data, how);
    message.interaction_metadata = this.metadata(one);
    message.webhook_id = this.hub.world.application.id;
    message.application_id = this.hub.world.application.id;
    if (message.flags & EPHEMERAL) this.hub.onlyFor.set(message.id, one.use.user);
    return message;
  }

  private metadata(one: Interaction): Json {
    const { id, use, source } = one;
    const guild = use.guild ?? '0';
    const base = {
      id,
      type: KIND[use.kind],
      user: this.hub.user(use.user),
      authorizing_integration_owners: { '0': guild },
    };
    if (base.type === 3) return { ...base, interacted_message_id: source?.id };
    if (base.type !== 5) return base;
    return {
      ...base,
      triggering_interaction_metadata: this.hub.modals.get(modalKey(one))?.openedBy,
    };
  }

  of(request: Request): { one: Interaction; message: Message } {
    const one = this.interactions.webhook(request.params.token);
    const id = request.params.message;
    const known = [one.message, ...one.followups];
    const message = id === '@original' ? one.message : known.find((f) => f?.id === id);
    if (!message || !this.hub.messages.has(message.id)) {
      throw new Refused(404, 10008, 'Unknown Message');
    }
    return { one, message };
  }

  edit(request: Request): Handled {
    this.of(request);
    return { apply: () => this.edited(request, this.of(request), EDIT) };
  }

  private edited(
    request: Request,
    { one, message }: { one: Interaction; message: Message },
    schema: string,
  ): Answer {
    const { seq, files } = request;
    this.messages.change(message, bodyOf(request), { seq, files, schema });
    one.edits += 1;
    one.lastAt = Date.now();
    return ok(message);
  }

  remove(request: Request): Handled {
    this.of(request);
    return {
      apply: () => {
        const { one, message } = this.of(request);
        this.messages.remove(message);
        if (one.message === message) one.message = null;
        return { status: 204 };
      },
    };
  }

  followUp(request: Request): Handled {
    const one = this.interactions.webhook(request.params.token);
    const { message } = one;
    // Discord's old way: a followup before any edit becomes the answer that was waited for.
    if (message && message.flags & LOADING) {
      return { apply: () => this.edited(request, { one, message }, FOLLOWUP) };
    }
    const body = bodyOf(request);
    const flags = Number(body.flags ?? 0);
    const { seq, files } = request;
    this.messages.check(body, flags, { seq, files, schema: FOLLOWUP });
    return {
      apply: () => {
        const made = this.make(one, body, { flags, files });
        one.followups.push(made);
        one.lastAt = Date.now();
        return ok(made);
      },
    };
  }
}

const modalKey = ({ use }: Interaction): string => `${use.user} ${use.customId ?? ''}`;

/** What `with_response` gives: the message itself only where Discord promises it. */
function responseTo({ id, use, message, answer }: Interaction): Json {
  const type = answer?.type ?? 0;
  return {
    interaction: {
      id,
      type: KIND[use.kind],
      ...(message && {
        response_message_id: message.id,
        response_message_loading: (message.flags & LOADING) !== 0,
        response_message_ephemeral: (message.flags & EPHEMERAL) !== 0,
      }),
    },
    ...(message && (type === 4 || type === 7) ? { resource: { type, message } } : {}),
  };
}

import { z } from 'zod';
import type { Answer } from '../common/server.js';
import { Refused } from './hub.js';
import type { Hub, Json, Message } from './hub.js';
import { bits, everything, permissionsIn } from './world.js';
import type { Guild } from './world.js';

const request = z.strictObject({
  kind: z.enum(['command', 'autocomplete', 'user', 'button', 'select', 'modal']),
  guild: z.string().nullish(),
  channel: z.string().nullish(),
  user: z.string(),
  name: z.string().optional(),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  focused: z.string().optional(),
  target: z.string().optional(),
  message: z.string().optional(),
  customId: z.string().optional(),
  values: z.array(z.string()).default([]),
  fields: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
  files: z.record(z.string(), z.object({ filename: z.string(), base64: z.string() })).default({}),
  waitMs: z.number().min(0).default(5_000),
});

type Use = z.infer<typeof request>;

/** One use of a command or component, from its dispatch to whatever became of it. */
export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly use: Use;
  readonly at: number;
  /** The message whose component was used. */
  readonly source: Message | null;
  firstAnswerMs: number | null;
  lastAt: number;
  answer: { type: number; ephemeral: boolean } | null;
  message: Message | null;
  edits: number;
  readonly followups: Message[];
  choices: unknown[] | null;
  modal: unknown;
  error: { code: number } | null;
}

const QUIET_MS = 300;
const DEFERRED = [5, 6];
const KIND = { command: 2, user: 2, autocomplete: 4, button: 3, select: 3, modal: 5 } as const;
const OPTION = { string: 3, user: 6, channel: 7, role: 8, attachment: 11 } as const;

class NotAllowed extends Error {}

/** People's side of Discord: what they use, and what they then see. */
export class Interactions {
  private readonly all = new Map<string, Interaction>();
  private readonly byToken = new Map<string, Interaction>();

  constructor(private readonly hub: Hub) {}

  byId(id: string | undefined): Interaction {
    const found = id === undefined ? undefined : this.all.get(id);
    if (!found) throw new Refused(404, 10062, 'Unknown interaction');
    return found;
  }

  /** The interaction behind a webhook; its token lives for 15 minutes. */
  webhook(token: string | undefined): Interaction {
    const found = token === undefined ? undefined : this.byToken.get(token);
    if (!found) throw new Refused(404, 10015, 'Unknown Webhook');
    if (Date.now() - found.at > this.hub.knobs.tokenMs) {
      throw new Refused(401, 50027, 'Invalid Webhook Token');
    }
    return found;
  }

  /** `POST /_sim/interactions`. */
  async use(body: unknown): Promise<Answer> {
    const use = request.parse(body);
    try {
      const interaction = this.dispatch(use);
      if (use.waitMs === 0) return { status: 200, body: { id: interaction.id } };
      await this.settled(interaction, use.waitMs);
      return { status: 200, body: this.shown(interaction) };
    } catch (error) {
      if (error instanceof NotAllowed) return { status: 422, body: { error: error.message } };
      if (error instanceof Refused) return { status: 422, body: { error: error.message } };
      throw error;
    }
  }

  get(id: string | undefined): Answer {
    try {
      return { status: 200, body: this.shown(this.byId(id)) };
    } catch {
      return { status: 404, body: { error: 'there is no such interaction' } };
    }
  }

  /** What became of every interaction until now, to be brought back. */
  snapshot(): () => void {
    const then = [...this.all.values()].map((one) => ({
      one,
      fields: { ...one },
      followups: [...one.followups],
    }));
    return () => {
      for (const { one, fields, followups } of then) {
        Object.assign(one, fields);
        one.followups.splice(0, Infinity, ...followups);
      }
    };
  }

  private shown(one: Interaction): object {
    const late = one.answer === null && Date.now() - one.at > this.hub.knobs.ackMs;
    return {
      id: one.id,
      firstAnswerMs: one.firstAnswerMs,
      answer: one.answer,
      message: one.message,
      edits: one.edits,
      followups: one.followups,
      choices: one.choices,
      modal: one.modal,
      error: one.error ?? (late ? { code: 10062 } : null),
    };
  }

  private async settled(one: Interaction, waitMs: number): Promise<void> {
    const deadline = Date.now() + waitMs;
    const isOver = () => {
      if (one.answer === null) return Date.now() - one.at > this.hub.knobs.ackMs;
      const waits = DEFERRED.includes(one.answer.type) && one.edits + one.followups.length === 0;
      return !waits && Date.now() - one.lastAt >= QUIET_MS;
    };
    while (!isOver() && Date.now() < deadline) await new Promise((r) => setTimeout(r, 15));
  }

  private dispatch(use: Use): Interaction {
    const guild = use.guild ? this.hub.guild(use.guild) : null;
    if (guild) mustBeIn(guild, use);
    const source = use.message === undefined ? null : (this.hub.messages.get(use.message) ?? null);
    const id = this.hub.nextId();
    const one: Interaction = {
      id,
      token: `interaction-${id}`,
      use,
      at: Date.now(),
      source,
      firstAnswerMs: null,
      lastAt: 0,
      answer: null,
      message: null,
      edits: 0,
      followups: [],
      choices: null,
      modal: null,
      error: null,
    };
    const data = this.data(use, guild, source);
    this.all.set(id, one);
    this.byToken.set(one.token, one);
    this.hub.dispatch('INTERACTION_CREATE', { ...this.frame(one, guild), data });
    return one;
  }

  private frame(one: Interaction, guild: Guild | null): object {
    const { use } = one;
    const channel = guild?.channels.find((c) => c.id === use.channel) ?? null;
    const user = this.hub.user(use.user);
    const member = guild?.members.find((m) => m.user.id === use.user);
    const inGuild = guild && {
      guild_id: guild.id,
      guild: { id: guild.id, locale: guild.preferred_locale, features: [] },
      guild_locale: guild.preferred_locale,
      member: {
        ...member,
        user,
        permissions: String(permissionsIn(guild, channel ?? undefined, use.user)),
      },
    };
    return {
      id: one.id,
      application_id: this.hub.world.application.id,
      type: KIND[use.kind],
      token: one.token,
      version: 1,
      ...(inGuild ?? { user }),
      channel_id: use.channel,
      channel: channel
        ? { ...channel, permissions: String(everything) }
        : { id: use.channel, type: 1 },
      app_permissions: guild
        ? String(permissionsIn(guild, channel ?? undefined, this.hub.world.bot.id))
        : String(bits.sendMessages),
      locale: 'en-US',
      context: guild ? 0 : 1,
      entitlements: [],
      authorizing_integration_owners: { '0': guild?.id ?? '0' },
      attachment_size_limit: 10_485_760,
      ...(one.source ? { message: one.source } : {}),
    };
  }

  private data(use: Use, guild: Guild | null, source: Message | null): Json {
    if (use.kind === 'modal') {
      const components = Object.entries(use.fields).map(([custom_id, value], i) => ({
        type: 18,
        id: i + 1,
        component: Array.isArray(value)
          ? { type: 3, id: i + 50, custom_id, values: value }
          : { type: 4, id: i + 50, custom_id, value },
      }));
      return { custom_id: use.customId, components };
    }
    if (use.kind === 'button' || use.kind === 'select') return this.component(use, source);
    return this.command(use, guild);
  }

  /** Only what stands on the message can be used. */
  private component(use: Use, source: Message | null): Json {
    if (!source) throw new NotAllowed('there is no such message');
    const found = componentsOf(source.components).find((c) => c.custom_id === use.customId);
    if (!found) throw new NotAllowed('that message has no such component');
    if (found.disabled) throw new NotAllowed('that component is disabled');
    const data: Json = { custom_id: use.customId, component_type: found.type, id: found.id ?? 1 };
    return use.kind === 'select' ? { ...data, values: use.values } : data;
  }

  private command(use: Use, guild: Guild | null): Json {
    const path = (use.name ?? '').split(' ');
    const scopes = [guild?.id ?? '', 'global'].flatMap(
      (scope) => this.hub.commands.get(scope) ?? [],
    );
    const type = use.kind === 'user' ? 2 : 1;
    const command = scopes.find((c) => {
      const sameName = use.kind === 'user' ? c.name === use.name : c.name === path[0];
      return sameName && Number(c.type ?? 1) === type;
    });
    if (!command) throw new NotAllowed(`there is no command ${use.name ?? ''}`);
    this.mustSee(command, use, guild);
    const base = { id: command.id, name: command.name, type };
    if (use.kind === 'user')
      return { ...base, target_id: use.target, resolved: this.people([use.target ?? '']) };
    return { ...base, ...this.options(command, path.slice(1), use) };
  }

  private mustSee(command: Json, use: Use, guild: Guild | null): void {
    const contexts = command.contexts as number[] | null | undefined;
    if (contexts && !contexts.includes(guild ? 0 : 1)) {
      throw new NotAllowed('that command is not for this place');
    }
    const needed = command.default_member_permissions;
    if (typeof needed !== 'string' || !guild) return;
    const channel = guild.channels.find((c) => c.id === use.channel);
    const may = permissionsIn(guild, channel, use.user);
    if ((may & BigInt(needed)) !== BigInt(needed) || (needed === '0' && may !== everything)) {
      throw new NotAllowed('this user may not see that command');
    }
  }

  private options(command: Json, path: readonly string[], use: Use): Json {
    let declared = (command.options ?? []) as Json[];
    const wrappers: Json[] = [];
    for (const name of path) {
      const sub = declared.find((option) => option.name === name && Number(option.type) <= 2);
      if (!sub) throw new NotAllowed(`there is no ${use.name ?? ''}`);
      wrappers.push({ name, type: sub.type });
      declared = (sub.options ?? []) as Json[];
    }
    if (declared.some((option) => Number(option.type) <= 2))
      throw new NotAllowed('choose a subcommand');
    const resolved: Json = {};
    const focused = declared.find((option) => option.name === use.focused);
    if (use.kind === 'autocomplete' && !focused?.autocomplete) {
      throw new NotAllowed(`${use.focused ?? 'nothing'} has no suggestions`);
    }
    const typed = focused && use.focused ? { [use.focused]: '', ...use.options } : use.options;
    const given = Object.entries(typed).map(([name, value]) =>
      this.option(declared, { name, value, use, resolved }),
    );
    if (use.kind === 'command') {
      const missing = declared.find(
        (option) =>
          option.required &&
          !(String(option.name) in use.options) &&
          !(String(option.name) in use.files),
      );
      if (missing) throw new NotAllowed(`${String(missing.name)} is required`);
    }
    const files = Object.entries(use.files).map(([name, file]) => {
      const option = declared.find((one) => one.name === name);
      if (option?.type !== OPTION.attachment) throw new NotAllowed(`${name} takes no file`);
      return this.file({ name, file, resolved });
    });
    const leaf = [...given, ...files];
    const options = wrappers.reduceRight<Json[]>((inner, w) => [{ ...w, options: inner }], leaf);
    return Object.keys(resolved).length > 0 ? { options, resolved } : { options };
  }

  private option(
    declared: readonly Json[],
    {
      name,
      value,
      use,
      resolved,
    }: { name: string; value: string | number | boolean; use: Use; resolved: Json },
  ): Json {
    const option = declared.find((one) => one.name === name);
    if (!option) throw new NotAllowed(`there is no option ${name}`);
    const choices = option.choices as { value: unknown }[] | undefined;
    if (choices && use.kind === 'command' && !choices.some((choice) => choice.value === value)) {
      throw new NotAllowed(`${name}: not one of the choices`);
    }
    const most = Number(option.max_length ?? 6000);
    if (typeof value === 'string' && value.length > most) throw new NotAllowed(`${name}: too long`);
    if (option.type === OPTION.user) Object.assign(resolved, this.people([String(value)]));
    if (option.type === OPTION.role) {
      const role = this.hub.world.guilds.flatMap((g) => g.roles).find((r) => r.id === value);
      if (!role) throw new NotAllowed(`${name}: there is no such role`);
      resolved.roles = { [String(value)]: role };
    }
    if (option.type === OPTION.channel) {
      resolved.channels = { [String(value)]: this.hub.channel(String(value)).channel };
    }
    return { name, type: option.type, value, ...(use.focused === name ? { focused: true } : {}) };
  }

  private file({
    name,
    file,
    resolved,
  }: {
    name: string;
    file: { filename: string; base64: string };
    resolved: Json;
  }): Json {
    const id = this.hub.nextId();
    const content = Buffer.from(file.base64, 'base64');
    this.hub.files.set(id, content);
    const attachment = {
      id,
      filename: file.filename,
      size: content.length,
      url: `${this.hub.origin}/attachments/${id}/${encodeURIComponent(file.filename)}`,
      proxy_url: `${this.hub.origin}/attachments/${id}/${encodeURIComponent(file.filename)}`,
    };
    resolved.attachments = { ...(resolved.attachments as Json | undefined), [id]: attachment };
    return { name, type: OPTION.attachment, value: id };
  }

  private people(ids: readonly string[]): Json {
    const users = Object.fromEntries(ids.map((id) => [id, this.hub.user(id)]));
    const members = Object.fromEntries(
      ids.flatMap((id) => {
        const member = this.hub.world.guilds
          .flatMap((g) => g.members)
          .find((m) => m.user.id === id);
        return member ? [[id, { ...member, user: undefined, permissions: '0' }]] : [];
      }),
    );
    return { users, members };
  }
}

function mustBeIn(guild: Guild, use: Use): void {
  if (!guild.members.some((member) => member.user.id === use.user))
    throw new NotAllowed('that user is not in the guild');
  if (!guild.channels.some((channel) => channel.id === use.channel))
    throw new NotAllowed('the guild has no such channel');
}

/** Every component of a message, nested ones included. */
export function componentsOf(components: readonly Json[]): Json[] {
  return components.flatMap((component) => [
    component,
    ...componentsOf((component.components ?? []) as Json[]),
    ...(component.accessory ? componentsOf([component.accessory as Json]) : []),
  ]);
}

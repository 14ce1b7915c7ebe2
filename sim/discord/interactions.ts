import type { Answer } from '../common/server.js';
import { component, mustSeeMessage, submission } from './choose.js';
import type { Hub, Json, Message } from './hub.js';
import { command } from './options.js';
import type { Used } from './options.js';
import { Refused } from './refused.js';
import { Resolved } from './resolved.js';
import { KIND, NotAllowed, useSchema } from './use.js';
import type { Interaction, Use } from './use.js';
import { bits, permissionsIn } from './world.js';
import type { Guild } from './world.js';

const QUIET_MS = 300;
const DEFERRED = [5, 6];

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

  /** The interaction behind a webhook: there from its first answer on; its token lives for 15 minutes. */
  webhook(token: string | undefined): Interaction {
    const found = token === undefined ? undefined : this.byToken.get(token);
    if (!found?.answer) throw new Refused(404, 10015, 'Unknown Webhook');
    if (Date.now() - found.at > this.hub.knobs.tokenMs) {
      throw new Refused(401, 50027, 'Invalid Webhook Token');
    }
    return found;
  }

  /** `POST /_sim/interactions`. */
  async use(body: unknown): Promise<Answer> {
    const use = useSchema.parse(body);
    try {
      const interaction = this.dispatch(use);
      if (use.waitMs === 0) return { status: 200, body: { id: interaction.id } };
      await this.settled(interaction, use.waitMs);
      return { status: 200, body: this.shown(interaction) };
    } catch (error) {
      if (error instanceof NotAllowed || error instanceof Refused)
        return { status: 422, body: { error: error.message } };
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

  private dispatch(asked: Use): Interaction {
    const opened = this.hub.modals.get(`${asked.user} ${asked.customId ?? ''}`);
    const source =
      asked.kind === 'modal'
        ? (opened?.source ?? null)
        : (this.hub.messages.get(asked.message ?? '') ?? null);
    // A component is used where its message stands, whatever the script says.
    const channel = source?.channel_id ?? asked.channel ?? this.dmOf(asked);
    const use = { ...asked, channel };
    const guild = use.guild ? this.hub.guild(use.guild) : null;
    if (guild) this.mustBeIn(guild, use);
    if (source) mustSeeMessage(this.hub, source, use.user);
    const resolved = new Resolved(this.hub, guild, use.user);
    const { data, typedAt } = this.data(use, { guild, source, resolved });
    const id = this.hub.nextId();
    const one: Interaction = {
      id,
      token: `interaction-${id}`,
      use,
      at: Date.now(),
      source,
      typedAt,
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
    this.all.set(id, one);
    this.byToken.set(one.token, one);
    this.hub.dispatch('INTERACTION_CREATE', { ...this.frame(one, guild), data }, guild?.id);
    return one;
  }

  /** Where somebody is who uses something outside every guild. */
  private dmOf({ guild, user }: Use): string | undefined {
    if (guild) return undefined;
    const id = this.hub.dms.get(user) ?? this.hub.nextId();
    this.hub.dms.set(user, id);
    return id;
  }

  private data(
    use: Use,
    {
      guild,
      source,
      resolved,
    }: { guild: Guild | null; source: Message | null; resolved: Resolved },
  ): Used {
    if (use.kind === 'modal') {
      const opened = this.hub.modals.get(`${use.user} ${use.customId ?? ''}`);
      return { data: submission(use, opened, resolved), typedAt: 0 };
    }
    if (use.kind === 'button' || use.kind === 'select') {
      return { data: component(use, source, resolved), typedAt: 0 };
    }
    return command(this.hub, use, { guild, resolved });
  }

  private mustBeIn(guild: Guild, use: Use): void {
    if (!guild.members.some((member) => member.user.id === use.user))
      throw new NotAllowed('that user is not in the guild');
    const place = [...guild.channels, ...guild.threads].find((one) => one.id === use.channel);
    if (!place) throw new NotAllowed('the guild has no such channel');
    const { parent } = this.hub.channel(place.id);
    if (!(permissionsIn(guild, parent ?? undefined, use.user) & bits.viewChannel))
      throw new NotAllowed('that user does not see that channel');
  }

  private frame({ id, token, use, source }: Interaction, guild: Guild | null): Json {
    const user = this.hub.user(use.user);
    const { channel, parent } = guild
      ? this.hub.channel(use.channel ?? '')
      : { channel: { id: use.channel, type: 1, flags: 0, recipients: [user] }, parent: null };
    const may = (who: string) => String(guild ? permissionsIn(guild, parent ?? undefined, who) : 0);
    const inGuild = guild && {
      guild_id: guild.id,
      guild: { id: guild.id, locale: guild.preferred_locale, features: [] },
      guild_locale: guild.preferred_locale,
      member: { ...this.hub.member(guild, use.user), permissions: may(use.user) },
    };
    return {
      id,
      application_id: this.hub.world.application.id,
      type: KIND[use.kind],
      token,
      version: 1,
      ...(inGuild ?? { user }),
      channel_id: use.channel,
      channel: guild ? { ...channel, guild_id: guild.id, permissions: may(use.user) } : channel,
      app_permissions: guild ? may(this.hub.world.bot.id) : String(bits.sendMessages),
      locale: use.locale,
      context: guild ? 0 : 1,
      entitlements: [],
      authorizing_integration_owners: { '0': guild?.id ?? '0' },
      attachment_size_limit: 10_485_760,
      ...(source ? { message: source } : {}),
    };
  }
}

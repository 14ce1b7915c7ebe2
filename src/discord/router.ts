import { randomInt } from 'node:crypto';
import {
  type AutocompleteInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Interaction,
} from 'discord.js';
import type { Asker, Asks, ButtonOf, CommandOf } from '../commands/command.js';
import type { Reply } from '../commands/reply.js';
import { Outage, UserError } from '../core/errors.js';
import type { DiscordUserId, GuildId, Power } from '../core/model.js';
import { atLeast, powerName, powerOf, type RoleBindings } from '../core/power.js';
import { showAll, type Answer } from './answer.js';
import { nameOf, rawValues, readValues, suggestionsFor } from './input.js';
import type { Log } from '../log.js';
import { loggable } from './loggable.js';
import { standingOf } from './power.js';
import { render } from './reply.js';

/** What the router needs of the rest of Usher. */
export interface RouterParts<A> {
  readonly commands: readonly CommandOf<A>[];
  readonly buttons: readonly ButtonOf<A>[];
  /** Use cases bound to one guild and actor. */
  readonly accessFor: (ask: { readonly guildId: GuildId; readonly actor: Asker }) => A | Promise<A>;
  readonly bindingsOf: (guildId: GuildId) => Promise<RoleBindings>;
  readonly asks: Asks;
  readonly now: () => Date;
  readonly log: Log;
  /** The only guild served; null = every guild. */
  readonly guildId: GuildId | null;
}

/** Somebody who may be answered, and what they may reach. */
interface Caller<A> {
  readonly guildId: GuildId;
  readonly actor: Asker;
  readonly bindings: RoleBindings;
  readonly access: A;
}

const CONFIRM_FOR_MS = 10 * 60_000;

/** Makes the one handler of interactions; what it returns never rejects. The one catch for commands is here. */
export function createRouter<A>(
  parts: RouterParts<A>,
): (interaction: Interaction) => Promise<void> {
  return async (interaction) => {
    try {
      if (interaction.isChatInputCommand()) await onCommand(parts, interaction);
      else if (interaction.isAutocomplete()) await onAutocomplete(parts, interaction);
      else if (interaction.isButton()) await onButton(parts, interaction);
    } catch (error) {
      parts.log.error(
        { err: loggable(error), interactionId: interaction.id },
        'interaction failed',
      );
    }
  };
}

async function onCommand<A>(
  parts: RouterParts<A>,
  interaction: ChatInputCommandInteraction,
): Promise<void> {
  const name = nameOf(interaction);
  const command = parts.commands.find((known) => known.name === name);
  const run = async function* (): AsyncGenerator<Answer> {
    if (!command) throw new UserError('unknown-command', 'That command is no longer here.');
    const caller = await callerOf(parts, interaction, command);
    const { access, actor } = caller;
    const values = await readValues(command.options, rawValues(interaction), access);
    for await (const reply of each(command.run({ values, actor, access }))) {
      yield answered(await rendered(parts, caller, reply));
    }
  };
  const steps = caught(parts.log, `/${name}`, { interaction, run });
  const place = (command?.private ?? true) ? 'private' : 'public';
  await showAll(interaction, { steps, place, log: parts.log });
}

async function onButton<A>(parts: RouterParts<A>, interaction: ButtonInteraction): Promise<void> {
  const [version, name, id = ''] = interaction.customId.split(':');
  const button = parts.buttons.find((known) => known.name === name && version === 'v1');
  const run = async function* (): AsyncGenerator<Answer> {
    if (!button) throw tooOld();
    const described = { ...button, description: 'use this button' };
    const caller = await callerOf(parts, interaction, described);
    const { access, actor, guildId } = caller;
    const ask = await parts.asks.load(id);
    const isOver = ask?.expiresAt && ask.expiresAt <= parts.now();
    if (!ask || isOver || ask.guildId !== guildId || ask.button !== name) throw tooOld();
    if (ask.userId !== null && ask.userId !== actor.userId) throw forSomebodyElse(ask.userId);
    if (!(await parts.asks.take(id))) throw tooOld();
    for await (const reply of each(button.run({ payload: ask.payload, actor, access }))) {
      yield answered(await rendered(parts, caller, reply));
    }
  };
  const steps = caught(parts.log, `button ${name ?? ''}`, { interaction, run });
  const place = button?.answers ?? 'private';
  await showAll(interaction, { steps, place, log: parts.log });
}

async function onAutocomplete<A>(
  parts: RouterParts<A>,
  interaction: AutocompleteInteraction,
): Promise<void> {
  const command = parts.commands.find((known) => known.name === nameOf(interaction));
  const suggestions = async () => {
    if (!command) return [];
    const { access } = await callerOf(parts, interaction, command);
    return suggestionsFor(command.options, { interaction, access });
  };
  const choices = await suggestions().catch((error: unknown) => {
    // An empty list tells a stranger nothing; it is an answer to typing, not to a question about the world.
    if (!(error instanceof UserError)) parts.log.warn({ err: error }, 'no suggestions');
    return [];
  });
  await interaction.respond(choices).catch((error: unknown) => {
    parts.log.info({ err: loggable(error) }, 'suggestions came too late');
  });
}

/** Who asks and with which power; refuses whoever may not. */
async function callerOf<A>(
  parts: RouterParts<A>,
  interaction: Interaction,
  { allow, description }: { allow: Power; description: string },
): Promise<Caller<A>> {
  const guildId = interaction.guildId as GuildId | null;
  if (!guildId || (parts.guildId !== null && parts.guildId !== guildId)) {
    throw new UserError(
      'foreign-guild',
      'Usher works only in the Discord server it was set up for.',
    );
  }
  const standing = standingOf(interaction);
  if (!standing) {
    throw new UserError(
      'roles-unknown',
      'Discord does not tell me roles right now. Try again soon.',
    );
  }
  const bindings = await parts.bindingsOf(guildId);
  const power = powerOf(standing, bindings);
  if (!atLeast(power, allow)) {
    throw new UserError('power', needs(allow, description, whoGives(allow, bindings, interaction)));
  }
  const userId = interaction.user.id as DiscordUserId;
  const actor = { kind: 'member', userId, power } as const;
  return { guildId, actor, bindings, access: await parts.accessFor({ guildId, actor }) };
}

const needs = (allow: Power, description: string, who: string): string =>
  allow === 'everyone'
    ? ''
    : `You need ${powerName[allow]} to ${description.charAt(0).toLowerCase()}${description.slice(1)}. Ask ${who}.`;

/** The lowest bound role that has the power, else Discord's owner of the guild. */
function whoGives(allow: Power, bindings: RoleBindings, { guild }: Interaction): string {
  const upwards = (['auditor', 'moderator', 'admin'] as const).filter((power) =>
    atLeast(power, allow),
  );
  const role = upwards.flatMap((power) => bindings[power]).at(0);
  if (role !== undefined) return `someone with <@&${role}>`;
  return guild ? `<@${guild.ownerId}>` : 'an administrator';
}

const tooOld = (): UserError =>
  new UserError('button-over', 'This button is no longer valid. Open it again with the command.');
const forSomebodyElse = (userId: string): UserError =>
  new UserError('button-of-another', `This button is for <@${userId}>. Use the command yourself.`);

async function* each(replies: Promise<Reply> | AsyncIterable<Reply>): AsyncGenerator<Reply> {
  if (Symbol.asyncIterator in replies) yield* replies;
  else yield await replies;
}

const answered = (shown: Answer['rendered']): Answer => ({ rendered: shown, aside: false });

/** Stores what each button will need, and renders with the ids that came of it. */
async function rendered<A>(
  { asks, now }: RouterParts<A>,
  { guildId, actor }: Caller<A>,
  reply: Reply,
): Promise<Answer['rendered']> {
  const customIds: string[] = [];
  for (const { press } of reply.buttons ?? []) {
    const expiresAt = new Date(now().getTime() + CONFIRM_FOR_MS);
    const id = await asks.save({ ...press, userId: actor.userId, guildId, expiresAt });
    customIds.push(`v1:${press.button}:${id}`);
  }
  return render(reply, customIds);
}

/** The steps, with whatever they throw as the last answer. */
async function* caught(
  log: Log,
  what: string,
  { interaction, run }: { interaction: Interaction; run: () => AsyncGenerator<Answer> },
): AsyncGenerator<Answer> {
  const { id, guildId, user } = interaction;
  try {
    yield* run();
  } catch (error) {
    const where = { what, guildId, userId: user.id, interactionId: id };
    yield { rendered: render(troubleOf(error, { log, where }), []), aside: true };
  }
}

/** Words for the asker and a line for the log: refusal, outage or fault. */
function troubleOf(error: unknown, { log, where }: { log: Log; where: object }): Reply {
  if (error instanceof UserError) {
    log.info({ ...where, code: error.code, details: error.details }, 'refused');
    return { tone: 'refused', text: error.message };
  }
  if (error instanceof Outage) {
    log.warn({ ...where, err: error }, 'something outside does not answer');
    return { tone: 'attention', text: 'Plex is not answering right now. Try again in a minute.' };
  }
  const reference = randomReference();
  log.error({ ...where, reference, err: error }, 'fault');
  return {
    tone: 'attention',
    text: `That did not work; the fault is in Usher. Reference ${reference}`,
  };
}

/** Six letters and digits that nobody mixes up when reading them out. */
const randomReference = (): string =>
  Array.from({ length: 6 }, () => 'ABCDEFGHJKMNPQRSTVWXYZ23456789'.charAt(randomInt(30))).join('');

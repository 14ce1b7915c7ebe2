import { Events, RESTEvents } from 'discord.js';
import type { Client, Interaction } from 'discord.js';
import { nameOf } from './input.js';

/** How long Discord waited for the first answer to an interaction. */
export interface AnswerTime {
  readonly kind: 'command' | 'suggestions' | 'button' | 'form';
  /** As declared; `other` for what is not. */
  readonly name: string;
  readonly ms: number;
}

interface Waiting extends Omit<AnswerTime, 'ms'> {
  readonly since: number;
}

/** More than these are never waited for at once: what was never answered is forgotten. */
const MOST_WAITING = 1_000;

/** Tells how long each first answer took, until Discord had taken it. Names that are not `known` are not told. */
export function timeAnswers(
  client: Client,
  known: ReadonlySet<string>,
  tell: (time: AnswerTime) => void,
): void {
  const waiting = new Map<string, Waiting>();
  client.on(Events.InteractionCreate, (interaction) => {
    const [oldest] = waiting.keys();
    if (waiting.size >= MOST_WAITING && oldest !== undefined) waiting.delete(oldest);
    const { kind, name } = whatIs(interaction);
    const told = known.has(name) ? name : 'other';
    waiting.set(interaction.id, { kind, name: told, since: performance.now() });
  });
  client.rest.on(RESTEvents.Response, ({ path }, { ok }) => {
    const id = /^\/interactions\/(\d+)\//.exec(path)?.[1];
    const one = id === undefined ? undefined : waiting.get(id);
    if (id === undefined || one === undefined || !ok) return;
    waiting.delete(id);
    tell({ kind: one.kind, name: one.name, ms: performance.now() - one.since });
  });
}

function whatIs(interaction: Interaction): Omit<AnswerTime, 'ms'> {
  if (interaction.isAutocomplete()) return { kind: 'suggestions', name: nameOf(interaction) };
  if (interaction.isChatInputCommand()) return { kind: 'command', name: nameOf(interaction) };
  if (interaction.isCommand()) return { kind: 'command', name: interaction.commandName };
  const name = interaction.customId.split(':')[1] ?? '';
  return { kind: interaction.isModalSubmit() ? 'form' : 'button', name };
}

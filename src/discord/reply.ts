import {
  ButtonStyle,
  ComponentType,
  type APIComponentInContainer,
  type APIContainerComponent,
} from 'discord.js';
import type { Button, Reply, ReplyFile } from '../commands/reply.js';
import type { Tone } from '../core/text.js';

/** A reply as Components V2; whoever sends it adds the flag IS_COMPONENTS_V2. */
export interface Rendered {
  readonly components: readonly [APIContainerComponent];
  readonly files: readonly ReplyFile[];
}

/** Symbol and accent colour of each tone (voice: the symbol never stands alone, so text follows). */
const LOOKS = {
  done: { symbol: '✅ ', colour: 0x3ba55d },
  waiting: { symbol: '⏳ ', colour: 0xf0b232 },
  gone: { symbol: '➖ ', colour: 0x80848e },
  refused: { symbol: '🚫 ', colour: 0xda373c },
  attention: { symbol: '⚠️ ', colour: 0xf0b232 },
  neutral: { symbol: '', colour: null },
} as const satisfies Record<Tone, { symbol: string; colour: number | null }>;

const STYLES = {
  primary: ButtonStyle.Primary,
  secondary: ButtonStyle.Secondary,
  danger: ButtonStyle.Danger,
} as const;

/** Discord's limits: characters of all texts together, of a label, and buttons in a row. */
const TEXT_LENGTH = 4000;
const LABEL_LENGTH = 80;
const ROW = 5;

/** Renders a reply; `customIds` are its buttons' ids in their order. */
export function render(reply: Reply, customIds: readonly string[]): Rendered {
  const { symbol, colour } = LOOKS[reply.tone];
  const buttons = reply.buttons ?? [];
  const files = reply.files ?? [];
  const components: APIComponentInContainer[] = [
    { type: ComponentType.TextDisplay, content: cut(`${symbol}${reply.text}`, TEXT_LENGTH) },
    ...files.map(({ name }) => ({
      type: ComponentType.File as const,
      file: { url: `attachment://${name}` },
    })),
    ...rowsOf(buttons.map((button, index) => rendered(button, customIds[index] ?? ''))),
  ];
  const accent = colour === null ? {} : { accent_color: colour };
  return { components: [{ type: ComponentType.Container, ...accent, components }], files };
}

const rendered = ({ label, style }: Button, customId: string) => ({
  type: ComponentType.Button as const,
  style: STYLES[style],
  label: cut(label, LABEL_LENGTH),
  custom_id: customId,
});

const rowsOf = (buttons: readonly ReturnType<typeof rendered>[]) =>
  Array.from({ length: Math.ceil(buttons.length / ROW) }, (_, row) => ({
    type: ComponentType.ActionRow as const,
    components: buttons.slice(row * ROW, (row + 1) * ROW),
  }));

const cut = (words: string, length: number): string =>
  words.length > length ? `${words.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…` : words;

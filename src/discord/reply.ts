import {
  ButtonStyle,
  ChannelType,
  ComponentType,
  SelectMenuDefaultValueType,
  type APIComponentInContainer,
  type APIComponentInMessageActionRow,
  type APIContainerComponent,
} from 'discord.js';
import type { Button, Link, Menu, Press, Reply, ReplyFile } from '../commands/reply.js';
import { plainName, type Tone } from '../core/text.js';

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
  alarm: { symbol: '⚠️ ', colour: 0xda373c },
  neutral: { symbol: '', colour: null },
} as const satisfies Record<Tone, { symbol: string; colour: number | null }>;

const STYLES = {
  primary: ButtonStyle.Primary,
  secondary: ButtonStyle.Secondary,
  danger: ButtonStyle.Danger,
} as const;

/** Discord's limits: characters of all texts together, of labels, and buttons in a row. */
const TEXT_LENGTH = 4000;
const LABEL_LENGTH = 80;
const OPTION_LENGTH = 100;
const PLACEHOLDER_LENGTH = 150;
const ROW = 5;

/** Where messages can be written: threads belong to channels, and may be closed. */
const WRITABLE = [ChannelType.GuildText, ChannelType.GuildAnnouncement] as const;

/** What can be pressed or chosen, in the order in which `render` wants their ids. */
export const pressesOf = ({ menus = [], buttons = [] }: Reply): readonly Press[] =>
  [...menus, ...buttons].map(({ press }) => press);

/** Renders a reply; `customIds` are those of its presses (`pressesOf`), in their order. */
export function render(reply: Reply, customIds: readonly string[]): Rendered {
  const { symbol, colour } = LOOKS[reply.tone];
  const { menus = [], buttons = [], links = [], files = [] } = reply;
  const idOf = (index: number): string => customIds[index] ?? '';
  const components: APIComponentInContainer[] = [
    { type: ComponentType.TextDisplay, content: cut(`${symbol}${reply.text}`, TEXT_LENGTH) },
    ...files.map(renderedFile),
    ...menus.map((menu, index) => row([renderedMenu(menu, idOf(index))])),
    ...rowsOf([
      ...links.map(renderedLink),
      ...buttons.map((button, index) => renderedButton(button, idOf(menus.length + index))),
    ]),
  ];
  const accent = colour === null ? {} : { accent_color: colour };
  return { components: [{ type: ComponentType.Container, ...accent, components }], files };
}

const renderedFile = ({ name, alt }: ReplyFile): APIComponentInContainer => {
  const media = { url: `attachment://${name}` };
  if (alt === undefined) return { type: ComponentType.File, file: media };
  return { type: ComponentType.MediaGallery, items: [{ media, description: alt }] };
};

const renderedButton = ({ label, style }: Button, customId: string) => ({
  type: ComponentType.Button as const,
  style: STYLES[style],
  label: plainName(label, LABEL_LENGTH),
  custom_id: customId,
});

const renderedLink = ({ label, url }: Link) => ({
  type: ComponentType.Button as const,
  style: ButtonStyle.Link as const,
  label: plainName(label, LABEL_LENGTH),
  url,
});

function renderedMenu(menu: Menu, customId: string): APIComponentInMessageActionRow {
  const common = {
    custom_id: customId,
    placeholder: plainName(menu.placeholder, PLACEHOLDER_LENGTH),
    min_values: menu.least ?? 1,
    max_values: menu.most ?? 1,
  };
  switch (menu.kind) {
    case 'words':
      return {
        type: ComponentType.StringSelect,
        ...common,
        options: menu.options.map(({ label, value, description, isChosen }) => ({
          label: plainName(label, OPTION_LENGTH),
          value,
          ...(description !== undefined && { description: plainName(description, OPTION_LENGTH) }),
          ...(isChosen === true && { default: true }),
        })),
      };
    case 'member':
      return { type: ComponentType.UserSelect, ...common, ...chosen(menu, 'User') };
    case 'role':
      return { type: ComponentType.RoleSelect, ...common, ...chosen(menu, 'Role') };
    case 'channel':
      return {
        type: ComponentType.ChannelSelect,
        ...common,
        channel_types: [...WRITABLE],
        ...chosen(menu, 'Channel'),
      };
  }
}

function chosen<Kind extends keyof typeof SelectMenuDefaultValueType>(
  { chosen: ids = [] }: Extract<Menu, { kind: 'member' | 'role' | 'channel' }>,
  kind: Kind,
) {
  const type = SelectMenuDefaultValueType[kind];
  return ids.length === 0 ? {} : { default_values: ids.map((id) => ({ id, type })) };
}

const row = (components: APIComponentInMessageActionRow[]) => ({
  type: ComponentType.ActionRow as const,
  components,
});

const rowsOf = (buttons: readonly APIComponentInMessageActionRow[]) =>
  Array.from({ length: Math.ceil(buttons.length / ROW) }, (_, index) =>
    row(buttons.slice(index * ROW, (index + 1) * ROW)),
  );

const cut = (words: string, length: number): string =>
  words.length > length ? `${words.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…` : words;

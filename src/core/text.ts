/** How a message feels at one glance; gives its symbol and its colour. */
export type Tone = 'done' | 'waiting' | 'gone' | 'refused' | 'attention' | 'neutral';

/** Zero-width and direction-changing characters: invisible, and able to make one name look like another. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]/gu;
const MARKUP = /[\\`*_~|[\]()<>#:@/\-.!+]/g;
const LONGEST_NAME = 100;

/** Text that somebody typed, cut to `longest` characters, that cannot format, mention, link or hide anything. */
export function escapeText(text: string, longest: number): string {
  const visible = text.replace(INVISIBLE, '').replace(/\s+/g, ' ').trim();
  const cut = visible.length > longest ? `${visible.slice(0, longest - 1).trimEnd()}…` : visible;
  return cut.replace(MARKUP, '\\$&');
}

/** A name from Plex or Discord, likewise. */
export const escapeName = (name: string): string => escapeText(name, LONGEST_NAME) || '(no name)';

/** A name in bold. */
export const bold = (name: string): string => `**${escapeName(name)}**`;

/** "**Films**", "**Films** and **Shows**", "**Films**, **Shows** and **Kids**". */
export function listed(names: readonly string[]): string {
  const all = names.map(bold);
  const last = all.pop() ?? '';
  return all.length === 0 ? last : `${all.join(', ')} and ${last}`;
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/** An instant in the reader's own zone, with how far away it is. */
export const fullTime = (at: Date): string => `<t:${seconds(at)}:f> (<t:${seconds(at)}:R>)`;

/** An instant in the reader's own zone. */
export const dateTime = (at: Date): string => `<t:${seconds(at)}:f>`;

/** A time of day to the second in the reader's own zone. */
export const exactTime = (at: Date): string => `<t:${seconds(at)}:T>`;

/** " until …", or that there is no end. */
export const until = (end: Date | null): string =>
  end === null ? 'until you take it away' : `until ${fullTime(end)}`;

/** "1 library", "3 libraries": a number with its noun. */
export const counted = (n: number, one: string, many: string): string =>
  `${n} ${n === 1 ? one : many}`;

/** `t•••@e•••.org`: enough to recognise an address by, not enough to write to it. */
export function maskEmail(email: string): string {
  const [name = '', host = ''] = email.split('@');
  const dot = host.lastIndexOf('.');
  return `${name.slice(0, 1)}•••@${host.slice(0, 1)}•••${dot > 0 ? host.slice(dot) : ''}`;
}

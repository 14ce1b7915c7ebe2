/** What one glance must tell; `discord/reply.ts` gives it its symbol and colour. */
export type Tone = 'done' | 'waiting' | 'gone' | 'refused' | 'attention' | 'alarm' | 'neutral';

const LONGEST_NAME = 100;
/** Controls, zero-width and bidirectional marks, and letters that show as nothing. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]/gu;

/**
 * Text that somebody typed, cut to `longest` letters, that Discord neither formats, mentions, links nor reorders. Only
 * what would do something is escaped, so that a name can still be searched for.
 */
export function escapeText(text: string, longest: number): string {
  const letters = Array.from(inOneLine(text));
  const cut = letters.length > longest ? [...letters.slice(0, longest - 1), '…'] : letters;
  return cut
    .join('')
    .replace(/[\\*_~`|[\]<]/g, '\\$&')
    .replace(/^(?:[#>+-]|\d+(?=[.)]))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`))
    .replace(/:\/\//g, '\\://') // no bare link either
    .replace(/@(?=everyone|here)/gi, '@\u200b');
}

/** Text as one line of letters that can be seen. */
const inOneLine = (text: string): string =>
  text
    .replace(/[\t\n\r]+/g, ' ')
    .replace(UNSEEN, '')
    .replace(/\s+/g, ' ')
    .trim();

const NO_NAME = '(no name)';

/** A name from Plex or Discord, likewise. */
export const escapeName = (name: string): string => escapeText(name, LONGEST_NAME) || NO_NAME;

/** A name for a label or a suggestion, in which Discord formats nothing; `longest` as Discord counts, in UTF-16. */
export function plainName(name: string, longest: number): string {
  const plain = inOneLine(name) || NO_NAME;
  if (plain.length <= longest) return plain;
  return `${plain.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** A name in bold. */
export const bold = (name: string): string => `**${escapeName(name)}**`;

/** Names that a sentence can carry; of more, the first ones and how many are left. */
export const MOST_LISTED = 10;

/** "**Films**", "**Films** and **Shows**", "**Films**, **Shows** and 12 more". */
export function listed(names: readonly string[], most = MOST_LISTED): string {
  const isLong = names.length > most;
  const all = (isLong ? names.slice(0, most - 1) : names).map(bold);
  const last = isLong ? `${names.length - all.length} more` : (all.pop() ?? '');
  return all.length === 0 ? last : `${all.join(', ')} and ${last}`;
}

/** Markdown of at most `longest` characters: cut between words, with what is open closed and an ellipsis. */
export function shorten(markdown: string, longest: number): string {
  if (markdown.length <= longest) return markdown;
  const room = markdown.slice(0, longest - 4);
  const words = room.slice(0, Math.max(room.lastIndexOf(' '), room.lastIndexOf('\n'), 1));
  const isOpen = (words.match(/(?<!\\)\*\*/g)?.length ?? 0) % 2 === 1;
  return `${words.replace(/\\+$/, '')}${isOpen ? '**' : ''} …`;
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/** An instant in the reader's own zone, with how far away it is. */
export const fullTime = (at: Date): string => `<t:${seconds(at)}:f> (<t:${seconds(at)}:R>)`;

/** A day in words in the reader's own zone: a heading. */
export const dayOf = (at: Date): string => `<t:${seconds(at)}:D>`;

/** A time of day in the reader's own zone. */
export const timeOf = (at: Date): string => `<t:${seconds(at)}:t>`;

/** A day and time in figures in the reader's own zone: the shortest that says both, for lists. */
export const shortTime = (at: Date): string => `<t:${seconds(at)}:d> <t:${seconds(at)}:t>`;

/** An instant in the reader's own zone. */
export const dateTime = (at: Date): string => `<t:${seconds(at)}:f>`;

/** How far away an instant is. */
export const relativeTime = (at: Date): string => `<t:${seconds(at)}:R>`;

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

/** A name, masked where it is an address: plex.tv gives the address as a name to those who never chose one. */
export const maskAddress = (name: string): string => (name.includes('@') ? maskEmail(name) : name);

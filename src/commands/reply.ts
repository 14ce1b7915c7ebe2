/** Values as JSON can carry them. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What one glance must tell; `discord/reply.ts` gives it its symbol and colour. */
export type Tone = 'done' | 'waiting' | 'gone' | 'refused' | 'attention' | 'neutral';

/** A verb under a message. */
export interface Button {
  /** At most three words; what takes access away carries the count. */
  readonly label: string;
  readonly style: 'primary' | 'secondary' | 'danger';
  /** The button's name as defined, and what it gets when pressed. */
  readonly press: { readonly button: string; readonly payload: Json };
}

/** A file that comes with a message. */
export interface ReplyFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** An answer or an audit message. */
export interface Reply {
  readonly tone: Tone;
  /** Discord markdown without the tone's symbol; names in it are escaped already. */
  readonly text: string;
  /** In order of display, 25 at most. */
  readonly buttons?: readonly Button[];
  readonly files?: readonly ReplyFile[];
}

const NAME_LENGTH = 100;
/** Controls, zero-width and bidirectional marks, and letters that show as nothing. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]/gu;

/** A title or name from outside as text that Discord neither formats, mentions, links nor reorders; cut at 100 characters. */
export function escapeName(title: string): string {
  const plain = title
    .replace(/[\t\n\r]+/g, ' ')
    .replace(UNSEEN, '')
    .replace(/\s+/g, ' ')
    .trim();
  const letters = Array.from(plain);
  const cut = letters.length > NAME_LENGTH ? [...letters.slice(0, NAME_LENGTH - 1), '…'] : letters;
  return (cut.join('') || '(no name)')
    .replace(/[\\*_~`|[\]<]/g, '\\$&')
    .replace(/^(?:[#>+-]|\d+(?=[.)]))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`))
    .replace(/:\/\//g, '\\://') // no bare link either
    .replace(/@(?=everyone|here)/gi, '@\u200b');
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/** A time in each reader's own zone, with how far off it is. */
export const fullTime = (at: Date): string => `<t:${seconds(at)}:f> (<t:${seconds(at)}:R>)`;

/** A date in each reader's own zone, for lists. */
export const shortTime = (at: Date): string => `<t:${seconds(at)}:d>`;

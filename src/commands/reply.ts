import type { Tone } from '../core/text.js';

/** Values as JSON can carry them. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

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

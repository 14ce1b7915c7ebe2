import type { Json } from '../core/json.js';
import type { Tone } from '../core/text.js';

export type { Json } from '../core/json.js';

/** What happens when a part of a message is used: the button's name as defined, and what it gets then. */
export interface Press {
  readonly button: string;
  readonly payload: Json;
}

/** A verb under a message. */
export interface Button {
  /** At most three words; what takes access away carries the count. */
  readonly label: string;
  readonly style: 'primary' | 'secondary' | 'danger';
  readonly press: Press;
}

/** A button that leads out of Discord. */
export interface Link {
  readonly label: string;
  /** 512 characters at most. */
  readonly url: string;
}

/** One line of a menu of words. */
export interface MenuOption {
  readonly label: string;
  readonly value: string;
  readonly description?: string;
  readonly isChosen?: boolean;
}

interface AnyMenu {
  /** What is to be chosen, 150 characters at most. */
  readonly placeholder: string;
  readonly press: Press;
  /** How many may be chosen, 1 at least and 1 at most unless said. */
  readonly least?: number;
  readonly most?: number;
}

/** A list to choose from, on a row of its own. What was chosen arrives as values or as ids. */
export type Menu =
  | (AnyMenu & {
      readonly kind: 'words';
      /** 1 to 25. */
      readonly options: readonly MenuOption[];
    })
  | (AnyMenu & {
      /** Discord's own lists; a channel is one that messages can be written in. */
      readonly kind: 'member' | 'role' | 'channel';
      /** Ids that are chosen already. */
      readonly chosen?: readonly string[];
    });

/** A form that opens over Discord; its fields arrive by name. */
export interface Modal {
  /** 45 characters at most. */
  readonly title: string;
  /** 1 to 5. */
  readonly fields: Readonly<Record<string, ModalField>>;
}

/** One line of text in a form. */
export interface ModalField {
  /** 45 characters at most. */
  readonly label: string;
  /** 100 characters at most. */
  readonly description?: string;
  readonly placeholder?: string;
  /** What stands there already; never a secret. */
  readonly value?: string;
  readonly required?: boolean;
  readonly maxLength?: number;
}

/** A file that comes with a message. */
export interface ReplyFile {
  readonly name: string;
  readonly content: Uint8Array;
  /** What a picture shows, in at most 1024 characters; with it the file is shown as a picture. */
  readonly alt?: string;
}

/** An answer or an audit message. */
export interface Reply {
  readonly tone: Tone;
  /** Discord markdown without the tone's symbol; names in it are escaped already. */
  readonly text: string;
  /** Lists to choose from, each on a row; with the rows of buttons 5 to 7 rows are all a phone shows well. */
  readonly menus?: readonly Menu[];
  /** In order of display, 25 at most with the links, which stand before them. */
  readonly buttons?: readonly Button[];
  readonly links?: readonly Link[];
  readonly files?: readonly ReplyFile[];
  /** How long its parts can be used: a confirmation 10 minutes (without a word), a panel 15. */
  readonly lives?: 'panel';
  /** Still going on: what a next life of the process needs to go on telling it in this answer. */
  readonly follows?: object;
}

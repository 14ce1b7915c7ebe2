import type { Actor, DiscordUserId, GuildId, Power, RoleId } from '../core/model.js';
import type { Json, Modal, Reply } from './reply.js';

/** Whoever uses a command or presses a button, with the power their roles give at that moment. */
export type Asker = Extract<Actor, { kind: 'member' }>;

/** One autocomplete choice: what is shown, and what the option then receives. */
export interface Suggestion {
  readonly name: string;
  readonly value: string;
}

/** What was read of the options declared before this one, by name. */
export type Values = Readonly<Record<string, unknown>>;

/** Asked on nearly every keystroke: answer from memory or one indexed query; `values` are raw and may be unfinished. */
export type Suggest<A> = (ask: {
  readonly access: A;
  readonly typed: string;
  readonly values: Readonly<Record<string, string>>;
  readonly name: string;
}) => Promise<readonly Suggestion[]> | readonly Suggestion[];

/** One option of a command; `T` is what `run` gets. */
export interface Option<T, A> {
  /** Discord's kind of input. Members and roles arrive as their ids. */
  readonly kind: 'text' | 'member' | 'role';
  readonly description: string;
  readonly required: boolean;
  /** Fixed choices; excludes `suggest`. */
  readonly choices?: readonly Suggestion[];
  readonly suggest?: Suggest<A>;
  /** Longest text taken, in characters. */
  readonly maxLength?: number;
  /** From what Discord sent (null: left out) to the value; throws `UserError` for what cannot be read. */
  read(raw: string | null, context: ReadContext<A>): T | Promise<T>;
}

/** What an option may look at while it is read. */
export interface ReadContext<A> {
  readonly access: A;
  readonly values: Values;
  /** The option's own name. */
  readonly name: string;
}

type Options<A> = Readonly<Record<string, Option<unknown, A>>>;
type ValuesOf<O> = {
  readonly [K in keyof O]: O[K] extends { read(...given: never[]): infer R } ? Awaited<R> : never;
};

/** Replies in order; each later one edits the first. */
export type Replies = Promise<Reply> | AsyncIterable<Reply>;

/** A slash command as its file declares it. */
export interface Declaration<A, O> {
  /** Lower case; words are subcommands: "access show", "library default add". */
  readonly name: string;
  /** Starts with a verb, so that "You need Moderator to …" can go on with it; no final full stop. */
  readonly description: string;
  readonly allow: Power;
  /** Only the asker sees the answer. Discord fixes this with the first answer, so it is declared. */
  readonly private: boolean;
  /** Hides the command from members without Manage Server until the guild's bindings exist: for `/setup`. */
  readonly needsManageServer?: true;
  /** Also stands in the menu of a member under this label; the member is then the value of that option. */
  readonly onMember?: { readonly label: string; readonly option: string };
  /** Required ones first. */
  readonly options: O;
  run(use: { readonly values: ValuesOf<O>; readonly actor: Asker; readonly access: A }): Replies;
}

/** Any command over `A`, its options no longer known to the compiler. */
export type CommandOf<A> = Omit<Declaration<A, Options<A>>, 'run'> & {
  run(use: { readonly values: Values; readonly actor: Asker; readonly access: A }): Replies;
};

/** Makes `defineCommand` for one kind of access: `values` in `run` is typed from `options`. */
export const commandsOver =
  <A>() =>
  <const O extends Options<A>>(command: Declaration<A, O>): CommandOf<A> => {
    const isRequired = Object.values(command.options).map((option) => option.required);
    if (isRequired.lastIndexOf(true) > isRequired.indexOf(false) && isRequired.includes(false)) {
      throw new Error(`/${command.name}: a required option stands after an optional one`);
    }
    return command;
  };

/** What somebody did with a part of a message. */
export interface Pressed<A> {
  readonly payload: Json;
  /** From a menu: the values or ids that were chosen; else none. */
  readonly chosen: readonly string[];
  /** From a form: what stands in its fields, by name; else none. */
  readonly fields: Readonly<Record<string, string>>;
  /** Of chosen channels, by id: what Usher lacks to post there, in Discord's own words. */
  readonly lacks: Readonly<Record<string, readonly string[]>>;
  readonly actor: Asker;
  readonly access: A;
}

/** What a button, a menu or a form does. Its name is stored with messages that live on: never rename one. */
export interface ButtonOf<A> {
  readonly name: string;
  readonly allow: Power;
  /** `in-place` edits the message the button sits on; `private` leaves it and answers the presser alone. */
  readonly answers: 'in-place' | 'private';
  /** Opens a form first; `run` gets its fields. Must be quick: from memory or one indexed row. */
  modal?(use: Pick<Pressed<A>, 'payload' | 'access'>): Modal | Promise<Modal>;
  run(use: Pressed<A>): Replies;
}

/** Makes `defineButton` for one kind of access. Stored payloads outlive releases: `run` reads them with suspicion. */
export const buttonsOver =
  <A>() =>
  (button: Omit<ButtonOf<A>, 'answers'> & Partial<Pick<ButtonOf<A>, 'answers'>>): ButtonOf<A> => ({
    answers: 'in-place',
    ...button,
  });

/** A button that waits to be pressed, as it is stored. */
export interface Ask {
  readonly button: string;
  readonly payload: Json;
  /** Whom it is meant for; null = anyone with the power. */
  readonly userId: DiscordUserId | null;
  readonly guildId: GuildId;
  /** null = lives as long as its message. */
  readonly expiresAt: Date | null;
}

/** Where waiting buttons are kept; ids are opaque, at most 60 characters, without ":". */
export interface Asks {
  save(ask: Ask): Promise<string>;
  load(id: string): Promise<Ask | null>;
  /** Removes it and says whether it was there: of two presses at once, one gets true. */
  take(id: string): Promise<boolean>;
  /** It was refused, so nothing has happened: it can be used again. */
  putBack(id: string, ask: Ask): Promise<void>;
}

/** A text option; with `suggest` it has autocomplete, which people may ignore and type on. */
export function text<A>(
  description: string,
  { suggest, maxLength }: { suggest?: Suggest<A>; maxLength?: number } = {},
): Option<string, A> {
  return {
    kind: 'text',
    description,
    required: true,
    ...(suggest && { suggest }),
    ...(maxLength !== undefined && { maxLength }),
    read: (raw) => (raw ?? '').trim(),
  };
}

/** A text option of which only these values exist: value → what is shown. */
export function choice<A, const C extends Readonly<Record<string, string>>>(
  description: string,
  choices: C,
): Option<keyof C & string, A> {
  return {
    kind: 'text',
    description,
    required: true,
    choices: Object.entries(choices).map(([value, name]) => ({ name, value })),
    read: (raw) => {
      if (raw === null || !Object.hasOwn(choices, raw)) throw new Error('not one of the choices');
      return raw;
    },
  };
}

/** A member of the guild, by Discord user id. */
export const member = <A>(description: string): Option<DiscordUserId, A> => ({
  kind: 'member',
  description,
  required: true,
  read: (raw) => raw as DiscordUserId,
});

/** A role of the guild, by id. */
export const role = <A>(description: string): Option<RoleId, A> => ({
  kind: 'role',
  description,
  required: true,
  read: (raw) => raw as RoleId,
});

/** How typed words are read as a time; a duration given as `until` counts from `from`. */
export interface HowWhen {
  readonly as: 'from' | 'until';
  readonly from?: Date;
}

/** What `when` needs of an access: it knows the guild's zone and the time. */
export interface ReadsWhen {
  /** Throws `UserError` for what is refused or must be asked back. */
  readWhen(typed: string, how: HowWhen): Date | Promise<Date>;
  suggestWhen(typed: string, how: HowWhen): readonly Suggestion[] | Promise<readonly Suggestion[]>;
}

/** A moment in typed words. An option called `from` means starts, any other ends, which count from `from`. */
export function when<A extends ReadsWhen>(description: string): Option<Date, A> {
  return {
    kind: 'text',
    description,
    required: true,
    read: (raw, { access, values, name }) => {
      const from = values['from'] instanceof Date ? { from: values['from'] } : {};
      return access.readWhen(
        raw ?? '',
        name === 'from' ? { as: 'from' } : { as: 'until', ...from },
      );
    },
    suggest: async ({ access, typed, name, values }) => {
      if (name === 'from') return access.suggestWhen(typed, { as: 'from' });
      const from = values['from'] && (await access.readWhen(values['from'], { as: 'from' }));
      return access.suggestWhen(typed, { as: 'until', ...(from && { from }) });
    },
  };
}

/** The option may be left out, and is then null. */
export const optional = <T, A>(option: Option<T, A>): Option<T | null, A> => ({
  ...option,
  required: false,
  read: (raw, context) => (raw === null || raw.trim() === '' ? null : option.read(raw, context)),
});

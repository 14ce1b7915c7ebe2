import type { Json } from '../tour/drive.js';
import type { Word } from './moves.js';

/** One thing that can be run, as Discord was told of it. */
export interface Leaf {
  /** "access show", or the label of a user command. */
  readonly name: string;
  readonly options: readonly DeclaredOption[];
  readonly isForUsers: boolean;
}

interface DeclaredOption {
  readonly name: string;
  readonly type: number;
  readonly required?: boolean;
  readonly autocomplete?: boolean;
  readonly choices?: readonly { readonly value: string | number }[];
}

const SUBCOMMANDS = [1, 2];
const USER_COMMAND = 2;
const KIND = { integer: 4, flag: 5, user: 6, channel: 7, role: 8, number: 10, file: 11 } as const;

/** Every command that can be run, out of `GET /_sim/commands`. */
export function leavesOf(scopes: unknown): readonly Leaf[] {
  return Object.values(scopes as Record<string, Json[]>)
    .flat()
    .flatMap((command) => {
      const isForUsers = command.type === USER_COMMAND;
      return below(String(command.name), command).map((leaf) => ({ ...leaf, isForUsers }));
    });
}

function below(name: string, node: Json): Omit<Leaf, 'isForUsers'>[] {
  const options = (node.options ?? []) as readonly DeclaredOption[];
  const inner = options.filter((option) => SUBCOMMANDS.includes(option.type));
  if (inner.length === 0) return [{ name, options }];
  return inner.flatMap((option) => below(`${name} ${option.name}`, option as unknown as Json));
}

const TIMES = ['7d', '90s', 'tomorrow', 'friday 20:00', '2027-12-24', 'end of month'];
const SENSIBLE: Readonly<Record<string, readonly string[]>> = {
  person: ['mara', 'jonas', 'Mara', 'tove@example.org', 'Kid', 'homer', 'zoe', 'strange1'],
  library: ['Films', 'Kids', 'Shows', 'Default', 'all', 'Films (Attic)'],
  server: ['Attic', 'Cellar'],
  by: ['7d', '2w', '1mo'],
  from: TIMES,
  until: TIMES,
  reason: ['a birthday'],
};
const USERS = [1, 2, 3, 4, 5, 6].map((n) => `20000000000000000${n}`);
const ROLES = ['300000000000000001', '300000000000000002', '300000000000000003'];
const CHANNELS = ['400000000000000001', '400000000000000002'];

const picked = <T>(list: readonly T[], pick: number): T => {
  const found = list[pick % list.length];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
};

/** What was suggested so far, by option: the ids that people do not type. */
export type Suggested = ReadonlyMap<string, readonly string[]>;

/** The value for an option, of the option's kind; text of any sort where text is taken. */
export function valueOf(
  option: DeclaredOption,
  word: Word,
  suggested: Suggested,
): string | number | boolean {
  const { pick } = word;
  if (option.choices && !word.isHostile) return picked(option.choices, pick).value;
  switch (option.type) {
    case KIND.integer:
    case KIND.number:
      return picked([-1, 0, 1, 5, 60, 1440, 2 ** 53], pick);
    case KIND.flag:
      return pick % 2 === 0;
    case KIND.user:
      return picked(USERS, pick);
    case KIND.role:
      return picked([...ROLES, '100000000000000001'], pick);
    case KIND.channel:
      return picked(CHANNELS, pick);
    default: {
      if (word.isHostile) return word.hostile;
      const known = [...(SENSIBLE[option.name] ?? ['x']), ...(suggested.get(option.name) ?? [])];
      return picked(known, pick);
    }
  }
}

/** A use of a command: its options by name, left out where they may be and the word says so. */
export function optionsFor(leaf: Leaf, words: readonly Word[], suggested: Suggested) {
  const options: Record<string, string | number | boolean> = {};
  const files: Record<string, { filename: string; base64: string }> = {};
  for (const [i, option] of leaf.options.entries()) {
    const word = words[i % words.length];
    if (!word || (word.isLeftOut && option.required !== true)) continue;
    if (option.type === KIND.file) {
      const base64 = Buffer.from(word.hostile).toString('base64');
      files[option.name] = { filename: 'file.csv', base64 };
      continue;
    }
    options[option.name] = valueOf(option, word, suggested);
  }
  return { options, files };
}

/** Values for a select: of its own options, else ids of what it lists. */
export function selected(select: Json, word: Word): string[] {
  if (word.isHostile) return [word.hostile.slice(0, 100)];
  const own = (select.options ?? []) as readonly { readonly value: string }[];
  if (own.length > 0) return [picked(own, word.pick).value];
  const lists: Readonly<Record<number, readonly string[]>> = { 5: USERS, 6: ROLES, 8: CHANNELS };
  return [picked(lists[Number(select.type)] ?? USERS, word.pick)];
}

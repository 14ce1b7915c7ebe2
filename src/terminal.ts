import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from './core/errors.js';
import { NewerSchema } from './store/open.js';
import { isUnreachable, UNREACHABLE } from './store/unreachable.js';

/** What a command of the operator is given. */
export interface Errand {
  /** The file that was named, as an absolute path. */
  readonly path: string;
  readonly force: boolean;
  /** Usher's own version. */
  readonly version: string;
  /** Ctrl-C was pressed, or the process was asked to end. */
  readonly signal: AbortSignal;
  /** How far it has come, in rows; shown where a person looks on. */
  readonly told: (done: number, of: number) => void;
}

const BAR = 10;
const SHOW_EVERY_MS = 200;
/** Below the folder of the sources, and below that of what was built from them. */
const PACKAGES = ['../package.json', '../../package.json'];

/** How a command is used, and whether it can be told to replace something. */
interface Usage {
  readonly usage: string;
  readonly canForce: boolean;
}

/** Runs one command of the operator: says what came of it, in a sentence also when it is refused or fails. */
export async function runErrand(
  how: Usage,
  work: (errand: Errand) => Promise<string>,
): Promise<void> {
  const asked = readArguments(how);
  const over = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => over.abort());
  const show = progress();
  try {
    const said = await work({ ...asked, version: ownVersion(), signal: over.signal, told: show });
    clearLine();
    console.log(said);
  } catch (error) {
    clearLine();
    console.error(over.signal.aborted ? 'Stopped. Nothing was changed.' : tell(error));
    process.exitCode = 1;
  }
}

function readArguments({ usage, canForce }: Usage): Pick<Errand, 'path' | 'force'> {
  try {
    const options = { force: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const isUsable = canForce || !values.force;
    const [file, ...more] = positionals;
    if (isUsable && file !== undefined && more.length === 0)
      return { path: fromHere(file), force: values.force };
  } catch {
    // An option that is none: told how it is used, like everything else that was meant otherwise.
  }
  console.error(usage);
  process.exit(1);
}

/** npm runs its scripts in the folder of the package; the file is meant from where npm was called. */
function fromHere(file: string): string {
  const { INIT_CWD, npm_lifecycle_event: script = '' } = process.env;
  const isOfNpm = INIT_CWD !== undefined && /^(backup|restore)$/.test(script);
  return resolve(isOfNpm ? INIT_CWD : process.cwd(), file);
}

function ownVersion(): string {
  for (const path of PACKAGES) {
    try {
      const text = readFileSync(new URL(path, import.meta.url), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch {
      continue;
    }
  }
  return 'unknown';
}

const clearLine = (): void => {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
};

/** A line that fills up, where somebody looks on. */
function progress(): Errand['told'] {
  let last = 0;
  return (done, of) => {
    if (!process.stderr.isTTY || Date.now() - last < SHOW_EVERY_MS) return;
    last = Date.now();
    const full = Math.floor((done / Math.max(of, 1)) * BAR);
    const bar = '▰'.repeat(full) + '▱'.repeat(Math.max(BAR - full, 0));
    process.stderr.write(`\r\x1b[K${bar} ${number(done)} of ${rowsTold(of)}`);
  };
}

const number = (n: number): string => n.toLocaleString('en');

export const rowsTold = (n: number): string => `${number(n)} ${n === 1 ? 'row' : 'rows'}`;

/** What people are told of an error: never a stack. */
function tell(error: unknown): string {
  if (error instanceof UserError || error instanceof NewerSchema) return error.message;
  if (isUnreachable(error)) return UNREACHABLE;
  return `It did not work: ${error instanceof Error ? error.message : String(error)}`;
}

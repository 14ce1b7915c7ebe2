import { read } from './files.js';

/** One instruction of a Dockerfile, its continued lines joined. */
export interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** What stands between one FROM and the next. */
export interface Stage {
  readonly image: string;
  readonly name: string | null;
  readonly instructions: readonly Instruction[];
}

/** The stages of the project's Dockerfile, in order. */
export function stages(): readonly Stage[] {
  const lines = read('Dockerfile')
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const found: { image: string; name: string | null; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name, rest] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) throw new Error(`not an instruction: ${line}`);
    if (name === 'FROM') {
      const [image = '', , as] = rest.split(' ');
      found.push({ image, name: as ?? null, instructions: [] });
    } else found.at(-1)?.instructions.push({ name, rest });
  }
  return found;
}

/** What instructions of one kind say, in order. */
export const all = (stage: Stage, name: string): readonly string[] =>
  stage.instructions.filter((one) => one.name === name).map(({ rest }) => rest);

/** What the only instruction of a kind says. */
export function only(stage: Stage, name: string): string {
  const [first, ...others] = all(stage, name);
  if (first === undefined || others.length > 0) throw new Error(`not one ${name}`);
  return first;
}

/** The variables that a stage sets, without quotes. */
export const environmentOf = (stage: Stage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    all(stage, 'ENV')
      .flatMap((rest) => rest.split(' '))
      .map((pair) => pair.split('=') as [string, string]),
  );

/** An instruction in exec form: no shell stands between, so that signals arrive. */
export const exec = (rest: string): readonly string[] => JSON.parse(rest) as readonly string[];

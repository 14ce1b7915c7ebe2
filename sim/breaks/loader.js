import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { breaks } from './breaks.js';

/** By name, and (`USHER_PATCHES`, JSON of the same shape) as a test wants them. */
const name = process.env.USHER_BREAK;
const named = name === undefined ? [] : breaks[name];
if (!named)
  throw new Error(`no break is called "${name}"; there are: ${Object.keys(breaks).join(', ')}`);
const patches = [...named, ...JSON.parse(process.env.USHER_PATCHES ?? '[]')];

/** Replaces what a patch names, and refuses to run a program in which it is not there exactly once. */
export async function load(url, context, nextLoad) {
  const mine = patches.filter((patch) => url.endsWith(`/dist/src/${patch.file}`));
  if (mine.length === 0) return nextLoad(url, context);
  let source = await readFile(fileURLToPath(url), 'utf8');
  for (const { file, text, replacement } of mine) {
    const times = source.split(text).length - 1;
    if (times !== 1) throw new Error(`"${text}" occurs ${times} times in ${file}`);
    source = source.replace(text, () => replacement);
  }
  return { format: 'module', shortCircuit: true, source };
}

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = fileURLToPath(new URL('../../dist/src/commands/', import.meta.url));
const DECLARED = /defineButton\(\{\s*name: '([^']+)'/g;
const FIELD = /(?:^\s*|[{,]\s*)(?:'([\w-]+)'|(\w+)): \{\s*label:/gm;

const sources = (): readonly string[] =>
  readdirSync(built, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(`${built}${name}`, 'utf8'));

/** The names of all parts of messages that the built bot knows: buttons, menus and forms. */
export const partNames = (): readonly string[] =>
  sources()
    .flatMap((source) => [...source.matchAll(DECLARED)].map(([, name]) => name ?? ''))
    .sort();

/** The names of all fields of its forms. */
export const fieldNames = (): readonly string[] => [
  ...new Set(
    sources().flatMap((source) =>
      [...source.matchAll(FIELD)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
    ),
  ),
];

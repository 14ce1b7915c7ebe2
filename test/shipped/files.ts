import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';

/** The root of the project. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A file of the project, as text. */
export const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

/** A YAML file of the project; fails on what a parser would only warn of, such as a key that stands twice. */
export function readYaml(path: string): unknown {
  const document = parseDocument(read(path), { uniqueKeys: true, merge: true });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) throw new Error(`${path}: ${faults.map(String).join('\n')}`);
  return document.toJS() as unknown;
}

/** The scripts of package.json, by name. */
export const scripts = (
  JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
).scripts;

/** The fenced blocks of a Markdown text in one language. */
export const fenced = (markdown: string, language: string): readonly string[] =>
  [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, said]) => said === language)
    .map(([, , block]) => block ?? '');

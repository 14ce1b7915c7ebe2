import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/commands/registry.js';
import { claimsOf } from './claims.js';
import { read, root } from './files.js';

const PAGE = 'docs/parity.md';
const FAULTS = 35;

interface Row {
  /** Which of the faults; null: a page that the web manager had. */
  readonly fault: number | null;
  readonly what: string;
  /** As they stand there, options and all. */
  readonly commands: readonly string[];
  readonly proofs: readonly { readonly name: string; readonly file: string }[];
  /** Not there yet: in which issue it comes. */
  readonly open: string | null;
}

/** Every row of the tables of a page, their heads left out. */
function rowsOf(page: string): readonly Row[] {
  const lines = page.split('\n').filter((line) => line.startsWith('| ') && !/^\| *-/.test(line));
  const cells = lines.map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((one) => one.trim()),
  );
  const withoutHeads = cells.filter((row) => row.at(-1) !== 'Shown by');
  return withoutHeads.map((row) => {
    const [what = '', here = '', shown = ''] = row.slice(-3);
    return {
      fault: row.length === 4 ? Number(row[0]) : null,
      what,
      commands: [...here.matchAll(/`\/([^`]+)`/g)].map(([, words]) => words ?? ''),
      proofs: [...shown.matchAll(/\[([^\]]+)\]\(\.\.\/([^)]+)\)/g)].map(([, name, file]) => ({
        name: name ?? '',
        file: file ?? '',
      })),
      open: /^open: issue [5-8]$/.test(shown) ? shown : null,
    };
  });
}

const isCommand = (words: string): boolean =>
  commands.some(({ name }) => `${words} `.startsWith(`${name} `));

const known = new Map<string, ReadonlySet<string>>();
function claims(file: string): ReadonlySet<string> {
  const found = known.get(file) ?? claimsOf(file);
  known.set(file, found);
  return found;
}

/** What a page says that is not so. */
function mistakesIn(page: string): readonly string[] {
  return rowsOf(page).flatMap(({ fault, what, commands: named, proofs, open }) => {
    const unknown = named.filter((words) => !isCommand(words)).map((words) => `no /${words}`);
    const missing = proofs.flatMap(({ name, file }) => {
      if (!existsSync(`${root}${file}`)) return [`no file ${file}`];
      return claims(file).has(name) ? [] : [`no test ${name} in ${file}`];
    });
    const isNamed = proofs.some(({ name }) =>
      new RegExp(String.raw`\bfaults? (?:\d+ and )*${fault}\b`).test(name),
    );
    return [
      ...unknown,
      ...missing,
      ...(proofs.length === 0 && open === null ? [`nothing shows "${what}"`] : []),
      ...(fault !== null && open === null && !isNamed ? [`no test is named after ${fault}`] : []),
    ];
  });
}

const row = (here: string, shown: string) => `| 7 | It did | ${here} | ${shown} |`;
const proof = (name: string, file = 'access/predecessor') => `[${name}](../test/${file}.test.ts)`;
const SEVEN = 'writing to Plex › fault 7: two sweeps at once write what is to be written once';

describe('a page of parity', () => {
  test('has a mistake found: a command, a file or a name that there is not, and nothing at all', () => {
    expect(mistakesIn(row('`/sweep now`', proof(SEVEN)))).toEqual([]);
    expect(mistakesIn(row('`/sweep later`', proof(SEVEN)))).toEqual(['no /sweep later']);
    expect(mistakesIn(row('none', proof(SEVEN, 'no/such')))).toEqual([
      'no file test/no/such.test.ts',
    ]);
    expect(mistakesIn(row('none', `${proof(SEVEN)}<br>${proof('almost')}`))).toEqual([
      'no test almost in test/access/predecessor.test.ts',
    ]);
    expect(mistakesIn(row('none', 'soon'))).toEqual([
      'nothing shows "It did"',
      'no test is named after 7',
    ]);
    expect(mistakesIn(row('none', 'open: issue 7'))).toEqual([]);
  });

  test('names only commands, test files and tests that there are', () => {
    expect(mistakesIn(read(PAGE))).toEqual([]);
  });

  test('has each fault once, in order', () => {
    const faults = rowsOf(read(PAGE)).flatMap(({ fault }) => fault ?? []);
    expect(faults).toEqual(Array.from({ length: FAULTS }, (_, index) => index + 1));
  });

  test('has every page of the web manager', () => {
    const pages = rowsOf(read(PAGE)).filter(({ fault }) => fault === null);
    expect(pages.length).toBeGreaterThan(9);
  });
});

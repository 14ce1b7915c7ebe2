import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/commands/registry.js';
import { schema } from '../../src/variables.js';
import { fenced, read, readYaml, root, scripts } from './files.js';

const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md'),
  ...readdirSync(`${root}docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** What stands between backticks in running text, line breaks as spaces. */
const spans = (markdown: string): readonly string[] =>
  [...markdown.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`]+)`/g)].map(([, span]) =>
    (span ?? '').replace(/\s+/g, ' ').replaceAll('\\|', '|'),
  );
const blocks = (markdown: string): string => fenced(markdown, 'sh').join('\n');
const shell = (page: string): string => [...spans(read(page)), blocks(read(page))].join('\n');

const firstWords = new Set(commands.map(({ name }) => name.split(' ')[0]));

/** What is wrong with words that begin as one of our commands does; null: nothing. */
function mistakeIn(words: string): string | null {
  const [name, ...rest] = words.slice(1).split(' ');
  if (name === undefined || !firstWords.has(name)) return null;
  const typed = [name, ...rest].join(' ');
  const command = commands.find((one) => `${typed} `.startsWith(`${one.name} `));
  if (!command) return `there is no command /${typed}`;
  const given = typed
    .slice(command.name.length)
    .split(' ')
    .filter((word) => word !== '');
  // Once a value is given, what follows without a name belongs to it.
  const isNamed = given.some((word) => /^[a-z]+:/.test(word));
  const options = given
    .filter((word) => !isNamed || /^[a-z]+:/.test(word))
    .flatMap((word) => word.replace(/[[\]]/g, '').split(':')[0]?.split('|') ?? []);
  const unknown = options.find((option) => !(option in command.options));
  return unknown === undefined ? null : `/${command.name} has no option ${unknown}`;
}

/** Spans that can only be a path of this project. */
const isPath = (span: string): boolean =>
  /^(?:src|sim|test|docs|scripts|\.github)\/[\w./-]*$/.test(span) ||
  /^[\w-]+\.(?:md|ya?ml|ts|json|js)$/.test(span) ||
  span === 'Dockerfile';

test('a command, an option, or a subcommand that there is not would be found', () => {
  expect(mistakeIn('/grant person library [until]')).toBeNull();
  expect(mistakeIn('/grant person:mara@example.org library:Films')).toBeNull();
  expect(mistakeIn('/grant nobody')).toBe('/grant has no option nobody');
  expect(mistakeIn('/library forget')).toBe('there is no command /library forget');
});

describe.each(pages)('%s', (page) => {
  test('names only commands and options that there are', () => {
    const wrong = [...spans(read(page)), ...fenced(read(page), '').flatMap((b) => b.split('\n'))]
      .filter((span) => span.startsWith('/'))
      .map((span) => mistakeIn(span.trim()))
      .filter((mistake) => mistake !== null);
    expect(wrong).toEqual([]);
  });

  test('names no slash word that is neither a command nor an address of the container', () => {
    const words = spans(read(page)).filter((span) => /^\/[a-z-]+( |$)/.test(span));
    const others = words.filter((span) => !firstWords.has(span.slice(1).split(' ')[0] ?? ''));
    const served = /'(\/\w+)'/g;
    const known = [...read('src/console/health.ts').matchAll(served)].map(([, path]) => path);
    expect(others.filter((span) => ![...known, '/data', '/tmp'].includes(span))).toEqual([]);
  });

  test('names only npm scripts that there are', () => {
    for (const [, name] of shell(page).matchAll(/npm run (?:-s )?([\w:]+)/g))
      expect(Object.keys(scripts)).toContain(name);
    for (const [, name] of shell(page).matchAll(/npm (start|test)\b/g))
      expect(Object.keys(scripts)).toContain(name);
  });

  test('fault 27: names only variables that somebody reads', () => {
    const named = spans(read(page)).flatMap((span) => /^[A-Z]+(?:_[A-Z]+)+/.exec(span)?.[0] ?? []);
    const flags = [...shell(page).matchAll(/-e ([A-Z_]+)=/g)].map(([, name]) => name ?? '');
    for (const name of [...named, ...flags]) expect(isRead(name), name).toBe(true);
  });

  test('names only files that there are, and links only to them', () => {
    const links = [...read(page).matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)].map(([, to]) => to ?? '');
    const inside = links.filter((to) => !/^https?:/.test(to));
    for (const to of inside) expect(existsSync(join(root, dirname(page), to)), to).toBe(true);
    for (const path of spans(read(page)).filter(isPath))
      expect(existsSync(join(root, normalize(path))), path).toBe(true);
    for (const [, path] of shell(page).matchAll(/\bdist\/([\w/]+)\.js/g))
      expect(existsSync(`${root}${path ?? ''}.ts`), path).toBe(true);
  });

  test('links only to headings that there are', () => {
    for (const [, to = '', anchor] of read(page).matchAll(/\]\(([^)#\s]*)#([^)]*)\)/g)) {
      if (/^https?:/.test(to)) continue;
      const target = to === '' ? page : join(dirname(page), to);
      const headings = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
        (heading ?? '')
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      expect(headings).toContain(anchor);
    }
  });

  test('names only services of compose.yaml and secrets that it has', () => {
    const { services, secrets } = readYaml('compose.yaml') as {
      services: object;
      secrets: object;
    };
    const text = shell(page);
    for (const [, name] of text.matchAll(/docker compose (?:exec|run --rm .*?"|logs -f) (\w+)/g))
      expect(Object.keys(services)).toContain(name);
    for (const [, name] of text.matchAll(/(?:^|[ "(])secrets\/(\w+)/gm))
      expect(Object.keys(secrets)).toContain(name);
  });
});

test('the README has every command and every variable', () => {
  const readme = read('README.md');
  for (const { name } of commands) expect(readme).toContain(`/${name}`);
  for (const variable of Object.keys(schema.shape)) expect(readme).toContain(`\`${variable}\``);
  for (const variable of Object.keys(schema.shape))
    expect(read('.env.example')).toContain(variable);
});

let sources: string | undefined;
/** A variable of Usher, or one that a test or a simulator looks at. */
function isRead(name: string): boolean {
  const known = Object.keys(schema.shape);
  if (known.includes(name) || known.includes(name.replace(/_FILE$/, ''))) return true;
  sources ??= execFileSync(
    'git',
    ['grep', '-hE', String.raw`process\.env|env\.`, '--', 'test', 'sim'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  return new RegExp(String.raw`\benv(?:\.|\[')${name}\b`).test(sources);
}

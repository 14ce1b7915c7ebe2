import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { fenced, read, root } from './files.js';

const examples = fenced(read('docs/adding.md'), 'ts').map((code) => ({
  path: join(root, /^\/\/ (src\/\S+\.ts)\n/.exec(code)?.[1] ?? 'nowhere.ts'),
  code,
}));

/** What the compiler says of the examples, put where their first lines say, but into memory alone. */
function complaints(files: typeof examples): readonly string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) =>
    ts.sys.readFile(path),
  ) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const textOf = (path: string) => files.find((one) => one.path === path)?.code;
  const readFile = host.readFile.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.readFile = (path) => textOf(path) ?? readFile(path);
  host.getSourceFile = (path, ...rest) => {
    const text = textOf(path);
    if (text === undefined) return getSourceFile(path, ...rest);
    return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  };
  const program = ts.createProgram(
    files.map(({ path }) => path),
    options,
    host,
  );
  return files
    .map(({ path }) => program.getSourceFile(path))
    .flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ])
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

test('the command and the job of docs/adding.md compile as they stand there', () => {
  expect(examples.map(({ path }) => path)).toEqual([
    expect.stringContaining('src/commands/'),
    expect.stringContaining('src/jobs/'),
  ]);
  expect(complaints(examples)).toEqual([]);
  const spoilt = examples.map((one) => ({ ...one, code: one.code.replace(/\bname:/, 'nmae:') }));
  expect(complaints(spoilt).join()).toContain('nmae');
}, 120_000);

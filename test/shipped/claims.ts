import ts from 'typescript';
import { read } from './files.js';

/** `test('…')` and `test.each(…)('…')` alike; "describe" or "test", else null. */
function kindOf({ expression }: ts.CallExpression): string | null {
  const callee = ts.isCallExpression(expression) ? expression.expression : expression;
  const word = callee.getText().split('.')[0] ?? '';
  return word === 'describe' || word === 'test' ? word : null;
}

/** Every claim of a test file as a run prints it: the words of what it is in, then its own, between them ` › `. */
export function claimsOf(path: string): ReadonlySet<string> {
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  const claims = new Set<string>();
  const visit = (node: ts.Node, within: readonly string[]): void => {
    const kind = ts.isCallExpression(node) ? kindOf(node) : null;
    const [name] = ts.isCallExpression(node) ? node.arguments : [];
    if (kind === null || name === undefined || !ts.isStringLiteralLike(name)) {
      ts.forEachChild(node, (child) => visit(child, within));
      return;
    }
    const words = [...within, name.text];
    if (kind === 'test') claims.add(words.join(' › '));
    else ts.forEachChild(node, (child) => visit(child, words));
  };
  visit(file, []);
  return claims;
}

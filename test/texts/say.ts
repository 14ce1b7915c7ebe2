import ts from 'typescript';

/** What stands for a value in a text, by the name of the variable; the first that fits. */
const SAMPLES: readonly (readonly [RegExp, string])[] = [
  [/^who$/, 'someone with @Plex Moderator'],
  [/server/i, 'Attic'],
  [/^(?:who|person|near|other|account)|\.person|person\./i, 'Mara'],
  [/librar|section/i, 'Films'],
  [/typed|words|text|quoted/i, 'marra'],
  [/role/i, 'Plex Moderator'],
  [/power/i, 'Moderator'],
  [/member|user|giver|actor|owner/i, 'Tove'],
  [/email|address/i, 'tove@example.org'],
  [/title|name/i, 'Films'],
  [/zone/i, 'Europe/Berlin'],
];
const WHEN = '24 Dec 20:00';

/** The words that come of Usher's own ways of writing values; without an entry the function itself is looked at. */
const WRITERS: Readonly<Record<string, (args: readonly string[]) => string>> = {
  bold: ([name = '']) => `**${name}**`,
  escapeName: ([name = '']) => name,
  escapeText: ([text = '']) => text,
  quoted: ([text = '']) => text,
  maskEmail: () => 't•••@e•••.org',
  listed: () => '**Films** and **Shows**',
  titles: () => '**Films** and **Shows**',
  namesOf: () => '**Films** and **Shows**',
  dateTime: () => WHEN,
  exactTime: () => '20:00:00',
  fullTime: () => `${WHEN} (in 3 days)`,
  until: () => `until ${WHEN} (in 3 days)`,
  counted: ([, , many = 'things']) => `3 ${many}`,
  String: ([value = '']) => value,
  toUpperCase: () => 'MODERATOR',
  whoGives: () => 'someone with @Plex Moderator',
  toLowerCase: () => 'g',
  slice: () => 'ive access',
};
const MOST_VARIANTS = 4;

const sampleOf = (expression: ts.Expression): string => {
  const name = expression.getText();
  const found = SAMPLES.find(([pattern]) => pattern.test(name));
  return found ? found[1] : /^[\w.?]+$/.test(name) ? '3' : '…';
};

/** What a call is of: `bold` of `bold(x)`, `join` of `xs.join(' ')`. */
const calleeOf = ({ expression }: ts.CallExpression): string =>
  ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();

/** Every text that an expression can become, with samples where values stand. At most a handful. */
export function say(expression: ts.Expression, depth = 0): readonly string[] {
  if (depth > 8) return [sampleOf(expression)];
  const next = (inner: ts.Expression) => say(inner, depth + 1);
  if (ts.isStringLiteralLike(expression)) return [expression.text];
  if (ts.isParenthesizedExpression(expression) || ts.isAwaitExpression(expression)) {
    return next(expression.expression);
  }
  if (ts.isTemplateExpression(expression)) {
    return expression.templateSpans.reduce<readonly string[]>(
      (texts, span) => joined(joined(texts, next(span.expression)), [span.literal.text]),
      [expression.head.text],
    );
  }
  if (ts.isConditionalExpression(expression)) {
    return [...next(expression.whenTrue), ...next(expression.whenFalse)].slice(0, MOST_VARIANTS);
  }
  if (ts.isBinaryExpression(expression)) return binary(expression, next);
  if (ts.isCallExpression(expression)) return call(expression, next);
  if (ts.isElementAccessExpression(expression) && /powerName/.test(expression.getText())) {
    return ['Moderator'];
  }
  if (ts.isIdentifier(expression)) {
    const value = declarationOf(expression);
    if (value && ts.isExpression(value) && !ts.isArrowFunction(value)) {
      const texts = next(value);
      if (!texts.some((text) => text === '…' || text === '3')) return texts;
    }
  }
  return [sampleOf(expression)];
}

type Next = (inner: ts.Expression) => readonly string[];

function binary({ operatorToken, left, right }: ts.BinaryExpression, next: Next) {
  if (operatorToken.kind === ts.SyntaxKind.PlusToken) return joined(next(left), next(right));
  return next(left);
}

function call(expression: ts.CallExpression, next: Next): readonly string[] {
  const name = calleeOf(expression);
  const writer = WRITERS[name];
  if (writer) return [writer(expression.arguments.map((arg) => next(arg)[0] ?? ''))];
  if (name === 'join' && ts.isPropertyAccessExpression(expression.expression)) {
    const list = expression.expression.expression;
    if (ts.isArrayLiteralExpression(list)) {
      const [glue = ' '] = expression.arguments[0] ? next(expression.arguments[0]) : [];
      return list.elements
        .map((element) => (ts.isSpreadElement(element) ? ['…'] : next(element)))
        .reduce<readonly string[]>(
          (all, part, i) => joined(i === 0 ? [''] : joined(all, [glue]), part),
          [''],
        );
    }
  }
  const value = declarationOf(expression.expression);
  const body = value && bodyOf(value);
  return body ? next(body) : [sampleOf(expression)];
}

const joined = (texts: readonly string[], ends: readonly string[]): readonly string[] =>
  texts.flatMap((text) => ends.map((end) => text + end)).slice(0, MOST_VARIANTS);

/** What a function of one expression gives. */
function bodyOf(node: ts.Node): ts.Expression | null {
  if (ts.isArrowFunction(node)) {
    return ts.isBlock(node.body) ? returned(node.body) : node.body;
  }
  return ts.isFunctionDeclaration(node) && node.body ? returned(node.body) : null;
}

const returned = ({ statements }: ts.Block): ts.Expression | null => {
  const last = statements.at(-1);
  return statements.length === 1 && last && ts.isReturnStatement(last) && last.expression
    ? last.expression
    : null;
};

/** The value or function that a name stands for in its own file: the nearest one above. */
export function declarationOf(name: ts.Expression): ts.Node | null {
  if (!ts.isIdentifier(name)) return null;
  let scope: ts.Node = name;
  while (!ts.isSourceFile(scope)) {
    scope = scope.parent;
    if (!ts.isBlock(scope) && !ts.isSourceFile(scope)) continue;
    for (const statement of scope.statements) {
      if (ts.isFunctionDeclaration(statement) && statement.name?.text === name.text)
        return statement;
      if (!ts.isVariableStatement(statement)) continue;
      const found = statement.declarationList.declarations.find(
        (one) => ts.isIdentifier(one.name) && one.name.text === name.text,
      );
      if (found?.initializer) return found.initializer;
    }
  }
  return null;
}

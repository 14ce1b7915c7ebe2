import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { declarationOf, say } from './say.js';

/** One text that a person may read, with samples where values stand. */
export interface Said {
  readonly file: string;
  readonly kind: 'refusal' | 'sentence' | 'label';
  /** Of a refusal: its stable word. */
  readonly code: string;
  readonly text: string;
}

const src = fileURLToPath(new URL('../../src/', import.meta.url));
/** Where texts for people are written. */
const FLOORS = ['core', 'access', 'commands', 'discord'];
const LABELS = new Set(['label', 'placeholder', 'title']);
/** Said to the log, to Discord's list of commands, or to nobody. */
const UNHEARD = new Set(['description', 'name']);
const SENTENCE = /\p{L}+ \P{Zs}+(?: |.*[.:?…])/u;
/** Patterns of dates, and lists of words that are only compared with. */
const FORMAT = /^(?:[cdLyHmsZ]+[ ,:]+)+[cdLyHmsZ]+$|\\b|monday/;

/** Every text of the source, in the order of its files. */
export function allSaid(): readonly Said[] {
  return FLOORS.flatMap(filesOf).flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    return saidIn(file, relative(src, path));
  });
}

function filesOf(floor: string): readonly string[] {
  try {
    return readdirSync(join(src, floor), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => join(src, floor, name));
  } catch {
    return []; // a floor that is not there yet
  }
}

function saidIn(source: ts.SourceFile, file: string): Said[] {
  const all: Said[] = [];
  const tables = new Set(refusalTables(source));
  const visit = (node: ts.Node): void => {
    const refusal = refusalOf(node);
    if (refusal !== null) {
      all.push(...refusal.map((one) => ({ file, kind: 'refusal' as const, ...one })));
      return;
    }
    if (isUnheard(node) || tables.has(node)) return;
    const label = labelOf(node);
    if (label)
      all.push(...said(label).map((text) => ({ file, kind: 'label' as const, code: '', text })));
    else if (isText(node)) {
      for (const text of said(node)) {
        if (SENTENCE.test(text) && !FORMAT.test(text))
          all.push({ file, kind: 'sentence', code: '', text });
      }
      return;
    } else ts.forEachChild(node, visit);
  };
  visit(source);
  return all;
}

/** Tables that `refusals` reads where they are used. */
function refusalTables(source: ts.SourceFile): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    const text = ts.isNewExpression(node) ? node.arguments?.[1] : undefined;
    const table = text && tableOf(text);
    if (table) found.push(table);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const said = (expression: ts.Expression): readonly string[] =>
  [...new Set(say(expression).map(asShown))].filter((text) => text !== '');

/** Mentions and escapes as people see them. */
const asShown = (text: string): string =>
  text
    .replace(/<@&?([^>]*)>/g, '@$1')
    .replace(/<t:[^>]*>/g, '24 Dec 20:00')
    .replace(/\s*\n\s*/g, ' ⏎ ')
    .trim();

const isText = (node: ts.Node): node is ts.Expression =>
  ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);

/** What is thrown or refused by this node: `new UserError(code, text)`, `refused(code, text)`, `{ why, sentence }`. */
function refusalOf(node: ts.Node): { code: string; text: string }[] | null {
  if (ts.isObjectLiteralExpression(node)) {
    const [why, sentence] = ['why', 'sentence'].map((name) => propertyOf(node, name));
    return why && sentence ? refusals(why, sentence) : null;
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'UserError') {
    const [code, text] = node.arguments ?? [];
    return code && text ? refusals(code, text) : null;
  }
  if (ts.isCallExpression(node) && node.expression.getText() === 'refused') {
    const [code, text] = node.arguments;
    return code && text ? refusals(code, text) : null;
  }
  return null;
}

function refusals(code: ts.Expression, text: ts.Expression): { code: string; text: string }[] {
  const table = tableOf(text);
  if (table) {
    return table.properties.flatMap((property) => {
      if (!ts.isPropertyAssignment(property)) return [];
      const name = property.name;
      const word = ts.isStringLiteral(name) || ts.isIdentifier(name) ? name.text : '';
      const body = ts.isArrowFunction(property.initializer) ? property.initializer.body : null;
      return body && !ts.isBlock(body) ? said(body).map((one) => ({ code: word, text: one })) : [];
    });
  }
  // Handed on from where it is written: `new UserError(meant.why, meant.sentence)`.
  if (ts.isPropertyAccessExpression(text) && text.name.text === 'sentence') return [];
  if (ts.isIdentifier(text) && text.text === 'sentence') return [];
  const word = ts.isStringLiteral(code) ? code.text : say(code).join(' | ');
  return said(text).map((one) => ({ code: word, text: one }));
}

/** The table behind `refusals[why](c)`. */
function tableOf(text: ts.Expression): ts.ObjectLiteralExpression | null {
  const access = ts.isCallExpression(text) ? text.expression : text;
  if (!ts.isElementAccessExpression(access)) return null;
  const found = declarationOf(access.expression);
  return found && ts.isObjectLiteralExpression(found) ? found : null;
}

const propertyOf = (node: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined =>
  node.properties
    .filter(ts.isPropertyAssignment)
    .find((property) => property.name.getText() === name)?.initializer;

function labelOf(node: ts.Node): ts.Expression | null {
  if (!ts.isPropertyAssignment(node) || !LABELS.has(node.name.getText())) return null;
  return ts.isStringLiteralLike(node.initializer) ||
    ts.isTemplateExpression(node.initializer) ||
    ts.isConditionalExpression(node.initializer)
    ? node.initializer
    : null;
}

/** Imports, log lines, faults and outages, and what describes commands to Discord. */
function isUnheard(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return true;
  if (ts.isPropertyAssignment(node)) return UNHEARD.has(node.name.getText());
  if (ts.isNewExpression(node)) return /Error$|^Outage$|^Plex/.test(node.expression.getText());
  if (!ts.isCallExpression(node)) return false;
  const callee = node.expression.getText();
  return (
    /(?:^|\.)log\.|\.query$|^z\./.test(callee) ||
    /^(?:text|when|person|library|server|member|role|choice|fatal|fail)(?:<.*>)?$/.test(callee)
  );
}
